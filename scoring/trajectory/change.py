"""Has the pace changed, when, and by how much: a mixture of bent lines, each in closed form.

Model: y = a + b t + c max(0, t - k) + offsets + noise, as in `line`, with at most one bend k. The bend may
lie anywhere on a grid reaching back a year from the latest report; without one c is 0. Earlier slope b and
change c have a normal mixture as prior (see `bends`). For each place of the bend and each
component the reports' likelihood is a closed form of sums that need no second look at the reports. Weights
are added in logarithms, so nothing under- or overflows.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

from scoring.trajectory.bends import (
    BENDS,
    CHANGED,
    CHANGES_PER_DAY,
    EARLIER,
    HISTORY_DAYS,
    NOISE_DAYS,
    RECENT_DAYS,
    Changed,
    Earlier,
)
from scoring.trajectory.points import (
    DAYS_PER_MONTH,
    PATIENT,
    LeftOut,
    Point,
    Prior,
    noise_of,
    select,
)

STAY = math.log1p(-CHANGES_PER_DAY)
"""Log of the chance that a day passes without a change."""

LOG_PLACES = {width: math.log(CHANGES_PER_DAY * width) for _, width in BENDS}
"""Log of the chance of a change within so many days."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the reports say of a change of pace.

    Attributes:
        probability: that the loss has become faster within the last half year.
        probability_ever: within the history looked at.
        day: of the latest report.
        since: most likely day of the change, if there was one within the last half year; `since_low` and
            `since_high` enclose it with 80 %. None where the reports are too few for any bend.
        before: slope before it, points a month; `after` since then, `after_sd` its SD.
        used: ids of the points used, oldest first; `left_out` the others and why.
    """

    probability: float
    probability_ever: float
    day: int
    since: int | None
    since_low: int | None
    since_high: int | None
    before: float
    after: float
    after_sd: float
    residual_sd: float
    used: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


class Piece(NamedTuple):
    """One bend and one component: its log weight and the slopes it leads to."""

    back: int
    log_weight: float
    before: float
    after: float
    variance: float


def change_point(points: Iterable[Point], prior: Prior, *, reference: str = PATIENT) -> Change:
    """Weigh every place of a bend against none.

    Args:
        points: in any order; those more than a year before the latest are left out.
        prior: level, noise and offsets are used; the slopes' priors are this module's own.
        reference: the respondent whose totals are followed; each other one has an offset.

    Raises:
        NoPoints: no finite point was given.
    """
    used, left_out = select(points, HISTORY_DAYS)
    last = used[-1].day
    recent = [one for one in used if one.day >= last - NOISE_DAYS]
    noise = noise_of(recent, replace(prior, information_cap=False))
    history = History(used, prior, noise, reference)
    straight = history.straight() + STAY * (last - used[0].day)
    bends = [bend for bend in BENDS if bend[0] < last - used[0].day]
    pieces = [piece for back, width in bends for piece in history.bent(back, width)]
    return Change(
        **_summary(straight, pieces, last)._asdict(),
        day=last,
        residual_sd=noise,
        used=tuple(one.id for one in used),
        left_out=left_out,
    )


class _Summary(NamedTuple):
    probability: float
    probability_ever: float
    since: int | None = None
    since_low: int | None = None
    since_high: int | None = None
    before: float = 0.0
    after: float = 0.0
    after_sd: float = 0.0


def _summary(straight: float, pieces: Sequence[Piece], last: int) -> _Summary:
    """Normalise the weights; when and by how much are given a change within the last half year."""
    recent = [piece for piece in pieces if piece.back <= RECENT_DAYS]
    if not recent:
        return _Summary(0.0, 0.0)
    # Given a recent change its weights are normalised among themselves: against the rest they may all vanish.
    peak = max([piece.log_weight for piece in recent])
    shares = [math.exp(piece.log_weight - peak) for piece in recent]
    total = sum(shares)
    before = after = square = 0.0
    for share, piece in zip(shares, recent, strict=True):
        before += share * piece.before
        after += share * piece.after
        square += share * (piece.variance + piece.after**2)
    before, after = before / total, after / total
    old = [piece.log_weight for piece in pieces[len(recent) :]]
    top = max([straight, peak, *old])
    changed, earlier = total * math.exp(peak - top), sum([math.exp(one - top) for one in old])
    whole = math.exp(straight - top) + changed + earlier
    since, low, high = _since(shares, recent, last)
    return _Summary(
        probability=changed / whole,
        probability_ever=(changed + earlier) / whole,
        since=since,
        since_low=low,
        since_high=high,
        before=before,
        after=after,
        after_sd=math.sqrt(max(0.0, square / total - after**2)),
    )


def _since(shares: Sequence[float], pieces: Sequence[Piece], last: int) -> tuple[int, int, int]:
    """Median day of the change, and the days that leave a tenth on either side."""
    reached = list(accumulate(shares))
    middle, newest, oldest = (
        pieces[min(bisect_right(reached, part * reached[-1]), len(pieces) - 1)].back
        for part in (0.5, 0.1, 0.9)
    )
    return last - middle, last - oldest, last - newest


class Sums(NamedTuple):
    """Sums of products over points, one respondent's or, offsets taken out, everybody's."""

    n: float
    t: float
    y: float
    tt: float
    ty: float


class History:
    """The points' sums, from which every bend is weighed."""

    def __init__(self, used: Sequence[Point], prior: Prior, noise: float, reference: str) -> None:
        self._variance = noise**2
        raters = sorted({one.rater for one in used})
        self._series = [_Series(used, rater, prior, noise, reference) for rater in raters]
        n = sum(own.all.n - own.keep * own.all.n**2 for own in self._series)
        self._n_t = sum(own.all.t - own.keep * own.all.n * own.all.t for own in self._series)
        self._n_y = sum(own.all.y - own.keep * own.all.n * own.all.y for own in self._series)
        self._keep = 1 / (n + self._variance / prior.level_sd**2)
        self._tt = sum(own.all.tt - own.keep * own.all.t**2 for own in self._series)
        self._tt -= self._keep * self._n_t**2
        self._ty = sum(own.all.ty - own.keep * own.all.t * own.all.y for own in self._series)
        self._ty -= self._keep * self._n_t * self._n_y
        self._parts = [self._part(part) for part in CHANGED]

    def straight(self) -> float:
        """Log likelihood without a bend, up to what all models share."""
        return _log_sum([self._straight(part) for part in EARLIER])

    def _straight(self, part: Earlier) -> float:
        variance, spread = self._variance, part.sd**2
        pull = self._ty - part.slope * self._tt
        misfit = part.slope * (part.slope * self._tt - 2 * self._ty)
        misfit -= pull**2 / (self._tt + variance / spread)
        return math.log(part.weight) - 0.5 * (misfit / variance + math.log1p(spread * self._tt / variance))

    def bent(self, back: int, width: int) -> list[Piece]:
        """The components of a bend so many days before the latest report."""
        knot = -back / DAYS_PER_MONTH
        n_h = th = hh = hy = 0.0
        for own in self._series:
            n, t, y, tt, ty = own.after(knot)
            h = t - knot * n
            n_h += h - own.keep * own.all.n * h
            th += tt - knot * t - own.keep * own.all.t * h
            hh += tt - knot * (2 * t - knot * n) - own.keep * h * h
            hy += ty - knot * y - own.keep * h * own.all.y
        th -= self._keep * self._n_t * n_h
        hh -= self._keep * n_h**2
        hy -= self._keep * n_h * self._n_y
        place = LOG_PLACES[width] + STAY * max(0, self._series[0].days - back)
        return self._weighed(back, place, th, hh, hy)

    def _weighed(self, back: int, place: float, th: float, hh: float, hy: float) -> list[Piece]:
        """Each component's normal equations of slope and change, in excess of its means."""
        pieces, variance = [], self._variance
        for b, c, first, less, more, pull, base, log_weight in self._parts:
            cross, second = th - less, hh + more
            u = pull - c * th
            v = hy - b * th - c * hh
            size = first * second - cross * cross
            slope = (second * u - cross * v) / size
            change = (first * v - cross * u) / size
            misfit = base + c * (c * hh - 2 * hy + 2 * b * th) - u * slope - v * change
            weight = place + log_weight - 0.5 * (misfit / variance + math.log(size))
            spread = variance * (second + first - 2 * cross) / size
            pieces.append(Piece(back, weight, b + slope, b + slope + c + change, spread))
        return pieces

    def _part(self, part: Changed) -> _Part:
        """What a component contributes at every bend alike."""
        weight, b, c, bb, bc, cc = part
        determinant, variance = bb * cc - bc * bc, self._variance
        scale = variance / determinant
        return _Part(
            slope=b,
            change=c,
            first=self._tt + scale * cc,
            less=scale * bc,
            more=scale * bb,
            pull=self._ty - b * self._tt,
            misfit=b * (b * self._tt - 2 * self._ty),
            log_weight=math.log(weight) - 0.5 * math.log(determinant / (variance * variance)),
        )


class _Part(NamedTuple):
    """A component with what does not depend on the bend; its inverse covariance is scaled by the noise."""

    slope: float
    change: float
    first: float
    less: float
    more: float
    pull: float
    misfit: float
    log_weight: float


class _Series:
    """One respondent's points with their sums from each point to the latest."""

    def __init__(self, used: Sequence[Point], rater: str, prior: Prior, noise: float, reference: str) -> None:
        last = used[-1].day
        own = [one for one in used if one.rater == rater]
        self.days = last - used[0].day
        self._months = [(one.day - last) / DAYS_PER_MONTH for one in own]
        sums = [(0.0, 0.0, 0.0, 0.0, 0.0)]
        n = t = y = tt = ty = 0.0
        for one, month in zip(reversed(own), reversed(self._months), strict=True):
            value = one.value - prior.level
            n, t, y, tt, ty = n + 1, t + month, y + value, tt + month * month, ty + month * value
            sums.append((n, t, y, tt, ty))
        self._tails = sums[::-1]
        self.all = Sums(*self._tails[0])
        free = rater == reference or prior.offset_sd == 0
        self.keep = 0.0 if free else 1 / (self.all.n + (noise / prior.offset_sd) ** 2)

    def after(self, month: float) -> tuple[float, float, float, float, float]:
        """The sums n, t, y, tt and ty over the points later than this."""
        return self._tails[bisect_right(self._months, month)]


def _log_sum(logs: Sequence[float]) -> float:
    top = max(logs)
    return top + math.log(sum([math.exp(one - top) for one in logs]))
