"""The parts by which the trial injects faults do what their names say, and take it back."""

from __future__ import annotations

import errno
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest

from bench import clinic, servers
from bench.chaos import disk, poison
from bench.chaos.__main__ import plan
from bench.chaos.injections import BY_NAME, KILLS
from bench.chaos.proxy import Proxy
from bench.chaos.records import Records
from models import soundness
from models.store import unreadable
from services import clock


@pytest.fixture
def echo() -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listening.accept()
        with connection:
            while piece := connection.recv(100):
                connection.sendall(piece)

    Thread(target=answer, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def test_the_proxy_passes_delays_and_holds_back(echo: int) -> None:
    proxy = Proxy(echo)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as client:
        client.sendall(b"a")
        assert client.recv(1) == b"a"
        proxy.delay = 0.2
        begun = time.monotonic()
        client.sendall(b"b")
        assert client.recv(1) == b"b"
        assert time.monotonic() - begun >= 0.2
        proxy.delay, proxy.paused = 0.0, True
        client.sendall(b"c")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        proxy.paused = False
        client.settimeout(30)
        assert client.recv(1) == b"c"
    proxy.close()


@pytest.mark.skipif(not disk.may_be_made(), reason="no file system can be mounted here")
def test_a_small_disk_keeps_what_lay_there_and_can_be_full(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    small = disk.Disk(tmp_path, 1)
    try:
        assert (tmp_path / "kept").read_text() == "kept"
        small.fill()
        with pytest.raises(OSError) as raised:  # noqa: PT011 (its number is looked at)
            (tmp_path / "more").write_bytes(b"x" * 4096)
        assert raised.value.errno == errno.ENOSPC
        small.empty()
        (tmp_path / "more").write_bytes(b"x" * 4096)
    finally:
        small.remove()


def test_damage_is_found_and_taken_back(database_uri: str) -> None:
    with clinic.opened(servers.settings(database_uri, f"slope_test_poison_{uuid4().hex[:8]}")) as opened:
        prepared = poison.beside(opened)
        soundness.look_through(clock.now())  # it leaves a sign of life
        before = {document: list(document.raw().find()) for document in prepared.whole}
        unreadable.forget()
        for seed in range(4):
            prepared.spread(random.Random(seed))
            soundness.look_through(clock.now())
            prepared.take_back()
        assert unreadable.counts()
        unreadable.forget()
        assert {document: len(rows) for document, rows in before.items()} == {
            document: document.raw().count_documents({}) for document in prepared.whole
        }


def test_what_needs_a_disk_is_left_out_where_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    planned = plan("all", 2, random.Random(1), disks=False, log_of_writes=True)
    assert {injection.name for injection in planned} == {
        injection.name for injection in BY_NAME.values() if not injection.needs_disks
    }
    assert len(planned) == 2 * len(set(planned))
    assert "left out" in capsys.readouterr().out
    assert set(plan("kills", 50, random.Random(1), disks=True, log_of_writes=True)) == set(KILLS)
    named = plan("poison,hung-worker", 1, random.Random(1), disks=True, log_of_writes=True)
    assert [injection.name for injection in named] == ["poison", "hung-worker"]
    without = plan("all", 1, random.Random(1), disks=True, log_of_writes=False)
    assert set(BY_NAME.values()) - set(without) == {BY_NAME["writes-full"]}


def test_who_waits_since_before_a_moment_is_counted() -> None:
    records = Records()
    with records.under_way():
        assert records.waiting_since(time.monotonic()) == 1
        assert records.waiting_since(time.monotonic() - 10) == 0
    assert records.waiting_since(time.monotonic()) == 0
