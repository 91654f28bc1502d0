"""What scoring returns: each score with its range, direction and completeness, and the instrument's total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from scoring.instruments.definition import ScoreRule
from scoring.instruments.terms import Direction


class Note(NamedTuple):
    """Something a reader of a number should know: a stable code and a sentence."""

    code: str
    detail: str


class ScoreValue(NamedTuple):
    """One score.

    Attributes:
        rule: how it was formed.
        value: None when too much is missing; text for a profile.
        answered: how many of its items were answered.
        items: how many it has.
        missing: its unanswered items.
        standard_error: where the table gives one.
    """

    rule: ScoreRule
    value: int | float | str | None
    answered: int
    items: int
    missing: tuple[str, ...] = ()
    standard_error: float | None = None
    notes: tuple[Note, ...] = ()

    @property
    def low(self) -> float | None:
        """Lowest possible value; None for a profile."""
        return self.rule.low

    @property
    def high(self) -> float | None:
        """Highest possible value; None for a profile."""
        return self.rule.high

    @property
    def direction(self) -> Direction:
        """Which end is the good one."""
        return self.rule.direction

    @property
    def completeness(self) -> float:
        """Share of its items that were answered."""
        return self.answered / self.items

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "direction": self.direction.value,
            "answered": self.answered,
            "items": self.items,
            "missing": list(self.missing),
            "standard_error": self.standard_error,
            "notes": [note._asdict() for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class Score:
    """All scores of one report.

    Attributes:
        rule_version: version of the definition that produced the numbers.
        total: the instrument's main score; None where it has none or it cannot be formed.
        complete: whether nothing that has to be answered is missing.
        missing: what is; an item with alternatives goes by the name of its slot.
    """

    instrument: str
    rule_version: str
    total: int | float | None
    complete: bool
    missing: tuple[str, ...]
    values: Mapping[str, ScoreValue]
    notes: tuple[Note, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "instrument": self.instrument,
            "rule_version": self.rule_version,
            "total": self.total,
            "complete": self.complete,
            "missing": list(self.missing),
            "values": {key: value.as_dict() for key, value in self.values.items()},
            "notes": [note._asdict() for note in self.notes],
        }
