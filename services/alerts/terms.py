"""By what a site's alerts are dealt with: when they are due, when an acknowledgement or a snooze runs out.

All of it is our choice: a safety alert within 4 working hours, an urgent one on the same working day, `soon`
within 7 days, `inform` within 28. An acknowledgement that nobody follows up runs out after the same times,
an urgent one after 4 working hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.sites import sites
from scoring.decline import Level, Topic
from services.sites.working_calendar import WorkingCalendar, calendar_of

SAFETY = frozenset({Topic.SELF_HARM.value})
"""Ended by a person only, with a note; never snoozed, muted or closed in bulk."""

FEW_HOURS = timedelta(hours=4)
_DAYS = {Level.SOON: timedelta(days=7), Level.INFORM: timedelta(days=28)}
_NOWHERE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a site's alerts are dealt with.

    Attributes:
        calendar: its working time.
        soon_ends_after: a `soon` that has passed ends by itself so long afterwards; None: never.
    """

    calendar: WorkingCalendar
    soon_ends_after: timedelta | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Of the site's clock."""
        return self.calendar.zone

    def due_at(self, level: Level, topic: str, moment: datetime) -> datetime:
        """Return by when somebody should have dealt with an alert that is put before people at the moment."""
        if topic in SAFETY:
            return self.calendar.after(moment, FEW_HOURS)
        return self.calendar.end_of_day(moment) if level is Level.URGENT else moment + _DAYS[level]

    def acknowledged_until(self, level: Level, topic: str, moment: datetime) -> datetime:
        """Return when an acknowledgement made at the moment runs out: in working time."""
        if topic in SAFETY or level is Level.URGENT:
            return self.calendar.after(moment, FEW_HOURS)
        return self.calendar.next_moment(moment + _DAYS[level])

    def latest_snooze(self, level: Level, due: datetime, moment: datetime) -> datetime:
        """Return until when an alert can be snoozed at most; an urgent one never past its due time."""
        if level is Level.URGENT:
            return min(due, self.calendar.after(moment, FEW_HOURS))
        return self.calendar.next_moment(moment + _DAYS[Level.INFORM])

    def snoozed_until(self, until: datetime, latest: datetime) -> datetime:
        """Return the end of a snooze that was asked for: in working time, and not past the latest."""
        return min(self.calendar.next_moment(until), latest)


def terms_of(site_id: str) -> Terms:
    """Return by what the alerts of a site are dealt with, at most some seconds old."""
    site = sites.read(site_id)
    return Terms(WorkingCalendar(_NOWHERE) if site is None else calendar_of(site))
