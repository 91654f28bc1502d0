"""By what a site's alerts are dealt with: when they are due, when an acknowledgement or a snooze runs out.

And when the chain of people who are told goes on. Until a site says otherwise
(`models.sites.escalation_policy`), all of it is our choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.sites import sites
from models.sites.escalation_policy import (
    USUAL_LEVELS,
    USUAL_MINUTES,
    USUAL_POLICY,
    USUAL_TOPICS,
    EscalationPolicy,
    ResponseTime,
    Span,
    Unit,
)
from models.sites.sites import Site
from scoring.decline import Level, Topic
from services.sites.working_calendar import WorkingCalendar, calendar_of

SAFETY = frozenset({Topic.SELF_HARM.value})
"""Ended by a person only, with a note; never snoozed, muted or closed in bulk."""

_URGENT = Level.URGENT.value
FEW_HOURS = timedelta(hours=4)
LONGEST_SNOOZE = timedelta(days=28)
_NOWHERE = ZoneInfo("UTC")


def at_once(level: Level, topic: str) -> bool:
    """Return whether everybody of the care team is told at once, and nothing waits for working time."""
    return level is Level.URGENT or topic in SAFETY


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a site's alerts are dealt with.

    Attributes:
        calendar: its working time.
        policy: its response times, and the pauses between the steps of the chain.
        soon_ends_after: a `soon` that has passed ends by itself so long afterwards; None: never.
    """

    calendar: WorkingCalendar
    policy: EscalationPolicy = USUAL_POLICY
    soon_ends_after: timedelta | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Of the site's clock."""
        return self.calendar.zone

    def due_at(self, level: Level, topic: str, moment: datetime) -> datetime:
        """Return by when somebody should have dealt with an alert that is put before people at the moment."""
        return min(self._end(time.due, moment) for time in self._times(level, topic))

    def acknowledged_until(self, level: Level, topic: str, moment: datetime) -> datetime:
        """Return when an acknowledgement made at the moment runs out: in working time."""
        ends = (self._end(time.acknowledged, moment) for time in self._times(level, topic))
        return self.calendar.next_moment(min(ends))

    def latest_snooze(self, level: Level, due: datetime, moment: datetime) -> datetime:
        """Return until when an alert can be snoozed at most; an urgent one never past its due time."""
        if level is Level.URGENT:
            return min(due, self.calendar.after(moment, FEW_HOURS))
        return self.calendar.next_moment(moment + LONGEST_SNOOZE)

    def snoozed_until(self, until: datetime, latest: datetime) -> datetime:
        """Return the end of a snooze that was asked for: in working time, and not past the latest."""
        return min(self.calendar.next_moment(until), latest)

    def first_step_at(self, level: Level, topic: str, due: datetime, now: datetime) -> datetime:
        """Return when the chain goes on from those who are told when an alert is raised.

        Of what is urgent or about safety after a pause at any hour, of others when it is due and not
        before working time.
        """
        if at_once(level, topic):
            return self.next_step_at(level, topic, now)
        return self.calendar.next_moment(max(due, now))

    def next_step_at(self, level: Level, topic: str, now: datetime) -> datetime:
        """Return when the next step follows one that is made now."""
        pressing = at_once(level, topic)
        word = _URGENT if pressing else level.value
        minutes = self.policy.minutes_between_steps.get(word, USUAL_MINUTES[word])
        after = now + timedelta(minutes=minutes)
        return after if pressing else self.calendar.next_moment(after)

    def repeated_at(self, level: Level, topic: str, now: datetime) -> datetime:
        """Return when the last step is made again: nobody is told once and then forgotten about.

        Of what is urgent or about safety at each opening and closing, of others when the time in which they
        are due has passed once more.
        """
        if at_once(level, topic):
            return self.calendar.next_turn(now)
        return self.calendar.next_moment(self.due_at(level, topic, now))

    def _times(self, level: Level, topic: str) -> list[ResponseTime]:
        """The response times that count: of a safety topic its own alone, else the earlier of both."""
        own = self.policy.topics.get(topic) or USUAL_TOPICS.get(topic)
        of_level = self.policy.levels.get(level.value) or USUAL_LEVELS[level.value]
        if own is None:
            return [of_level]
        return [own] if topic in SAFETY else [own, of_level]

    def _end(self, span: Span, moment: datetime) -> datetime:
        match span.unit:
            case Unit.WORKING_HOURS:
                return self.calendar.after(moment, timedelta(hours=span.count))
            case Unit.WORKING_DAYS:
                return self.calendar.end_of_day(moment, span.count)
            case Unit.DAYS:
                return moment + timedelta(days=span.count)


def terms_for(site: Site) -> Terms:
    """Return by what the alerts of this site are dealt with."""
    days = site.escalation.soon_ends_after_days
    return Terms(calendar_of(site), site.escalation, None if days is None else timedelta(days=days))


def terms_of(site_id: str) -> Terms:
    """Return by what the alerts of a site are dealt with, at most some seconds old."""
    site = sites.read(site_id)
    return Terms(WorkingCalendar(_NOWHERE)) if site is None else terms_for(site)
