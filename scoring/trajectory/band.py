"""A line as it is drawn: its mean and its 95 % band on any day, and where a bent line runs through totals.

The line is a + b t, t in months from the day it is stated for; its variance on a day is
var(a) + 2 t cov(a, b) + t² var(b). The band is that of the line: single reports scatter about it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from scoring.trajectory.points import DAYS_PER_MONTH, months_before

Z_95 = 1.959964


class Line(NamedTuple):
    """A line of which level and slope are known by mean, SD and covariance, as of one day.

    Attributes:
        day: an ordinal; `level` is the total expected on it.
        slope: points a month, negative is loss.
    """

    day: int
    level: float
    level_sd: float
    slope: float
    slope_sd: float
    covariance: float


class BandDay(NamedTuple):
    """The line's mean on a day, and the ends of its central 95 %."""

    day: int
    mean: float
    low: float
    high: float


def band(line: Line, days: Iterable[int]) -> tuple[BandDay, ...]:
    """The mean and the band of the line on these days, before or after the day it is stated for."""
    return tuple(_band_day(line, day) for day in days)


def _band_day(line: Line, day: int) -> BandDay:
    t = months_before(day, line.day)
    variance = line.level_sd**2 + 2 * t * line.covariance + t * t * line.slope_sd**2
    mean, margin = line.level + line.slope * t, Z_95 * math.sqrt(max(0.0, variance))
    return BandDay(day, mean, mean - margin, mean + margin)


class BentLine(NamedTuple):
    """A line with one bend.

    Attributes:
        day: of the bend, an ordinal; `level` is the total on it.
        before: slope before it, points a month, `after` since then; negative is loss.
    """

    day: int
    level: float
    before: float
    after: float

    def at(self, day: int) -> float:
        """The total on a day."""
        slope = self.before if day < self.day else self.after
        return self.level + slope * (day - self.day) / DAYS_PER_MONTH


def through(totals: Iterable[tuple[int, float]], *, bend: int, before: float, after: float) -> BentLine:
    """The bent line of these slopes whose residuals have the mean 0.

    Args:
        totals: day and total, of the respondent whom the line follows.
        bend: day of the bend, an ordinal.
        before: slope before it, points a month.
        after: slope since then.

    Raises:
        ValueError: no total was given.
    """
    shape = BentLine(bend, 0.0, before, after)
    residuals = [total - shape.at(day) for day, total in totals]
    if not residuals:
        raise ValueError("a line needs a total to run through")
    return shape._replace(level=math.fsum(residuals) / len(residuals))
