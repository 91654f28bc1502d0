"""A fixture that tells which commands are sent to the database.

What a process remembers for some seconds does not grow old meanwhile: a reading that is due just then would
be counted with the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partialmethod
from typing import Any

import mongoengine
import pymongo.monitoring
import pytest

from models.store import connection
from models.store.remembered import Remembered
from services.access import revocations


class Counts(pymongo.monitoring.CommandListener):
    """The commands sent to the database."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: pymongo.monitoring.CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: object) -> None:
        pass

    def failed(self, event: object) -> None:
        pass


@pytest.fixture
def commands(
    database_uri: str, database_name: str, database: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """What is sent to the database, by a client that tells."""
    monkeypatch.setattr(revocations, "REFRESH_SECONDS", float("inf"))
    monkeypatch.setattr(Remembered, "get", partialmethod(Remembered.get, however_old=True))
    counts = Counts()
    connection.close()
    mongoengine.register_connection(
        "default",
        database_name,
        host=database_uri,
        tz_aware=True,
        uuidRepresentation="standard",
        event_listeners=[counts],
    )
    yield counts.names
    connection.close()
