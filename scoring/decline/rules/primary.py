"""The primary rule: how likely it is that function is now lost faster than the fast-progression limit.

The posterior itself is computed once per report in `trend` (domain model in scoring.trajectory); this file
only compares it with the limits and words the result.
"""

from __future__ import annotations

from scoring.decline.alsfrs.pace import Pace
from scoring.decline.alsfrs.points import ALSFRS_R, compared_on, on_day
from scoring.decline.alsfrs.trend import Trend
from scoring.decline.flags import Kind, Topic, Worse
from scoring.decline.limits import Primary
from scoring.decline.reports import Level
from scoring.decline.rule import Evidence, Finding, Rule, RuleInput, Text


def read_primary(given: RuleInput) -> Finding | None:
    """Compare the two tail probabilities with their limits."""
    trend, pace, limits = given.trend, given.pace, given.limits.primary
    if trend is None or pace is None or not trend.measured or trend.too_early:
        return None
    return Finding(
        level=level_of(given),
        clearing=trend.probability < limits.clear_probability and not trend.total_at_floor,
        evidence=lambda: Evidence(_numbers(trend, pace, limits), trend.evidence),
        respondent=trend.rater,
    )


def level_of(given: RuleInput) -> Level | None:
    """The level the posterior asks for, None below every limit or with too few reports."""
    return level_for(given.trend, given.limits.primary)


def level_for(trend: Trend | None, limits: Primary) -> Level | None:
    """The same, of a trend alone."""
    if trend is None or not trend.measured or trend.too_early:
        return None
    if trend.probability >= limits.soon_probability or trend.steep_probability >= limits.steep_probability:
        return Level.SOON
    return Level.INFORM if trend.probability >= limits.inform_probability else None


def _numbers(trend: Trend, pace: Pace, limits: Primary) -> dict[str, int | float | str]:
    """The loss now is that of the bent model: after a bend a straight line's is nobody's loss."""
    loss = pace.loss()
    return {
        "reports": trend.reports,
        "weeks": max(1, round((trend.last_day - trend.first_day) / 7)),
        "first_on": on_day(trend.first_day),
        "last_on": on_day(trend.last_day),
        "loss_now": loss.now,
        "loss_low": loss.low,
        "loss_high": loss.high,
        "loss_of_line": -trend.slope,
        "level_now": trend.level,
        "limit_per_month": limits.loss_per_month,
        "steep_per_month": limits.steep_loss_per_month,
        "probability": trend.probability,
        "steep_probability": trend.steep_probability,
        "chance_percent": as_percent(trend.probability),
        "clear_percent": as_percent(limits.clear_probability),
        "residual_sd": trend.residual_sd,
        "compared_on": compared_on(trend.omitted),
        "respondent": trend.rater,
    }


def as_percent(probability: float) -> int:
    """Whole percent for a sentence, never 0 or 100: a model is not that sure."""
    return min(99, max(1, int(100 * probability + 1e-9)))


FALLEN = Worse("level_now", 6, "the level", "points of 48", lower=True)
"""Six points lost since: a confirmed drop as it is read elsewhere."""

PRIMARY = Rule(
    id="fast_decline",
    version="4",
    topic=Topic.DECLINE,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_primary,
    passes=True,
    worse=(Worse("loss_now", 0.5, "the loss", "points a month"), FALLEN),
    limits=("primary", "model"),
    of_function=True,
    text=Text(
        headline="Falling by about {loss_now:.1f} points a month, range {loss_low:.1f} to {loss_high:.1f}",
        template=(
            "The ALSFRS-R is falling by about {loss_now:.1f} points a month now (95 % range {loss_low:.1f} to"
            " {loss_high:.1f}), measured on {compared_on} in {reports} reports over {weeks} weeks ({first_on}"
            " to {last_on}); the chance that it fell faster than {limit_per_month:g} points a month on"
            " average over these weeks is {chance_percent} %."
        ),
        clears_when=(
            "The chance of an average loss above {limit_per_month:g} points a month falls below"
            " {clear_percent} % at two reports in a row."
        ),
        title="Fast decline",
        formula=(
            "y = a + b t + e over the window, t in months before the latest report; a ~ N(36, 10²), b ~"
            " N(-0.9, 0.6²), e ~ N(0, s²), s raised where errors last; P = P(b < -1.11 | reports). Inform"
            " at P >= 0.90; soon at P >= 0.95 or P(b < -1.5) >= 0.80. The loss that is stated is that of the"
            " rule on acceleration, all told, because after a bend the line's is an average that nobody has;"
            " its range allows for a quarter of the loss, because courses are not made of lines."
        ),
    ),
    source=(
        "Threshold: Labra 2016 (fast progression). Prior: PRECISION-ALS, PRO-ACT, US Natural History"
        " Consortium. Probabilities and window: our choice, by simulation."
    ),
    weaknesses=(
        "Slow to notice a change of pace inside the window; a steady fast patient is found after three to"
        " five months. Assumes a straight line over half a year."
    ),
)
