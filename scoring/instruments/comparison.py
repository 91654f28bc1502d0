"""Compares one score of two reports item by item, leaving out what cannot be compared.

Where an item with alternatives was answered in another form (ALSFRS-R item 5, from 5a to 5b), the difference
says nothing about the person: it is left out of both sums, and the comparison says so and gives the smaller
range. A change in treatment (ventilation) is the business of the decline rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scoring.instruments.answers import validate
from scoring.instruments.definition import Definition
from scoring.instruments.engine import count, from_items, number
from scoring.instruments.reach import ends
from scoring.instruments.result import Note
from scoring.instruments.terms import Kind

SWITCHED = "switched_form"


class NotComparable(ValueError):
    """The instrument has no sum over items of this name, so that parts of it could be left out."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A score in two reports, on the items that both answered in the same form.

    Attributes:
        low: lowest value on these items.
        high: highest value on these items.
        left_out: slots answered in different forms.
    """

    score: str
    earlier: int | float | None
    later: int | float | None
    low: float
    high: float
    left_out: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def change(self) -> int | float | None:
        """Later minus earlier; None when one of them cannot be formed."""
        if self.earlier is None or self.later is None:
            return None
        return self.later - self.earlier

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "score": self.score,
            "earlier": self.earlier,
            "later": self.later,
            "change": self.change,
            "low": self.low,
            "high": self.high,
            "left_out": list(self.left_out),
            "notes": [note._asdict() for note in self.notes],
        }


def compare(
    definition: Definition, earlier: Mapping[str, object], later: Mapping[str, object], score: str = ""
) -> Comparison:
    """Compare a sum, the main one unless another is named, in two reports of the same version.

    Raises:
        NotComparable: there is no such sum.
        InvalidAnswers: as `validate`.
    """
    key = score or definition.main
    rule = next((rule for rule in definition.scores if rule.key == key and rule.kind is Kind.SUM), None)
    if rule is None:
        raise NotComparable(key)
    first, second = validate(definition, earlier), validate(definition, later)
    left_out = tuple(slot for slot in rule.of if switched(definition, slot, first, second))
    rest = replace(rule, of=tuple(place for place in rule.of if place not in left_out))
    low, high = ends(rest, [[item for item in definition.items if item.place == place] for place in rest.of])
    values = [number(from_items(rest, count(definition, answers)).value) for answers in (first, second)]
    notes = (
        Note(SWITCHED, f"{slot} switched form; compared on the other {len(rest.of)} items")
        for slot in left_out
    )
    return Comparison(rule.key, values[0], values[1], low, high, left_out, tuple(notes))


def switched(
    definition: Definition, slot: str, first: Mapping[str, object], second: Mapping[str, object]
) -> bool:
    """Whether a slot was answered in both, and in different forms."""
    forms = definition.alternatives.get(slot, ())
    return any((form in first) != (form in second) for form in forms) and all(
        any(form in answers for form in forms) for answers in (first, second)
    )
