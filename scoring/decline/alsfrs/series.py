"""The ALSFRS-R reports of a year that can be compared, as several rules ask for them: windows, and on what.

Made once for each report and only read afterwards. Which items are left out of a comparison, and why, is in
`points`. Items that most reports of the window leave unanswered are left out of all comparisons; a report
that lacks another item is left out itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter

from scoring import trajectory
from scoring.decline.alsfrs.points import MISSING, UNANSWERED, Omitted, Point, comparable, value
from scoring.decline.reports import RATERS

NO_SLIP = 3
"""Our choice: so many reports that lack an item are no slip."""

MAX_UNANSWERED = 4
"""Our choice: with more items left out than a third of the form, decline is not judged."""


def unanswered_items(points: Sequence[Point], since: int, recent: int) -> Omitted:
    """The items that most reports leave unanswered.

    Args:
        points: remembered reports in the order of their days.
        since: first day of the window whose reports are counted.
        recent: first day of the time within which a respondent's reports carry the series.

    Returns:
        The items that more than half of the reports of the window lack, and at least three, of the first
        respondent (patient, caregiver, clinician) with a recent report that lacks no other.
    """
    if None not in map(attrgetter("total"), points):
        return ()
    window = [point for point in points if point.day >= since]
    for rater in RATERS:
        own = [point for point in window if point.rater == rater]
        lacking = [sum(point.items[item] == MISSING for point in own) for item in range(UNANSWERED)]
        most = max(NO_SLIP, len(own) // 2 + 1)
        items = tuple(item + UNANSWERED for item, count in enumerate(lacking) if count >= most)
        usable = any(point.day >= recent and answers_others(point, items) for point in own)
        if len(items) <= MAX_UNANSWERED and usable:
            return items
    return ()


def answers_others(point: Point, unanswered: Omitted) -> bool:
    """Whether a report answers every item but those that are left out as unanswered."""
    if point.total is not None:
        return True
    return all(item + UNANSWERED in unanswered for item, mark in enumerate(point.items) if mark == MISSING)


class Series:
    """Reports up to one day that can be compared.

    Args:
        points: remembered reports in the order of their days; those that lack another item are left out.
        unanswered: items that are left out because most reports lack them.

    Attributes:
        points: those that can be compared, oldest first.
    """

    __slots__ = ("_course", "_days", "_omitted", "_raters", "_reference", "points", "unanswered")

    def __init__(self, points: Iterable[Point], unanswered: Omitted = ()) -> None:
        self.points = list(points)
        if None in map(attrgetter("total"), self.points):
            self.points = [point for point in self.points if answers_others(point, unanswered)]
        self.unanswered = unanswered
        self._omitted = comparable(self.points, unanswered)
        columns = map(list, zip(*self.points, strict=True)) if self.points else ([] for _ in Point._fields)
        self._days, raters, _, _, _, ids, totals, _ = columns
        values = [0 if total is None else total for total in totals] if None in totals else totals
        self._raters = set(raters)
        self._course = trajectory.Course(days=self._days, values=values, ids=ids, raters=raters)
        self._reference: dict[int, str] = {}

    @property
    def is_whole(self) -> bool:
        """Whether no item is left out of any comparison."""
        return not self._omitted

    def since(self, day: int) -> list[Point]:
        """The reports of this day and later ones."""
        return self.points[bisect_left(self._days, day) :]

    def since_of(self, day: int, rater: str) -> list[Point]:
        """One respondent's reports of this day and later ones."""
        reports = self.since(day)
        if self._raters == {rater}:
            return reports
        return [report for report in reports if report.rater == rater]

    def comparable(self, points: Sequence[Point]) -> Omitted:
        """Items to leave out so that these reports of the series can be compared."""
        return comparable(points, self.unanswered) if self._omitted else ()

    def uses(self, point: Point) -> bool:
        """Whether a report can be compared with those of the series."""
        return answers_others(point, self.unanswered)

    def is_as_low(self, point: Point, other: Point) -> bool:
        """Whether a report is at the level of another or below, on the items that may be compared."""
        omitted = self.comparable((point, other))
        return value(point, omitted) <= value(other, omitted)

    def total(self, point: Point) -> float:
        """The total of a report that can be compared, on the items that are answered, scaled up to twelve."""
        return scaled(point, self.unanswered)

    def course_since(self, day: int) -> tuple[trajectory.Course, Omitted]:
        """The totals of this day and later ones, on the items that may be compared."""
        course, used = self._course.since(day), self.since(day)
        omitted = self.comparable(used)
        if not omitted:
            return course, omitted
        return course._replace(values=[scaled(point, omitted) for point in used]), omitted

    def reference_rater(self, since: int) -> str:
        """Whose reports carry the series: the patient's if there are any since, else the caregiver's."""
        known = self._reference.get(since)
        if known is None:  # several rules ask for the same day
            present = set(self._course.raters[bisect_left(self._days, since) :])
            known = next((rater for rater in RATERS if rater in present), RATERS[0])
            self._reference[since] = known
        return known


def scaled(point: Point, omitted: Omitted) -> float:
    """The total on the items that are not omitted, scaled up to twelve: a slope keeps its meaning."""
    return value(point, omitted) * 12 / (12 - len(omitted))
