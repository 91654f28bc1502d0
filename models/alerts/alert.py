"""What an alert consists of: its states, what it rests on, what was done about it. Plain data.

Stored and read by `models.alerts`. One alert is one episode of a topic of a patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.store.provenance import Provenance
from scoring.decline import Level


class State(StrEnum):
    """Where an alert stands; the last four are ends.

    OPENING is not shown to anybody: whoever inserted it has yet to make sure that nothing newer is known.
    """

    OPENING = "opening"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    CLEARED = "cleared"
    RETRACTED = "retracted"


CURRENT = (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)
BY_CLINICIAN = (State.RESOLVED, State.DISMISSED)
BY_EVALUATION = (State.CLEARED, State.RETRACTED)
ENDED = (*BY_CLINICIAN, *BY_EVALUATION)


class Condition(StrEnum):
    """What the history as now known says of the flag: it stands, it has passed, or it was never raised."""

    HOLDS = "holds"
    PASSED = "passed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an alert rests on.

    Attributes:
        raised_by: what began the episode, a report's id; for silence the due date that was missed.
        raised_at: when that was observed.
        met_by: the latest that by itself met the condition; `met_at` when it was observed.
        occurrences: of a safety topic, the reports that told of it.
    """

    level: Level
    raised_by: str
    raised_at: datetime
    met_by: str
    met_at: datetime
    occurrences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handled:
    """What a clinician had seen when the alert was last acknowledged, snoozed, resolved or dismissed."""

    at: datetime
    by: str
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an alert's history.

    Attributes:
        by: who made it; what acts by itself is "evaluation" or "clock".
        state: the alert's state after it.
        details: what belongs to the event, as text.
    """

    at: datetime
    event: str
    by: Provenance
    state: State
    note: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert without its evidence.

    Attributes:
        based_on: number of the ledger entry whose evaluation it follows; 0 when it follows the calendar.
        opened_at: when it was opened, by arrival.
        since: since when it is in its state.
        handled: None while nobody has dealt with it since it was last raised.
        sealed: a later episode has begun, or may have: it cannot be reopened.
        steps: length of the history.
        rev: counts changes, for conditional writes.
    """

    patient_id: str
    site_id: str
    topic: str
    episode: int
    state: State
    condition: Condition
    grounds: Grounds
    sentence: str
    based_on: int
    opened_at: datetime
    since: datetime
    restricted: bool = False
    data_query: bool = False
    assigned_to: str | None = None
    snoozed_until: datetime | None = None
    handled: Handled | None = None
    sealed: bool = False
    steps: int = 0
    rev: int = 0

    @property
    def id(self) -> str:
        """The key."""
        return f"{self.patient_id}:{self.topic}:{self.episode}"

    @property
    def level(self) -> Level:
        """How soon a clinician should look."""
        return self.grounds.level

    def at(self, now: datetime) -> Alert:
        """Return the alert as it stands at this moment: one snoozed until then is open again."""
        if self.snoozed_until is None or now < self.snoozed_until:
            return self
        return replace(self, state=State.OPEN, since=self.snoozed_until, snoozed_until=None)


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """An alert with its evidence, a flag in the form of `scoring.decline.Flag.as_dict`, and its history."""

    alert: Alert
    flag: Mapping[str, Any]
    history: tuple[Step, ...]
