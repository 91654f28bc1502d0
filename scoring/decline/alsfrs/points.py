"""ALSFRS-R reports as the rules remember them, and what may be compared with what.

A point keeps the twelve codes, the form of item 5 and the respondent; totals and subscores are derived
once. Items may be omitted from a comparison: item 5 where the form changed between 5a and 5b (a switch often
raises the item without any improvement), item 12 where breathing support changed (a treatment, not a loss),
and items that most reports leave unanswered (`series`). Respondents are never mixed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import NamedTuple

from scoring.decline.reports import Report, are_apart, seconds_of

ALSFRS_R = "alsfrs_r"
ITEMS = (
    "speech", "salivation", "swallowing", "handwriting", "cutting", "dressing_hygiene",
    "turning_in_bed", "walking", "climbing_stairs", "dyspnea", "orthopnea", "respiratory_insufficiency",
)  # fmt: skip
SPEECH, SWALLOWING, WALKING = 0, 2, 7
CUTTING, DYSPNEA, ORTHOPNEA, SUPPORT = 4, 9, 10, 11
DOMAINS = {"bulbar": (0, 3), "fine_motor": (3, 6), "gross_motor": (6, 9), "respiratory": (9, 12)}
CUTTING_A, CUTTING_B = "cutting_without_gastrostomy", "cutting_with_gastrostomy"
_KEYS_A, _KEYS_B = ((*ITEMS[:CUTTING], own, *ITEMS[CUTTING + 1 :]) for own in (CUTTING_A, CUTTING_B))
MISSING = "-"
_CODES = {MISSING: None} | {str(code): code for code in range(5)}
_MARKS: dict[float | None, str] = {code: mark for mark, code in _CODES.items()}
_support_of = itemgetter(SUPPORT)

UNANSWERED = len(ITEMS)

Omitted = tuple[int, ...]
"""Items left out of a comparison; with `UNANSWERED` added where it is because most reports lack them."""

_CHANGED: dict[Omitted, str] = {
    (): "all",
    (CUTTING,): "without_cutting",
    (SUPPORT,): "without_support",
    (CUTTING, SUPPORT): "without_both",
}


class Point(NamedTuple):
    """One ALSFRS-R report.

    `items` holds twelve characters in the order of the form, "-" where an item is missing; `form` is "a",
    "b" or "-"; `gastrostomy` the answer to that question ("0", "1", "-"). `total` is None unless all twelve
    are there; `at` is its instant in seconds.
    """

    day: int
    rater: str
    items: str
    form: str
    gastrostomy: str
    id: str
    total: int | None
    at: int

    def code(self, item: int) -> int | None:
        """Code of one item, counted from 0, or None."""
        return _CODES[self.items[item]]

    def domain(self, name: str) -> int | None:
        """Subscore 0..12, or None unless its three items are there."""
        start, end = DOMAINS[name]
        items = self.items[start:end]
        return None if MISSING in items else sum(map(int, items))


@lru_cache(maxsize=4096)
def subscores(items: str) -> tuple[int, ...]:
    """The subscores of twelve codes, in the order of `DOMAINS`; a year of reports is looked at each time.

    A domain that lacks an item is given without it; whoever asks leaves that domain out.
    """
    answered = items.replace(MISSING, "0")
    return tuple(sum(map(int, answered[start:end])) for start, end in DOMAINS.values())


NO_POINT = Point(0, "", MISSING * 12, MISSING, MISSING, "", None, 0)


def point_of(report: Report) -> Point:
    """The point of an ALSFRS-R report."""
    at = seconds_of(report.observed_at)
    return point_of_answers(
        report.answers, id=report.id, day=report.observed_on.toordinal(), at=at, rater=report.respondent
    )


def point_of_answers(answers: Mapping[str, int | float], *, id: str, day: int, at: int, rater: str) -> Point:
    """The point of these answers to an ALSFRS-R, given on a day (an ordinal) at an instant in seconds."""
    form = "b" if CUTTING_B in answers else "a" if CUTTING_A in answers else MISSING
    items = "".join(map(_mark, map(answers.get, _KEYS_B if form == "b" else _KEYS_A)))
    gastrostomy = _mark(answers.get("gastrostomy"))
    total = None if MISSING in items else sum(map(int, items))
    return Point(day, rater, items, form, gastrostomy, id, total, at)


def _mark(code: float | None) -> str:
    """The mark of a code; what a damaged document holds besides is left as it is."""
    return _MARKS.get(code) or str(int(code or 0))


def insert(points: Sequence[Point], point: Point) -> tuple[Point, ...]:
    """Add a point in the order of days; it replaces the same respondent's earlier report of that day.

    A report replaces none that leaves fewer items unanswered.
    """
    later = len(points)
    while later and points[later - 1].day > point.day:
        later -= 1
    earlier = later
    while earlier and points[earlier - 1].day == point.day:
        earlier -= 1
    same_day = points[earlier:later]
    if any(other.rater == point.rater and lacks_more(point, other) for other in same_day):
        return tuple(points)
    others = [other for other in same_day if other.rater != point.rater]
    return (*points[:earlier], *others, point, *points[later:])


def replaceable(old: Point, new: Point) -> bool:
    """Whether both are one respondent's reports of one day."""
    return old.day == new.day and old.rater == new.rater


def apart(one: Point, other: Point) -> bool:
    """Whether two reports are really apart, so that one can confirm the other."""
    return are_apart((one.day, one.at), (other.day, other.at))


def before_last(points: Sequence[Point]) -> Sequence[Point]:
    """One respondent's reports in the order of their days, without the last and all not apart from it."""
    end = len(points) - 1
    while end > 0 and not apart(points[end - 1], points[-1]):
        end -= 1
    return points[: max(end, 0)]


def up_to_day(points: Sequence[Point], day: int) -> Sequence[Point]:
    """Of reports in the order of their days those of this day and earlier ones."""
    return points[: bisect_right(points, day, key=attrgetter("day"))]


def comparable(points: Sequence[Point], unanswered: Omitted = ()) -> Omitted:
    """Items to leave out so that reports that lack at most these can be compared."""
    forms = set(map(attrgetter("form"), points))
    support = set(map(_support_of, map(attrgetter("items"), points)))
    changed = (*((CUTTING,) if len(forms) > 1 else ()), *((SUPPORT,) if len(support) > 1 else ()))
    if not unanswered:
        return changed
    return (*(item for item in changed if item + UNANSWERED not in unanswered), *unanswered)


def value(point: Point, omitted: Omitted) -> int:
    """Sum of the items that are not omitted; all others must be answered."""
    if point.total is None:
        return sum(int(mark) for item, mark in enumerate(point.items) if not is_omitted(item, omitted))
    total = point.total
    for item in omitted:
        total -= int(point.items[item % UNANSWERED])
    return total


def is_omitted(item: int, omitted: Omitted) -> bool:
    """Whether an item is left out, for either reason."""
    return item in omitted or item + UNANSWERED in omitted


@lru_cache(maxsize=256)
def compared_on(omitted: Omitted) -> str:
    """What a comparison is made on, as a code; the words are in `wording`.

    What changed, and after a colon the items that most reports leave unanswered.
    """
    changed = _CHANGED[tuple(item for item in omitted if item < UNANSWERED)]
    lacking = ",".join(ITEMS[item - UNANSWERED] for item in omitted if item >= UNANSWERED)
    return f"{changed}:{lacking}" if lacking else changed


def lacks_more(point: Point, other: Point) -> bool:
    """Whether a report leaves more items unanswered than another."""
    return point.total is None and point.items.count(MISSING) > other.items.count(MISSING)


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


def fell(points: Sequence[Point], point: Point, item: int) -> bool:
    """Whether an item is lower than in the same respondent's report before."""
    before = previous(points, point, item)
    if before is None or before.rater != point.rater:
        return False
    now, then = point.code(item), before.code(item)
    return now is not None and then is not None and now < then


def low_before(points: Sequence[Point], point: Point, item: int, limit: int) -> bool:
    """Whether the same respondent's report before, really apart, has the item at or below a limit."""
    own = (other for other in reversed(points) if other.rater == point.rater and apart(other, point))
    before = next((code for code in (other.code(item) for other in own) if code is not None), None)
    return before is not None and before <= limit


def low_after(points: Sequence[Point], point: Point, item: int, limit: int, day: int) -> bool:
    """Whether one of the same respondent's reports after a day has the item at or below a limit."""
    for other in reversed(points):
        if other.day <= day:
            return False
        if other.rater == point.rater and not replaceable(other, point):
            code = other.code(item)
            if code is not None and code <= limit:
                return True
    return False
