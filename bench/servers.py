"""Servers and workers for a measurement, run as in production: gunicorn with the project's own file.

Each gets its settings through the environment, writes to a log file and leads a session of its own, so that
it can be ended or killed as a whole.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.store.embedded import free_port
from services.access.tokens import new_key_set

ROOT = Path(__file__).resolve().parent.parent
LONG_TOKENS = {"SLOPE_ACCESS_MINUTES": "60"}
"""The longest that may be set: where tokens are made ahead, no run is to outlive them."""


@dataclass(slots=True)
class Process:
    """A process and what it started.

    Attributes:
        command: how it is started.
        variables: its settings.
        log: where it writes.
        port: where it listens; 0 when it does not.
        tree: the files that it runs.
    """

    command: list[str]
    variables: dict[str, str]
    log: Path
    port: int = 0
    tree: Path = ROOT
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command,
                cwd=self.tree,
                env={**os.environ, **self.variables},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process that was started."""
        if self.running is None:
            raise RuntimeError("not started")
        return self.running.pid

    def children(self) -> list[int]:
        """The processes that it started: the workers of a server."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(word) for word in path.read_text().split()] if path.exists() else []

    def alive(self) -> bool:
        """Return whether it runs."""
        return self.running is not None and self.running.poll() is None

    def stop(self) -> None:
        """End it, and by force what does not end."""
        if self.running is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.running.terminate()
            self.running.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def wait_ready(self, path: str, seconds: float = 60.0) -> None:
        """Wait until a GET of the path is answered with 200.

        Raises:
            RuntimeError: it was not within the time.
        """
        deadline = time.monotonic() + seconds
        while not self._answers(path):
            if time.monotonic() > deadline or not self.alive():
                raise RuntimeError(f"{self.command} is not ready: see {self.log}")
            time.sleep(0.05)

    def _answers(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextlib.contextmanager
def running(*processes: Process, path: str = "/livez") -> Iterator[None]:
    """Start servers, wait until each answers at this path, and stop them when the block ends."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait_ready(path)
        yield
    finally:
        for process in processes:
            process.stop()


def settings(uri: str, database_name: str) -> dict[str, str]:
    """Return the settings of a service on this database, with secrets made for the occasion."""
    return {
        "SLOPE_ENV": "development",
        "SLOPE_DATABASE_URI": uri,
        "SLOPE_DATABASE_NAME": database_name,
        "SLOPE_SIGNING_KEYS": new_key_set(),
        "SLOPE_REFRESH_SECRET": secrets.token_urlsafe(48),
        # All load comes from one address.
        "SLOPE_ANONYMOUS_PER_MINUTE": "100000",
    }


def server(
    application: str, variables: dict[str, str], log: Path, port: int = 0, *, tree: Path = ROOT
) -> Process:
    """Describe a gunicorn that serves an application of a tree, with the configuration that is there."""
    port = port or free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", application]
    return Process(command, {**variables, "SLOPE_BIND": f"127.0.0.1:{port}"}, log, port, tree)


def flask(arguments: list[str], variables: dict[str, str], log: Path) -> Process:
    """Describe a command of the application, such as the worker."""
    return Process([sys.executable, "-m", "flask", "--app", "wsgi", *arguments], variables, log)
