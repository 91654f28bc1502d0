"""Random calendars that a site could save, and moments of the years around."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from models.sites.working_hours import OpenDay, Opening, WorkingHours
from services.sites.working_calendar import WorkingCalendar

START = datetime(2027, 1, 1, tzinfo=UTC)
LASTING = 500
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Seoul", "America/St_Johns"]).map(ZoneInfo)
MOMENTS = st.integers(0, (LASTING - 60) * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
OPENINGS = st.builds(
    lambda opens, minutes: Opening(opens, min(opens + minutes, 1440)),
    st.integers(0, 1380),
    st.integers(60, 900),
)
_DAYS = st.integers(0, LASTING).map(lambda number: START.date() + timedelta(days=number))


def _hours(
    weekly: list[Opening | None], country: tuple[str, str], closed: set[date], opened: dict[date, Opening]
) -> WorkingHours:
    return WorkingHours(
        weekly=tuple(weekly),
        country=country[0],
        subdivision=country[1],
        closed_days=tuple(sorted(closed - opened.keys())),
        open_days=tuple(OpenDay(day, one.opens, one.closes) for day, one in sorted(opened.items())),
    )


HOURS = st.builds(
    _hours,
    st.lists(st.none() | OPENINGS, min_size=7, max_size=7),
    st.sampled_from([("", ""), ("DE", "BE"), ("KR", ""), ("US", "CA"), ("PT", "")]),
    st.sets(_DAYS, max_size=8),
    st.dictionaries(_DAYS, OPENINGS, max_size=8),
)


def is_possible(calendar: WorkingCalendar) -> bool:
    """Whether a site could have saved it, at the beginning or later."""
    return not list(calendar.closures(START.date() - timedelta(days=7), LASTING + 14))


CALENDARS = st.builds(WorkingCalendar, ZONES, HOURS).filter(is_possible)
