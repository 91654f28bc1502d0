"""Acceleration: the patient's own loss has become faster, whatever the limit for fast progression.

A topic of its own, because a patient who is known to be fast can still accelerate, and muting the one must
not mute the other. The change point is computed in `pace`; this file compares the chance of a change with a
limit that depends on how often the patient reports, and words the result.
"""

from __future__ import annotations

import math

from scoring.decline.alsfrs.pace import Pace, density_of
from scoring.decline.alsfrs.points import ALSFRS_R, compared_on, on_day
from scoring.decline.alsfrs.trend import Trend
from scoring.decline.flags import Kind, Topic, Worse
from scoring.decline.limits import Acceleration, Primary
from scoring.decline.memory.memory import Memory
from scoring.decline.reports import Level
from scoring.decline.rule import Evidence, Finding, Rule, RuleInput, Text
from scoring.decline.rules.primary import FALLEN, PRIMARY, as_percent, level_for

USUAL_LOSS, MOST_LOSS = 0.6, 3.0
"""Our choice, points a month: up to the one it is the base limit, beyond the other it rises no more."""


def read_acceleration(given: RuleInput) -> Finding | None:
    """Compare the chance of a faster loss within the last half year with its limit."""
    trend, pace, limits = given.trend, given.pace, given.limits.acceleration
    if trend is None or trend.too_early or pace is None or not pace.measured:
        return None
    limit = limit_for(pace, limits)
    clears = limit * limits.clear_share
    may_be_met = pace.most_chance >= clears
    met = may_be_met and pace.chance >= limit
    known_fast = met and is_known_fast(given.before, trend, given.limits.primary)
    level = Level.SOON if met and pace.chance >= limits.soon_probability else Level.INFORM
    return Finding(
        level=level if met and not known_fast else None,
        clearing=not (may_be_met and pace.chance >= clears) and not trend.total_at_floor,
        evidence=lambda: Evidence(_numbers(pace, trend, limit, limits.clear_share), pace.change.used),
        respondent=trend.rater,
    )


def is_known_fast(before: Memory, trend: Trend, limits: Primary) -> bool:
    """Whether the primary rule already asks for a look within days; a steady fast course resembles a bend."""
    state = before.states.get(PRIMARY.id)
    return level_for(trend, limits) is Level.SOON or (state is not None and state.level is Level.SOON)


def limit_for(pace: Pace, limits: Acceleration) -> float:
    """The limit for these reports: it follows their number, and the pace before any change.

    Of steady patients the fast ones look most like accelerating ones, so more is asked of them: on the scale
    of log odds the limit rises by `pace_share` for each point a month above 0.6 lost before any change.
    """
    base = limit_of(pace.gap_days, limits)
    if pace.most_chance < base * limits.clear_share:
        return base
    return moved(base, shift_of(pace, limits))


def shift_of(pace: Pace, limits: Acceleration) -> float:
    """How far the pace moves the limit, in log odds."""
    loss = min(MOST_LOSS, max(USUAL_LOSS, -pace.change.overall.before))
    return limits.pace_share * (loss - USUAL_LOSS)


def moved(probability: float, log_odds: float) -> float:
    """A probability moved on the scale of log odds; by nothing, it is itself to the last digit."""
    if log_odds == 0:
        return probability
    odds = probability / (1 - probability) * math.exp(log_odds)
    return odds / (1 + odds)


def limit_of(gap_days: float, limits: Acceleration) -> float:
    """The base limit for reports so many days apart, in proportion to their number between the two given."""
    return limits.probability + density_of(gap_days) * (limits.probability_weekly - limits.probability)


def _numbers(pace: Pace, trend: Trend, limit: float, clear_share: float) -> dict[str, int | float | str]:
    change, loss = pace.change, pace.loss()
    turn = change.turn()
    return {
        "reports": pace.reports,
        "weeks": max(1, round((change.day - pace.first_day) / 7)),
        "since_on": on_day(turn.since),
        "since_low_on": on_day(turn.low),
        "since_high_on": on_day(turn.high),
        "loss_before": loss.before,
        "loss_now": loss.now,
        "loss_low": loss.low,
        "loss_high": loss.high,
        "level_now": trend.level,
        "probability": pace.chance,
        "limit": limit,
        "chance_percent": as_percent(pace.chance),
        "clear_percent": as_percent(limit * clear_share),
        "residual_sd": change.residual_sd,
        "compared_on": compared_on(pace.omitted),
        "respondent": pace.rater,
    }


ACCELERATION = Rule(
    id="acceleration",
    version="5",
    topic=Topic.ACCELERATION,
    kind=Kind.STATE,
    instrument=ALSFRS_R,
    read=read_acceleration,
    passes=False,
    worse=(Worse("loss_now", 0.5, "the loss now", "points a month"), FALLEN),
    limits=("acceleration", "model"),
    of_function=True,
    text=Text(
        title="Acceleration",
        formula=(
            "y = a + b t + c max(0, t - k) + e over a year, t in months before the latest report; k on a"
            " grid of two to four weeks, one change in eighty weeks; a ~ N(36, 10²); the loss before ~ a"
            " normal mixture for the cohorts' Gamma (mean 0.9, SD 0.6), after it at least 1.5 and at least"
            " half as much again; e ~ N(0, s²), s the patient's own, raised where errors last. P = P(a change"
            " within the last 182 days, and c < 0 | reports). The stated chance C has 1.2 times the log odds"
            " of P, less 0.2 for four-weekly and plus 0.05 for weekly reports. Inform at C >= the limit, soon"
            " if C >= 0.5 too. The limit and what is added lie between those for four-weekly and for weekly"
            " reports in proportion to the number of reports, and the limit's log odds rise by 4.2 for each"
            " point a month above 0.6 lost before any change (up to 3), because steady fast courses look most"
            " like bent ones; not raised while the primary rule says soon. The loss now is E(b + c) over all"
            " bends and none, its range widened by a quarter of it."
        ),
        headline="May be falling faster: {chance_percent} % chance, about {loss_now:.1f} points a month now",
        template=(
            "The ALSFRS-R may be falling faster, if so since about {since_on} (between {since_low_on} and"
            " {since_high_on}); the chance that the pace has changed is {chance_percent} %. All told, about"
            " {loss_now:.1f} points a month are lost now (95 % range {loss_low:.1f} to {loss_high:.1f}),"
            " about {loss_before:.1f} before, measured on {compared_on} in {reports} reports over {weeks}"
            " weeks."
        ),
        clears_when=(
            "The chance of a change of pace within the last half year falls below {clear_percent} % at two"
            " reports in a row."
        ),
    ),
    source=(
        "Earlier slopes: PRECISION-ALS, PRO-ACT, US Natural History Consortium. The size and frequency of a"
        " change, the grid and the limits: our choice, by simulation."
    ),
    weaknesses=(
        "The limit is low so that changes are found early: about two of three alerts are false in a"
        " population where three in ten patients accelerate. Noise that lasts from week to week, and a"
        " plateau that ends, look like a change; a steady fast course can look like one too, until the"
        " primary rule is sure of it. The limit follows the days with a report, not the people: where a"
        " caregiver answers beside the patient, more is found and more is false, up to 0.9 alerts a"
        " patient-year where both see the same bad day (docs/detection.md). Such a clinic should raise it."
    ),
)
