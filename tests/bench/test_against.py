"""Two commits compared: whose turn it is, what the table says, and that nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.load import Window
from bench.submit import trees
from bench.submit.against import FIRST, Result, Rig, Round

ROOT = Path(__file__).resolve().parents[2]


def window(rate: float, status: int = 201, cpu: float = 1.0) -> Window:
    return Window(1.0, (1 / rate,) * int(rate), Counter({status: int(rate)}), cpu)


def result(
    this: float, other: float, floor: float = 1000, against: str = "abcdef0", pairs: int = 12
) -> Result:
    return Result([Round(window(this), window(other), window(floor))] * pairs, against)


class Noted:
    """Side and target in one, which notes what it is asked for."""

    def __init__(self, name: str, rate: float, asked: list[str]) -> None:
        self.name, self.rate, self.asked = name, rate, asked

    def order(self, requests: int) -> None:
        self.asked.append(f"order {self.name}")

    def prepare(self, seconds: float) -> None:
        self.asked.append(f"prepare {self.name}")

    def window(self, clients: int, seconds: float) -> Window:
        self.asked.append(self.name)
        return window(self.rate)


def test_the_turns_are_balanced_and_each_window_goes_to_its_side() -> None:
    asked: list[str] = []
    this, other, floor = Noted("A", 300, asked), Noted("B", 400, asked), Noted("-", 900, asked)
    rig = Rig((this, other), (this, other), floor)
    rounds = [rig.round(number, 2, 0.1) for number in range(4)]
    assert "".join(word for word in asked if len(word) == 1) == "A-BB-AA-BB-A"
    assert asked[:4] == ["order A", "order B", "prepare A", "prepare B"]
    assert {(turn.this.rate, turn.other.rate, turn.floor.rate) for turn in rounds} == {(300, 400, 900)}


def test_the_table_shows_both_sides_their_ratio_and_what_they_reach_of_the_floor() -> None:
    rows = {line[:22].strip(): line[22:].split() for line in result(300, 400).table().splitlines()}
    assert rows["reports/s"] == ["300.00", "400.00", "0.750", "[0.750,", "0.750]"]
    assert rows["CPU ms of the servers"][:3] == ["3.33", "2.50", "1.333"]
    assert rows["of the floor"] == ["0.30", "0.40"]


def test_cpu_that_is_not_known_is_not_shown() -> None:
    unknown = [Round(window(300, cpu=0), window(400, cpu=0), window(900))] * 2
    assert "CPU" not in Result(unknown, "abcdef0").table()


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (result(390, 400), "not slower than abcdef0 (the interval reaches 1, or the median 0.97): met"),
        (result(380, 400), "not slower than abcdef0 (the interval reaches 1, or the median 0.97): NOT met"),
        (result(500, 400, against=FIRST), f"at least 1.25 of {FIRST}: met"),
        (result(499, 400, against=FIRST), f"at least 1.25 of {FIRST}: NOT met"),
        (result(430, 430), "at least 0.43 of the floor: met"),
        (result(429, 429), "at least 0.43 of the floor: NOT met"),
    ],
)
def test_the_working_tree_is_held_against_the_bars(measured: Result, said: str) -> None:
    assert said in measured.verdict().splitlines()


def test_an_answer_other_than_201_of_any_server_is_told() -> None:
    rounds = [Round(window(3, 503), window(2), window(4)), Round(window(3), window(2, 500), window(4, 502))]
    assert Result(rounds, "abcdef0").refused() == Counter({503: 3, 500: 2, 502: 4})


def known(commit: str) -> bool:
    try:
        return bool(trees.name_of(commit))
    except (trees.UnknownCommit, FileNotFoundError):
        return False


needs_history = pytest.mark.skipif(not known("HEAD"), reason="compares commits: needs git and a repository")
OTHER = FIRST if known(FIRST) else "HEAD"


def bench(directory: Path, *arguments: str, against: str = OTHER) -> subprocess.Popen[str]:
    """Begin the bench with little to do; what it makes is in the directory."""
    command = [sys.executable, "-u", "-m", "bench.submit", "--engine", "embedded", "--against", against]
    tiny = ["--patients", "4", "--history", "1", "--clients", "2", *arguments]
    variables = {**os.environ, "SLOPE_WORKERS": "1", "TMPDIR": str(directory)}
    return subprocess.Popen(
        [*command, *tiny], cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def soon(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def started_for(directory: Path) -> list[str]:
    """Processes that live in the directory, by what they were started with."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={directory}".encode() in (path / "environ").read_bytes().split(b"\0"):
                found.append((path / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


@needs_history
def test_two_commits_are_compared_from_beginning_to_end(tmp_path: Path) -> None:
    output, errors = bench(tmp_path, "--pairs", "2", "--seconds", "0.2").communicate(timeout=300)
    assert "Traceback" not in errors
    assert re.search(r"^other +[0-9a-f]{7,}; \d+ of 4 patients have a flag$", output, re.MULTILINE), errors
    assert re.search(r"^   2( +\d+){3} +[\d.]+$", output, re.MULTILINE), output
    assert re.search(r"^reports/s( +[\d.]+){3}  no interval$", output, re.MULTILINE), output
    assert "FAILED" not in output
    assert list(tmp_path.iterdir()) == []


@needs_history
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("line", "numbers"),
    [("seeding", [signal.SIGINT, signal.SIGINT]), ("pair", [signal.SIGTERM])],
    ids=["Ctrl-C twice while it seeds", "told to end in a window"],
)
def test_told_to_end_it_leaves_nothing_behind(
    line: str, numbers: list[signal.Signals], tmp_path: Path
) -> None:
    with bench(tmp_path, "--pairs", "50", "--seconds", "1") as process:
        assert process.stdout is not None
        assert any(said.startswith(line) for said in process.stdout)
        # The engine and the suppliers; servers hide what they were started with behind their titles.
        assert soon(lambda: len(started_for(tmp_path)) >= 3), started_for(tmp_path)
        for number in numbers:
            process.send_signal(number)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 128 + numbers[0]
    assert "Traceback" not in errors
    assert soon(lambda: started_for(tmp_path) == []), started_for(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_commit_that_is_not_there_is_named(tmp_path: Path) -> None:
    output, errors = bench(tmp_path, against="no-such-commit").communicate(timeout=300)
    assert errors == "git knows no commit no-such-commit here\n"
    assert output == ""
    assert list(tmp_path.iterdir()) == []


@needs_history
@pytest.mark.parametrize("text", ["no-such-commit", "--all", "HEAD:README.md", ""])
def test_what_names_no_commit_is_refused(text: str) -> None:
    with pytest.raises(trees.UnknownCommit):
        trees.name_of(text)


@needs_history
def test_the_files_of_a_commit_are_those_that_were_committed(tmp_path: Path) -> None:
    trees.extract("HEAD", tmp_path)
    shown = subprocess.run(["git", "show", "HEAD:pyproject.toml"], cwd=ROOT, capture_output=True, check=True)
    assert (tmp_path / "pyproject.toml").read_bytes() == shown.stdout
    assert not (tmp_path / ".git").exists()
