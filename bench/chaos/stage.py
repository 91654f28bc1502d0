"""The service of a trial: its processes, the database behind a proxy, its clock, and the disks beneath it."""

from __future__ import annotations

import http.client
import random
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bench import servers
from bench.chaos.disk import Disk
from bench.chaos.poison import Poison
from bench.chaos.proxy import Proxy
from bench.engines import Engine

READY = "/readyz"
LOG_MEBIBYTES = 8
WRITES_MEBIBYTES = 256
"""PostgreSQL keeps at least 80 in its log of writes."""


class MovedClock:
    """The file that servers and worker follow (`services/clock.py`); it begins at the system's time."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._ahead = timedelta(0)
        self.step(timedelta(0))

    def step(self, by: timedelta) -> None:
        """Move it forward, or back when negative."""
        self._ahead += by
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(self._ahead.total_seconds()), encoding="ascii")
        fresh.replace(self.file)


@dataclass(slots=True)
class Stage:
    """A running service on an engine that may be killed.

    Attributes:
        engine: the database.
        proxy: between the service and the database.
        server: gunicorn.
        worker: the process that finishes what a crash left half done.
        clock: what server and worker go by.
        chance: decides what is hit, and for how long it stays dead.
        disks: small ones, beneath the database, the logs and the database's log of writes, where it has one;
            none where none may be mounted.
        poison: documents that may be damaged.
    """

    engine: Engine
    proxy: Proxy
    server: servers.Process
    worker: servers.Process
    clock: MovedClock
    chance: random.Random
    disks: list[Disk] = field(default_factory=list)
    poison: Poison | None = None

    def begin(self) -> None:
        """Start the server and the worker."""
        self.server.start()
        self.worker.start()
        self.server.wait_ready(READY)

    def end(self) -> None:
        """End the server and the worker, and take the disks away, with a database that needs them."""
        self.server.stop()
        self.worker.stop()
        self.proxy.close()
        if self.disks:
            self.engine.kill()
        for disk in self.disks:
            disk.remove()

    def put_on_small_disks(self) -> None:
        """Lay small file systems beneath the database's files and the logs, before anything uses them."""
        self.engine.kill()
        self.disks.append(Disk(self.engine.files(), self.engine.files_mebibytes))
        self.disks.append(Disk(self.server.log.parent, LOG_MEBIBYTES))
        if place := self.engine.log_of_writes():
            self.disks.append(Disk(place, WRITES_MEBIBYTES))
        self.engine.revive()

    def restart(self, log: Path | None = None) -> None:
        """End server and worker and start them again, with logs to another place or to their own."""
        for process, own in ((self.server, "server.log"), (self.worker, "worker.log")):
            process.stop()
            process.log = log or self.clock.file.parent / "log" / own
            process.start()

    def asked(self) -> int:
        """Return the status of one look at the readiness; 0 when there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=2)
        try:
            connection.request("GET", READY)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


def stage_of(engine: Engine, variables: dict[str, str], place: Path, chance: random.Random) -> Stage:
    """Describe a service on an engine; nothing is started.

    Args:
        engine: the database.
        variables: the settings, with the database as it is reached without a proxy.
        place: a directory for logs and clock.
        chance: decides.
    """
    logs = place / "log"
    logs.mkdir(parents=True, exist_ok=True)
    clock = MovedClock(place / "clock")
    port = re.search(r"127\.0\.0\.1:(\d+)", engine.uri)
    if port is None:
        raise ValueError("a trial needs a database on this machine")
    proxy = Proxy(int(port[1]))
    uri = engine.uri.replace(port[0], f"127.0.0.1:{proxy.port}")
    moved = {"SLOPE_DATABASE_URI": uri, "SLOPE_ENV": "test", "SLOPE_TEST_CLOCK": str(clock.file)}
    settings = variables | moved
    worker = servers.flask(["worker"], {**settings, "SLOPE_SWEEP_SECONDS": "1"}, logs / "worker.log")
    server = servers.server("wsgi:app", settings, logs / "server.log")
    return Stage(engine, proxy, server, worker, clock, chance)
