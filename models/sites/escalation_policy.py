"""How a site answers its alerts: response times, who is told after whom, whom to ring up. Plain data.

Stored in the site's own document; what it has to be like is `services.alerts.escalation.policy`, how it is
counted `services.alerts.terms`. All values here are our choice, until a site says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scoring.decline import Level, Topic


class Unit(StrEnum):
    """What a response time is counted in.

    WORKING_DAYS: to the end of the working day; 1 is the same one. DAYS: of 24 hours, in the calendar.
    """

    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """By when an alert is due after it was raised, and after how long an acknowledgement runs out."""

    due: Span
    acknowledged: Span


@dataclass(frozen=True, slots=True)
class OutOfHours:
    """Who is told of urgent alerts out of hours, and may be rung up.

    Attributes:
        account_id: of somebody who may read them.
        telephone: shown with the alert.
    """

    account_id: str
    telephone: str


_FOUR_HOURS = Span(4, Unit.WORKING_HOURS)
USUAL_LEVELS: Mapping[str, ResponseTime] = {
    Level.INFORM.value: ResponseTime(Span(28, Unit.DAYS), Span(28, Unit.DAYS)),
    Level.SOON.value: ResponseTime(Span(7, Unit.DAYS), Span(7, Unit.DAYS)),
    Level.URGENT.value: ResponseTime(Span(1, Unit.WORKING_DAYS), _FOUR_HOURS),
}
USUAL_TOPICS: Mapping[str, ResponseTime] = {Topic.SELF_HARM.value: ResponseTime(_FOUR_HOURS, _FOUR_HOURS)}
USUAL_MINUTES: Mapping[str, int] = {
    Level.INFORM.value: 7 * 24 * 60,
    Level.SOON.value: 24 * 60,
    Level.URGENT.value: 60,
}


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """How a site answers its alerts.

    Attributes:
        levels: response times by level.
        topics: response times of topics that have their own; of a safety topic they count alone, of another
            the earlier of both counts.
        minutes_between_steps: by level: so long after one step of the chain the next is told.
        soon_ends_after_days: a `soon` that has passed ends by itself so many days later; None: never.
        second_address: e-mail address of the site, the last step of the chain; None: there is none.
        out_of_hours: whom urgent alerts are told to besides out of hours; None: nobody.
    """

    levels: Mapping[str, ResponseTime] = field(default_factory=lambda: USUAL_LEVELS)
    topics: Mapping[str, ResponseTime] = field(default_factory=lambda: USUAL_TOPICS)
    minutes_between_steps: Mapping[str, int] = field(default_factory=lambda: USUAL_MINUTES)
    soon_ends_after_days: int | None = None
    second_address: str | None = None
    out_of_hours: OutOfHours | None = None


USUAL_POLICY = EscalationPolicy()
