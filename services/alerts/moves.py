"""What the moves on an alert are made of: for which cause, what changes, how an alert ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from models.alerts.alert import (
    CURRENT,
    Alert,
    Because,
    Condition,
    End,
    Escalation,
    State,
    Step,
)
from models.alerts.changes import Change
from models.store.provenance import by_itself
from scoring import decline
from scoring.decline import Level, Topic
from services.alerts.terms import SAFETY, Terms

GLANCE = timedelta(days=30)
"""Our choice: so long what ended unseen stands in the list that one glance closes."""

EVENT_AGE = timedelta(days=28)
"""Our choice: so long an event of level inform stays open."""

NEVER_AGES = frozenset({*SAFETY, Topic.DECLINE.value, Topic.ACCELERATION.value})
"""Safety, and rapid decline also as inform: they wait for a person."""

MAX_STEPS = 200
"""Our choice: a longer history takes no comments, nor notes of changes that leave the state as it is."""

EVALUATION, CLOCK = "evaluation", "clock"
ENDED_UNSEEN = "ended_unseen"


class Event(StrEnum):
    """What an evaluation or the passing of time does to an alert."""

    OPENED = "opened"
    RAISED_AGAIN = "raised_again"
    HOLDS_AGAIN = "holds_again"
    PASSED = "passed"
    WITHDRAWN = "withdrawn"
    NOT_FOLLOWED = "not_followed"
    MUTED = "muted"
    AGED = "aged"
    WOKE = "woke"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Cause:
    """When and by what an alert is looked at.

    Attributes:
        seq: number of the ledger entry whose evaluation speaks; 0 for the calendar.
        by: "evaluation" or "clock".
        received_at: when the entry came; None where it is not known, and for the calendar.
    """

    seq: int
    now: datetime
    terms: Terms
    by: str = EVALUATION
    received_at: datetime | None = None

    def step(self, event: Event, state: State, **details: str) -> Step:
        """Return the line of history for what happens for this cause."""
        entry = {"entry": str(self.seq)} if self.seq else {}
        return Step(self.now, event.value, by_itself(self.by), state, "", {**details, **entry})


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """A new episode is to be opened, once the one before is sealed."""

    topic: str
    episode: int
    before: Alert | None = None
    because: Because = Because.OPENED


Move = Change | NewEpisode


def ended(alert: Alert, end: End, cause: Cause) -> Alert:
    """Return the alert after an end by itself; what nobody acted on stands in the glance list."""
    unseen = alert.seen_at is None
    after = replace(
        alert,
        state=State.ENDED,
        since=cause.now,
        until=None,
        end=replace(end, unseen=unseen),
        glance_until=cause.now + GLANCE if unseen else None,
        escalation=Escalation(alert.escalation.step),
        notices=alert.notices.stopped(),
        held_open=False,
    )
    return replace(after, counts=counted(alert, ENDED_UNSEEN)) if unseen else after


def counted(alert: Alert, word: str) -> dict[str, int]:
    """Return the alert's counts with one more of this."""
    return {**alert.counts, word: alert.counts.get(word, 0) + 1}


def with_end_by_clock(alert: Alert, terms: Terms) -> Alert:
    """Return the alert with the moment at which the clock ends it, if nothing changes."""
    return replace(alert, ends_at=_ends_at(alert, terms))


def _ends_at(alert: Alert, terms: Terms) -> datetime | None:
    if alert.state not in CURRENT or alert.held_open or alert.topic in SAFETY or alert.not_followed:
        return None
    if alert.level is Level.INFORM and alert.topic not in NEVER_AGES:
        return None if any(map(decline.passes, alert.standing)) else alert.raised_at + EVENT_AGE
    passed = alert.level is Level.SOON and alert.condition is Condition.PASSED
    if not passed or terms.soon_ends_after is None:
        return None
    return max(alert.condition_at, alert.raised_at) + terms.soon_ends_after


def change(
    before: Alert,
    after: Alert,
    event: Event,
    cause: Cause,
    flag: Mapping[str, Any] | None = None,
    **details: str,
) -> Change:
    """Return a change with its line of history; a long history takes a line only where the state changes."""
    if before.state is after.state and before.steps >= MAX_STEPS:
        return Change(before, after, None, flag, read_again=True)
    step = cause.step(event, after.state, **details)
    return Change(before, after, step, flag, read_again=True)
