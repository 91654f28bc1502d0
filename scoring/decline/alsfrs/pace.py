"""Whether the pace of the ALSFRS-R has changed: the reports that may be compared, and their change point.

The model is scoring.trajectory's; the rule that reads the result is `rules/acceleration`. Reports of a year
are compared on the items that all of them share, scaled up to twelve, as in `trend`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scoring import trajectory
from scoring.decline.alsfrs.points import Omitted, Point
from scoring.decline.alsfrs.series import Series
from scoring.decline.alsfrs.trend import Trend, prior_of
from scoring.decline.limits import Limits
from scoring.trajectory.bends import HISTORY_DAYS, NOISE_DAYS

DRIFT_SHARE = 0.25
"""Our choice, by simulation: courses are not made of lines, and a stated loss may be off by this share."""

SPARSE_DAYS, DENSE_DAYS = 28, 7
CHANCE_SLOPE = 1.2
CHANCE_SHIFT_SPARSE, CHANCE_SHIFT_DENSE = -0.2, 0.05
"""Our choice, on simulated training patients of both kinds: how log odds of the model become those stated.

Recalibration by a line on log odds is Cox's (Biometrika 1958;45:562). The model alone is too unsure where
changes are sharp and reports are many, and too sure of small chances where reports are few.
"""


class Loss(NamedTuple):
    """Points lost a month, all told: before any change and now, with the 95 % range of the latter."""

    before: float
    now: float
    low: float
    high: float


class Pace(NamedTuple):
    """The change point up to a report, and what it rests on.

    Attributes:
        rater: the reference respondent; others were used with an offset.
        gap_days: median days between reports, which the limit depends on.
        measured: enough reports over enough days.
    """

    change: trajectory.Change
    rater: str
    omitted: Omitted
    reports: int
    first_day: int
    gap_days: float
    measured: bool

    @property
    def chance(self) -> float:
        """That the loss has become faster within the last half year, as it is stated.

        Of what is stated as 30 %, three in ten come true.
        """
        return chance_of(self.change.probability, self.gap_days)

    @property
    def most_chance(self) -> float:
        """What the chance is at most; it costs nothing."""
        return chance_of(self.change.any_change, self.gap_days)

    def loss(self) -> Loss:
        """The loss that may be stated: not given that there was a change, and no surer than courses are."""
        before, now, sd = self.change.overall
        margin = 1.959964 * math.hypot(sd, DRIFT_SHARE * now)
        return Loss(-before, -now, -now - margin, -now + margin)


def measure_pace(series: Series, point: Point, trend: Trend, limits: Limits) -> Pace | None:
    """The change of pace up to this report, on the reference respondent's level; None of a single day."""
    course, omitted = series.course_since(point.day - HISTORY_DAYS)
    days = sorted(set(course.days))
    gap_days = trajectory.median_gap(days)
    if not series.uses(point) or gap_days is None:
        return None
    # Of the same reports on the same items the noise is the same.
    shared = limits.primary.window_days == NOISE_DAYS and trend.omitted == omitted
    noise = trend.residual_sd if shared else None
    change = trajectory.find_change(course, prior_of(limits.model), reference=trend.rater, noise=noise)
    own = limits.acceleration
    return Pace(
        change=change,
        rater=trend.rater,
        omitted=omitted,
        reports=len(course.days),
        first_day=days[0],
        gap_days=gap_days,
        measured=len(days) >= own.min_reports and point.day - days[0] >= own.min_span_days,
    )


def density_of(gap_days: float) -> float:
    """How dense reports so many days apart are: 0 four-weekly, 1 weekly, between them by their number."""
    gap = min(SPARSE_DAYS, max(DENSE_DAYS, gap_days))
    return (SPARSE_DAYS / gap - 1) / (SPARSE_DAYS / DENSE_DAYS - 1)


def chance_of(probability: float, gap_days: float) -> float:
    """The chance that is stated for a probability of the model; none and certainty stay what they are."""
    if not 0 < probability < 1:
        return probability
    shift = CHANCE_SHIFT_SPARSE + density_of(gap_days) * (CHANCE_SHIFT_DENSE - CHANCE_SHIFT_SPARSE)
    odds = math.pow(probability / (1 - probability), CHANCE_SLOPE) * math.exp(shift)
    return odds / (1 + odds)
