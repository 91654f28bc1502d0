"""The trend of the ALSFRS-R that an evaluation shows and the primary rule judges.

Chooses which reports may be compared and on which items, hands plain totals to scoring.trajectory, and
keeps the result as numbers. Other respondents than the reference one enter only through an offset of their
own with a prior of mean 0. Where items are left out, the rest is scaled up to twelve, so that a slope keeps
its meaning (our choice).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from scoring import trajectory
from scoring.decline.alsfrs.points import (
    DOMAINS,
    Omitted,
    Point,
    compared_on,
    on_day,
    subscores,
)
from scoring.decline.alsfrs.series import Series, scaled
from scoring.decline.limits import Limits, Model
from scoring.decline.reports import Profile

FLOOR_TOTAL, FLOOR_DOMAIN = 8, 1
"""Our choice: at or below these in the last two reports the scale ends, and a flat course says nothing."""


class Trend(NamedTuple):
    """Level and slope as of the latest report with a total.

    Attributes:
        evidence: reports used, oldest first.
        rater: the reference respondent; others were used with an offset.
        slope: points a month, negative is loss; `slope_sd` its posterior SD.
        covariance: of level and slope.
        probability: that the loss is faster than the limit for fast progression.
        steep_probability: that it is faster than the limit for steep loss.
        measured: enough reports over enough days for the primary rule.
        too_early: near the top of the scale with few reports.
        at_floor: the total or a domain has reached the end of the scale in the last two reports.
        total_at_floor: the total has; a flat course then says nothing.
    """

    evidence: tuple[str, ...]
    rater: str
    omitted: Omitted
    reports: int
    first_day: int
    last_day: int
    level: float
    level_sd: float
    slope: float
    slope_sd: float
    covariance: float
    probability: float
    steep_probability: float
    residual_sd: float
    measured: bool
    too_early: bool
    at_floor: bool
    total_at_floor: bool

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form; the interval is the central 95 % of the posterior."""
        return {
            "level": self.level,
            "level_sd": self.level_sd,
            "slope_per_month": self.slope,
            "slope_sd": self.slope_sd,
            "covariance": self.covariance,
            "slope_low": self.slope - 1.959964 * self.slope_sd,
            "slope_high": self.slope + 1.959964 * self.slope_sd,
            "probability_fast": self.probability,
            "probability_steep": self.steep_probability,
            "residual_sd": self.residual_sd,
            "reports": self.reports,
            "first_on": on_day(self.first_day),
            "last_on": on_day(self.last_day),
            "respondent": self.rater,
            "compared_on": compared_on(self.omitted),
            "notes": [name for name in ("too_few", "too_early", "scale_floor") if self._holds(name)],
            "evidence": list(self.evidence),
        }

    def _holds(self, note: str) -> bool:
        return {"too_few": not self.measured, "too_early": self.too_early, "scale_floor": self.at_floor}[note]


def total_at_floor(last: Sequence[Point], series: Series) -> bool:
    """Whether the last two totals are both at the end of the scale."""
    return len(last) == 2 and all(series.total(point) <= FLOOR_TOTAL for point in last)


def domain_at_floor(last: Sequence[Point]) -> bool:
    """Whether one domain is at the end of its scale in the last two reports."""
    if len(last) != 2:
        return False
    if all(point.total is not None for point in last):
        pairs = zip(*(subscores(point.items) for point in last), strict=True)
        return any(max(pair) <= FLOOR_DOMAIN for pair in pairs)
    return any(
        all(score is not None and score <= FLOOR_DOMAIN for score in (point.domain(name) for point in last))
        for name in DOMAINS
    )


def measure_trend(
    series: Series, point: Point, limits: Limits, onset_loss: float | None = None
) -> Trend | None:
    """The trend up to this report; None when it cannot be compared, because an answer is missing.

    Only reports of the primary rule's window before it are used, the window's ends included. The loss a month
    since onset, where it is known and the policy wants it, moves the prior.
    """
    if not series.uses(point):
        return None
    primary = limits.primary
    since = point.day - primary.window_days
    rater = series.reference_rater(max(since, point.day - limits.general.rater_days))
    course, omitted = series.course_since(since)
    fit = trajectory.fit_line(course, prior_of(limits.model, onset_loss), reference=rater)
    first, reports = course.days[0], len(course.days)
    enough = len(set(course.days)) >= primary.min_reports and point.day - first >= primary.min_span_days
    last = series.points[-min(2, reports) :]
    floor = total_at_floor(last, series)
    return Trend(
        evidence=fit.used,
        rater=rater,
        omitted=omitted,
        reports=reports,
        first_day=first,
        last_day=point.day,
        level=fit.level,
        level_sd=fit.level_sd,
        slope=fit.slope,
        slope_sd=fit.slope_sd,
        covariance=fit.covariance,
        probability=fit.probability_below(-primary.loss_per_month),
        steep_probability=fit.probability_below(-primary.steep_loss_per_month),
        residual_sd=fit.residual_sd,
        measured=enough,
        too_early=series.total(point) >= primary.ceiling_total and reports < primary.ceiling_reports,
        at_floor=floor or domain_at_floor(last),
        total_at_floor=floor,
    )


def prior_of(model: Model, onset_loss: float | None = None) -> trajectory.Prior:
    """The prior and noise that a policy asks for."""
    prior = trajectory.Prior(
        level=model.prior_level,
        level_sd=model.prior_level_sd,
        slope=model.prior_slope,
        slope_sd=model.prior_slope_sd,
        residual_sd=model.residual_sd,
        offset_sd=model.rater_offset_sd,
        correlation=model.weekly_correlation,
        own_noise=model.patient_noise,
    )
    if onset_loss is None or not model.onset_informed_prior:
        return prior
    return trajectory.onset_informed(prior, onset_loss)


def loss_since_onset(profile: Profile, day: int, total: int | None) -> float | None:
    """Points lost a month from onset to the first complete report, its day and total; None if unreliable.

    Below three months, or with only the year of onset known, it is unreliable (our choice).
    """
    if profile.onset_on is None or profile.onset_precision == "year" or total is None:
        return None
    months = (day - profile.onset_on.toordinal()) / trajectory.DAYS_PER_MONTH
    return (48 - total) / months if months >= 3 else None


def surprise_of(point: Point, earlier: Sequence[Point], omitted: Omitted, limits: Limits) -> float:
    """Predictive z of one respondent's report, from the line through that respondent's earlier ones."""
    new, *before = (
        trajectory.Point(report.day, scaled(report, omitted), report.id, report.rater)
        for report in (point, *earlier)
    )
    return trajectory.posterior(before, prior_of(limits.model), reference=point.rater).surprise(new)


DOMAIN_SHARE = {"bulbar": 0.2, "fine_motor": 0.3, "gross_motor": 0.3, "respiratory": 0.2}
"""Our choice: share of an average loss that each domain carries."""


def domain_noise(days: Sequence[int], model: Model) -> float:
    """Noise of a subscore, 1 point (our choice), raised where errors last: the same for all four."""
    return math.sqrt(trajectory.lasting_factor(days, model.weekly_correlation))


def fit_domain(name: str, course: trajectory.Course, noise: float, model: Model) -> trajectory.Posterior:
    """Posterior of a subscore; a domain's slope varies half as much again as its share (our choice)."""
    share = DOMAIN_SHARE[name]
    prior = trajectory.Prior(
        level=9.0,
        level_sd=4.0,
        slope=share * model.prior_slope,
        slope_sd=1.5 * share * model.prior_slope_sd,
        residual_sd=noise,
    )
    return trajectory.fit_line(course, prior, reference=course.raters[0])
