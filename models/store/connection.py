"""The client of the database: registered without opening, opened after the fork, closed with the process.

This module also decides which of the driver's errors mean "the database is away" (answered 503 and worth
a retry) and which mean "that key exists", because engines word both differently. Nothing outside
`models/` catches driver errors.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import mongoengine
import pymongo
from bson.codec_options import CodecOptions
from mongoengine.connection import get_connection, get_db
from mongoengine.errors import NotUniqueError, OperationError
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
)

DRIVER_ERRORS: tuple[type[Exception], ...] = (PyMongoError, OperationError)
"""What the driver and the mapper may raise; the web layer maps them through `is_away`."""

_AWAY = (
    AutoReconnect,
    ExecutionTimeout,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
)
_DUPLICATE = 11000
_DUPLICATE_BY_DEADLOCK = 16908292  # DocumentDB's losers of a race on a secondary unique index
_PROXY_FAILURE = 1  # FerretDB answers code 1 while its PostgreSQL is away


def register(uri: str, name: str = "slope", *, pool_size: int = 32) -> None:
    """Register the default connection; nothing is opened before the first use in this process."""
    mongoengine.register_connection(
        "default",
        name,
        host=uri,
        tz_aware=True,
        uuidRepresentation="standard",
        appname="slope",
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=3000,
        timeoutMS=5000,
        maxPoolSize=pool_size,
        w="majority",
        journal=True,
    )


def open_client() -> None:
    """Open the client in this process, before threads can race to build two."""
    get_connection()


def close() -> None:
    """Close the client of this process."""
    mongoengine.disconnect()


def ping(seconds: float = 1.0) -> None:
    """Ask the server for a sign of life.

    Raises:
        PyMongoError: there was none within the time.
    """
    with within(seconds):
        get_db().command("ping")


def within(seconds: float) -> AbstractContextManager[None]:
    """Bound what every database call in the block may take together."""
    return pymongo.timeout(seconds)


def drop_database() -> None:
    """Delete every collection of the registered database; for tests and for `demo reset` only."""
    database = get_db()
    database.client.drop_database(database.name)


def collection(name: str) -> Any:
    """Return a raw collection of the registered database, with aware UTC times."""
    return get_db().get_collection(name, codec_options=CodecOptions(tz_aware=True))


def is_duplicate(error: BaseException) -> bool:
    """Return whether a write lost to an existing key."""
    if isinstance(error, NotUniqueError | DuplicateKeyError):
        return True
    return _code(error) in {_DUPLICATE, _DUPLICATE_BY_DEADLOCK} or "duplicate key" in str(error)


def is_away(error: BaseException) -> bool:
    """Return whether the database could not be reached or could not say what became of the call.

    mongoengine hides the driver's error behind an `OperationError` without a code, so the cause is looked
    at too.
    """
    cause = error.__cause__ or error.__context__
    if isinstance(error, OperationError) and not isinstance(error, NotUniqueError) and cause is not None:
        return is_away(cause)
    if isinstance(error, BulkWriteError | ConfigurationError):
        return False
    return isinstance(error, _AWAY) or (_code(error) == _PROXY_FAILURE and not is_duplicate(error))


def gave_no_answer(error: BaseException) -> bool:
    """Return whether the database was silent, so that asking again at once would be in vain."""
    return isinstance(error, _AWAY)


def _code(error: BaseException) -> int | None:
    code = getattr(error, "code", None)
    return code if isinstance(code, int) else None
