"""What goes wrong before anything runs: a sentence that says what to do, and a code that is not zero."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launch import development, environment, places, steps
from launch.failure import CannotStart

ROOT = Path(__file__).parents[2]
UNKNOWN = "no-such-package==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n"


def launched(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_told_which_one_is_needed() -> None:
    done = launched("import sys; sys.version_info = (3, 9, 18); import launch")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, and this is 3.9" in done.stderr
    assert "make run PYTHON=" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_launcher_can_be_imported_without_any_package() -> None:
    done = launched(
        "import sys; sys.path[:] = ['.', *[p for p in sys.path if 'site-packages' not in p]];"
        "import launch.steps"
    )
    assert done.returncode == 0, done.stderr


def test_a_taken_port_is_named_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind((places.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("SLOPE_PORT", str(port))
        with pytest.raises(CannotStart, match=rf"Port {port} is taken.*make run PORT={port + 1}"):
            steps.refuse_taken_port()


def test_a_free_port_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind((places.HOST, 0))
        monkeypatch.setenv("SLOPE_PORT", str(probe.getsockname()[1]))
    steps.refuse_taken_port()


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SLOPE_PORT", text)
    with pytest.raises(CannotStart, match="SLOPE_PORT is not a port"):
        places.port()


def test_the_port_is_8000_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLOPE_PORT", raising=False)
    assert places.address() == "127.0.0.1:8000"


def test_without_a_network_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["no-such-package"]\n')
    (tmp_path / "some.lock").write_text(UNKNOWN)
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(places, "VENV", Path(sys.prefix))
    monkeypatch.setattr(places, "LOGS", tmp_path)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    with pytest.raises(CannotStart, match="check the network connection"):
        environment.install("some.lock")


def test_a_command_before_the_first_run_says_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "VAR", tmp_path)
    with pytest.raises(CannotStart, match="run `make run` first"):
        development.remembered()


def test_a_command_that_fails_shows_its_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOGS", ROOT / "var" / "log")
    monkeypatch.setattr(places, "program", lambda name: str(Path(sys.prefix) / "bin" / name))
    with pytest.raises(CannotStart, match=r"`flask no-such-command` failed \(.*No such command"):
        steps.flask(["no-such-command"], {})


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_to_end_ends_it_also_where_it_was_ignored_before(name: str) -> None:
    code = (
        "import os, signal, time\n"
        f"signal.signal(signal.{name}, signal.SIG_IGN)\n"
        "from launch import steps\n"
        f"steps.interruptible(lambda: (os.kill(os.getpid(), signal.{name}), time.sleep(20)))"
    )
    ended = launched(code)
    assert (ended.returncode, ended.stdout.strip()) == (0, "Slope has ended.")
