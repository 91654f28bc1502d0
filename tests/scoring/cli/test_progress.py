"""Progress on standard error: on a terminal only, after two seconds, and gone before the results."""

from __future__ import annotations

import io

import pytest

from scoring import __main__ as program
from scoring.__main__ import Progress


class Screen(io.StringIO):
    """Standard error of a terminal, or of none."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


class Clock:
    """Seconds that the test sets."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(program, "time", clock)
    return clock


def told(screen: Screen, clock: Clock, seconds: tuple[float, ...], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stderr", screen)
    progress = Progress()
    for done, after in enumerate(seconds, 1):
        clock.now = 100 + after
        progress(done, len(seconds))
    progress.clear()
    return screen.getvalue()


def test_nothing_is_said_within_two_seconds(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(Screen(terminal=True), clock, (0.5, 1.9), monkeypatch) == ""


def test_after_two_seconds_it_is_said_twice_a_second_and_taken_away(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(Screen(terminal=True), clock, (1.0, 2.0, 2.2, 2.5), monkeypatch) == (
        "\r2 of 4\r4 of 4\r\033[K"
    )


def test_a_file_of_messages_gets_no_progress(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(Screen(terminal=False), clock, (3.0, 9.0), monkeypatch) == ""
