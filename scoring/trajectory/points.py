"""What a trajectory is computed from: points in time, the prior and the noise of one report.

Days are ordinals and months have 30.4375 days. `select` puts the points in one order before anything is
summed, so no result depends on the order they came in; whoever has them in order already makes a `Course`.
The models themselves are in `line` and `change`.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
from operator import mul, sub, truediv
from statistics import median
from typing import NamedTuple

DAYS_PER_MONTH = 30.4375
DAYS_PER_WEEK = 7
PATIENT = "patient"


class Point(NamedTuple):
    """One total on one day; `rater` is the respondent who gave it."""

    day: int
    value: float
    id: str
    rater: str = PATIENT


class Reason(StrEnum):
    """Why a point was not used."""

    BEFORE_WINDOW = "before_window"
    NOT_FINITE = "not_finite"


class LeftOut(NamedTuple):
    """A point that was not used, and why."""

    id: str
    reason: Reason


class NoPoints(ValueError):
    """A trajectory was asked of nothing."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a patient before the first report.

    The default slope is that of the published cohorts (PRECISION-ALS 0.89, PRO-ACT 0.99 points lost a month;
    spread from the US Natural History Consortium); the noise follows from the reliability of home versions;
    the level and the offset are our choice, weak.

    Attributes:
        level: total on the day of the latest report, slope in points a month (negative is loss).
        residual_sd: noise of one report.
        offset_sd: spread of the constant by which another respondent's totals differ; its mean is 0.
        correlation: of the errors of two reports a week apart; k weeks apart it is its k-th power.
        own_noise: let the patient's residuals move `residual_sd`, once there are six reports (our choice).
    """

    level: float = 36.0
    level_sd: float = 10.0
    slope: float = -0.9
    slope_sd: float = 0.6
    residual_sd: float = 1.8
    offset_sd: float = 1.5
    correlation: float = 0.0
    own_noise: bool = False


OWN_NOISE_FROM = 6
OWN_NOISE_WEIGHT = 8
OWN_NOISE_FLOOR = 1.2
"""Our choice: the default noise counts as much as eight residuals, and nobody reports better than 1.2."""


class Course(NamedTuple):
    """Finite totals as columns, in the order of their days: what the models are computed from."""

    days: Sequence[int]
    values: Sequence[float]
    ids: Sequence[str]
    raters: Sequence[str]

    def since(self, day: int) -> Course:
        """The totals of this day and later ones."""
        first = bisect_left(self.days, day)
        if first == 0:
            return self
        return Course(self.days[first:], self.values[first:], self.ids[first:], self.raters[first:])

    def months(self, last: int) -> list[float]:
        """Months from the day `last` to each total, negative for the past."""
        return list(map(truediv, map(sub, self.days, repeat(last)), repeat(DAYS_PER_MONTH)))

    def by_rater(self) -> dict[str, Course]:
        """Each respondent's own totals."""
        present = sorted(set(self.raters))
        if len(present) == 1:
            return {present[0]: self}
        return {rater: self._of(rater) for rater in present}

    def _of(self, rater: str) -> Course:
        own = [place for place, one in enumerate(self.raters) if one == rater]
        return Course(
            days=[self.days[place] for place in own],
            values=[self.values[place] for place in own],
            ids=[self.ids[place] for place in own],
            raters=[rater] * len(own),
        )


def select(points: Iterable[Point], window_days: int | None) -> tuple[Course, tuple[LeftOut, ...]]:
    """The points to use, and those left out: the window reaches back from the latest, inclusive.

    Raises:
        NoPoints: no finite point was given.
    """
    given = list(points)
    finite = sorted(point for point in given if math.isfinite(point.value))
    if not finite:
        raise NoPoints("a trajectory needs at least one finite point")
    since = finite[0].day if window_days is None else finite[-1].day - window_days
    old = [LeftOut(point.id, Reason.BEFORE_WINDOW) for point in finite if point.day < since]
    broken = sorted(point.id for point in given if not math.isfinite(point.value))
    left_out = (*old, *(LeftOut(id, Reason.NOT_FINITE) for id in broken))
    return Course(*zip(*finite[len(old) :], strict=True)), left_out


def months_before(day: int, last: int) -> float:
    """Months from `last` to `day`, negative for the past."""
    return (day - last) / DAYS_PER_MONTH


def noise_of(course: Course, prior: Prior) -> float:
    """Noise of one report that is used: the patient's own, raised where errors last from report to report."""
    return own_noise(course, prior) * math.sqrt(lasting_factor(course.days, prior.correlation))


def lasting_factor(days: Iterable[int], correlation: float) -> float:
    """Factor on the variance of a report whose errors last, so that its line is as unsure as it should be.

    Errors of an autoregressive process of first order with correlation r from report to report make a long
    series' mean, and its slope, (1 + r) / (1 - r) times as uncertain as independent errors of their size do
    (for example Box, Jenkins and Reinsel, Time Series Analysis). r is that of the median gap between days.

    Args:
        days: of the reports, in any order.
        correlation: of errors a week apart, 0 to less than 1.
    """
    if correlation == 0:
        return 1.0
    gap = median_gap(sorted(set(days)))
    if gap is None:
        return 1.0
    kept = math.pow(correlation, gap / DAYS_PER_WEEK)
    return (1 + kept) / (1 - kept)


def median_gap(days: Sequence[int]) -> float | None:
    """Median of the gaps between these days, which are distinct and in order; None of a single day."""
    return median(map(sub, days[1:], days)) if len(days) > 1 else None


def own_noise(course: Course, prior: Prior) -> float:
    """Noise of one report before any cap: the prior's, moved by the patient's own residuals."""
    if not prior.own_noise or len(course.days) < OWN_NOISE_FROM:
        return prior.residual_sd
    squares = OWN_NOISE_WEIGHT * prior.residual_sd**2 + _squared_residuals(course)
    return max(OWN_NOISE_FLOOR, math.sqrt(squares / (OWN_NOISE_WEIGHT + len(course.days) - 2)))


def _squared_residuals(course: Course) -> float:
    """Sum of squares about the least-squares line; respondents share its slope and have a level each."""
    spread = cross = squares = 0.0
    for own in course.by_rater().values():
        days, values = _centred(own.days), _centred(own.values)
        spread += sum(map(mul, days, days))
        cross += sum(map(mul, days, values))
        squares += sum(map(mul, values, values))
    return max(0.0, squares - cross**2 / spread) if spread else squares


def _centred(numbers: Sequence[float]) -> list[float]:
    return list(map(sub, numbers, repeat(sum(numbers) / len(numbers))))
