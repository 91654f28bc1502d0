"""Counting time in working hours: weekends, holidays, days of one's own, and the clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sites.sites import Site
from models.sites.working_hours import USUAL_DAY, USUAL_WEEK, OpenDay, Opening, WorkingHours
from services.sites.working_calendar import MOST_CLOSED_DAYS, WorkingCalendar, calendar_of
from tests.services.sites.calendars import CALENDARS, MOMENTS, ZONES

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = WorkingCalendar(BERLIN)
GERMAN = WorkingCalendar(BERLIN, WorkingHours(country="DE", subdivision="BE"))
NIGHTS = WorkingCalendar(BERLIN, WorkingHours(weekly=(Opening(0, 1440),) * 7))


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


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
    assert USUAL.after(local(begin), timedelta(hours=hours)) == local(end)


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
def test_a_working_day_ends_when_the_site_closes(moment: str, end: str) -> None:
    assert USUAL.end_of_day(local(moment)) == local(end)


def test_two_working_days_end_on_the_next_one() -> None:
    assert USUAL.end_of_day(local("2026-03-06 09:00"), 2) == local("2026-03-09 18:00")


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("2027-03-25 16:30", "2027-03-30 10:30"),  # Good Friday and Easter Monday; the clocks change between
        ("2027-03-08 09:00", "2027-03-09 12:00"),  # Women's Day: a holiday in Berlin only
        ("2026-12-24 17:00", "2026-12-28 11:00"),
    ],
)
def test_public_holidays_are_closed(begin: str, end: str) -> None:
    assert GERMAN.after(local(begin), timedelta(hours=4)) == local(end)


def test_a_site_closes_and_opens_days_of_its_own() -> None:
    hours = WorkingHours(
        country="DE",
        closed_days=(date(2026, 12, 24),),
        open_days=(OpenDay(date(2026, 12, 25), 600, 720), OpenDay(date(2026, 12, 27), 600, 720)),
    )
    calendar = WorkingCalendar(BERLIN, hours)
    assert calendar.next_moment(local("2026-12-24 09:00")) == local("2026-12-25 10:00")
    assert calendar.end_of_day(local("2026-12-25 13:00")) == local("2026-12-27 12:00")
    assert calendar.after(local("2026-12-23 17:00"), timedelta(hours=4)) == local("2026-12-27 11:00")


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (local("2027-03-27 22:00"), local("2027-03-28 03:00")),  # the hour from 2 to 3 does not exist
        (local("2027-10-30 22:00"), local("2027-10-31 02:00", fold=1)),  # the hour from 2 to 3 comes twice
    ],
)
def test_an_hour_is_an_hour_also_when_the_clocks_change(begin: datetime, end: datetime) -> None:
    found = NIGHTS.after(begin, timedelta(hours=4 if end.fold == 0 else 5))
    assert found == end.astimezone(UTC)


def test_hours_that_the_clock_leaps_over_are_closed() -> None:
    hours = WorkingHours(weekly=(USUAL_DAY,) * 6 + (Opening(120, 180),))
    calendar = WorkingCalendar(BERLIN, hours)
    assert calendar.on(date(2027, 3, 28)) is None
    assert calendar.on(date(2027, 3, 21)) == (local("2027-03-21 02:00"), local("2027-03-21 03:00"))


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-03-02 07:59", False),
        ("2026-03-02 08:00", True),
        ("2026-03-02 18:00", True),
        ("2026-03-02 18:01", False),
        ("2026-03-07 12:00", False),
    ],
)
def test_the_end_is_still_working_time(moment: str, working: bool) -> None:
    assert USUAL.is_working(local(moment)) is working


def test_a_calendar_without_hours_counts_the_usual_ones_so_that_everything_is_due() -> None:
    never = WorkingCalendar(BERLIN, WorkingHours(weekly=(None,) * 7))
    assert never.after(local("2026-03-06 16:30"), timedelta(hours=4)) == local("2026-03-09 10:30")
    assert never.end_of_day(local("2026-03-07 10:00")) == local("2026-03-09 18:00")


def test_what_is_closed_for_too_long_is_found() -> None:
    assert not list(GERMAN.closures(date(2026, 1, 1), 366))
    korean = WorkingCalendar(ZoneInfo("Asia/Seoul"), WorkingHours(country="KR"))
    found = list(korean.closures(date(2027, 1, 1), 365))
    assert all((last - first).days >= MOST_CLOSED_DAYS for first, last in found)
    closed = WorkingCalendar(BERLIN, WorkingHours(weekly=(None,) * 7))
    assert list(closed.closures(date(2026, 1, 1), 10)) == [(date(2026, 1, 1), date(2026, 1, 10))]
    short = WorkingCalendar(BERLIN, WorkingHours(weekly=(Opening(600, 659),) * 7))
    assert list(short.closures(date(2026, 1, 1), 10)) == [(date(2026, 1, 1), date(2026, 1, 10))]
    one = WorkingCalendar(BERLIN, WorkingHours(weekly=(USUAL_DAY, *(None,) * 6)))
    assert list(one.closures(date(2026, 3, 2), 8)) == [(date(2026, 3, 3), date(2026, 3, 8))]


def test_the_calendar_of_a_site_is_on_its_clock() -> None:
    site = Site("s", "Clinic", "Asia/Seoul", hours=WorkingHours(weekly=USUAL_WEEK, country="KR"))
    assert calendar_of(site) == WorkingCalendar(ZoneInfo("Asia/Seoul"), site.hours)


@given(MOMENTS, st.integers(1, 60), CALENDARS)
def test_an_end_is_in_working_time_and_never_before_its_begin(
    begin: datetime, hours: int, calendar: WorkingCalendar
) -> None:
    end = calendar.after(begin, timedelta(hours=hours))
    assert end >= begin + timedelta(hours=hours)
    assert calendar.is_working(end)
    assert calendar.is_working(calendar.end_of_day(begin))
    assert calendar.next_moment(begin) - begin <= timedelta(days=MOST_CLOSED_DAYS + 2)


@given(MOMENTS, MOMENTS, CALENDARS)
def test_what_begins_later_ends_no_earlier(one: datetime, other: datetime, calendar: WorkingCalendar) -> None:
    early, late = sorted((one, other))
    four = timedelta(hours=4)
    assert calendar.after(early, four) <= calendar.after(late, four)
    assert calendar.end_of_day(early) <= calendar.end_of_day(late)
    assert calendar.next_moment(early) <= calendar.next_moment(late)


@given(MOMENTS, ZONES)
def test_time_adds_up(begin: datetime, zone: ZoneInfo) -> None:
    calendar, two = WorkingCalendar(zone), timedelta(hours=2)
    assert calendar.after(calendar.after(begin, two), two) == calendar.after(begin, 2 * two)
