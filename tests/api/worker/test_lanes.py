"""A lane carries a few messages at once, holds up no other, and finishes what it carries."""

from __future__ import annotations

import time
from datetime import datetime
from threading import Event, Lock

import pytest

from api.worker.lanes import Lane
from services import clock


class Waiting:
    """Messages that take until they are let go."""

    def __init__(self, count: int, *, held: bool = True) -> None:
        self.left, self.at_once, self.most, self.done = count, 0, 0, 0
        self.let_go = Event()
        self._lock = Lock()
        if not held:
            self.let_go.set()

    def carry_next(self, now: datetime) -> bool:
        with self._lock:
            if not self.left:
                return False
            self.left -= 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        assert self.let_go.wait(120)
        with self._lock:
            self.at_once -= 1
            self.done += 1
        return True


def until(what: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_lane_carries_a_few_at_once_and_no_more() -> None:
    waiting = Waiting(20)
    lane = Lane("mail", waiting.carry_next, threads=3)
    for _ in range(10):
        lane.go_on(clock.now())  # returns at once, whatever is being carried
    until(lambda: waiting.at_once == 3)
    waiting.let_go.set()
    until(lambda: waiting.done == 20)
    lane.end()
    lane.join()
    assert waiting.most == 3


def test_a_slow_lane_holds_up_no_other() -> None:
    slow, quick = Waiting(5), Waiting(5, held=False)
    lanes = [Lane("slow", slow.carry_next), Lane("quick", quick.carry_next)]
    for lane in lanes:
        lane.go_on(clock.now())
    until(lambda: quick.done == 5)
    assert slow.done == 0
    slow.let_go.set()
    for lane in lanes:
        lane.end()
        lane.join()


def test_at_the_end_what_is_carried_is_finished_and_nothing_else_begun() -> None:
    waiting = Waiting(5)
    lane = Lane("mail", waiting.carry_next, threads=2)
    for _ in range(5):
        lane.go_on(clock.now())
    until(lambda: waiting.at_once == 2)
    lane.end()
    lane.go_on(clock.now())
    waiting.let_go.set()
    lane.join()
    assert (waiting.done, waiting.left) == (2, 3)


def test_what_ends_a_thread_is_the_failure_of_the_next_round() -> None:
    def broken(now: datetime) -> bool:
        raise ConnectionError

    lane = Lane("mail", broken)
    lane.go_on(clock.now())
    with pytest.raises(ConnectionError):
        until(lambda: lane.go_on(clock.now()))
    lane.end()
    lane.join()
