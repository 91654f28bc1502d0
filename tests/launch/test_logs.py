"""Logs of the launcher stay within a bound, while whoever writes them goes on."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from launch import logs


def test_a_log_that_has_grown_is_kept_beside_itself_and_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 100)
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writer:
        for turn in range(3):
            writer.write(str(turn).encode() * 101)
            logs.bound(log)
            assert log.stat().st_size == 0
            assert log.with_name("server.log.1").read_bytes() == str(turn).encode() * 101
        writer.write(b"more")
        logs.bound(log)
    assert log.read_bytes() == b"more"


def test_without_room_for_a_copy_the_older_part_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(logs, "MOST_BYTES", 100)
    monkeypatch.setattr(shutil, "copyfile", full)
    log = tmp_path / "server.log"
    log.write_bytes(b"x" * 101)
    logs.bound(log)
    assert log.stat().st_size == 0


def test_a_log_that_is_not_there_is_left_alone(tmp_path: Path) -> None:
    logs.bound(tmp_path / "server.log")
