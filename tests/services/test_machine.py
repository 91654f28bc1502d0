"""What a machine lacks is told in one sentence."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services import machine
from services.machine import OK, RESERVED_DESCRIPTORS

NEEDED = RESERVED_DESCRIPTORS + 2 * 16


def limit(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (soft, hard))


def test_a_machine_that_has_everything() -> None:
    assert machine.zones() == machine.descriptors() == machine.temporary_files() == OK
    assert machine.enough_descriptors(16) == OK


def test_without_zone_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_ZONE", "Nowhere/Nothing")
    assert "install the package tzdata" in machine.zones()


@pytest.mark.parametrize(("hard", "well"), [(64, False), (NEEDED - 1, False), (NEEDED, True), (-1, True)])
def test_too_few_descriptors_are_refused(monkeypatch: pytest.MonkeyPatch, hard: int, well: bool) -> None:
    limit(monkeypatch, 64, hard)
    assert (machine.enough_descriptors(16) == OK) is well


@pytest.mark.parametrize(
    ("soft", "hard", "connections"),
    [(64, 4096, 1000), (256, 256, 176), (256, -1, 176), (-1, -1, 1000), (10, 10, 1)],
)
def test_no_more_connections_than_descriptors(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, connections: int
) -> None:
    limit(monkeypatch, soft, hard)
    assert machine.connections(1000) == connections


def test_nearly_no_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, 5, 5)
    assert "of 5 file descriptors are in use" in machine.descriptors()

    def none_left(_path: Path) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(Path, "iterdir", none_left)
    assert "no file descriptor is left" in machine.descriptors()


def test_without_a_place_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    assert "TMPDIR" in machine.temporary_files()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system has no threads with a niceness")
def test_a_thread_that_gives_way_leaves_the_others_as_they_are() -> None:
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with ThreadPoolExecutor(1, initializer=machine.give_way) as pool:
        nice = pool.submit(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())).result()
    assert nice == machine.GIVES_WAY
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
