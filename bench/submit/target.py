"""A server that is driven, and what is sent to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Protocol

from bench import load
from bench.courses import SLOW, Course
from bench.engines import Engine
from bench.load import Window
from bench.processes import cpu_seconds
from bench.servers import Process

MOST_PER_SECOND = 1500
"""Requests made ahead of a window; more are made on the way."""


class Requests(Protocol):
    """What hands out requests."""

    def prepare(self, requests: int) -> None:
        """Have at least so many ready."""

    def next_request(self) -> bytes:
        """Return the next; several clients may ask at once."""


@dataclass(frozen=True, slots=True)
class OneRequest:
    """The same request every time."""

    request: bytes

    def prepare(self, requests: int) -> None:
        """Do nothing: it is ready."""

    def next_request(self) -> bytes:
        """Return it."""
        return self.request


def for_floor() -> OneRequest:
    """Return what is sent to the floor: twelve answers."""
    return OneRequest(load.post("/", json.dumps({"answers": Course(40, SLOW, 1).answers(0)}).encode()))


@dataclass(frozen=True, slots=True)
class Target:
    """A running server, the database under it, and the requests for it."""

    server: Process
    engine: Engine
    requests: Requests

    def prepare(self, seconds: float) -> None:
        """Have the requests of a window ready."""
        self.requests.prepare(int(seconds * MOST_PER_SECOND))

    def window(self, clients: int, seconds: float) -> Window:
        """Drive the server with so many clients, and return what was measured."""
        self.prepare(seconds)
        database = self.engine.processes()
        before = cpu_seconds([self.server.pid]), cpu_seconds(database)
        window = load.drive(self.server.port, [self.requests.next_request] * clients, seconds)
        used, of_database = cpu_seconds([self.server.pid]) - before[0], cpu_seconds(database) - before[1]
        return replace(window, server_cpu=used, database_cpu=of_database)
