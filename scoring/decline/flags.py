"""What the rules say: topics, and flags with their evidence.

A flag belongs to one evaluation and is never stored as a decision; dealing with it is the alert desk's
work. Words are put together in `wording`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from scoring.decline.reports import Level

Numbers = Mapping[str, int | float | str]
Mark = Mapping[str, float]
"""How bad it is, by named measures: what a later flag of the same rule is compared with (`marks`)."""


class Topic(StrEnum):
    """What a flag is about; a patient has at most one flag, and one open alert, on each."""

    DECLINE = "decline"
    ACCELERATION = "acceleration"
    DOMAIN = "domain_decline"
    RESPIRATORY = "respiratory"
    VENTILATION = "ventilation"
    SPEECH = "speech"
    SWALLOWING = "swallowing"
    WALKING = "walking"
    FEEDING_TUBE = "feeding_tube"
    STAGE = "stage"
    WEIGHT = "weight"
    MOOD = "mood"
    SELF_HARM = "self_harm"
    CARER_BURDEN = "carer_burden"
    WELL_BEING = "well_being"
    SILENCE = "silence"
    DATA_QUERY = "data_query"
    WEIGHT_QUERY = "weight_query"
    TIME_QUERY = "time_query"


class Kind(StrEnum):
    """How a flag ends in the fold: a state by recovered numbers, an event after a stated time.

    Whether the alert on it can pass is another question, answered by `Rule.passes`.
    """

    STATE = "state"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Worse:
    """By how much one measure of a flag has to be worse than when it was dealt with, to be news.

    Attributes:
        measure: name of the number that is compared; empty where it only counts that there is one.
        by: the step; a difference of exactly this much counts. Our choice unless the rule's source says else.
        words: what is compared, for docs/rules.md.
        unit: of `by`, for docs/rules.md.
        lower: lower is worse.
        percent: `by` is in percent of the earlier value.
        of: name of the number that says of what: a measure of something else has not been dealt with.
        at_least: name of a number that is the step where it is greater than `by`.
    """

    measure: str
    by: float = 0
    words: str = ""
    unit: str = ""
    lower: bool = False
    percent: bool = False
    of: str | None = None
    at_least: str | None = None

    def mark(self, numbers: Numbers) -> dict[str, float]:
        """What this measure adds to a flag's mark; empty where the number is not known."""
        value = numbers.get(self.measure) if self.measure else 1
        if value is None or isinstance(value, str):
            return {}
        step = {} if self.at_least is None else {self.at_least: float(numbers[self.at_least])}
        return {self._name if self.of is None else f"{self._name}:{numbers[self.of]}": float(value), **step}

    def text(self) -> str:
        """What is news, for docs/rules.md."""
        if not self.measure:
            return self.words
        return f"{self.words} at least {self.by:g} {self.unit} {'lower' if self.lower else 'higher'}"

    def is_worse(self, then: Mark, now: Mark) -> bool:
        """Whether a later mark is worse by the step, or of something that the earlier one does not name."""
        names = [name for name in now if name.partition(":")[0] == self._name]
        return any(name not in then or self._has_moved(then[name], now[name], now) for name in names)

    def milder(self, one: Mark, other: Mark) -> dict[str, float]:
        """What both marks name, each at its milder value: what is worse than either is worse than this."""
        milder = max if self.lower else min
        names = [name for name in one if name in other and name.partition(":")[0] == self._name]
        return {name: milder(one[name], other[name]) for name in names}

    @property
    def _name(self) -> str:
        return self.measure or self.of or ""

    def _has_moved(self, then: float, now: float, mark: Mark) -> bool:
        if not self.measure:
            return False
        step = max(self.by, mark.get(self.at_least or "", 0.0))
        if self.percent:
            step = abs(then) * self.by / 100
        return (then - now if self.lower else now - then) >= step - ROUNDING


ROUNDING = 1e-9
"""Differences of decimals are not exact: 5.9 - 5.4 is a little less than a half."""


class Status(StrEnum):
    """How a flag that is on stands: its limit is met, or not, or one report counts towards its end."""

    MET = "met"
    HOLDS = "holds"
    CLEARING = "clearing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one rule says: the numbers, the reports it used, and words a clinician can read.

    The words are put together from rule, numbers and status (`wording`); a headline has at most 90
    characters.
    """

    rule: str
    rule_version: str
    level: Level
    kind: Kind
    status: Status = Status.MET
    headline: str
    sentence: str
    clears_when: str
    numbers: Numbers
    evidence: tuple[str, ...]
    raised_by: str
    raised_at: datetime
    mark: Mark = field(default_factory=dict, kw_only=True)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "rule": self.rule,
            "rule_version": self.rule_version,
            "level": self.level.value,
            "kind": self.kind.value,
            "status": self.status.value,
            "headline": self.headline,
            "sentence": self.sentence,
            "clears_when": self.clears_when,
            "numbers": dict(self.numbers),
            "evidence": list(self.evidence),
            "raised_by": self.raised_by,
            "raised_at": self.raised_at.isoformat(),
            "mark": dict(self.mark),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Signal):
    """The most severe signal on a topic, with the other rules of that topic as further signals.

    Attributes:
        restricted: suicide-related or about the carer's burden; a stricter audience reads it.
        data_query: a question about the data, not about the patient.
    """

    topic: Topic
    restricted: bool
    data_query: bool
    further: tuple[Signal, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "topic": self.topic.value,
            **Signal.as_dict(self),
            "restricted": self.restricted,
            "data_query": self.data_query,
            "further": [signal.as_dict() for signal in self.further],
        }
