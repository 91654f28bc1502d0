"""What a trajectory is computed from: points in time, the prior and the noise of one report.

Days are ordinals and months have 30.4375 days. `select` puts the points in one order before anything is
summed, so no result depends on the order they came in. The models themselves are in `line` and `change`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from operator import mul
from statistics import median
from typing import NamedTuple

DAYS_PER_MONTH = 30.4375
CAP_DAYS = 28
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
        information_cap: count reports closer than 28 days as partly the same news (our choice).
        own_noise: let the patient's residuals move `residual_sd`, once there are six reports (our choice).
    """

    level: float = 36.0
    level_sd: float = 10.0
    slope: float = -0.9
    slope_sd: float = 0.6
    residual_sd: float = 1.8
    offset_sd: float = 1.5
    information_cap: bool = False
    own_noise: bool = False


OWN_NOISE_FROM = 6
OWN_NOISE_WEIGHT = 8
OWN_NOISE_FLOOR = 1.2
"""Our choice: the default noise counts as much as eight residuals, and nobody reports better than 1.2."""


def select(points: Iterable[Point], window_days: int | None) -> tuple[list[Point], tuple[LeftOut, ...]]:
    """The points to use, by day, and those left out: the window reaches back from the latest, inclusive."""
    given = list(points)
    # One sum tells whether any is not finite, faster than asking each.
    whole = math.isfinite(sum([one[1] for one in given]))
    finite = sorted(given if whole else [one for one in given if math.isfinite(one.value)])
    if not finite:
        raise NoPoints("a trajectory needs at least one finite point")
    since = finite[-1].day - window_days if window_days is not None else finite[0].day
    if finite[0].day >= since and len(finite) == len(given):
        return finite, ()
    used = [one for one in finite if one.day >= since]
    left_out = [LeftOut(one.id, Reason.BEFORE_WINDOW) for one in finite if one.day < since]
    broken = sorted(one.id for one in given if not math.isfinite(one.value))
    return used, (*left_out, *(LeftOut(one, Reason.NOT_FINITE) for one in broken))


def months_before(day: int, last: int) -> float:
    """Months from `last` to `day`, negative for the past."""
    return (day - last) / DAYS_PER_MONTH


def noise_of(used: Sequence[Point], prior: Prior) -> float:
    """Noise of one report: the prior's, moved by the patient's own residuals and raised by the cap."""
    own = _own_noise(used, prior.residual_sd) if prior.own_noise else prior.residual_sd
    return own * math.sqrt(information_cap([one.day for one in used])) if prior.information_cap else own


def information_cap(days: Iterable[int]) -> float:
    """Factor on the variance: 28 days over the median gap between distinct days, at least 1."""
    gap = median_gap(sorted(set(days)))
    return 1.0 if gap is None else max(1.0, CAP_DAYS / gap)


def median_gap(days: Sequence[int]) -> float | None:
    """Median of the gaps between these days, which are distinct and in order; None of a single day."""
    return median([later - day for day, later in pairwise(days)]) if len(days) > 1 else None


def _own_noise(used: Sequence[Point], default: float) -> float:
    if len(used) < OWN_NOISE_FROM:
        return default
    squares = OWN_NOISE_WEIGHT * default**2 + _squared_residuals(used)
    return max(OWN_NOISE_FLOOR, math.sqrt(squares / (OWN_NOISE_WEIGHT + len(used) - 2)))


def _squared_residuals(used: Sequence[Point]) -> float:
    """Sum of squares about the least-squares line; respondents share its slope and have a level each."""
    centred = [_centred(used, rater) for rater in sorted({one.rater for one in used})]
    spread = sum([sum([t * t for t in months]) for months, _ in centred])
    cross = sum([sum(map(mul, months, values)) for months, values in centred])
    slope = cross / spread if spread else 0.0
    return sum([(y - slope * t) ** 2 for pair in centred for t, y in zip(*pair, strict=True)])


def _centred(used: Sequence[Point], rater: str) -> tuple[list[float], list[float]]:
    days = [one.day for one in used if one.rater == rater]
    values = [one.value for one in used if one.rater == rater]
    middle, mean = sum(days) / len(days), sum(values) / len(values)
    return [(day - middle) / DAYS_PER_MONTH for day in days], [value - mean for value in values]
