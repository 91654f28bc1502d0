"""Numbers of other instruments that later reports are compared with: the last values of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scoring.decline.memory.states import ReportRef
from scoring.decline.reports import are_apart

WEIGHT, WELL_BEING, ZBI_12 = "weight", "well_being", "zbi_12"
WEIGHT_ITEM = "weight_g"

# Ratings may come daily, weights weekly; the rules look back a month or two.
KEPT_DAYS = {WEIGHT: 210, WELL_BEING: 182, ZBI_12: 3650}
MAX_KEPT = 60


class Measure(NamedTuple):
    """One number on one day: a weight in grams, a rating, a total; `at` is its instant in seconds."""

    day: int
    at: int
    value: int
    rater: str
    id: str


def apart(one: Measure, other: Measure | ReportRef) -> bool:
    """Whether two numbers are really apart, so that one can confirm the other."""
    return are_apart((one.day, one.at), (other.day, other.at))


Measures = Mapping[str, tuple[Measure, ...]]


def kept(measures: Iterable[Measure], new: Measure, name: str) -> tuple[Measure, ...]:
    """The recent values with this one; it replaces the same respondent's earlier value of the day."""
    since = new.day - KEPT_DAYS[name]
    others = (old for old in measures if old.day >= since and (old.day, old.rater) != (new.day, new.rater))
    return (*sorted(others), new)[-MAX_KEPT:]
