"""Children of the launcher: alone in their session, and ended with everything they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch import children, exclusive, places, steps
from launch.failure import CannotStart

ROOT = Path(__file__).parents[2]
LAUNCHER = """
import sys, time
from launch import children, places
places.program = lambda name: sys.executable
child = children.program("sleeper", ["python", "-c", "import time; time.sleep(60)"], {})
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOGS", tmp_path / "log")
    monkeypatch.setattr(places, "VAR", tmp_path)
    monkeypatch.setattr(places, "program", lambda _name: sys.executable)


@pytest.fixture
def signals_as_they_were() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(pid: int, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not runs(pid)


def child_of(code: str) -> children.Child:
    return children.program("trial", ["python", "-c", code], {"SLOPE_TRIAL": "1"})


def test_a_child_gets_its_variables_and_writes_to_its_log() -> None:
    child = child_of("import os; print(os.environ['SLOPE_TRIAL'])")
    child.start()
    child.end(10)
    assert places.last_line(child.log) == "1"


def test_a_child_that_ignores_the_request_is_ended_by_force_with_what_it_started() -> None:
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True);"
        "time.sleep(60)"
    )
    child = child_of(code)
    child.start()
    deadline = time.monotonic() + 10
    while not places.last_line(child.log).isdigit() and time.monotonic() < deadline:
        time.sleep(0.05)
    grandchild = int(places.last_line(child.log))
    child.ask_to_end()
    child.end(0.3)
    assert child.exit_code() == -signal.SIGKILL
    assert ends(grandchild)


@pytest.mark.skipif(
    sys.platform != "linux", reason="the kernel ends the children of a killed parent on Linux"
)
def test_a_killed_launcher_takes_its_children_along() -> None:
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with launcher:
        assert launcher.stdout is not None
        child = int(launcher.stdout.readline())
        launcher.kill()
    assert ends(child)


def test_a_second_launcher_is_refused_and_told_where_the_first_is() -> None:
    refusal = pytest.raises(CannotStart, match=rf"process {os.getpid()}.*Ctrl-C")
    with exclusive.only_one(), refusal, exclusive.only_one():
        pass


def test_a_lock_file_that_nobody_holds_does_not_hinder(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text("99999")
    with exclusive.only_one():
        assert (tmp_path / "run.lock").read_text().split()[0] == str(os.getpid())


@pytest.mark.usefixtures("signals_as_they_were")
def test_a_failed_step_is_one_sentence_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise CannotStart("Port 8000 is taken: end it and run this again.")

    assert steps.interruptible(work) == 1
    assert capsys.readouterr().err.strip() == "Port 8000 is taken: end it and run this again."


@pytest.mark.usefixtures("signals_as_they_were")
def test_a_signal_to_end_is_the_usual_way_out() -> None:
    assert steps.interruptible(lambda: os.kill(os.getpid(), signal.SIGTERM)) == 0
