"""Checks the numbers of a definition: what codes count, which values a score can reach, tables and bands.

A rule that reads an item which cannot be read, or that is not there, or one twice, is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf, isclose

from scoring.instruments.checks.draft import Draft
from scoring.instruments.definition import Band, Item, ScoreRule
from scoring.instruments.reach import MOST_VALUES, Fillers, ends, every_value, span
from scoring.instruments.terms import Kind
from scoring.problems import Problem


def range_problems(draft: Draft) -> Iterator[Problem]:
    """Yield numbers that contradict each other."""
    sound: set[str] = set()
    for pointer, item in draft.items:
        counting = list(_counting(pointer, item))
        yield from (*counting, *_naming_codes(pointer, item))
        if not counting:
            sound.add(item.key)
    for pointer, rule in draft.scores:
        yield from _scored(pointer, rule, draft, sound)
    yield from _bands(draft)


def _counting(pointer: str, item: Item) -> Iterator[Problem]:
    if not item.codes:
        yield Problem(f"{pointer}/codes", "no_codes", "the lowest code is above the highest")
    if item.values and len(item.values) != len(item.codes):
        detail = f"{len(item.codes)} codes and {len(item.values)} values"
        yield Problem(f"{pointer}/values", "wrong_number_of_values", detail)
    if item.reversed and len(item.codes) > MOST_VALUES:
        yield Problem(
            f"{pointer}/codes", "too_many_codes", f"more than {MOST_VALUES} codes cannot be reversed"
        )
    if item.values and item.reversed:
        yield Problem(f"{pointer}/reversed", "reversed_twice", "its values say already what the codes count")


def _naming_codes(pointer: str, item: Item) -> Iterator[Problem]:
    for code in item.options:
        if code not in item.codes:
            yield Problem(f"{pointer}/options/{code}", "unknown_code", f"{code} is not a permitted code")
    if item.safety_from is not None and item.safety_from not in item.codes:
        yield Problem(f"{pointer}/safety_from", "unknown_code", f"{item.safety_from} is not a permitted code")


def _scored(pointer: str, rule: ScoreRule, draft: Draft, sound: set[str]) -> Iterator[Problem]:
    if (rule.kind is Kind.PROFILE) != (rule.low is None) or (rule.low is None) != (rule.high is None):
        yield Problem(f"{pointer}/low", "wrong_range", "a profile has no range, every other score has one")
        return
    if bool(rule.table) != (rule.kind is Kind.TABLE):
        yield Problem(f"{pointer}/table", "wrong_table", "a look-up has a table, and no other score has one")
        return
    if rule.kind is Kind.TABLE:
        yield from _table(pointer, rule, draft, sound)
    elif _judged(rule, draft, sound):
        yield from _from_items(pointer, rule, draft)


def _judged(rule: ScoreRule, draft: Draft, sound: set[str]) -> bool:
    if len(set(rule.of)) < len(rule.of):
        return False
    return all(items and all(item.key in sound for item in items) for items in _fillers(rule, draft))


def _from_items(pointer: str, rule: ScoreRule, draft: Draft) -> Iterator[Problem]:
    fillers = _fillers(rule, draft)
    if rule.min_answered > len(rule.of):
        yield Problem(f"{pointer}/min_answered", "too_many_needed", f"the score has {len(rule.of)} items")
    if 0 < rule.min_answered < len(rule.of) and len({span(items) for items in fillers}) > 1:
        detail = "items of different ranges cannot stand in for each other"
        yield Problem(f"{pointer}/min_answered", "unequal_items", detail)
    if rule.kind is Kind.PROFILE:
        counts = (value for items in fillers for item in items for value in item.values or item.codes)
        if not all(isinstance(value, int) and 0 <= value <= 9 for value in counts):
            yield Problem(f"{pointer}/of", "ambiguous_profile", "a profile needs codes of one digit")
        return
    yield from _ends(pointer, rule, *ends(rule, fillers))


def _fillers(rule: ScoreRule, draft: Draft) -> Fillers:
    return [draft.fillers(place) for place in rule.of]


def _ends(pointer: str, rule: ScoreRule, low: float, high: float) -> Iterator[Problem]:
    for name, given, reached in (("low", rule.low, low), ("high", rule.high, high)):
        if given is not None and not isclose(given, reached, abs_tol=1e-9):
            detail = f"the answers reach {low:g} to {high:g}"
            yield Problem(f"{pointer}/{name}", "unreachable_score", detail)


def _table(pointer: str, rule: ScoreRule, draft: Draft, sound: set[str]) -> Iterator[Problem]:
    values = [row.value for row in rule.table]
    yield from _ends(pointer, rule, min(values), max(values))
    seen: set[float | str] = set()
    for place, row in enumerate(rule.table):
        if row.raw in seen:
            yield Problem(
                f"{pointer}/table/{place}/raw", "duplicate_row", f"there is a row for {row.raw} already"
            )
        seen.add(row.raw)
    source = next((one for _, one in draft.scores if [one.key] == list(rule.of)), None)
    if source is None:
        return
    if source.kind not in {Kind.SUM, Kind.PROFILE} or 0 < source.min_answered < len(source.of):
        yield Problem(
            f"{pointer}/of", "wrong_table", "only a sum or a profile of all its items can be looked up"
        )
    elif _judged(source, draft, sound):
        yield from _rows(pointer, rule, every_value(source, _fillers(source, draft)))


def _rows(pointer: str, rule: ScoreRule, raw: list[float | str] | None) -> Iterator[Problem]:
    if raw is None:
        yield Problem(f"{pointer}/table", "too_long", "the score looked up has too many values for a table")
        return
    gaps = [value for value in raw if value not in rule.rows]
    if gaps:
        named = ", ".join(map(str, gaps[:10])) + (f" and {len(gaps) - 10} more" if len(gaps) > 10 else "")
        yield Problem(f"{pointer}/table", "gap_in_table", f"there is no row for {named}")
    reached = set(raw)
    for place, row in enumerate(rule.table):
        if row.raw not in reached:
            yield Problem(f"{pointer}/table/{place}/raw", "unreachable_row", f"no answers lead to {row.raw}")


def _bands(draft: Draft) -> Iterator[Problem]:
    rules = {rule.key: rule for _, rule in draft.scores}
    scales: dict[tuple[str, str], list[tuple[str, Band]]] = {}
    for pointer, band in draft.bands:
        yield from _band(pointer, band, rules.get(band.score))
        scales.setdefault((band.score, band.scale), []).append((pointer, band))
    for placed in scales.values():
        for (_, first), (pointer, second) in pairwise(sorted(placed, key=_start)):
            if first.below is None or second.low is None or second.low < first.below:
                yield Problem(f"{pointer}/low", "overlapping_bands", f"it begins within {first.name}")
            elif second.low > first.below:
                yield Problem(f"{pointer}/low", "gap_in_bands", f"{first.name} ends at {first.below:g}")


def _start(placed: tuple[str, Band]) -> float:
    return -inf if placed[1].low is None else placed[1].low


def _band(pointer: str, band: Band, rule: ScoreRule | None) -> Iterator[Problem]:
    if rule is None:
        return
    low, below = band.low, band.below
    if rule.low is None or rule.high is None:
        yield Problem(f"{pointer}/score", "band_of_profile", "a profile has no bands")
    elif low is not None and below is not None and below <= low:
        yield Problem(f"{pointer}/below", "empty_band", "it ends where it begins, or before")
    elif (low is not None and low > rule.high) or (below is not None and below <= rule.low):
        yield Problem(pointer, "unreachable_band", f"the score goes from {rule.low:g} to {rule.high:g}")
