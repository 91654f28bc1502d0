"""A dry run of a site's escalation: who would be told when, if nobody acted. Nothing is stored or sent.

It goes through the same functions as the worker, for an alert that is raised on a Monday at 10, on a Friday
at 18 and on a holiday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from models.alerts.alert import Alert, Baseline, Because, Condition, Escalation, Grounds, State
from models.sites.sites import Site
from scoring.decline import Level, Topic
from services.alerts.escalation.chain import Recipient, Rung, Team, chain, reached, told
from services.alerts.escalation.climb import next_step
from services.alerts.escalation.team import team_of
from services.alerts.moves import CLOCK, Cause
from services.alerts.terms import Terms, terms_for

MOST_STEPS = 8
LOOKED_AHEAD = 400
_MONDAY, _FRIDAY = 0, 4


class Occasion(StrEnum):
    """When the alert is raised."""

    MONDAY = "monday_10"
    FRIDAY = "friday_18"
    HOLIDAY = "holiday_12"


CASES = ((Level.URGENT, Topic.SELF_HARM), (Level.URGENT, Topic.RESPIRATORY), (Level.SOON, Topic.DECLINE))
"""Which alerts are tried: about safety, urgent, soon."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice of the dry run: when, up to which rung, and to whom."""

    at: datetime
    rung: Rung
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of one alert about which nobody does anything."""

    occasion: Occasion
    level: Level
    topic: Topic
    raised_at: datetime
    due_at: datetime
    tellings: tuple[Telling, ...]


def dry_run(site: Site, *, now: datetime) -> list[Course]:
    """Return who would be told when, by the policy, the people and the absences as they are now.

    Without a holiday in the coming year there are courses of two occasions only.
    """
    terms = terms_for(site)
    moments = dict(_occasions(terms, now))
    return [
        _course(site, occasion, case, moment, terms) for occasion, moment in moments.items() for case in CASES
    ]


def _occasions(terms: Terms, now: datetime) -> Iterator[tuple[Occasion, datetime]]:
    today = now.astimezone(terms.zone).date()
    days = [today + timedelta(days=number) for number in range(1, LOOKED_AHEAD)]

    def moment(day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), terms.zone).astimezone(UTC)

    yield Occasion.MONDAY, moment(next(day for day in days if day.weekday() == _MONDAY), 10)
    yield Occasion.FRIDAY, moment(next(day for day in days if day.weekday() == _FRIDAY), 18)
    week = terms.calendar.hours.weekly
    closed = (day for day in days if week[day.weekday()] is not None and terms.calendar.on(day) is None)
    holiday = next(closed, None)
    if holiday is not None:
        yield Occasion.HOLIDAY, moment(holiday, 12)


def _course(
    site: Site, occasion: Occasion, case: tuple[Level, Topic], moment: datetime, terms: Terms
) -> Course:
    alert = _raised(site.id, *case, moment, terms)
    team = team_of(alert)
    tellings = [_telling(alert, team, moment)]
    while len(tellings) < MOST_STEPS and alert.escalates_at is not None:
        change = next_step(alert, team, Cause(0, alert.escalates_at, terms, by=CLOCK))
        if change is None:
            break
        tellings.append(_telling(change.after, team, alert.escalates_at))
        alert = change.after
        if change.step is None:  # the last rung again: from here on it repeats
            break
    return Course(occasion, *case, moment, alert.due_at, tuple(tellings))


def _telling(alert: Alert, team: Team, at: datetime) -> Telling:
    return Telling(at, reached(alert, chain(alert, team, at)), told(alert, team, at))


def _raised(site_id: str, level: Level, topic: Topic, now: datetime, terms: Terms) -> Alert:
    """An alert that nobody has; of a patient that there is not."""
    due = terms.due_at(level, topic, now)
    return Alert(
        patient_id="",
        site_id=site_id,
        topic=topic.value,
        episode=1,
        public_id="",
        state=State.OPEN,
        condition=Condition.HOLDS,
        condition_at=now,
        level=level,
        grounds=Grounds("", now, "", now),
        baseline=Baseline(now, "", level),
        headline="",
        sentence="",
        based_on=0,
        opened_at=now,
        since=now,
        raised_at=now,
        raised_because=Because.OPENED,
        due_at=due,
        escalation=Escalation(0, terms.first_step_at(level, topic, due, now)),
    )
