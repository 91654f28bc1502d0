"""The complete ALSFRS-R reports of a year, as several rules ask for them: windows, and what may be compared.

Made once for each report and only read afterwards. Which items are left out of a comparison, and why, is in
`points`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from scoring import trajectory
from scoring.decline.alsfrs.points import Omitted, Point, comparable, value
from scoring.decline.reports import RATERS


class Series:
    """Complete reports up to one day.

    Args:
        points: remembered reports in the order of their days; those without a total are left out.

    Attributes:
        points: the complete ones, oldest first.
    """

    __slots__ = ("_course", "_days", "_omitted", "points")

    def __init__(self, points: Iterable[Point]) -> None:
        self.points = [point for point in points if point.total is not None]
        self._days = [point.day for point in self.points]
        self._omitted = comparable(self.points)
        self._course = trajectory.Course(
            days=self._days,
            values=[point.total or 0 for point in self.points],
            ids=[point.id for point in self.points],
            raters=[point.rater for point in self.points],
        )

    def since(self, day: int) -> list[Point]:
        """The reports of this day and later ones."""
        return self.points[bisect_left(self._days, day) :]

    def comparable(self, points: Sequence[Point]) -> Omitted:
        """Items to leave out so that these reports of the series can be compared."""
        return comparable(points) if self._omitted else ()

    def course_since(self, day: int) -> tuple[trajectory.Course, Omitted]:
        """The totals of this day and later ones, on the items that may be compared."""
        course, used = self._course.since(day), self.since(day)
        omitted = self.comparable(used)
        if not omitted:
            return course, omitted
        return course._replace(values=[scaled(point, omitted) for point in used]), omitted

    def reference_rater(self, since: int) -> str:
        """Whose reports carry the series: the patient's if there are any since, else the caregiver's."""
        present = set(self._course.raters[bisect_left(self._days, since) :])
        return next((rater for rater in RATERS if rater in present), RATERS[0])


def scaled(point: Point, omitted: Omitted) -> float:
    """The total on the items that are not omitted, scaled up to twelve: a slope keeps its meaning."""
    return value(point, omitted) * 12 / (12 - len(omitted))
