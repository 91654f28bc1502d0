"""Quiet hours and digests on the site's clock, also where it is put forward or back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accounts.notifications import QuietHours
from services.delivery.hours import after_quiet, next_hour

BERLIN = ZoneInfo("Europe/Berlin")
_NAMES = ("Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Seoul")
ZONES = st.sampled_from([ZoneInfo(name) for name in _NAMES])
MOMENTS = st.integers(1_704_067_200, 1_956_528_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
HOURS = st.integers(0, 23)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "now", "expected"),
    [
        (8, "2026-06-01T07:30", "2026-06-01T08:00"),
        (8, "2026-06-01T08:00", "2026-06-01T08:00"),
        (8, "2026-06-01T08:01", "2026-06-02T08:00"),
        (8, "2026-03-28T09:00", "2026-03-29T08:00"),  # the clock was put forward in the night
        (2, "2026-03-29T00:30", "2026-03-29T03:00"),  # two o'clock does not come
        (2, "2026-10-25T00:30", "2026-10-25T02:00"),  # it comes twice: the first time
    ],
)
def test_the_next_time_that_the_clock_shows_an_hour(hour: int, now: str, expected: str) -> None:
    assert next_hour(hour, berlin(now), BERLIN) == berlin(expected)


@pytest.mark.parametrize(
    ("begin", "end", "now", "expected"),
    [
        (20, 7, "2026-06-01T19:59", "2026-06-01T19:59"),
        (20, 7, "2026-06-01T20:00", "2026-06-02T07:00"),
        (20, 7, "2026-06-02T06:59", "2026-06-02T07:00"),
        (20, 7, "2026-06-02T07:00", "2026-06-02T07:00"),
        (12, 14, "2026-06-02T13:00", "2026-06-02T14:00"),
        (12, 14, "2026-06-02T14:00", "2026-06-02T14:00"),
        (9, 9, "2026-06-02T09:00", "2026-06-02T09:00"),
    ],
)
def test_quiet_hours_end_when_the_clock_says_so(begin: int, end: int, now: str, expected: str) -> None:
    assert after_quiet(QuietHours(begin, end), berlin(now), BERLIN) == berlin(expected)


@given(HOURS, MOMENTS, ZONES)
def test_an_hour_comes_within_a_day_and_a_bit(hour: int, now: datetime, zone: ZoneInfo) -> None:
    found = next_hour(hour, now, zone)
    assert now <= found <= now + timedelta(hours=26)
    assert abs((found.astimezone(zone).hour - hour) % 24) in {0, 1}  # 1: the hour was left out


@given(HOURS, HOURS, MOMENTS, ZONES)
def test_quiet_hours_never_last_longer_than_a_day(
    begin: int, end: int, now: datetime, zone: ZoneInfo
) -> None:
    quiet = QuietHours(begin, end)
    found = after_quiet(quiet, now, zone)
    assert now <= found <= now + timedelta(hours=26)
    assert after_quiet(quiet, found, zone) == found or found.astimezone(zone).hour != end
