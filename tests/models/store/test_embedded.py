"""The embedded engine as a child: durable, alone in its directory, ended with its starter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pymongo
import pytest

from models.store import embedded

STARTER = """
import sys, time
from pathlib import Path
from models.store import embedded
running = embedded.start(Path(sys.argv[1]))
print(running.process.pid, flush=True)
time.sleep(60)
"""


def ended(pid: int, seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_an_acknowledged_write_survives_a_kill(tmp_path: Path) -> None:
    running = embedded.start(tmp_path)
    with pymongo.MongoClient(running.uri) as client:
        acknowledged = [client.trial.numbers.insert_one({"_id": n}).inserted_id for n in range(50)]
    running.process.kill()
    running.process.wait()
    again = embedded.start(tmp_path)
    try:
        with pymongo.MongoClient(again.uri) as client:
            assert sorted(row["_id"] for row in client.trial.numbers.find()) == acknowledged
    finally:
        again.stop()


def test_its_address_asks_for_synced_writes(tmp_path: Path) -> None:
    running = embedded.start(tmp_path)
    try:
        with pymongo.MongoClient(running.uri) as client:
            assert client.write_concern.document == {"j": True}
    finally:
        running.stop()


def test_a_second_database_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    running = embedded.start(tmp_path)
    try:
        with pytest.raises(embedded.DatabaseNotStarted, match="already uses the directory"):
            embedded.start(tmp_path)
    finally:
        running.stop()


def test_the_pid_file_of_a_killed_one_does_not_hinder_the_next(tmp_path: Path) -> None:
    (tmp_path / "server.pid").write_text(str(os.getpid()))
    running = embedded.start(tmp_path)
    running.stop()
    assert running.process.returncode is not None


def test_a_port_that_is_taken_is_reported(tmp_path: Path) -> None:
    running = embedded.start(tmp_path / "one")
    try:
        port = int(running.uri.split(":")[2].split("/")[0])
        second = tmp_path / "two"
        with pytest.raises(embedded.DatabaseNotStarted, match="in use"):
            embedded.start(second, port)
    finally:
        running.stop()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_it_does_not_outlive_its_starter(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    starter = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with starter:
        assert starter.stdout is not None
        child = int(starter.stdout.readline())
        starter.send_signal(how)
        starter.wait(30)
    assert ended(child)


def test_an_engine_without_the_known_modules_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(embedded, "_WRITE_PATH_MODULES", ("neosqlite.options",))
    with pytest.raises(SystemExit, match="needs the versions pinned"):
        embedded._serve(tmp_path, 1)
