"""The clock: the system's, or as far ahead of it as a file says, in every process that follows the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api import create_app
from bench import servers
from services import clock
from services.clock import now as read_clock  # before a fixture stops it
from services.settings import InvalidSettings, Settings
from tests.moved_clock import MovedClock

HOUR = timedelta(hours=1)


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[MovedClock]:
    """A clock that this process follows."""
    made = MovedClock(tmp_path)
    clock.follow(Path(made.variables["SLOPE_TEST_CLOCK"]))
    yield made
    clock.follow(None)


def lead() -> timedelta:
    """By how much the clock is ahead of the system's."""
    return read_clock() - datetime.now(UTC)


def close_to(expected: timedelta) -> bool:
    return abs(lead() - expected) < timedelta(seconds=5)


def test_it_is_aware_and_in_the_milliseconds_that_are_stored() -> None:
    moment = read_clock()
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0


def test_it_is_moved_forward_and_back_and_goes_on(moved: MovedClock) -> None:
    assert close_to(timedelta(0))
    moved.step(30 * HOUR)
    assert close_to(30 * HOUR)
    first = read_clock()
    while read_clock() == first:
        pass
    moved.step(-31 * HOUR)
    assert close_to(-HOUR)
    clock.follow(None)
    assert close_to(timedelta(0))


def test_a_file_that_has_not_changed_is_not_read_again(moved: MovedClock, tmp_path: Path) -> None:
    moved.step(HOUR)
    assert close_to(HOUR)
    file, state = tmp_path / "clock", (tmp_path / "clock").stat()
    file.write_text("0")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert close_to(HOUR)
    os.utime(file)
    assert close_to(timedelta(0))


def test_a_file_that_is_spoilt_while_it_is_followed_is_no_clock(moved: MovedClock, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("tomorrow")
    with pytest.raises(ValueError, match="tomorrow"):
        read_clock()


def test_an_application_follows_the_file_of_its_settings(tmp_path: Path) -> None:
    moved, given = MovedClock(tmp_path), servers.settings("mongodb://127.0.0.1:1", "slope")
    moved.step(HOUR)
    create_app(Settings.from_environment(given | moved.variables))
    assert close_to(HOUR)
    create_app(Settings.from_environment(given))
    assert close_to(timedelta(0))


@pytest.mark.parametrize("env", ["development", "production"])
def test_it_can_be_moved_only_in_a_test(env: str, tmp_path: Path) -> None:
    given = servers.settings("mongodb://127.0.0.1:1", "slope") | MovedClock(tmp_path).variables
    with pytest.raises(InvalidSettings) as refused:
        Settings.from_environment(given | {"SLOPE_ENV": env})
    said = "SLOPE_TEST_CLOCK is set: the clock may be moved only where SLOPE_ENV is test"
    assert said in refused.value.problems


@pytest.mark.parametrize("content", [None, "", "2026-03-02T08:30Z", "nan", "inf", "1e15", "ü"])
def test_a_file_without_a_number_of_seconds_is_refused(content: str | None, tmp_path: Path) -> None:
    given = servers.settings("mongodb://127.0.0.1:1", "slope") | MovedClock(tmp_path).variables
    (tmp_path / "clock").unlink()
    if content is not None:
        (tmp_path / "clock").write_text(content)
    with pytest.raises(InvalidSettings) as refused:
        Settings.from_environment(given)
    assert refused.value.problems == ("SLOPE_TEST_CLOCK names no file with a number of seconds",)
