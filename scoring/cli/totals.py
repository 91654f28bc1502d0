"""Totals: within their scale, and the same as their items where both are given.

Without a column of totals they are formed from the items. An incomplete form has no total; one that is given
all the same has to be possible with the items that are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.cli.sheet import Sheet
from scoring.instruments import Definition, InvalidAnswers, score, validate
from scoring.tolerance import largest, negligible

Total = int | float | None


@dataclass(frozen=True, slots=True)
class Scale:
    """The lowest and the highest total, and whose they are."""

    low: float
    high: float
    name: str


def scale_of(definition: Definition) -> Scale | None:
    """The scale of an instrument's main score; None where it has none."""
    if not definition.main:
        return None
    rule = definition.rule(definition.main)
    if rule.low is None or rule.high is None:
        return None
    return Scale(rule.low, rule.high, definition.title)


def read_totals(sheet: Sheet, definition: Definition, scale: Scale) -> list[Total]:
    """The total of each row; None for an incomplete form."""
    if sheet.mistakes and not sheet.has("total"):
        return [None] * len(sheet.rows)
    given = sheet.numbers("total")
    for place, total in enumerate(given):
        if total is not None and not scale.low <= total <= scale.high:
            detail = (
                f"outside {scale.low:g} to {scale.high:g}, the scale of {scale.name}; for another one add"
                " --instrument or --scale"
            )
            sheet.report(place, "total", detail)
    items = [key for key in definition.by_key if sheet.has(key)]
    return check_items(sheet, definition, items, given) if items else given


def check_items(
    sheet: Sheet, definition: Definition, items: Sequence[str], given: Sequence[Total]
) -> list[Total]:
    """The totals, each compared with the items beside it or formed from them."""
    answers = sheet.answers(items)
    found = []
    for place, total in enumerate(given):
        form = {key: column[place] for key, column in answers.items() if column[place] is not None}
        found.append(_checked(sheet, place, definition, form, total))
    return found


def _checked(
    sheet: Sheet, place: int, definition: Definition, form: Mapping[str, object], total: Total
) -> Total:
    try:
        result = score(definition, validate(definition, form))
    except InvalidAnswers as error:
        for problem in error.problems:
            sheet.report(place, problem.path[-1], problem.detail)
        return total
    if total is None or not form:
        return total if total is not None else result.total
    if result.total is not None:
        if not negligible(total - result.total, largest((total, result.total))):
            sheet.report(place, "total", f"differs from the items of this row, which make {definition.main}")
    elif not _possible(definition, form, total):
        sheet.report(place, "total", "cannot be reached with the items of this row")
    return total


def _possible(definition: Definition, form: Mapping[str, object], total: float) -> bool:
    """Whether the missing items could make up the rest."""
    low, high = 0.0, 0.0
    by_place: dict[str, list[float]] = {}
    for item in definition.items:
        counts = item.counts() or {code: code for code in (item.codes[0], item.codes[-1])}
        code = form.get(item.key)
        values = [counts.get(code, code)] if isinstance(code, int) else list(counts.values())
        if item.key in form or item.place not in by_place:
            by_place[item.place] = [float(value) for value in values]
    rule = definition.rule(definition.main)
    for place in rule.of:
        low += min(by_place.get(place, [0.0]))
        high += max(by_place.get(place, [0.0]))
    return low <= total <= high or rule.factor != 1 or rule.offset != 0
