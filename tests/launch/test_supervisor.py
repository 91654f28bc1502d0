"""The supervisor: what dies comes back, and what keeps dying ends the launch with a sentence."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from launch import places
from launch.children import Child
from launch.failure import CannotStart
from launch.supervisor import Supervisor


@dataclass
class Ended:
    pid: int
    code: int | None

    def poll(self) -> int | None:
        return self.code

    def kill(self) -> None:
        self.code = -9

    def wait(self, seconds: float | None = None) -> int | None:
        return self.code


@dataclass
class Stage:
    """A child whose runs end with the given codes, a clock that is moved by hand, and what was said."""

    codes: list[int | None]
    seconds: float = 0.0
    said: list[str] = field(default_factory=list)
    starts: int = 0
    answers: bool = True

    def spawn(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        return Ended(2**22 + 1, self.codes.pop(0))  # type: ignore[return-value]

    def begin(self, log: Path) -> Supervisor:
        child = Child("worker", self.spawn, log, lambda: self.answers)
        child.start()
        return Supervisor([child], self.said.append, clock=lambda: self.seconds)

    def pass_time(self, supervisor: Supervisor, seconds: float) -> None:
        self.seconds += seconds
        supervisor.look()


LOG = places.LOGS / "worker.log"


def test_a_child_that_runs_is_left_alone() -> None:
    stage = Stage([None])
    supervisor = stage.begin(LOG)
    for _ in range(5):
        stage.pass_time(supervisor, 10)
    assert (stage.starts, stage.said) == (1, [])


def test_a_killed_child_is_started_again_after_a_pause() -> None:
    stage = Stage([-9, None])
    supervisor = stage.begin(LOG)
    supervisor.look()
    assert stage.starts == 1
    stage.pass_time(supervisor, 1)
    assert stage.starts == 2
    assert stage.said == ["the worker ended (signal 9), starting it again"]


def test_pauses_grow() -> None:
    stage = Stage([1, 1, 1, None])
    supervisor = stage.begin(LOG)
    supervisor.look()
    starts = []
    for _ in range(16):
        stage.pass_time(supervisor, 0.125)
        starts.append(stage.starts)
    assert starts.count(1) < starts.count(2) < starts.count(3)


def test_a_child_that_keeps_dying_ends_the_launch() -> None:
    stage = Stage([3] * 10)
    supervisor = stage.begin(LOG)
    for _ in range(10):  # a death is noted in one look, and answered in a later one
        stage.pass_time(supervisor, 5)
    with pytest.raises(CannotStart, match="died 6 times in a row"):
        stage.pass_time(supervisor, 5)


def test_deaths_after_a_healthy_time_are_not_added_up() -> None:
    stage = Stage([0] * 50)
    supervisor = stage.begin(LOG)
    for _ in range(20):
        stage.pass_time(supervisor, 60)
        stage.pass_time(supervisor, 1)
    assert stage.starts >= 20


def test_a_child_that_gives_no_answer_is_ended_after_the_stated_time_and_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage([None, None])
    supervisor = stage.begin(LOG)
    running = supervisor._watched[0].child.process
    monkeypatch.setattr("os.killpg", lambda _pid, _signal: running.kill())  # type: ignore[union-attr]
    stage.pass_time(supervisor, 6)
    stage.answers = False
    for _ in range(5):
        stage.pass_time(supervisor, 5)
    assert (stage.starts, stage.said) == (1, [])
    stage.pass_time(supervisor, 6)
    assert stage.said[0] == "the worker has not answered for 30 s, ending it"
    stage.answers = True
    stage.pass_time(supervisor, 1)
    assert stage.starts == 2


def test_a_launcher_that_did_not_run_itself_ends_nobody() -> None:
    stage = Stage([None])
    supervisor = stage.begin(LOG)
    stage.answers = False
    stage.pass_time(supervisor, 3600)
    assert (stage.starts, stage.said) == (1, [])
