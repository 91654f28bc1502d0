"""Due times in the site's own hours: Monday to Friday, 8 to 18, daylight saving included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decline import Level, Topic
from services.alerts.working_time import (
    after_working_time,
    due_at,
    end_of_working_day,
    latest_snooze,
)

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Seoul", "America/St_Johns"]).map(ZoneInfo)
MOMENTS = st.integers(0, 1_000_000).map(lambda minutes: START + timedelta(minutes=minutes))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        ("2026-03-02 09:00", 4, "2026-03-02 13:00"),  # Monday
        ("2026-03-02 03:00", 4, "2026-03-02 12:00"),
        ("2026-03-02 16:30", 4, "2026-03-03 10:30"),
        ("2026-03-02 14:00", 4, "2026-03-02 18:00"),
        ("2026-03-06 16:30", 4, "2026-03-09 10:30"),  # Friday, over the weekend
        ("2026-03-07 12:00", 4, "2026-03-09 12:00"),  # Saturday
        ("2026-03-27 17:00", 4, "2026-03-30 11:00"),  # the clocks go forward in between
        ("2026-03-02 08:00", 25, "2026-03-04 13:00"),
    ],
)
def test_working_time_stands_still_at_night_and_on_weekends(begin: str, hours: int, end: str) -> None:
    assert after_working_time(local(begin), timedelta(hours=hours), BERLIN) == local(end)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-03-02 09:00", "2026-03-02 18:00"),
        ("2026-03-02 06:00", "2026-03-02 18:00"),
        ("2026-03-02 18:00", "2026-03-03 18:00"),
        ("2026-03-06 17:59", "2026-03-06 18:00"),
        ("2026-03-06 19:00", "2026-03-09 18:00"),
        ("2026-03-08 12:00", "2026-03-09 18:00"),
    ],
)
def test_urgent_is_due_on_the_same_working_day(moment: str, end: str) -> None:
    assert end_of_working_day(local(moment), BERLIN) == local(end)
    assert due_at(Level.URGENT, Topic.RESPIRATORY, local(moment), BERLIN) == local(end)


@pytest.mark.parametrize(("level", "days"), [(Level.SOON, 7), (Level.INFORM, 28)])
def test_the_others_are_due_after_days(level: Level, days: int) -> None:
    begin = local("2026-03-02 09:00")
    assert due_at(level, Topic.DECLINE, begin, BERLIN) == begin + timedelta(days=days)


@pytest.mark.parametrize("level", Level)
def test_safety_is_due_after_four_working_hours_at_any_level(level: Level) -> None:
    assert due_at(level, Topic.SELF_HARM, local("2026-03-06 17:00"), BERLIN) == local("2026-03-09 11:00")


def test_an_urgent_snooze_ends_with_the_due_time_or_after_four_working_hours() -> None:
    now = local("2026-03-02 09:00")
    assert latest_snooze(Level.URGENT, now + timedelta(hours=9), now, BERLIN) == now + timedelta(hours=4)
    assert latest_snooze(Level.URGENT, now + timedelta(hours=1), now, BERLIN) == now + timedelta(hours=1)
    assert latest_snooze(Level.SOON, now, now, BERLIN) == now + timedelta(days=28)


@given(MOMENTS, st.integers(1, 60), ZONES)
def test_an_end_is_in_working_time_and_never_before_its_begin(
    begin: datetime, hours: int, zone: ZoneInfo
) -> None:
    end = after_working_time(begin, timedelta(hours=hours), zone)
    clock = end.astimezone(zone)
    assert end >= begin + timedelta(hours=hours)
    assert clock.weekday() < 5
    assert (8, 0) <= (clock.hour, clock.minute) <= (18, 0)
    assert end - begin <= timedelta(days=4 + hours * 7 / 50)


@given(MOMENTS, MOMENTS, ZONES)
def test_what_begins_later_ends_no_earlier(one: datetime, other: datetime, zone: ZoneInfo) -> None:
    early, late = sorted((one, other))
    four = timedelta(hours=4)
    assert after_working_time(early, four, zone) <= after_working_time(late, four, zone)
