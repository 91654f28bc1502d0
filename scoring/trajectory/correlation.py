"""How much the errors of a patient's reports hang together from week to week, estimated from a site's data.

Each patient's totals are cut into half years, so that a bend in the course is not taken for an error that
lasts. Within one the totals are a straight line plus errors of an autoregressive process of first order,
whose correlation between two reports d weeks apart is r^d. r is the value with the greatest restricted
likelihood, the lines and the common size of the errors integrated or profiled out (Patterson and Thompson,
Biometrika 1971), on a grid; its interval holds every r whose log likelihood is less than 1.92 below.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from scoring.trajectory.points import DAYS_PER_WEEK, NoPoints, Point

STRETCH_DAYS = 183
LEAST_REPORTS = 4
"""Our choice: a stretch of fewer reports tells its line and little else."""

GRID = tuple(place / 50 for place in range(48))
HALF_CHI_SQUARE = 1.920729
"""Half the 95 % point of chi-square with one degree of freedom."""

WIDEST = 0.4
"""Our choice: with a wider interval there is too little to change a policy for."""


class Correlation(NamedTuple):
    """The correlation of errors a week apart, with its 95 % interval.

    Attributes:
        error_sd: size of one report's error that goes with it.
        stretches: half years of reports it rests on; `reports` those in them.
        enough: the interval is narrow enough to be used.
    """

    weekly: float
    low: float
    high: float
    error_sd: float
    stretches: int
    reports: int
    enough: bool

    def in_words(self) -> str:
        """The estimate, what it rests on, and whether that is too little."""
        told = (
            f"Correlation of errors a week apart: {self.weekly:.2f} (95 % interval {self.low:.2f} to"
            f" {self.high:.2f}), errors of SD {self.error_sd:.2f}, from {self.reports} reports in"
            f" {self.stretches} half years."
        )
        if self.enough:
            return told
        little = f"That is too little to change a policy for: the interval is wider than {WIDEST:g}."
        return f"{told}\n{little}"


class _Fit(NamedTuple):
    """What a stretch adds: residual sum of squares, and logarithms of two determinants."""

    squares: float
    log_covariance: float
    log_information: float


def estimate_correlation(patients: Iterable[Iterable[Point]]) -> Correlation:
    """Estimate the correlation of errors a week apart.

    Args:
        patients: each one's totals in any order, of one respondent; of one day the last given counts.

    Raises:
        NoPoints: nobody has four reports within half a year.
    """
    stretches = [stretch for points in patients for stretch in _stretches(points)]
    if not stretches:
        raise NoPoints("nobody has four reports within half a year")
    freedom = sum(len(stretch) - 2 for stretch in stretches)
    likelihoods = [_log_likelihood(stretches, freedom, weekly) for weekly in GRID]
    best = max(likelihoods)
    inside = [weekly for weekly, log in zip(GRID, likelihoods, strict=True) if log >= best - HALF_CHI_SQUARE]
    weekly = GRID[likelihoods.index(best)]
    squares = sum(_fit(stretch, weekly).squares for stretch in stretches)
    return Correlation(
        weekly=weekly,
        low=inside[0],
        high=inside[-1],
        error_sd=math.sqrt(squares / freedom),
        stretches=len(stretches),
        reports=sum(map(len, stretches)),
        enough=inside[-1] - inside[0] <= WIDEST,
    )


def _stretches(points: Iterable[Point]) -> Iterator[list[tuple[int, float]]]:
    """Half years of one patient's reports, oldest first, with enough reports each."""
    by_day = {point.day: point.value for point in sorted(points, key=lambda one: one.day)}
    stretch: list[tuple[int, float]] = []
    for report in by_day.items():
        if stretch and report[0] - stretch[0][0] > STRETCH_DAYS:
            yield from [stretch] if len(stretch) >= LEAST_REPORTS else []
            stretch = []
        stretch.append(report)
    yield from [stretch] if len(stretch) >= LEAST_REPORTS else []


def _log_likelihood(stretches: Sequence[list[tuple[int, float]]], freedom: int, weekly: float) -> float:
    fits = [_fit(stretch, weekly) for stretch in stretches]
    squares = max(1e-9, sum(fit.squares for fit in fits))
    determinants = sum(fit.log_covariance + fit.log_information for fit in fits)
    return -0.5 * (freedom * math.log(squares) + determinants)


def _fit(stretch: Sequence[tuple[int, float]], weekly: float) -> _Fit:
    """Least squares after each error is freed of what it keeps of the one before."""
    start = stretch[0][0]
    rows = [(1.0, 0.0, stretch[0][1])]
    log_covariance = 0.0
    for (day, value), (later, new) in pairwise(stretch):
        kept = math.pow(weekly, (later - day) / DAYS_PER_WEEK)
        scale = math.sqrt(1 - kept * kept)
        rows.append(
            ((1 - kept) / scale, (later - start - kept * (day - start)) / scale, (new - kept * value) / scale)
        )
        log_covariance += math.log(1 - kept * kept)
    a11, a12, a22 = (sum(row[i] * row[j] for row in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
    rhs1, rhs2 = (sum(row[i] * row[2] for row in rows) for i in (0, 1))
    size = a11 * a22 - a12 * a12
    level, slope = (a22 * rhs1 - a12 * rhs2) / size, (a11 * rhs2 - a12 * rhs1) / size
    squares = sum((value - level * one - slope * t) ** 2 for one, t, value in rows)
    return _Fit(squares, log_covariance, math.log(size))
