"""The complete ALSFRS-R reports of a year, as several rules ask for them: windows, and what may be compared.

Made once for each report and only read afterwards. Which items are left out of a comparison, and why, is in
`points`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from scoring import trajectory
from scoring.decline.points import Basis, Point, comparable, value
from scoring.decline.reports import RATERS


class Series:
    """Complete reports up to one day.

    Args:
        points: remembered reports in the order of their days; those without a total are left out.

    Attributes:
        points: the complete ones, oldest first.
    """

    __slots__ = ("_basis", "_course", "_days", "points")

    def __init__(self, points: Iterable[Point]) -> None:
        self.points = [point for point in points if point.total is not None]
        self._days = [point.day for point in self.points]
        self._basis = comparable(self.points)
        self._course = trajectory.Course(
            days=self._days,
            values=[point.total or 0 for point in self.points],
            ids=[point.id for point in self.points],
            raters=[point.rater for point in self.points],
        )

    def since(self, day: int) -> list[Point]:
        """The reports of this day and later ones."""
        return self.points[bisect_left(self._days, day) :]

    def comparable(self, points: Sequence[Point]) -> Basis:
        """Items to leave out so that these reports of the series can be compared."""
        return comparable(points) if self._basis else ()

    def course_since(self, day: int) -> tuple[trajectory.Course, Basis]:
        """The totals of this day and later ones, on the items that may be compared."""
        course, used = self._course.since(day), self.since(day)
        basis = self.comparable(used)
        if not basis:
            return course, basis
        return course._replace(values=[scaled(one, basis) for one in used]), basis

    def reference_rater(self, since: int) -> str:
        """Whose reports carry the series: the patient's if there are any since, else the caregiver's."""
        present = set(self._course.raters[bisect_left(self._days, since) :])
        return next((rater for rater in RATERS if rater in present), RATERS[0])


def scaled(point: Point, basis: Basis) -> float:
    """The total on the items that the basis leaves in, scaled up to twelve: a slope keeps its meaning."""
    return value(point, basis) * 12 / (12 - len(basis))
