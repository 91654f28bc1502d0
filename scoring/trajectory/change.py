"""Has the pace changed, when, and by how much: a mixture of bent lines, each in closed form.

Model: y = a + b t + c max(0, t - k) + offsets + noise, as in `line`, with at most one bend k. The bend may
lie anywhere on a grid reaching back a year from the latest report; without one c is 0. Earlier slope b and
change c have a normal mixture as prior (see `bends`). For each place of the bend and each component the
reports' likelihood is a closed form (see `weighing`). Weights are added in logarithms, so nothing under- or
overflows. A change may be either way: of each place and component counts what lies below c = 0, so that a
course that turns upwards is no faster loss.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, repeat
from operator import sub
from typing import NamedTuple

from scoring.trajectory.bends import BENDS, CHANGED, HISTORY_DAYS, NOISE_DAYS, RECENT_DAYS
from scoring.trajectory.points import PATIENT, Course, LeftOut, Point, Prior, noise_of, select
from scoring.trajectory.weighing import Bend, Weighing

_RECENT = len(CHANGED) * sum(back <= RECENT_DAYS for back, _ in BENDS)
"""How many weights come first that are of changes within the last half year."""


class NoBend(ValueError):
    """A turn was asked of reports that leave no room for one."""


class Overall(NamedTuple):
    """The slopes all told: every place of a bend and no bend at all, each by how likely it is.

    Attributes:
        before: mean slope before any change, points a month.
        now: mean slope now, `now_sd` its SD.
    """

    before: float
    now: float
    now_sd: float


class Turn(NamedTuple):
    """When and by how much, given that the pace has changed within the last half year, either way.

    Attributes:
        since: most likely day of the change; `low` and `high` enclose it with 80 %.
        before: slope before it, points a month; `after` since then, `after_sd` its SD.
    """

    since: int
    low: int
    high: int
    before: float
    after: float
    after_sd: float


@dataclass(frozen=True)
class Change:
    """What the reports say of a change of pace.

    Attributes:
        any_change: probability that the pace has changed within the last half year, either way; that the
            loss has become faster is not more likely than this.
        day: of the latest report.
        used: ids of the points used, oldest first; `left_out` the others and why.
    """

    any_change: float
    day: int
    residual_sd: float
    used: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    _weighing: Weighing = field(repr=False, compare=False)
    _straight: Sequence[float] = field(repr=False, compare=False)
    _bends: Sequence[Bend] = field(repr=False, compare=False)
    _logs: Sequence[float] = field(repr=False, compare=False)

    @cached_property
    def probability(self) -> float:
        """That the loss has become faster within the last half year."""
        return sum(self._faster[:_RECENT])

    @cached_property
    def probability_ever(self) -> float:
        """That it has within the history looked at."""
        return sum(self._faster)

    @cached_property
    def _faster(self) -> list[float]:
        """The probability of each bend with each component, as far as the loss after it is faster."""
        logs = [*self._straight, *self._logs]
        top = max(logs)
        whole = sum([math.exp(log - top) for log in logs])
        slopes = self._weighing.slopes(self._bends)
        return [
            math.exp(log - top) * own.steeper / whole for log, own in zip(self._logs, slopes, strict=True)
        ]

    @cached_property
    def overall(self) -> Overall:
        """The slopes before and now, not given that there was a change: they may be stated of any course."""
        logs = [*self._straight, *self._logs]
        slopes = [*self._weighing.straight_slopes(), *self._weighing.slopes(self._bends)]
        top = max(logs)
        whole = before = now = square = 0.0
        for log, own in zip(logs, slopes, strict=True):
            share = math.exp(log - top)
            whole += share
            before += share * own.before
            now += share * own.after
            square += share * (own.variance + own.after**2)
        now /= whole
        return Overall(before / whole, now, math.sqrt(max(0.0, square / whole - now**2)))

    def turn(self) -> Turn:
        """When and by how much; worked out only here, because most reports say that nothing has changed.

        Raises:
            NoBend: all reports are of the last few days, so that there is no room for any.
        """
        recent = [bend for bend in self._bends if bend.back <= RECENT_DAYS]
        if not recent:
            raise NoBend("the reports are too close together for a bend")
        # Given a recent change its weights are normalised among themselves: against the rest they may vanish.
        logs = self._logs[: len(recent) * len(CHANGED)]
        peak = max(logs)
        shares = [math.exp(log - peak) for log in logs]
        before = after = square = 0.0
        for share, slopes in zip(shares, self._weighing.slopes(recent), strict=True):
            before += share * slopes.before
            after += share * slopes.after
            square += share * (slopes.variance + slopes.after**2)
        by_bend = list(accumulate(shares))[len(CHANGED) - 1 :: len(CHANGED)]
        total = by_bend[-1]
        since, high, low = (self._day(recent, by_bend, part * total) for part in (0.5, 0.1, 0.9))
        before, after = before / total, after / total
        return Turn(since, low, high, before, after, math.sqrt(max(0.0, square / total - after**2)))

    def _day(self, bends: Sequence[Bend], reached: Sequence[float], share: float) -> int:
        """The day of the bend at which the weights, latest bend first, have reached so much."""
        place = min(bisect_right(reached, share), len(reached) - 1)
        return self.day - bends[place].back


def change_point(points: Iterable[Point], prior: Prior, *, reference: str = PATIENT) -> Change:
    """Weigh every place of a bend against none.

    Args:
        points: in any order; those more than a year before the latest are left out.
        prior: level, noise and offsets are used; the slopes' priors are this module's own.
        reference: the respondent whose totals are followed; each other one has an offset.

    Raises:
        NoPoints: no finite point was given.
    """
    course, left_out = select(points, HISTORY_DAYS)
    return find_change(course, prior, reference=reference, left_out=left_out)


def find_change(
    course: Course,
    prior: Prior,
    *,
    reference: str = PATIENT,
    left_out: tuple[LeftOut, ...] = (),
    noise: float | None = None,
) -> Change:
    """The change point of a year's points that are in order already; `change_point` says what it is.

    `noise` is that of the last `NOISE_DAYS`, where it is known already.
    """
    last = course.days[-1]
    noise = noise or noise_of(course.since(last - NOISE_DAYS), prior)
    weighing = Weighing(course, prior, noise, reference)
    straight, bends = weighing.straight(), weighing.bends()
    logs = weighing.log_weights(bends)
    top = max(*straight, *logs)
    weights = list(map(math.exp, map(sub, logs, repeat(top))))
    changed = sum(weights[:_RECENT])
    whole = sum(weights) + sum([math.exp(log - top) for log in straight])
    return Change(
        any_change=changed / whole,
        day=last,
        residual_sd=noise,
        used=tuple(course.ids),
        left_out=left_out,
        _weighing=weighing,
        _straight=straight,
        _bends=bends,
        _logs=logs,
    )
