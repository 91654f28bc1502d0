"""When an alert is due, in the site's own hours.

Until a site brings a calendar of its own, working time is Monday to Friday, 8 to 18 on the site's clock. All
of it is our choice: a safety alert within 4 working hours, an urgent one on the same working day, `soon`
within 7 days, `inform` within 28. An acknowledgement that nobody follows up runs out after the same times,
an urgent one after 4 working hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scoring.decline import Level, Topic

SAFETY = frozenset({Topic.SELF_HARM.value})
"""Ended by a person only, with a note; never snoozed, muted or closed in bulk."""

OPENS, CLOSES = time(8), time(18)
LAST_WORKDAY = 4  # Friday
FEW_HOURS = timedelta(hours=4)
_DAYS = {Level.SOON: timedelta(days=7), Level.INFORM: timedelta(days=28)}


def due_at(level: Level, topic: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """Return by when somebody should have dealt with an alert that is put before people at this moment."""
    if topic in SAFETY:
        return after_working_time(moment, FEW_HOURS, zone)
    return end_of_working_day(moment, zone) if level is Level.URGENT else moment + _DAYS[level]


def acknowledged_until(level: Level, topic: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """Return when an acknowledgement made at this moment runs out."""
    if topic in SAFETY or level is Level.URGENT:
        return after_working_time(moment, FEW_HOURS, zone)
    return moment + _DAYS[level]


def latest_snooze(level: Level, due: datetime, moment: datetime, zone: ZoneInfo) -> datetime:
    """Return until when an alert can be snoozed at most; an urgent one never past its due time."""
    if level is Level.URGENT:
        return min(due, after_working_time(moment, FEW_HOURS, zone))
    return moment + _DAYS[Level.INFORM]


def after_working_time(moment: datetime, wanted: timedelta, zone: ZoneInfo) -> datetime:
    """Return the moment at which so much working time has passed since this one."""
    begin = _next_working_moment(moment, zone)
    while begin + wanted > (end := _at(begin, CLOSES, zone)):
        wanted -= end - begin
        begin = _next_working_moment(end, zone)
    return begin + wanted


def end_of_working_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the end of the working day that it is, or of the next one."""
    return _at(_next_working_moment(moment, zone), CLOSES, zone)


def _next_working_moment(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment if it is in working time, else the next opening."""
    if moment >= _at(moment, CLOSES, zone) or _day_off(moment, zone):
        moment = _at(moment, OPENS, zone, days=1)
        while _day_off(moment, zone):
            moment = _at(moment, OPENS, zone, days=1)
    return max(moment, _at(moment, OPENS, zone))


def _day_off(moment: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).weekday() > LAST_WORKDAY


def _at(moment: datetime, clock: time, zone: ZoneInfo, days: int = 0) -> datetime:
    """Return when the site's clock shows this time on the moment's local day, or so many days later."""
    day = moment.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, clock, zone).astimezone(UTC)
