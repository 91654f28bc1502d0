"""A database for a measurement: named, described by its durability, and able to be killed.

`embedded` gets a directory of its own. `documentdb` is what tests/engines/documentdb.sh runs: the instance of
the tests, or one in a home of its own, so that a trial that kills servers hits nobody else's. All else is
taken as a URI.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from models.store import embedded

_DATA = Path("root/var/lib/documentdb/data")
_ENDING = (signal.SIGTERM, signal.SIGINT)
SCRIPT = Path(__file__).resolve().parent.parent / "tests" / "engines" / "documentdb.sh"


@dataclass(slots=True)
class Engine:
    """A running database.

    Attributes:
        name: what runs.
        durability: what an acknowledged write has survived.
        uri: where it listens.
    """

    name: str
    durability: str
    uri: str

    @property
    def files_mebibytes(self) -> int:
        """What a small file system beneath its files has to hold."""
        return 256

    def files(self) -> Path:
        """Return the directory that is full when a trial fills the disk."""
        raise TypeError(f"{self.name} is not ours to lay on a disk")

    def log_of_writes(self) -> Path | None:
        """Return the directory that it writes to first, where that can be laid on a disk of its own."""
        return None

    def begin_segment(self) -> None:
        """Have the log of writes go on in another file."""
        raise TypeError(f"{self.name} has no log of writes of its own")

    def processes(self) -> list[int]:
        """Return what it runs as on this machine, without descendants; nothing when that is not known."""
        return []

    def kill(self) -> None:
        """Kill every process of the database, without warning."""
        raise TypeError(f"{self.name} is not ours to kill")

    def revive(self) -> None:
        """Start the database again after a kill."""
        raise TypeError(f"{self.name} is not ours to start")


@dataclass(slots=True)
class Embedded(Engine):
    """The embedded engine as a child of this process."""

    data_dir: Path
    running: embedded.Running = field(repr=False)

    def files(self) -> Path:
        """Return the directory of the database."""
        return self.data_dir

    def processes(self) -> list[int]:
        """Return the child."""
        return [self.running.process.pid]

    def kill(self) -> None:
        """Kill the child."""
        self.running.process.kill()
        self.running.process.wait()

    def revive(self) -> None:
        """Start another child on the same directory and port."""
        port = int(self.uri.rsplit(":", 1)[1].split("/")[0])
        self.running = embedded.start(self.data_dir, port)


@dataclass(slots=True)
class DocumentDB(Engine):
    """DocumentDB behind FerretDB, by its script."""

    environment: dict[str, str] = field(repr=False)

    @property
    def files_mebibytes(self) -> int:
        """A new PostgreSQL with the extension takes a twentieth of it."""
        return 1024

    def files(self) -> Path:
        """Return the directory of PostgreSQL's tables; its log of writes lies elsewhere."""
        return self._home() / _DATA / "base"

    def log_of_writes(self) -> Path:
        """Return the directory of PostgreSQL's log of writes."""
        return self._home() / _DATA / "pg_wal"

    def begin_segment(self) -> None:
        """Have the log of writes go on in another file; those that are kept ready are soon used up."""
        with suppress(subprocess.CalledProcessError):  # the database has ended itself
            _script("segment", self.environment)

    def _home(self) -> Path:
        return Path(self.environment.get("DOCUMENTDB_HOME", Path.home() / ".cache" / "slope-documentdb"))

    def processes(self) -> list[int]:
        """Return the proxy and the first process of PostgreSQL."""
        files = (self._home() / "ferretdb.pid", self._home() / _DATA / "postmaster.pid")
        return [int(file.read_text().split()[0]) for file in files if file.exists()]

    def kill(self) -> None:
        """Kill the proxy and every process of PostgreSQL."""
        _script("crash", self.environment)

    def revive(self) -> None:
        """Start both again."""
        _script("start", self.environment)


@contextmanager
def running(name: str, *, home: Path | None = None) -> Iterator[Engine]:
    """Run an engine for as long as the block lasts.

    Args:
        name: embedded, documentdb, or a URI.
        home: directory of a DocumentDB of its own, which begins empty and is stopped in the end; without one
            it is the instance that the tests use, which is left running.
    """
    for number in _ENDING:
        signal.signal(number, _end)
    if name == "embedded":
        yield from _embedded()
    elif name == "documentdb":
        yield from _documentdb(home)
    else:
        yield Engine("MongoDB URI given", "w: majority, j: true; the rest is the server's", name)


def _end(number: int, _frame: object) -> None:
    """End the measurement, so that it stops what it has started; no second signal is to disturb that."""
    for ending in _ENDING:
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(128 + number)


def _embedded() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="slope-bench-") as directory:
        data_dir = Path(directory)
        child = embedded.start(data_dir)
        engine = Embedded(
            "embedded (nx-27017 on SQLite)",
            "j: true, SQLite WAL synced at each commit",
            child.uri,
            data_dir,
            child,
        )
        try:
            yield engine
        finally:
            engine.running.stop()


def _documentdb(home: Path | None) -> Iterator[Engine]:
    if home is None:
        yield _started({**os.environ})
        return
    environment = {**os.environ, "DOCUMENTDB_HOME": str(home), "DOCUMENTDB_PORT": str(_free_pair())}
    with _alone_in(home):
        _script("wipe", environment)
        try:
            yield _started(environment)
        finally:
            _script("stop", environment)


def _started(environment: dict[str, str]) -> DocumentDB:
    return DocumentDB(
        "DocumentDB (PostgreSQL 18) behind FerretDB 2.7",
        "w: majority, PostgreSQL synchronous_commit on, fsync on",
        _script("start", environment),
        environment,
    )


@contextmanager
def _alone_in(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "in_use.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"another trial uses {home}: wait until it has ended")
        yield


def _free_pair() -> int:
    """Return a port that is free together with the next one, where PostgreSQL will listen."""
    while True:
        port = embedded.free_port()
        with socket.socket() as following, suppress(OSError):
            following.bind(("127.0.0.1", port + 1))
            return port


def _script(verb: str, environment: dict[str, str]) -> str:
    done = subprocess.run([SCRIPT, verb], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()
