"""Scores answers by the rules of a definition.

The whole arithmetic of all instruments: sum, mean, profile, look-up, and what a missing answer costs. Adding
an instrument adds no line here. Names for ranges of a score are `interpretation`'s; a change between two
reports is `comparison`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import filterfalse
from math import fsum

from scoring.instruments.answers import validate
from scoring.instruments.definition import Definition, ScoreRule
from scoring.instruments.reach import whole
from scoring.instruments.result import Note, Score, ScoreValue
from scoring.instruments.terms import Kind

PRORATED, TOO_MUCH_MISSING, NO_KEY = "prorated", "too_much_missing", "no_scoring_key"


def score(definition: Definition, answers: Mapping[str, object]) -> Score:
    """Score one report by the version of the instrument it was answered in.

    Raises:
        InvalidAnswers: as `validate`.
    """
    return score_validated(definition, validate(definition, answers))


def score_validated(definition: Definition, answers: Mapping[str, int | float]) -> Score:
    """Score answers that `validate` has returned."""
    counted = count(definition, answers)
    missing = tuple(place for place in definition.required if place not in counted)
    notes = tuple(_notes(definition, missing))
    values: dict[str, ScoreValue] = {}
    for rule in definition.scores:
        if rule.kind is Kind.TABLE:
            values[rule.key] = _look_up(rule, values[rule.of[0]])
        else:
            values[rule.key] = from_items(rule, counted, scored=not notes)
    return Score(
        instrument=definition.key,
        rule_version=definition.version,
        total=number(values[definition.main].value) if definition.main else None,
        complete=not missing,
        missing=missing,
        values=values,
        notes=notes,
    )


def _notes(definition: Definition, missing: tuple[str, ...]) -> Iterator[Note]:
    """Why nothing is scored."""
    limit = definition.missing.at_most
    if limit is not None and len(missing) > limit:
        yield Note(TOO_MUCH_MISSING, f"more than {limit} items are missing, so nothing is scored")
    if not definition.scores:
        yield Note(NO_KEY, "the scoring key is supplied by the licensee")


def count(definition: Definition, answers: Mapping[str, int | float]) -> dict[str, int | float]:
    """What each answered place counts."""
    places, counts = definition.places, definition.counts
    if not counts:
        return {places[key]: code for key, code in answers.items()}
    return {places[key]: counts[key][int(code)] if key in counts else code for key, code in answers.items()}


def from_items(rule: ScoreRule, counted: Mapping[str, float], *, scored: bool = True) -> ScoreValue:
    """A sum, mean or profile; without a value when too much is missing, or nothing is to be scored."""
    found = list(map(counted.__getitem__, filter(counted.__contains__, rule.of)))
    missing = tuple(filterfalse(counted.__contains__, rule.of))
    answered, items = len(found), len(rule.of)
    enough = scored and 0 < answered >= (rule.min_answered or items)
    value = _FORMULAS[rule.kind](rule, found) if enough else None
    if not missing:
        return ScoreValue(rule, value, answered, items)
    notes = (Note(PRORATED, f"from {answered} of {items} items"),) if enough else ()
    return ScoreValue(rule, value, answered, items, missing, notes=notes)


def _sum(rule: ScoreRule, found: list[float]) -> float:
    """Scaled up to all items where some are missing; a whole result is an int."""
    return whole(fsum(found) * len(rule.of) * rule.factor / len(found) + rule.offset)


def _mean(rule: ScoreRule, found: list[float]) -> float:
    """Multiplied before it is divided, so that exact results stay exact."""
    return fsum(found) * rule.factor / len(found) + rule.offset


def _profile(_: ScoreRule, found: list[float]) -> str:
    return "".join(str(code) for code in found)


_FORMULAS: Mapping[Kind, Callable[[ScoreRule, list[float]], float | str]] = {
    Kind.SUM: _sum,
    Kind.MEAN: _mean,
    Kind.PROFILE: _profile,
}


def _look_up(rule: ScoreRule, raw: ScoreValue) -> ScoreValue:
    """The row of the raw score, which the checks of a definition have found to be there."""
    row = None if raw.value is None else rule.rows[raw.value]
    value, error = (row.value, row.standard_error) if row else (None, None)
    return ScoreValue(rule, value, raw.answered, raw.items, raw.missing, error)


def number(value: float | str | None) -> int | float | None:
    """A value without the text of a profile."""
    return None if isinstance(value, str) else value
