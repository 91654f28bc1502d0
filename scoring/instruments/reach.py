"""Which values a score can have, from what its items can count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import fsum, prod

from scoring.instruments.definition import Item, ScoreRule
from scoring.instruments.terms import Kind

Fillers = Sequence[Sequence[Item]]
"""For each place of a score, the items that can fill it."""

MOST_VALUES = 20_000
"""A score with more values, or more ways of adding up to them, is not looked up (our choice)."""


def span(items: Sequence[Item]) -> tuple[float, float]:
    """The least and the most that a place can count."""
    values = [value for item in items for value in (item.values or (item.codes[0], item.codes[-1]))]
    return min(values), max(values)


def ends(rule: ScoreRule, fillers: Fillers) -> tuple[float, float]:
    """The lowest and the highest value of a sum or a mean with all its items answered."""
    spans = [span(items) for items in fillers]
    first, second = (_apply(rule, [limits[end] for limits in spans]) for end in (0, 1))
    return min(first, second), max(first, second)


def every_value(rule: ScoreRule, fillers: Fillers) -> list[float | str] | None:
    """Every value of a sum or a profile in order; None when there are too many."""
    if any(len(item.codes) > MOST_VALUES for items in fillers for item in items):
        return None
    counts = [sorted({value for item in items for value in (item.values or item.codes)}) for items in fillers]
    if rule.kind is Kind.PROFILE:
        if prod(map(len, counts)) > MOST_VALUES:
            return None
        return ["".join(map(str, codes)) for codes in product(*counts)]
    sums: set[float] = {0}
    for values in counts:
        if len(sums) * len(values) > MOST_VALUES:
            return None
        sums = {total + value for total in sums for value in values}
    return [*sorted({_apply(rule, [total]) for total in sums})]


def every_total(rule: ScoreRule, fillers: Fillers) -> frozenset[float] | None:
    """Every value of a sum, those of forms with as many answers as it asks for included.

    None when they are not a sum's, too many, or of items that count in different ways and may be missing.
    """
    full = every_value(rule, fillers) if rule.kind is Kind.SUM else None
    if full is None:
        return None
    found = {value for value in full if not isinstance(value, str)}
    least = rule.min_answered or len(fillers)
    if least < len(fillers) and len({tuple(map(_counts, items)) for items in map(tuple, fillers)}) > 1:
        return None
    for answered in range(least, len(fillers)):
        sums = {0.0}
        for items in fillers[:answered]:
            sums = {total + value for total in sums for item in items for value in _counts(item)}
        found |= {whole(total * len(fillers) * rule.factor / answered + rule.offset) for total in sums}
    return frozenset(found)


def _counts(item: Item) -> tuple[float, ...]:
    return tuple(item.values or item.codes)


def whole(value: float) -> float:
    """A whole number as an int."""
    return int(value) if value.is_integer() else value


def _apply(rule: ScoreRule, values: Sequence[float]) -> float:
    divisor = len(values) if rule.kind is Kind.MEAN else 1
    return whole(fsum(values) * rule.factor / divisor + rule.offset)
