"""What an alert consists of: its state and condition, what it rests on, what was done about it. Plain data.

Stored and read by `models.alerts.alerts`. One alert is one episode of a topic of a patient. What people did
(`state`) and what the reports say now (`condition`) are kept apart. What changes what is decided in
`services.alerts.lifecycle` (evaluations), `by_clock` (time) and `actions` (people).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.alerts.notices import Notices
from models.store.provenance import Provenance
from scoring.decline import Level, Topic

Mark = Mapping[str, float]


class State(StrEnum):
    """What people did about an alert.

    OPENING is not shown to anybody: whoever inserted it has yet to make sure that nothing newer is known.
    """

    OPENING = "opening"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ENDED = "ended"


CURRENT = (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)
WAITING = (State.ACKNOWLEDGED, State.SNOOZED)


class Condition(StrEnum):
    """What the history as now known says: it holds, it has passed, or it would not have been raised.

    It holds while one of its states does, or one of its events is unseen.
    """

    HOLDS = "holds"
    PASSED = "passed"
    WITHDRAWN = "withdrawn"


class EndedHow(StrEnum):
    """How an alert ended: by a person (resolved, dismissed), by the reports or by the clock (aged)."""

    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    PASSED = "passed"
    AGED = "aged"
    WITHDRAWN = "withdrawn"


class Because(StrEnum):
    """Why an alert was put before people, the last time."""

    OPENED = "opened"
    HIGHER_LEVEL = "higher_level"
    NEW_RULE = "new_rule"
    WORSE = "worse"
    NEW_OCCURRENCE = "new_occurrence"
    CAME_ON_AGAIN = "came_on_again"
    SNOOZE_ENDED = "snooze_ended"
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement_expired"
    MUTE_ENDED = "mute_ended"
    REOPENED = "reopened"


class NotFollowed(StrEnum):
    """Why nobody follows the patient any more."""

    DIED = "died"
    CLOSED = "closed"
    CONSENT_WITHDRAWN = "consent_withdrawn"


class Audience(StrEnum):
    """Who reads an alert: clinicians all, coordinators silence and questions about the data."""

    CLINICAL = "clinical"
    COORDINATION = "coordination"


@dataclass(frozen=True, slots=True)
class Grounds:
    """Which reports an alert rests on.

    Attributes:
        began_by: what began the episode, a report's id; for silence the due date that was missed.
        began_at: when that was observed.
        met_by: the latest that by itself met the condition; `met_at` when it was observed.
        occurrences: of a safety topic, the reports that told of it.
    """

    began_by: str
    began_at: datetime
    met_by: str
    met_at: datetime
    occurrences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Baseline:
    """What later news is compared with: set at opening, at each news, and when a person deals with it.

    Attributes:
        by: an account's id; "evaluation" as long as nobody has dealt with it since.
        dealt_with: a person acknowledged, snoozed, resolved or dismissed it then.
        marks: how bad it was, by rule and measure. By rule, so that one question swallows no other of its
            topic.
        occurrences: of a safety topic, the reports known then.
    """

    at: datetime
    by: str
    level: Level
    dealt_with: bool = False
    marks: Mapping[str, Mark] = field(default_factory=dict)
    occurrences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """How far the chain of people has been told, and when the next of them is; None: nobody is waited for.

    Attributes:
        step: a `services.alerts.escalation.chain.Rung`; all up to it have been told.
    """

    step: int = 0
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How an alert ended.

    Attributes:
        by: an account's id, or what ended it by itself: "evaluation", "clock", "policy" (a mute).
        outcome: of `services.alerts.outcomes.Outcome`; None when it ended by itself.
        worth_a_look: what the person thought of the alert; None when not said.
        in_bulk: closed together with others.
        unseen: nobody had acted since it was last raised.
    """

    how: EndedHow
    at: datetime
    by: str
    outcome: str | None = None
    note: str = ""
    worth_a_look: bool | None = None
    in_bulk: bool = False
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an alert's history.

    Attributes:
        by: who made it; what acts by itself is "evaluation", "clock" or "policy".
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
        public_id: opaque; the only id that leaves the service (`key` names the patient and the topic).
        level: how soon somebody should look; never falls while the alert is current.
        standing: by rule, how bad it is now; what is on in the evaluation that it follows.
        based_on: number of the ledger entry whose evaluation it follows; 0 when it follows the calendar.
        opened_at: when it was opened, by arrival.
        since: since when it is in its state.
        raised_at: when it was last put before people, and why.
        fresh: the rules that raised it since a person last acted.
        told: news that was looked at already, as `rule:report`.
        seen_at: when a person last acted on it since it was raised; loading a page is not seeing.
        first_seen_at: when a person acted on it for the first time.
        reported_at: when the entry had come that opened it; None where the calendar did.
        acknowledged_at: when a person acknowledged, snoozed or ended it for the first time.
        until: end of a snooze or of an acknowledgement.
        ends_at: when the clock ends it, while it is open and nothing changes.
        glance_until: it ended unseen, and stands in the list of those until then.
        held_open: reopened; no clock ends it before its condition changes.
        not_followed: the patient is not followed any more, and why.
        muted_until: ended by a mute, which ends then.
        before_ended_unseen_at: when the episode before ended, if nobody had seen it.
        counts: how often it came back and why, the beginning of the episode included if one was before; how
            often it ended unseen.
        changed_at: when something changed that people see, by whom, and which event of the history it was.
        acted_at: when a person did something about it last, who, and what (an event of the history).
        sealed: a later episode has begun, or may have: it cannot be reopened.
        steps: length of the history.
        rev: changes with what a person would have to read again; `If-Match` names it.
        version: changes with every write, and guards it.
    """

    patient_id: str
    site_id: str
    topic: str
    episode: int
    public_id: str
    state: State
    condition: Condition
    condition_at: datetime
    level: Level
    grounds: Grounds
    baseline: Baseline
    headline: str
    sentence: str
    based_on: int
    opened_at: datetime
    since: datetime
    raised_at: datetime
    raised_because: Because
    due_at: datetime
    standing: Mapping[str, Mark] = field(default_factory=dict)
    fresh: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    restricted: bool = False
    data_query: bool = False
    seen_at: datetime | None = None
    seen_by: str | None = None
    first_seen_at: datetime | None = None
    reported_at: datetime | None = None
    acknowledged_at: datetime | None = None
    assigned_to: str | None = None
    until: datetime | None = None
    ends_at: datetime | None = None
    escalation: Escalation = Escalation()
    notices: Notices = field(default_factory=Notices)
    end: End | None = None
    glance_until: datetime | None = None
    held_open: bool = False
    not_followed: NotFollowed | None = None
    muted_until: datetime | None = None
    before_ended_unseen_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    changed_at: datetime | None = None
    changed_by: str = ""
    changed_event: str = ""
    acted_at: datetime | None = None
    acted_by: str = ""
    acted_event: str = ""
    sealed: bool = False
    steps: int = 0
    rev: int = 0
    version: int = 0

    @property
    def key(self) -> str:
        """The stored id; it names the patient and the topic, so it stays inside."""
        return f"{self.patient_id}:{self.topic}:{self.episode}"

    @property
    def audience(self) -> Audience:
        """Who reads it."""
        coordination = self.topic == Topic.SILENCE or (self.data_query and not self.restricted)
        return Audience.COORDINATION if coordination else Audience.CLINICAL

    @property
    def escalates_at(self) -> datetime | None:
        """When the next step of its chain is due: while it is open only."""
        return self.escalation.next_at if self.state is State.OPEN else None

    @property
    def clock_at(self) -> datetime | None:
        """When the passing of time changes it next."""
        if self.state in WAITING:
            return self.until
        if self.state is State.OPEN:
            return self.ends_at
        return min(filter(None, (self.glance_until, self.muted_until)), default=None)

    def at(self, now: datetime) -> Alert:
        """Return the alert as it stands at this moment: open again when its `until` was reached."""
        if self.state not in WAITING or self.until is None or now < self.until:
            return self
        snoozed = self.state is State.SNOOZED
        return replace(
            self,
            state=State.OPEN,
            since=self.until,
            until=None,
            due_at=self.until,
            raised_at=self.until,
            raised_because=Because.SNOOZE_ENDED if snoozed else Because.ACKNOWLEDGEMENT_EXPIRED,
        )


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """An alert with its evidence, a flag in the form of `scoring.decline.Flag.as_dict`, and its history."""

    alert: Alert
    flag: Mapping[str, Any]
    history: tuple[Step, ...]
