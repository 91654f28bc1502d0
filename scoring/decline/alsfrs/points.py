"""ALSFRS-R reports as the rules remember them, and what may be compared with what.

A point keeps the twelve codes, the form of item 5 and the respondent; totals and subscores are derived
once. Two items may be omitted from a comparison: item 5 where the form changed between 5a and 5b (a switch
often raises the item without any improvement), item 12 where breathing support changed (a treatment, not a
loss). Respondents are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scoring.decline.reports import Report

ALSFRS_R = "alsfrs_r"
ITEMS = (
    "speech", "salivation", "swallowing", "handwriting", "cutting", "dressing_hygiene",
    "turning_in_bed", "walking", "climbing_stairs", "dyspnea", "orthopnea", "respiratory_insufficiency",
)  # fmt: skip
SPEECH, SWALLOWING, WALKING = 0, 2, 7
CUTTING, DYSPNEA, ORTHOPNEA, SUPPORT = 4, 9, 10, 11
DOMAINS = {"bulbar": (0, 3), "fine_motor": (3, 6), "gross_motor": (6, 9), "respiratory": (9, 12)}
CUTTING_A, CUTTING_B = "cutting_without_gastrostomy", "cutting_with_gastrostomy"
MISSING = "-"

Omitted = tuple[int, ...]
COMPARED_ON: dict[Omitted, str] = {
    (): "all",
    (CUTTING,): "without_cutting",
    (SUPPORT,): "without_support",
    (CUTTING, SUPPORT): "without_both",
}
"""What a comparison is made on, as a code; the words are in `wording`."""


class Point(NamedTuple):
    """One ALSFRS-R report.

    `items` holds twelve characters in the order of the form, "-" where an item is missing; `form` is "a",
    "b" or "-"; `gastrostomy` the answer to that question ("0", "1", "-"). `total` is None unless all twelve
    are there.
    """

    day: int
    rater: str
    items: str
    form: str
    gastrostomy: str
    id: str
    total: int | None

    def code(self, item: int) -> int | None:
        """Code of one item, counted from 0, or None."""
        mark = self.items[item]
        return None if mark == MISSING else int(mark)

    def domain(self, name: str) -> int | None:
        """Subscore 0..12, or None unless its three items are there."""
        start, end = DOMAINS[name]
        items = self.items[start:end]
        return None if MISSING in items else sum(map(int, items))


@lru_cache(maxsize=4096)
def subscores(items: str) -> tuple[int, ...]:
    """The subscores of twelve codes, in the order of `DOMAINS`; a year of reports is looked at each time."""
    return tuple(sum(map(int, items[start:end])) for start, end in DOMAINS.values())


NO_POINT = Point(0, "", MISSING * 12, MISSING, MISSING, "", None)


def point_of(report: Report) -> Point:
    """The point of an ALSFRS-R report."""
    answers = report.answers
    form = "b" if CUTTING_B in answers else "a" if CUTTING_A in answers else MISSING
    cutting = {"a": CUTTING_A, "b": CUTTING_B, MISSING: CUTTING_A}[form]
    keys = (cutting if key == "cutting" else key for key in ITEMS)
    items = "".join(str(int(answers[key])) if key in answers else MISSING for key in keys)
    gastrostomy = str(int(answers["gastrostomy"])) if "gastrostomy" in answers else MISSING
    total = None if MISSING in items else sum(map(int, items))
    day = report.observed_on.toordinal()
    return Point(day, report.respondent, items, form, gastrostomy, report.id, total)


def insert(points: Sequence[Point], point: Point) -> tuple[Point, ...]:
    """Add a point in the order of days; it replaces the same respondent's earlier report of that day.

    An incomplete report replaces no complete one.
    """
    later = len(points)
    while later and points[later - 1].day > point.day:
        later -= 1
    earlier = later
    while earlier and points[earlier - 1].day == point.day:
        earlier -= 1
    same_day = points[earlier:later]
    if point.total is None and any(
        other.rater == point.rater and other.total is not None for other in same_day
    ):
        return tuple(points)
    others = [other for other in same_day if other.rater != point.rater]
    return (*points[:earlier], *others, point, *points[later:])


def replaceable(old: Point, new: Point) -> bool:
    """Whether both are one respondent's reports of one day."""
    return old.day == new.day and old.rater == new.rater


def comparable(points: Sequence[Point]) -> Omitted:
    """Items to leave out so that these complete reports can be compared."""
    forms = {point.form for point in points}
    support = {point.items[SUPPORT] for point in points}
    return (*((CUTTING,) if len(forms) > 1 else ()), *((SUPPORT,) if len(support) > 1 else ()))


def value(point: Point, omitted: Omitted) -> int:
    """Sum of the items that are not omitted; the point must be complete."""
    total = point.total or 0
    for item in omitted:
        total -= int(point.items[item])
    return total


@lru_cache(maxsize=4096)
def on_day(day: int) -> str:
    """A day as text."""
    return date.fromordinal(day).isoformat()


def previous(points: Sequence[Point], point: Point, item: int) -> Point | None:
    """The latest earlier point with this item: the same respondent's where there is one, else anybody's."""
    others = None
    for other in reversed(points):
        if other.day > point.day or other.items[item] == MISSING or replaceable(other, point):
            continue
        if other.rater == point.rater:
            return other
        others = others or other
    return others
