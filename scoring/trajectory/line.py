"""A straight line through a patient's totals: posterior of level and slope in closed form.

Model: y = a + b t + o + e, t in months before the latest report, a ~ N(level, level_sd²), b ~ N(slope,
slope_sd²), e ~ N(0, s²); o is 0 for the reference respondent and N(0, offset_sd²) for each other one, a
constant. The offsets are integrated out respondent by respondent, which leaves two equations whatever
their number. Which reports may be compared is the caller's question; a bend is looked for in `change`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import mul
from typing import NamedTuple

from scoring.trajectory.points import (
    PATIENT,
    Course,
    LeftOut,
    Point,
    Prior,
    months_before,
    noise_of,
    select,
)


class Offset(NamedTuple):
    """How far another respondent's totals lie from the reference respondent's, as far as is known.

    With the line known the offset is N(`mean` - `per_level` da - `per_slope` db, `sd`²), where da and db are
    the line's distances from its own posterior mean.
    """

    rater: str
    mean: float
    per_level: float
    per_slope: float
    sd: float


class Posterior(NamedTuple):
    """Level and slope as of the latest report.

    Attributes:
        day: of the latest report; `level` is the total expected on it.
        slope: points a month, negative is loss.
        covariance: of level and slope.
        residual_sd: noise of one report that was assumed.
        offsets: of the other respondents who reported.
        used: ids of the points used, oldest first; `left_out` the others and why.
    """

    day: int
    level: float
    level_sd: float
    slope: float
    slope_sd: float
    covariance: float
    residual_sd: float
    offset_sd: float
    reference: str
    offsets: tuple[Offset, ...]
    used: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    def probability_below(self, slope: float) -> float:
        """Probability that the slope is below this one (points a month; losses are negative)."""
        return 0.5 * math.erfc((self.slope - slope) / (self.slope_sd * math.sqrt(2)))

    def expected(self, day: int, rater: str = PATIENT) -> tuple[float, float]:
        """Mean and SD of a report on this day, noise included."""
        t = months_before(day, self.day)
        offset = self._offset(rater)
        one, other = 1 - offset.per_level, t - offset.per_slope
        line = one**2 * self.level_sd**2 + 2 * one * other * self.covariance + other**2 * self.slope_sd**2
        spread = math.sqrt(max(0.0, line) + offset.sd**2 + self.residual_sd**2)
        return self.level + self.slope * t + offset.mean, spread

    def surprise(self, point: Point) -> float:
        """Predictive z of a new report: how many SDs it lies above (negative: below) what was expected."""
        mean, spread = self.expected(point.day, point.rater)
        return (point.value - mean) / spread

    def _offset(self, rater: str) -> Offset:
        unseen = Offset(rater, 0.0, 0.0, 0.0, 0.0 if rater == self.reference else self.offset_sd)
        return next((offset for offset in self.offsets if offset.rater == rater), unseen)


class Sums(NamedTuple):
    """Sums over one respondent's points, t in months before the latest point of all."""

    n: float
    t: float
    y: float
    tt: float
    ty: float

    def shrunk(self, keep: float) -> Sums:
        """The sums that are left when a constant of these points is integrated out."""
        if keep == 0:
            return self
        return Sums(
            n=self.n - keep * self.n * self.n,
            t=self.t - keep * self.n * self.t,
            y=self.y - keep * self.n * self.y,
            tt=self.tt - keep * self.t * self.t,
            ty=self.ty - keep * self.t * self.y,
        )


class _Line(NamedTuple):
    level: float
    slope: float
    level_variance: float
    slope_variance: float
    covariance: float


def posterior(
    points: Iterable[Point], prior: Prior, *, window_days: int | None = None, reference: str = PATIENT
) -> Posterior:
    """Level and slope of a line through the points, as of the latest of them.

    Args:
        points: in any order; several on one day all count.
        prior: what is believed beforehand.
        window_days: use only points at most so many days before the latest; None uses all.
        reference: the respondent whose totals the line follows; each other one has an offset.

    Raises:
        NoPoints: no finite point was given.
    """
    course, left_out = select(points, window_days)
    return fit_line(course, prior, reference=reference, left_out=left_out)


def fit_line(
    course: Course, prior: Prior, *, reference: str = PATIENT, left_out: tuple[LeftOut, ...] = ()
) -> Posterior:
    """The posterior of points that are in order already; `posterior` says what it is."""
    noise = noise_of(course, prior)
    last = course.days[-1]
    by_rater = {rater: _sums(own, last) for rater, own in course.by_rater().items()}
    keep = {
        rater: offset_share(own.n, noise, prior, is_reference=rater == reference)
        for rater, own in by_rater.items()
    }
    line = _solve([own.shrunk(keep[rater]) for rater, own in by_rater.items()], noise, prior)
    return Posterior(
        day=last,
        level=line.level,
        level_sd=math.sqrt(line.level_variance),
        slope=line.slope,
        slope_sd=math.sqrt(line.slope_variance),
        covariance=line.covariance,
        residual_sd=noise,
        offset_sd=prior.offset_sd,
        reference=reference,
        offsets=tuple(
            _offset(rater, own, keep[rater], line, noise)
            for rater, own in by_rater.items()
            if rater != reference
        ),
        used=tuple(course.ids),
        left_out=left_out,
    )


def onset_informed(prior: Prior, loss_since_onset: float) -> Prior:
    """The prior of a patient whose loss a month from onset to the first report is known.

    US Natural History Consortium, 210 patients: mean later loss 0.69 + 0.206 x loss since onset; the spread
    that is left is 0.58.
    """
    return replace(prior, slope=-0.69 - 0.206 * loss_since_onset, slope_sd=0.58)


def _sums(own: Course, last: int) -> Sums:
    months = own.months(last)
    return Sums(
        n=len(months),
        t=sum(months),
        y=sum(own.values),
        tt=sum(map(mul, months, months)),
        ty=sum(map(mul, months, own.values)),
    )


def offset_share(n: float, noise: float, prior: Prior, *, is_reference: bool) -> float:
    """Share of a respondent's sums that goes into the offset, per report; n is the number of reports."""
    if is_reference or prior.offset_sd == 0:
        return 0.0
    return 1 / (n + (noise / prior.offset_sd) ** 2)


def _solve(sums: Sequence[Sums], noise: float, prior: Prior) -> _Line:
    """The two normal equations, the level eliminated first."""
    n, t, y, tt, ty = map(sum, zip(*sums, strict=True))
    variance, level_weight, slope_weight = noise**2, 1 / prior.level_sd**2, 1 / prior.slope_sd**2
    a = level_weight + n / variance
    b = t / variance
    c = slope_weight + tt / variance
    u = level_weight * prior.level + y / variance
    v = slope_weight * prior.slope + ty / variance
    ratio = b / a
    weight = c - ratio * b
    slope = (v - ratio * u) / weight
    return _Line(
        level=(u - b * slope) / a,
        slope=slope,
        level_variance=1 / a + ratio**2 / weight,
        slope_variance=1 / weight,
        covariance=-ratio / weight,
    )


def _offset(rater: str, own: Sums, keep: float, line: _Line, noise: float) -> Offset:
    return Offset(
        rater=rater,
        mean=keep * (own.y - own.n * line.level - own.t * line.slope),
        per_level=keep * own.n,
        per_slope=keep * own.t,
        sd=noise * math.sqrt(keep),
    )
