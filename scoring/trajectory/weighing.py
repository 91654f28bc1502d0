"""How well a line with a bend explains the reports: log weights, and the slopes before and after.

The reports enter through sums alone, taken once; a bend then costs a handful of multiplications for each
component of the prior (see `bends`), however many reports there are. Offsets of other respondents and the
level are integrated out. What the weights mean together is `change`'s.

For a bend and a component the slope before, b, and what the change adds, c, solve the normal equations

    a11 b + a12 c = q1        a11 = tt + p11, a12 = th + p12, a22 = hh + p22
    a12 b + a22 c = q2        q1 = ty + m1, q2 = hy + m2

where tt, th, hh, ty, hy are sums of products of time t, h = max(0, t - k) and the totals y, p is the
component's inverse covariance times the variance of the noise, and m is p times the component's means. b is
eliminated first: with r = a12 / a11 what is left for c is s c = d, where s = a22 - r a12, d = q2 - r q1, and
the component's misfit is less by q1² / a11, at every bend alike, and by d² / s.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from operator import mul, sub
from typing import NamedTuple

from scoring.trajectory.bends import BENDS, CHANGED, CHANGES_PER_DAY, EARLIER, Changed, Earlier
from scoring.trajectory.line import Sums, offset_share
from scoring.trajectory.points import DAYS_PER_MONTH, Course, Prior

STAY = math.log1p(-CHANGES_PER_DAY)
"""Log of the chance that a day passes without a change."""

PLACES = tuple(
    (back, -back / DAYS_PER_MONTH, math.log(CHANGES_PER_DAY * width) - STAY * back) for back, width in BENDS
)
"""Each place of the bend: days before the latest report, the same in months, and the log of the chance that
a change lies there, against no change in all that time."""


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
    """Slopes before a bend and after it.

    Attributes:
        variance: of the slope after it.
        steeper: how likely the loss after it is faster than before.
    """

    before: float
    after: float
    variance: float
    steeper: float = 0.0


class Weighing:
    """The sums of some reports, from which every bend is weighed.

    Args:
        course: the reports; `noise` the SD of one of them.
        prior: level and offsets are used; the slopes' priors are those of `bends`.
        reference: the respondent without an offset.
    """

    def __init__(self, course: Course, prior: Prior, noise: float, reference: str) -> None:
        self._variance = noise**2
        last = course.days[-1]
        self._span = last - course.days[0]
        self._series = [
            _series(own, last, prior, noise, is_reference=rater == reference)
            for rater, own in course.by_rater().items()
        ]
        n, self._n_t, self._n_y, tt, ty = map(sum, zip(*(own.free for own in self._series), strict=True))
        self._keep = 1 / (n + self._variance / prior.level_sd**2)
        self._tt = tt - self._keep * self._n_t**2
        self._ty = ty - self._keep * self._n_t * self._n_y
        self._parts = [self._part(component) for component in _COMPONENTS]

    def straight(self) -> list[float]:
        """Log weight of no bend with each component, up to what all models share."""
        return [self._straight(part) for part in EARLIER]

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
        series, span, found = self._series, self._span, []
        keep, n_t, n_y = self._keep, self._n_t, self._n_y
        for back, knot, place in PLACES:
            if back >= span:
                break
            n_h = th = hh = hy = 0.0
            for months, sums, offset, own in series:
                n, t, y, tt, ty = sums[bisect_right(months, knot)]
                h, cross = t - knot * n, tt - knot * t
                n_h += h
                th += cross
                hh += cross - knot * h
                hy += ty - knot * y
                if offset:
                    kept = offset * h
                    n_h, th = n_h - kept * own.n, th - kept * own.t
                    hh, hy = hh - kept * h, hy - kept * own.y
            kept = keep * n_h
            found.append(Bend(back, place, th - kept * n_t, hh - kept * n_h, hy - kept * n_y))
        return found

    def log_weights(self, bends: Iterable[Bend]) -> list[float]:
        """Log weights, up to what all models share: of the first bend with each component, then the next."""
        parts, half, log, logs = self._parts, 0.5 / self._variance, math.log, list[float]()
        add = logs.append
        for _, place, th, hh, hy in bends:
            for prior12, prior22, inverse11, q1, m2, alike in parts:
                a12 = th + prior12
                ratio = a12 * inverse11
                size = hh + prior22 - ratio * a12
                pull = hy + m2 - ratio * q1
                add(place + alike + half * pull * pull / size - 0.5 * log(size))
        return logs

    def slopes(self, bends: Iterable[Bend]) -> list[Slopes]:
        """What each bend leads to with each component, in the order of `log_weights`."""
        found, double = [], 2 * self._variance
        for _, _, th, hh, hy in bends:
            for prior12, prior22, inverse11, q1, m2, _ in self._parts:
                ratio = (th + prior12) * inverse11
                size = hh + prior22 - ratio * (th + prior12)
                change = (hy + m2 - ratio * q1) / size
                before = q1 * inverse11 - ratio * change
                variance = self._variance * (inverse11 + (1 - ratio) ** 2 / size)
                steeper = 0.5 * math.erfc(change * math.sqrt(size / double))
                found.append(Slopes(before, before + change, variance, steeper))
        return found

    def _part(self, component: _Component) -> _Part:
        """What a component contributes at every bend alike."""
        log_weight, p11, p12, p22, m1, m2, square = component
        variance = self._variance
        a11, q1 = self._tt + variance * p11, self._ty + variance * m1
        misfit = variance * square - q1 * q1 / a11
        return _Part(
            prior12=variance * p12,
            prior22=variance * p22,
            inverse11=1 / a11,
            q1=q1,
            m2=variance * m2,
            alike=log_weight - 0.5 * (misfit / variance + math.log(a11 / (variance * variance))),
        )


class _Component(NamedTuple):
    """A component of the prior, made ready: what follows from it alone.

    `p` is the inverse of its covariance and `m` that times its means, `square` the quadratic form of both;
    `log_weight` holds half the log of the inverse's determinant.
    """

    log_weight: float
    p11: float
    p12: float
    p22: float
    m1: float
    m2: float
    square: float


def _component(part: Changed) -> _Component:
    weight, b, c, bb, bc, cc = part
    determinant = bb * cc - bc * bc
    p11, p12, p22 = cc / determinant, -bc / determinant, bb / determinant
    m1, m2 = p11 * b + p12 * c, p12 * b + p22 * c
    return _Component(math.log(weight) - 0.5 * math.log(determinant), p11, p12, p22, m1, m2, b * m1 + c * m2)


_COMPONENTS = tuple(map(_component, CHANGED))


class _Part(NamedTuple):
    """A component with what does not depend on the bend, as in the module's equations.

    `alike` is its part of the log weight that is the same at every bend.
    """

    prior12: float
    prior22: float
    inverse11: float
    q1: float
    m2: float
    alike: float


class _Series(NamedTuple):
    """One respondent's reports.

    Attributes:
        months: of the reports, before the latest of all; rising.
        sums: of n, t, y, t² and ty, from each report on; the last are those of none.
        offset: the share of a sum over the points that goes into the offset, for each; 0 without an offset.
        own: the sums over all points.
    """

    months: list[float]
    sums: list[tuple[int, float, float, float, float]]
    offset: float
    own: Sums

    @property
    def free(self) -> Sums:
        """The sums over all points, the offset integrated out."""
        return self.own.shrunk(self.offset)


def _series(own: Course, last: int, prior: Prior, noise: float, *, is_reference: bool) -> _Series:
    months = own.months(last)
    values = list(map(sub, own.values, repeat(prior.level)))
    columns = (months, values, map(mul, months, months), map(mul, months, values))
    sums = list(zip(range(len(months), -1, -1), *map(_from_each_on, columns), strict=True))
    offset = offset_share(len(months), noise, prior, is_reference=is_reference)
    return _Series(months, sums, offset, Sums(*sums[0]))


def _from_each_on(column: Iterable[float]) -> Sequence[float]:
    """Sums from each number to the end, the first of all of them and the last of none."""
    return list(accumulate(reversed(list(column)), initial=0.0))[::-1]
