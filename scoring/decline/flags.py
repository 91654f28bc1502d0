"""What the rules say: topics, and flags with their evidence.

A flag belongs to one evaluation and is never stored as a decision; dealing with it is the alert desk's
work. Sentences come from the templates of `rule.Rule`, put together in `evaluation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from scoring.decline.reports import Level

Numbers = Mapping[str, int | float | str]


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


class Kind(StrEnum):
    """A state holds until its numbers recover; an event happened, and stands for a stated time."""

    STATE = "state"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Signal:
    """What one rule says: the numbers, the reports it used, and a sentence a clinician can read."""

    rule: str
    rule_version: str
    level: Level
    kind: Kind
    sentence: str
    clears_when: str
    numbers: Numbers
    evidence: tuple[str, ...]
    raised_by: str
    raised_at: datetime

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "rule": self.rule,
            "rule_version": self.rule_version,
            "level": self.level.value,
            "kind": self.kind.value,
            "sentence": self.sentence,
            "clears_when": self.clears_when,
            "numbers": dict(self.numbers),
            "evidence": list(self.evidence),
            "raised_by": self.raised_by,
            "raised_at": self.raised_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
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
