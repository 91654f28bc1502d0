"""`make run` as a whole, in a checkout of its own: started, used as the welcome says, killed, run again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.store.embedded import free_port

ROOT = Path(__file__).parents[2]
PARTS = (
    "api",
    "models",
    "services",
    "scoring",
    "launch",
    "wsgi.py",
    "gunicorn.conf.py",
    "pyproject.toml",
    "requirements.lock",
)
SECONDS_TO_START = 180.0

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.skipif(
        bool(os.environ.get("SLOPE_TEST_DATABASE_URI")), reason="the launcher brings its own engine"
    ),
]


@dataclass
class Launched:
    """A launcher, and where it writes."""

    checkout: Path
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def text(self) -> str:
        return self.output.read_text()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another launcher in the same checkout."""
        return subprocess.run(
            [sys.executable, "-m", "launch", *arguments],
            cwd=self.checkout,
            env=variables(self.port),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def variables(port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLOPE_")}
    return {**kept, "SLOPE_PORT": str(port)}


def launch(checkout: Path, name: str) -> Launched:
    port, output = free_port(), checkout / f"{name}.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "launch"], cwd=checkout, env=variables(port), stdout=file, stderr=file
        )
    started = Launched(checkout, port, process, output)
    assert until(lambda: "make decline" in started.text or process.poll() is not None, SECONDS_TO_START)
    assert process.poll() is None, started.text
    return started


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def processes_in(checkout: Path) -> dict[int, str]:
    """Every process that works in the checkout, with its command line."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.joinpath("cwd").readlink() == checkout:
                found[int(path.name)] = path.joinpath("cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout without anything made yet, but with the packages that are installed here."""
    directory = tmp_path_factory.mktemp("checkout").resolve()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, directory / part)
    (directory / ".venv").symlink_to(sys.prefix)
    return directory


@pytest.fixture(scope="module")
def launched(checkout: Path) -> Iterator[Launched]:
    started = launch(checkout, "first")
    yield started
    started.process.send_signal(signal.SIGINT)
    started.process.wait(30)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the commands are curl's")
def test_the_three_commands_work_when_pasted(launched: Launched) -> None:
    commands = launched.text[launched.text.index("SLOPE=") : launched.text.index("`make decline`")]
    done = subprocess.run(["bash", "-eu", "-c", commands], capture_output=True, text=True, check=True)
    receipt, worklist = done.stdout.strip().splitlines()
    assert '"state":"current"' in receipt
    assert '"level":"urgent"' in worklist


def test_the_played_decline_opens_an_alert_that_the_worklist_shows(launched: Launched) -> None:
    done = launched.command("flask", "demo", "decline", "--pause", "0")
    assert done.returncode == 0, done.stderr
    reports = re.findall(r"^\d{4}-\d\d-\d\d +\d+ ", done.stdout, re.MULTILINE)
    assert len(reports) == 13
    assert "alert [inform] decline" in done.stdout
    assert re.search(r"worklist for this patient:\n +\[soon\] decline, open, holds\n", done.stdout)
    shown, _, listed = done.stdout.partition("The clinician's worklist for this patient:")
    told = set(re.findall(r"alert \[\w+\] (\w+)", shown))
    current = set(re.findall(r"\[\w+\] (\w+), \w+, (?:holds|has passed|was withdrawn)\n", listed))
    ended = set(re.findall(r"\[\w+\] (\w+) has ended: [^\n]+\.", listed))
    assert told <= current | ended, "what was shown is in the last list, or it is said how it ended"


def test_data_secrets_and_logs_are_for_nobody_else(launched: Launched) -> None:
    files = [path for path in (launched.checkout / "var").rglob("*") if not path.is_symlink()]
    assert any(path.name == "slope.db" for path in files)
    assert [path.name for path in files if path.lstat().st_mode & 0o077 and not path.is_socket()] == []


def test_a_second_launcher_says_where_the_first_one_is(launched: Launched) -> None:
    done = launched.command()
    assert done.returncode == 1
    assert f"http://127.0.0.1:{launched.port}" in done.stderr


@pytest.mark.parametrize(
    ("name", "called"), [("models.store.embedded", "database"), ("gunicorn", "server"), ("flask", "worker")]
)
def test_a_killed_child_is_started_again(launched: Launched, name: str, called: str) -> None:
    killed = min(pid for pid, command in processes_in(launched.checkout).items() if name in command)
    os.kill(killed, signal.SIGKILL)

    def another_runs() -> bool:
        running = processes_in(launched.checkout)
        return killed not in running and any(name in command for command in running.values())

    said = f"the {called} ended (signal 9), starting it again"
    assert until(lambda: said in launched.text and another_runs(), 60)
    assert until(lambda: is_ready(launched.port), 60)


def test_ctrl_c_ends_everything_and_the_next_start_finds_the_data(launched: Launched) -> None:
    launched.process.send_signal(signal.SIGINT)
    assert launched.process.wait(40) == 0
    assert processes_in(launched.checkout) == {}
    again = launch(launched.checkout, "second")
    try:
        assert "demo site" not in again.text
        sign_ins = re.findall(r"\S+@demo\.example +\S+", launched.text)
        assert sign_ins == re.findall(r"\S+@demo\.example +\S+", again.text)
    finally:
        again.process.kill()
    assert again.process.wait(10) == -signal.SIGKILL
    assert until(lambda: processes_in(again.checkout) == {}, 40)
