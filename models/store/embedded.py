"""The embedded engine: nx-27017 on SQLite as a child process, for trying Slope out and for quick tests.

`start` is for whoever needs a database (launcher, tests, benches); `python -m models.store.embedded` is the
child. No other module names an engine. Only the standard library is needed until the child serves, so
the launcher can use it before the packages are installed. What the engine must do is pinned in
tests/models/test_engine_parity.py.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib
import logging
import os
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_HOST = "127.0.0.1"
_ROOT = Path(__file__).resolve().parents[2]
DATA_FILE = "slope.db"
"""Where the database of the launcher lies: the engine names a file by its database."""
DAMAGED = "is damaged"
_PARENT_POLL_SECONDS = 0.25

# The engine's SQL path loses the zone of dates that are set, ignores $max on dates and stores pushed
# subdocuments with dates as text. Its other path does all of this well, but is slow for reads. These
# are the modules that ask which path to take for writes and aggregations; the finds keep the fast one.
_WRITE_PATH_MODULES = (
    "neosqlite.collection.query_helper",
    "neosqlite.collection.query_helper._sql_updates",
    "neosqlite.collection.query_helper.update_operations",
    "neosqlite.collection.query_helper._sql_aggregation",
    "neosqlite.collection.query_engine.find_operations",
)


class DatabaseNotStarted(Exception):
    """The child ended, or did not listen in time; the message says what it wrote last."""


@dataclass(frozen=True, slots=True)
class Running:
    """An embedded database that runs as a child of this process.

    Attributes:
        process: the child.
        uri: where it listens; writes are synced to disk before they are acknowledged.
    """

    process: subprocess.Popen[bytes]
    uri: str

    def stop(self, seconds: float = 5.0) -> None:
        """End the child, by force when it does not end within the time."""
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def uri_of(port: int) -> str:
    """Return the URI of an embedded database on this port."""
    return f"mongodb://{_HOST}:{port}/?journal=true"


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def start(data_dir: Path, port: int = 0, *, python: str = sys.executable, seconds: float = 30.0) -> Running:
    """Start the embedded database and wait until it accepts connections.

    Args:
        data_dir: where the data is kept; made when missing. One running database per directory.
        port: 0 chooses a free one.
        python: the interpreter that has the packages.
        seconds: how long to wait.

    Raises:
        DatabaseNotStarted: the port is taken, or the last line of its log.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    if _listens(port):
        raise DatabaseNotStarted(f"port {port} is in use")
    command = [python, "-m", "models.store.embedded", str(data_dir.resolve()), str(port)]
    command += ["--parent", str(os.getpid())]
    with (data_dir / "output.log").open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 (our own module)
            command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    running = Running(process, uri_of(port))
    deadline = time.monotonic() + seconds
    while not _listens(port):
        if process.poll() is not None or time.monotonic() > deadline:
            running.stop()
            raise DatabaseNotStarted(_last_line(data_dir / "output.log"))
        time.sleep(0.05)
    return running


_HELLO = b"\x10hello\x00" + struct.pack("<i", 1) + b"\x02$db\x00" + struct.pack("<i", 6) + b"admin\x00"


def answers(port: int, seconds: float = 3.0) -> bool:
    """Return whether the database answers a hello within the time; no driver is needed."""
    body = struct.pack("<i", len(_HELLO) + 5) + _HELLO + b"\x00"
    message = struct.pack("<iiiiib", 16 + 5 + len(body), 1, 0, 2013, 0, 0) + body
    try:
        with socket.create_connection((_HOST, port), timeout=seconds) as connection:
            connection.sendall(message)
            return bool(connection.recv(16))
    except OSError:
        return False


def _listens(port: int) -> bool:
    try:
        with socket.create_connection((_HOST, port), timeout=1):
            return True
    except OSError:
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it wrote nothing")


def _refuse_damaged(file: Path) -> None:
    """End with a sentence when the stored data cannot be trusted."""
    if not file.exists() or not file.stat().st_size:
        return
    try:
        with closing(sqlite3.connect(file)) as data:
            found = str(data.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        sys.exit(f"{file.name} {DAMAGED} ({' '.join(found.split())})")


def _serve(data_dir: Path, port: int) -> None:
    nx = importlib.import_module("nx_27017.nx_27017")
    for name in _WRITE_PATH_MODULES:
        module = importlib.import_module(name)
        if not hasattr(module, "get_force_fallback"):
            sys.exit(f"{name} has changed: the engine needs the versions pinned in requirements.lock")
        module.get_force_fallback = lambda: True  # type: ignore[attr-defined]
    logging.getLogger("nx_27017").setLevel(logging.WARNING)  # it logs every connection otherwise
    pid_file = data_dir / "server.pid"
    pid_file.unlink(missing_ok=True)  # left by a killed one; the lock on the directory is what counts
    sys.argv = ["nx_27017", "--host", _HOST, "--port", str(port), "--data-dir", str(data_dir)]
    sys.argv += ["--pid-file", str(pid_file), "--log-file", str(data_dir / "server.log")]
    nx.main()


def _lock(data_dir: Path) -> IO[str]:
    lock = (data_dir / "lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"another database already uses the directory {data_dir}")
    return lock


def _end_with(parent: int) -> None:
    # Watching the parent works on every system, and also when the starting thread ended before its process.
    while os.getppid() == parent:
        time.sleep(_PARENT_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(2)
    os._exit(1)


def main() -> None:
    """Serve until terminated, or until the parent is gone."""
    parser = argparse.ArgumentParser(
        prog="models.store.embedded", description="The embedded database (a child process)."
    )
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--parent", type=int, required=True, help="process to end with")
    arguments = parser.parse_args()
    with _lock(arguments.data_dir):
        threading.Thread(target=_end_with, args=(arguments.parent,), daemon=True).start()
        _refuse_damaged(arguments.data_dir / DATA_FILE)
        _serve(arguments.data_dir, arguments.port)


if __name__ == "__main__":
    main()
