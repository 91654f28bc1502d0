"""Slopes of one patient's readings: between two of them, by least squares, and by Theil and Sen.

Slopes are per month and negative when the value falls. Least squares comes with a t interval from three
readings on; two readings have a slope and no interval. Theil-Sen is the median of the slopes of all pairs
of different days (Theil 1950, Sen 1968) and shrugs off a single mistyped report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import fsum, sqrt
from statistics import median

from scoring.distributions import t_quantile
from scoring.progression.readings import Note, Reading, months_between
from scoring.tolerance import largest, negligible

MOST_READINGS = 1000
"""Of one patient, for the slopes of all pairs; our choice."""


@dataclass(frozen=True, slots=True)
class IntervalChange:
    """Change between two readings; None for a slope within one day."""

    change: float
    months: float
    slope_per_month: float | None
    notes: tuple[Note, ...] = ()


def interval_change(first: Reading, second: Reading) -> IntervalChange:
    """(second - first), and the same per month between them."""
    months = months_between(first.on, second.on)
    change = second.value - first.value
    if first.on == second.on:
        return IntervalChange(change, months, None, (Note.ONE_DAY,))
    return IntervalChange(change, months, change / months)


@dataclass(frozen=True, slots=True)
class LinearFit:
    """Ordinary least squares of value on time.

    Attributes:
        slope_per_month: None without two different days.
        intercept: fitted value on `intercept_on`, the day of the first reading.
        residual_sd: with `df` = n - 2; None below three readings, as are the standard error `se` of the
            slope and the ends `low` and `high` of its interval.
    """

    n: int
    confidence: float
    slope_per_month: float | None = None
    intercept: float | None = None
    intercept_on: date | None = None
    df: int | None = None
    residual_sd: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    notes: tuple[Note, ...] = ()


def least_squares_slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Slope of the values on the times, of which at least two differ."""
    mid_time, mid_value = fsum(times) / len(times), fsum(values) / len(values)
    spread = fsum((time - mid_time) ** 2 for time in times)
    products = ((time - mid_time) * (value - mid_value) for time, value in zip(times, values, strict=True))
    return fsum(products) / spread


def _unless_arithmetic(slope: float, months: float, values: Sequence[float]) -> float:
    """The slope, or 0 where its change over these months is arithmetic and no change."""
    return 0.0 if negligible(slope * months, largest(values)) else slope


def fit_line(readings: Sequence[Reading], confidence: float = 0.95) -> LinearFit:
    """Least-squares slope with its t interval, in any order of the readings."""
    n = len(readings)
    note = _no_slope(readings)
    if note is not None:
        return LinearFit(n, confidence, notes=(note,))
    start = min(reading.on for reading in readings)
    times = [months_between(start, reading.on) for reading in readings]
    values = [reading.value for reading in readings]
    slope = _unless_arithmetic(least_squares_slope(times, values), max(times), values)
    mid_time = fsum(times) / n
    intercept = fsum(values) / n - slope * mid_time
    if n == 2:
        return LinearFit(n, confidence, slope, intercept, start, notes=(Note.NO_INTERVAL,))
    residuals = [value - intercept - slope * time for time, value in zip(times, values, strict=True)]
    residual_sd = sqrt(fsum(residual**2 for residual in residuals) / (n - 2))
    se = residual_sd / sqrt(fsum((time - mid_time) ** 2 for time in times))
    half = t_quantile((1 + confidence) / 2, n - 2) * se
    exact = negligible(largest(residuals), largest(values))
    return LinearFit(
        n=n,
        confidence=confidence,
        slope_per_month=slope,
        intercept=intercept,
        intercept_on=start,
        df=n - 2,
        residual_sd=residual_sd,
        se=se,
        low=slope - half,
        high=slope + half,
        notes=(Note.PERFECT_FIT,) if exact else (),
    )


@dataclass(frozen=True, slots=True)
class RobustSlope:
    """Median slope of the pairs of readings on different days; None without such a pair."""

    n: int
    pairs: int
    slope_per_month: float | None
    notes: tuple[Note, ...] = ()


def theil_sen(readings: Sequence[Reading]) -> RobustSlope:
    """Median pairwise slope; with an even number of pairs the mean of the middle two."""
    note = _no_slope(readings) or (Note.TOO_MANY_READINGS if len(readings) > MOST_READINGS else None)
    if note is not None:
        return RobustSlope(len(readings), 0, None, (note,))
    slopes = [
        (second.value - first.value) / months_between(first.on, second.on)
        for first, second in combinations(readings, 2)
        if first.on != second.on
    ]
    spread = max(slopes, key=abs)
    middle = median(slopes)
    return RobustSlope(len(readings), len(slopes), 0.0 if negligible(middle, spread) else middle)


def _no_slope(readings: Sequence[Reading]) -> Note | None:
    """Why these readings have no slope at all."""
    days = {reading.on for reading in readings}
    return {0: Note.NO_READINGS, 1: Note.ONE_DAY}.get(len(days))
