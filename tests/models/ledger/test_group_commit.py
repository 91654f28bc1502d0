"""Group commit: everybody gets their own outcome, and who submits together is served together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from models.ledger import group_commit
from models.ledger.group_commit import MOST, GroupCommit


def until_waiting(commit: GroupCommit[Any, Any], count: int) -> None:
    deadline = time.monotonic() + 60
    while len(commit._waiting) < count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_one_who_asks_alone_is_served_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "LINGER", 60)
    runs: list[int] = []

    def double(items: Sequence[int]) -> list[int]:
        runs.append(len(items))
        return [item * 2 for item in items]

    commit = GroupCommit(double)
    assert [commit.submit(number) for number in range(3)] == [0, 2, 4]
    assert runs == [1, 1, 1]


def test_under_a_crowd_everybody_gets_their_own_answer_in_few_runs() -> None:
    runs: list[int] = []

    def slow(items: Sequence[int]) -> list[int]:
        runs.append(len(items))
        time.sleep(0.002)
        return [item * 2 for item in items]

    commit = GroupCommit(slow)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(commit.submit, range(800)))
    assert answers == [number * 2 for number in range(800)]
    assert sum(runs) == 800
    assert len(runs) < 200


def test_whoever_asks_during_a_run_is_served_by_a_later_one() -> None:
    """A run that has begun may have read already: its answer could be older than the question."""
    begun, go_on, runs = Event(), Event(), []

    def run(items: Sequence[str]) -> list[str]:
        runs.append(list(items))
        begun.set()
        go_on.wait(60)
        return list(items)

    commit = GroupCommit(run)
    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(commit.submit, "early")
        begun.wait(60)
        late = pool.submit(commit.submit, "late")
        until_waiting(commit, 1)
        go_on.set()
        assert (early.result(60), late.result(60)) == ("early", "late")
    assert runs == [["early"], ["late"]]


def test_after_a_run_for_several_the_next_waits_a_moment_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "LINGER", 600)
    runs: list[list[int]] = []
    begun, go_on = Event(), Event()

    def run(items: Sequence[int]) -> list[int]:
        runs.append(sorted(items))
        begun.set()
        go_on.wait(60)
        return list(items)

    commit = GroupCommit(run)
    with ThreadPoolExecutor(5) as pool:
        futures = [pool.submit(commit.submit, 0)]
        begun.wait(60)
        futures += [pool.submit(commit.submit, number) for number in (1, 2)]
        until_waiting(commit, 2)
        go_on.set()
        assert [future.result(60) for future in futures] == [0, 1, 2]
        futures = [pool.submit(commit.submit, 3)]
        until_waiting(commit, 1)
        futures.append(pool.submit(commit.submit, 4))
        assert [future.result(60) for future in futures] == [3, 4]
    assert runs == [[0], [1, 2], [3, 4]]


def test_an_items_own_failure_is_an_outcome_of_its_own() -> None:
    def run(items: Sequence[int]) -> list[int | KeyError]:
        time.sleep(0.001)
        return [KeyError(item) if item % 10 == 0 else item for item in items]

    def outcome(number: int) -> str:
        outcome = commit.submit(number)
        return f"refused {outcome.args[0]}" if isinstance(outcome, KeyError) else str(outcome)

    commit = GroupCommit(run)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(outcome, range(100)))
    assert outcomes == [f"refused {n}" if n % 10 == 0 else str(n) for n in range(100)]


def test_a_run_that_fails_fails_for_those_it_served_and_the_next_one_goes_on() -> None:
    calls = iter([True, False])

    def run(items: Sequence[int]) -> list[int]:
        if next(calls):
            raise ConnectionError
        return list(items)

    commit = GroupCommit(run)
    with pytest.raises(ConnectionError):
        commit.submit(1)
    assert commit.submit(2) == 2


def test_more_than_one_run_can_carry_are_served_by_the_next() -> None:
    sizes: list[int] = []
    first = Event()

    def run(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        first.wait(60)
        return list(items)

    commit = GroupCommit(run)
    with ThreadPoolExecutor(MOST + 10) as pool:
        futures = [pool.submit(commit.submit, number) for number in range(MOST + 10)]
        until_waiting(commit, MOST + 9)
        first.set()
        assert [future.result(60) for future in futures] == list(range(MOST + 10))
    assert max(sizes) <= MOST
