"""A database client that tells what it sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import mongoengine
import pymongo.monitoring

from models.store import connection


class Counts(pymongo.monitoring.CommandListener):
    """The names of the commands sent to the database."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: pymongo.monitoring.CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: object) -> None:
        pass

    def failed(self, event: object) -> None:
        pass


@contextmanager
def counted(uri: str, name: str) -> Iterator[list[str]]:
    """Use such a client; yield the names of its commands."""
    counts = Counts()
    connection.close()
    mongoengine.register_connection(
        "default", name, host=uri, tz_aware=True, uuidRepresentation="standard", event_listeners=[counts]
    )
    try:
        yield counts.names
    finally:
        connection.close()
