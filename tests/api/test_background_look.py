"""The look that a thread keeps: fresh, too old, none yet; it survives faults and ends with its process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event, current_thread

import pytest

from api import background_look
from api.background_look import TOO_OLD_SECONDS, BackgroundLook
from services import readiness
from services.readiness import OK, Check, Readiness

WELL = Readiness(dict.fromkeys(Check, OK))
ILL = Readiness({**WELL.checks, Check.DATABASE: "the database does not answer"})


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look many times a second."""
    monkeypatch.setattr(background_look, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(background_look, "FIRST_WITHIN_SECONDS", 30)
    readiness.forget()
    yield
    readiness.forget()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_first_look_is_over_when_the_process_begins() -> None:
    looks = BackgroundLook(lambda **_: WELL)
    looks.begin()
    try:
        assert looks.found().readiness == WELL
    finally:
        looks.end()


def test_what_is_found_is_said_by_whoever_looked_and_not_by_whoever_asks() -> None:
    verdicts, threads = [WELL], set[str]()

    def look(*, anew: bool) -> Readiness:
        threads.add(current_thread().name)
        return verdicts[-1]

    looks = BackgroundLook(look)
    looks.begin()
    try:
        assert looks.found().readiness.ready
        verdicts.append(ILL)
        until(lambda: not looks.found().readiness.ready)
        verdicts.append(WELL)
        until(lambda: looks.found().readiness.ready)
    finally:
        looks.end()
    assert threads == {"readiness"}


def test_a_look_that_hangs_grows_old_and_is_not_ready() -> None:
    now, hangs, go_on = [0.0], Event(), Event()

    def look(*, anew: bool) -> Readiness:
        if now[0]:
            hangs.set()
            go_on.wait(120)
        return WELL

    looks = BackgroundLook(look, ticks=lambda: now[0])
    looks.begin()
    try:
        now[0] = 0.5
        assert hangs.wait(60)
        now[0] = TOO_OLD_SECONDS
        found = looks.found()
        assert (found.readiness.ready, found.age_seconds >= TOO_OLD_SECONDS - 0.5) == (True, True)
        now[0] = TOO_OLD_SECONDS * 2
        found = looks.found()
        assert not found.readiness.ready
        assert "20 seconds old" in found.readiness.checks[Check.LOOK]
        go_on.set()
        until(lambda: looks.found().readiness.ready)
    finally:
        go_on.set()
        looks.end()


def test_before_the_first_look_has_ended_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_look, "FIRST_WITHIN_SECONDS", 0.1)
    go_on = Event()

    def look(*, anew: bool) -> Readiness:
        go_on.wait(120)
        return WELL

    looks = BackgroundLook(look)
    looks.begin()
    try:
        found = looks.found()
        assert (found.readiness.ready, found.age_seconds) == (False, 0.0)
        assert "nothing was looked at yet" in found.readiness.checks[Check.LOOK]
        go_on.set()
        until(lambda: looks.found().readiness.ready)
    finally:
        go_on.set()
        looks.end()


def test_a_fault_ends_no_thread() -> None:
    faults = iter([ValueError("a mistake of ours")])

    def look(*, anew: bool) -> Readiness:
        for fault in faults:
            raise fault
        return WELL

    looks = BackgroundLook(look)
    looks.begin()
    try:
        until(lambda: looks.found().readiness.ready)
    finally:
        looks.end()


def test_a_report_that_was_refused_is_believed_before_the_next_look() -> None:
    looks = BackgroundLook(lambda **_: WELL)
    looks.begin()
    try:
        readiness.could_not_store()
        found = looks.found().readiness
        assert not found.ready
        assert "cannot store" in found.checks[Check.DATABASE]
    finally:
        looks.end()


def test_after_the_end_nothing_is_looked_at() -> None:
    count = [0]

    def look(*, anew: bool) -> Readiness:
        count[0] += 1
        return WELL

    looks = BackgroundLook(look)
    looks.begin()
    looks.end()
    before = count[0]
    time.sleep(0.05)
    assert count[0] == before


def test_a_process_that_begins_no_thread_looks_when_it_is_asked() -> None:
    verdicts = iter([WELL, ILL])
    looks = BackgroundLook(lambda **_: next(verdicts))
    assert [looks.found().readiness.ready for _ in range(2)] == [True, False]
