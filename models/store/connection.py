"""The client of the database: registered without opening, opened after the fork, closed with the process.

This module also decides which of the driver's errors mean "the database is away" (answered 503 and worth
a retry) and which mean "that key exists", because engines word both differently. Nothing outside
`models/` catches driver errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cache
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
    OperationFailure,
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
_TOOK_TOO_LONG = frozenset({50, 262})
_CANNOT_STORE = frozenset(
    {
        *_TOOK_TOO_LONG,
        *(64, 79, 91, 100, 189),  # the write was not confirmed, or the server is ending
        *(10107, 11600, 11602, 13435, 13436),  # no primary
        *(14031, 8000),  # out of disk space, or of quota
    }
)
_CANNOT_STORE_WORDS = (
    *("disk is full", "disk i/o error", "readonly database", "unable to open database file"),
    *("no space left on device", "could not extend file", "could not write", "read-only transaction"),
    "read-only file system",
)
"""What engines without codes of their own say when the disk beneath them takes nothing."""


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
    unites_collections.cache_clear()
    mongoengine.disconnect()


@cache
def unites_collections() -> bool:
    """Return whether one read of this engine may go over two collections (`$unionWith`), by their keys alone.

    MongoDB can from 4.4 on, and so can what says that it is as new. The embedded engine does not say its
    version: it would look through both collections.
    """
    version = get_db().client.server_info().get("versionArray", ())
    return list(version[:2]) >= [4, 4]


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


def without_limit() -> AbstractContextManager[None]:
    """Let what is done in the block take its time; a server that is not there is given up all the same."""
    return pymongo.timeout(0)


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
    """Return whether the database could not be reached, cannot store now, or did not say what became of it.

    mongoengine hides the driver's error behind an `OperationError` without a code, so the cause is looked
    at too.
    """
    cause = error.__cause__ or error.__context__
    if isinstance(error, OperationError) and not isinstance(error, NotUniqueError) and cause is not None:
        return is_away(cause)
    if isinstance(error, BulkWriteError):
        return any(map(_says_away, error.details.get("writeErrors", ())))
    if isinstance(error, ConfigurationError):
        return False
    if isinstance(error, _AWAY) or cannot_store(error):
        return True
    return _code(error) == _PROXY_FAILURE and not is_duplicate(error)


def cannot_store(error: BaseException) -> bool:
    """Return whether the database answers and cannot store now: disk full, read-only, no primary."""
    said = str(error).casefold()
    named = _code(error) in _CANNOT_STORE or any(words in said for words in _CANNOT_STORE_WORDS)
    return isinstance(error, OperationFailure) and named


def took_too_long(error: BaseException) -> bool:
    """Return whether the database says that the time it was allowed ran out: it is alive, and busy."""
    return _code(error) in _TOOK_TOO_LONG


def _says_away(fault: Mapping[str, Any]) -> bool:
    return is_away(OperationFailure(fault.get("errmsg", ""), fault.get("code")))


def clock_of_server() -> datetime | None:
    """Return the present moment by the database's own clock; None where it does not say it."""
    said = get_db().command("hello").get("localTime")
    return said.replace(tzinfo=UTC) if isinstance(said, datetime) else None


def gave_no_answer(error: BaseException) -> bool:
    """Return whether the database was silent, so that asking again at once would be in vain."""
    return isinstance(error, _AWAY)


def _code(error: BaseException) -> int | None:
    code = getattr(error, "code", None)
    return code if isinstance(code, int) else None
