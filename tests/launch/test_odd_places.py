"""The launcher in odd places: each works, or ends with one sentence that names cause and remedy."""

from __future__ import annotations

import errno
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from api.demo.client import Client
from launch import demo, places, readiness, steps
from launch.failure import CannotStart
from models.store import embedded


class Ready(BaseHTTPRequestHandler):
    """Answers like a service that is ready, and signs with a key of its own."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        keys = self.path.endswith("jwks.json")
        self.wfile.write(b'{"keys": [{"kid": "theirs"}]}' if keys else b'{"ready": true}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> int:
    """A service on this machine, and a proxy in the environment that does not answer; returns the port."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    server = HTTPServer((places.HOST, 0), Ready)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SLOPE_PORT", str(server.server_port))
    return server.server_port


def test_a_proxy_in_the_environment_is_not_asked_for_this_machine(
    behind_a_proxy: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "VAR", tmp_path)
    assert readiness.server_answers()
    assert not readiness.is_ready()  # it is somebody else's service that is ready there
    (tmp_path / "signing-keys.json").write_text('{"keys": [{"kid": "theirs"}]}')
    assert readiness.is_ready()
    assert Client(f"http://{places.HOST}:{behind_a_proxy}").get("/readyz") == {"ready": True}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(places, "DATABASE", tmp_path / "database")
    places.DATABASE.mkdir()
    return places.DATABASE


@pytest.mark.parametrize("text", ["", "{", '{"sign_ins"'])
def test_a_damaged_file_of_sign_ins_says_what_to_delete(data: Path, text: str) -> None:
    demo.sign_ins().write_text(text)
    with pytest.raises(CannotStart, match=r"demo.json is damaged.*rm -r var/database"):
        demo.seed_when_empty(pytest.fail, lambda arguments: pytest.fail(arguments[0]))


@pytest.mark.parametrize("found", [None, b""], ids=["deleted", "emptied"])
def test_sign_ins_without_their_data_are_refused(data: Path, found: bytes | None) -> None:
    demo.refuse_lost_data()
    demo.sign_ins().write_text("{}")
    if found is not None:
        (data / "slope.db").write_bytes(found)
    with pytest.raises(CannotStart, match=r"database/slope.db was deleted or emptied.*rm -r var/database"):
        demo.refuse_lost_data()
    (data / "slope.db").write_bytes(b"something")
    demo.refuse_lost_data()


def test_data_that_is_damaged_is_told_by_the_database_itself(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "program", lambda _name: sys.executable)
    (data / "slope.db").write_bytes(b"no database at all, and long enough to have a header" * 100)
    with pytest.raises(CannotStart, match=r"slope.db is damaged.*rm -r var/database"):
        steps._spawn_database(embedded.free_port())


def test_a_database_that_hangs_gives_no_answer(data: Path) -> None:
    running = embedded.start(data)
    port = int(running.uri.rsplit(":", 1)[1].split("/")[0])
    try:
        assert embedded.answers(port)
        running.process.send_signal(signal.SIGSTOP)
        assert not embedded.answers(port, seconds=0.5)
        running.process.send_signal(signal.SIGCONT)
        assert embedded.answers(port)
    finally:
        running.stop()
    assert not embedded.answers(port)


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("ok", True),
        ("long_jobs: last seen at x", True),
        ("keep_in_step: last seen at x; deliver: failing: email; long_jobs: last seen at x", True),
        ("keep_in_step: last seen at x; deliver: last seen at x; long_jobs: last seen at x", False),
    ],
)
def test_a_worker_hangs_when_none_of_its_groups_is_seen(
    monkeypatch: pytest.MonkeyPatch, said: str, seen: bool
) -> None:
    monkeypatch.setattr(readiness, "_asked", lambda _path: {"checks": {"worker": said}})
    assert readiness.worker_was_seen() is seen


def test_a_port_for_the_administrator_is_told_apart_from_a_taken_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_socket: socket.socket, _address: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv("SLOPE_PORT", "80")
    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CannotStart, match="choose one above 1023"):
        steps.refuse_taken_port()


def failing(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_what_belongs_to_another_user_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert steps.interruptible(failing(PermissionError(13, "Permission denied", "var/run.lock"))) == 1
    said = capsys.readouterr().err
    assert "var/run.lock cannot be written by this user" in said
    assert "chown" in said


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make some"),
        (errno.EROFS, "use a checkout that can be written"),
        (errno.EEXIST, "delete it"),
        (errno.EMFILE, "ulimit -n"),
    ],
)
def test_what_is_wrong_with_the_place_is_one_sentence(
    capsys: pytest.CaptureFixture[str], number: int, remedy: str
) -> None:
    assert steps.interruptible(failing(OSError(number, os.strerror(number), "var/run.lock"))) == 1
    said = capsys.readouterr().err
    assert "var/run.lock cannot be used" in said
    assert remedy in said


def test_what_nobody_expected_is_not_hidden() -> None:
    with pytest.raises(OSError, match="Input/output error"):
        steps.interruptible(failing(OSError(errno.EIO, "Input/output error")))


def test_a_disk_that_is_nearly_full_is_told_before_anything_is_written(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.refuse_full_disk()
    monkeypatch.setattr(steps, "NEEDED_MEBIBYTES", 10**9)
    with pytest.raises(CannotStart, match="MB left and the data needs"):
        steps.refuse_full_disk()


def test_a_setting_that_was_left_in_the_environment_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "LOGS", tmp_path)
    monkeypatch.setattr(places, "program", lambda name: str(Path(sys.prefix) / "bin" / name))
    monkeypatch.setenv("SLOPE_WORKERS", "abc")
    with pytest.raises(CannotStart, match=r"does not fit \(SLOPE_WORKERS cannot be read.*env \| grep SLOPE_"):
        steps.flask(["database", "indexes"], {})


def test_a_reader_that_has_gone_ends_it_without_a_traceback() -> None:
    code = "import sys; from launch import steps; sys.exit(steps.interruptible(lambda: print('x' * 10**6)))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(20) == 1


def test_what_the_terminal_cannot_show_is_shown_escaped() -> None:
    code = (
        "import sys; from launch import steps; sys.exit(steps.interruptible(lambda: print('M\\u00fcnchen')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"M\\xfcnchen\n")
    assert isinstance(sys.__stdout__, io.TextIOWrapper)
