"""A fixture that tells which commands are sent to the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mongoengine
import pymongo.monitoring
import pytest

from models.store import connection


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
def commands(database_uri: str, database_name: str, database: Any) -> Iterator[list[str]]:
    """What is sent to the database, by a client that tells."""
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
