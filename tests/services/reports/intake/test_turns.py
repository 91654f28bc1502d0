"""One batch at a time, few wait and not for long, the rest are told at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.errors import TooManyRequests
from services.reports.intake import turns as module
from services.reports.intake.turns import (
    LONG,
    MOST_REST,
    RETRY_AFTER_SECONDS,
    WAITING,
    Turns,
)


def test_those_who_may_wait_get_their_turn_one_after_the_other() -> None:
    turns, inside, most = Turns(), [], []

    def work(number: int) -> None:
        with turns.turn():
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.01)
            inside.remove(number)

    with ThreadPoolExecutor(WAITING) as pool:
        list(pool.map(work, range(WAITING)))
    assert most == [1] * WAITING


def test_one_too_many_is_told_at_once_and_its_place_is_free_afterwards() -> None:
    turns, held, leave = Turns(patience=60), threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with turns.turn():
            held.release()
            leave.wait(120)

    busy = [threading.Thread(target=hold) for _ in range(WAITING)]
    for thread in busy:
        thread.start()
    assert held.acquire(timeout=60)
    while turns._admitted._value:
        time.sleep(0.001)
    begun = time.monotonic()
    with pytest.raises(TooManyRequests) as caught, turns.turn():
        pass
    assert time.monotonic() - begun < 30
    assert (caught.value.code, caught.value.retry_after) == ("come_again", RETRY_AFTER_SECONDS)
    leave.set()
    for thread in busy:
        thread.join(60)
    with turns.turn():
        pass


def test_nobody_waits_longer_than_the_patience_and_a_fault_frees_the_turn() -> None:
    turns = Turns(patience=0.05)
    with turns.turn(), ThreadPoolExecutor(1) as pool, pytest.raises(TooManyRequests):
        pool.submit(turns.turn().__enter__).result()
    with pytest.raises(KeyError), turns.turn():
        raise KeyError
    with turns.turn():
        pass


class Ticks:
    """Stands for `time`: its moments pass by sleeping only."""

    def __init__(self) -> None:
        self.moment = 1000.0

    def monotonic(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds


@pytest.mark.parametrize(
    ("took", "rest"), [(LONG, 0.0), (LONG * 2, LONG * 2), (MOST_REST, MOST_REST), (60.0, MOST_REST)]
)
def test_after_a_long_batch_the_process_is_left_to_others_for_as_long(
    monkeypatch: pytest.MonkeyPatch, took: float, rest: float
) -> None:
    ticks = Ticks()
    monkeypatch.setattr(module, "time", ticks)
    turns = Turns()
    with turns.turn():
        ticks.sleep(took)
    ended = ticks.moment
    with turns.turn():
        assert ticks.moment - ended == pytest.approx(rest)
    begun = ticks.moment
    with turns.turn():
        assert ticks.moment == begun, "after a short one nobody waits"


def test_the_rest_is_one_of_the_clock_on_the_wall() -> None:
    turns = Turns()
    with turns.turn():
        time.sleep(LONG * 1.2)
    over = turns._rested_at
    with turns.turn():
        assert time.monotonic() >= over
