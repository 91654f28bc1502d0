"""How well a line with a bend explains the reports: log weights, and the slopes before and after.

The reports enter through sums alone, taken once; a bend then costs a handful of multiplications for each
component of the prior (see `bends`), however many reports there are. Offsets of other respondents and the
level are integrated out. What the weights mean together is `change`'s.

For a bend and a component with mean slopes b (before) and c (what the change adds), the distances db and dc
of the best slopes from them solve the normal equations

    a11 db + a12 dc = rhs1        a11 = tt + p11, a12 = th + p12, a22 = hh + p22
    a12 db + a22 dc = rhs2        rhs1 = ty - b tt - c th, rhs2 = hy - b th - c hh

where tt, th, hh, ty, hy are sums of products of time t, h = max(0, t - k) and the totals y, and p is the
component's inverse covariance times the variance of the noise.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate
from operator import mul
from typing import NamedTuple

from scoring.trajectory.bends import BENDS, CHANGED, CHANGES_PER_DAY, EARLIER, Changed, Earlier
from scoring.trajectory.line import Sums, offset_share
from scoring.trajectory.points import DAYS_PER_MONTH, Course, Prior

STAY = math.log1p(-CHANGES_PER_DAY)
"""Log of the chance that a day passes without a change."""

LOG_PLACES = {width: math.log(CHANGES_PER_DAY * width) for _, width in BENDS}
"""Log of the chance of a change within so many days."""


class Bend(NamedTuple):
    """A place of the bend, days before the latest report.

    With h = max(0, t - k), offsets and level taken out, `th`, `hh` and `hy` are the sums of products of h
    with time, itself and the totals. `place` is the log of the chance that a change lies there.
    """

    back: int
    place: float
    th: float
    hh: float
    hy: float


class Slopes(NamedTuple):
    """Slopes before a bend and after it, with the variance of the latter."""

    before: float
    after: float
    variance: float


class Weighing:
    """The sums of some reports, from which every bend is weighed.

    Args:
        course: the reports; `noise` the SD of one of them.
        prior: level and offsets are used; the slopes' priors are those of `bends`.
        reference: the respondent without an offset.
    """

    def __init__(self, course: Course, prior: Prior, noise: float, reference: str) -> None:
        self._variance = noise**2
        self._last = course.days[-1]
        self._span = self._last - course.days[0]
        self._series = [
            _Series(
                own,
                self._last,
                prior.level,
                keep=offset_share(len(own.days), noise, prior, is_reference=rater == reference),
            )
            for rater, own in course.by_rater().items()
        ]
        n, self._n_t, self._n_y, tt, ty = map(sum, zip(*(own.free for own in self._series), strict=True))
        self._keep = 1 / (n + self._variance / prior.level_sd**2)
        self._tt = tt - self._keep * self._n_t**2
        self._ty = ty - self._keep * self._n_t * self._n_y
        self._parts = [self._part(part) for part in CHANGED]

    def straight(self) -> list[float]:
        """Log weight of no bend with each component, up to what all models share."""
        return [self._straight(part) + STAY * self._span for part in EARLIER]

    def straight_slopes(self) -> list[Slopes]:
        """The slope that no bend leads to with each component: the same before and after."""
        found = []
        for _, slope, sd in EARLIER:
            weight = self._tt + self._variance / sd**2
            own = slope + (self._ty - slope * self._tt) / weight
            found.append(Slopes(own, own, self._variance / weight))
        return found

    def _straight(self, part: Earlier) -> float:
        variance, spread = self._variance, part.sd**2
        pull = self._ty - part.slope * self._tt
        misfit = part.slope * (part.slope * self._tt - 2 * self._ty)
        misfit -= pull**2 / (self._tt + variance / spread)
        return math.log(part.weight) - 0.5 * (misfit / variance + math.log1p(spread * self._tt / variance))

    def bends(self) -> list[Bend]:
        """The places that lie after the first report, latest first."""
        return [self._bend(back, width) for back, width in BENDS if back < self._span]

    def _bend(self, back: int, width: int) -> Bend:
        knot = -back / DAYS_PER_MONTH
        n_h = th = hh = hy = 0.0
        for own in self._series:
            n, t, y, tt, ty = own.after(knot)
            h = t - knot * n
            kept = own.keep * h
            n_h += h - kept * own.n
            th += tt - knot * t - kept * own.t
            hh += tt - knot * (t + h) - kept * h
            hy += ty - knot * y - kept * own.y
        kept = self._keep * n_h
        place = LOG_PLACES[width] + STAY * (self._span - back)
        return Bend(back, place, th - kept * self._n_t, hh - kept * n_h, hy - kept * self._n_y)

    def log_weights(self, bend: Bend) -> list[float]:
        """Log weight of the bend with each component, up to what all models share."""
        _, place, th, hh, hy = bend
        scale, logs, log = -0.5 / self._variance, [], math.log
        for b, c, a11, prior12, prior22, rhs, base, log_weight in self._parts:
            a12, a22 = th + prior12, hh + prior22
            rest = hy - b * th
            rhs1, rhs2 = rhs - c * th, rest - c * hh
            size = a11 * a22 - a12 * a12
            explained = (rhs1 * (a22 * rhs1 - 2 * a12 * rhs2) + a11 * rhs2 * rhs2) / size
            logs.append(place + log_weight + scale * (base - c * (rhs2 + rest) - explained) - 0.5 * log(size))
        return logs

    def slopes(self, bend: Bend) -> list[Slopes]:
        """What the bend leads to with each component: the solution of its normal equations."""
        found = []
        for b, c, a11, prior12, prior22, rhs, *_ in self._parts:
            a12, a22 = bend.th + prior12, bend.hh + prior22
            rhs1, rhs2 = rhs - c * bend.th, bend.hy - b * bend.th - c * bend.hh
            size = a11 * a22 - a12 * a12
            before = b + (a22 * rhs1 - a12 * rhs2) / size
            after = before + c + (a11 * rhs2 - a12 * rhs1) / size
            found.append(Slopes(before, after, self._variance * (a22 + a11 - 2 * a12) / size))
        return found

    def _part(self, part: Changed) -> _Part:
        """What a component contributes at every bend alike."""
        weight, b, c, bb, bc, cc = part
        determinant, variance = bb * cc - bc * bc, self._variance
        scale = variance / determinant
        return _Part(
            slope=b,
            change=c,
            a11=self._tt + scale * cc,
            prior12=-scale * bc,
            prior22=scale * bb,
            rhs=self._ty - b * self._tt,
            misfit=b * (b * self._tt - 2 * self._ty),
            log_weight=math.log(weight) - 0.5 * math.log(determinant / (variance * variance)),
        )


class _Part(NamedTuple):
    """A component with what does not depend on the bend; its inverse covariance is scaled by the noise.

    `a11` is whole, `prior12` and `prior22` are what the prior adds to the bend's sums, `rhs` is the part of
    the first right side that every bend shares.
    """

    slope: float
    change: float
    a11: float
    prior12: float
    prior22: float
    rhs: float
    misfit: float
    log_weight: float


class _Series:
    """One respondent's sums of n, t, y, t² and ty, over the latest points in any number.

    Attributes:
        keep: the share of a sum over the points that goes into the offset, for each; 0 without an offset.
        free: the sums over all points, the offset integrated out.
    """

    def __init__(self, own: Course, last: int, level: float, *, keep: float) -> None:
        self._months = [(day - last) / DAYS_PER_MONTH for day in own.days]
        months, values = self._months[::-1], [value - level for value in reversed(own.values)]
        self._sums = [
            list(accumulate(column, initial=0.0))
            for column in (months, values, map(mul, months, months), map(mul, months, values))
        ]
        self.n = len(months)
        self.t, self.y, tt, ty = (column[-1] for column in self._sums)
        self.keep = keep
        self.free = Sums(self.n, self.t, self.y, tt, ty).shrunk(keep)

    def after(self, month: float) -> tuple[int, float, float, float, float]:
        """The sums over the points later than this."""
        n = self.n - bisect_right(self._months, month)
        t, y, tt, ty = self._sums
        return n, t[n], y[n], tt[n], ty[n]
