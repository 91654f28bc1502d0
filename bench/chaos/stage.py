"""What can be killed: a process of the server, the whole server, the worker, the database."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import servers
from bench.engines import Engine

_READY = "/readyz"


@dataclass(slots=True)
class Stage:
    """A running service on an engine that may be killed.

    Attributes:
        engine: the database.
        server: gunicorn.
        worker: the process that finishes what a crash left half done.
        chance: decides what is killed, and for how long it stays dead.
    """

    engine: Engine
    server: servers.Process
    worker: servers.Process
    chance: random.Random

    def begin(self) -> None:
        """Start the server and the worker."""
        self.server.start()
        self.worker.start()
        self.server.wait_ready(_READY)

    def end(self) -> None:
        """End the server and the worker."""
        self.server.stop()
        self.worker.stop()

    def kill_something(self) -> str:
        """Kill one thing, leave it dead for a moment, and start it again.

        Returns:
            What it was.
        """
        deeds: dict[str, Callable[[], None]] = {
            "server process": self._kill_server_process,
            "server": self._kill_server,
            "worker": self._kill_worker,
            "database": self._kill_database,
        }
        name = self.chance.choice(list(deeds))
        deeds[name]()
        self.server.wait_ready(_READY)
        return name

    def _pause(self) -> None:
        time.sleep(self.chance.uniform(0, 0.8))

    def _kill_server_process(self) -> None:
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(self.chance.choice(self.server.children()), signal.SIGKILL)

    def _kill_server(self) -> None:
        os.killpg(self.server.pid, signal.SIGKILL)
        self._pause()
        self.server.stop()
        self.server.start()

    def _kill_worker(self) -> None:
        os.killpg(self.worker.pid, signal.SIGKILL)
        self._pause()
        self.worker.stop()
        self.worker.start()

    def _kill_database(self) -> None:
        self.engine.kill()
        self._pause()
        self.engine.revive()


def stage_of(engine: Engine, variables: dict[str, str], logs: Path, chance: random.Random) -> Stage:
    """Describe a service on an engine; nothing is started."""
    worker = servers.flask(["worker"], {**variables, "SLOPE_SWEEP_SECONDS": "1"}, logs / "worker.log")
    return Stage(engine, servers.server("wsgi:app", variables, logs / "server.log"), worker, chance)
