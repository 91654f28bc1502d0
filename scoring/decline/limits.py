"""Every threshold of the decline rules: its default, the range a clinic may choose from, its source.

One frozen dataclass per rule family; `Limits` holds them all. Reading and checking a clinic's own values is
`policy`'s work; what the thresholds mean is written with each rule in `rules/` and printed in
docs/rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def limit(default: float | bool, low: float, high: float, source: str) -> Any:  # noqa: ANN401
    """Declare one threshold: its default, the permitted range (inclusive) and its source."""
    return field(default=default, metadata={"low": low, "high": high, "source": source})


def switch(default: bool, source: str) -> Any:  # noqa: ANN401
    """Declare one on/off choice and its source."""
    return field(default=default, metadata={"low": False, "high": True, "source": source})


@dataclass(frozen=True, slots=True)
class General:
    """Choices shared by several rules."""

    clear_reports: int = limit(
        2, 1, 6, "our choice: hysteresis, consecutive reports below the clearing limit"
    )
    event_days: int = limit(28, 7, 182, "our choice: an event stands until a report this much later")
    rater_days: int = limit(112, 28, 365, "our choice: how long a respondent stays the reference one")


@dataclass(frozen=True, slots=True)
class Primary:
    """Posterior probability that the present slope is worse than a threshold (points a month)."""

    window_days: int = limit(183, 56, 365, "our choice: the present slope, not the lifetime one")
    min_reports: int = limit(3, 2, 20, "our choice")
    min_span_days: int = limit(27, 7, 182, "our choice")
    loss_per_month: float = limit(1.11, 0.2, 4.0, "Labra 2016: fast progression")
    inform_probability: float = limit(0.90, 0.5, 0.999, "our choice, by simulation")
    soon_probability: float = limit(0.95, 0.5, 0.9999, "our choice, by simulation")
    steep_loss_per_month: float = limit(1.5, 0.2, 6.0, "our choice, by simulation")
    steep_probability: float = limit(0.80, 0.5, 0.999, "our choice, by simulation")
    clear_probability: float = limit(0.50, 0.05, 0.95, "our choice: hysteresis")
    ceiling_total: int = limit(46, 40, 49, "our choice: the scale is insensitive above it")
    ceiling_reports: int = limit(4, 2, 20, "our choice")


@dataclass(frozen=True, slots=True)
class Model:
    """Priors and noise of the trajectory model."""

    prior_slope: float = limit(-0.9, -3.0, 0.0, "PRECISION-ALS 0.89, PRO-ACT 0.99 points a month")
    prior_slope_sd: float = limit(0.6, 0.1, 2.0, "US Natural History Consortium, noise removed")
    prior_level: float = limit(36.0, 0.0, 48.0, "our choice")
    prior_level_sd: float = limit(10.0, 1.0, 30.0, "our choice, weak")
    residual_sd: float = limit(1.8, 0.5, 5.0, "ICC of home versions 0.93 to 0.97, SD 8")
    rater_offset_sd: float = limit(1.5, 0.0, 6.0, "our choice; carers rate lower by about a point")
    patient_noise: bool = switch(True, "our choice: residuals of six reports or more, shrunk to the default")
    weekly_correlation: float = limit(0.1, 0.0, 0.9, "our choice: of errors a week apart; estimate it")
    onset_informed_prior: bool = switch(False, "US Natural History Consortium: later on onset slope")


@dataclass(frozen=True, slots=True)
class Acceleration:
    """The stated chance that the loss has become faster within the last half year."""

    probability: float = limit(0.105, 0.05, 0.999, "our choice, by simulation: four-weekly reports")
    probability_weekly: float = limit(0.18, 0.05, 0.999, "our choice, by simulation: weekly reports")
    soon_probability: float = limit(0.5, 0.5, 0.999, "our choice: nothing is soon on less than even odds")
    pace_share: float = limit(4.2, 0.0, 6.0, "our choice, by simulation: how the limit follows the pace")
    clear_share: float = limit(0.875, 0.1, 1.0, "our choice: hysteresis, share of the limit to raise")
    min_reports: int = limit(4, 3, 20, "our choice")
    min_span_days: int = limit(55, 27, 365, "our choice")


@dataclass(frozen=True, slots=True)
class ConfirmedDrop:
    """Two successive reports well below the level of two to four months ago."""

    points: float = limit(6, 3, 20, "our choice, by simulation")
    confirm_days: int = limit(28, 0, 62, "our choice, by simulation: a bad fortnight is no drop")
    reference_from_days: int = limit(56, 14, 182, "our choice")
    reference_to_days: int = limit(112, 28, 365, "our choice")
    clear_points: float = limit(3, 0, 20, "our choice: hysteresis")


@dataclass(frozen=True, slots=True)
class Domain:
    """Decline of one of the four subscores."""

    probability: float = limit(0.99, 0.5, 0.9999, "our choice, by simulation")
    clear_probability: float = limit(0.50, 0.05, 0.95, "our choice: hysteresis")
    slope_points: int = limit(3, 1, 12, "our choice: a slope without three points lost is noise")
    drop_points: float = limit(4, 2, 12, "our choice, by simulation")
    reference_from_days: int = limit(28, 7, 182, "our choice")
    reference_to_days: int = limit(62, 14, 365, "our choice")
    clear_points: float = limit(2, 0, 12, "our choice: hysteresis")


@dataclass(frozen=True, slots=True)
class Function:
    """Items whose level asks for an aid or a talk, and the ladder of the breathing items (codes 0 to 4)."""

    speech: int = limit(2, 0, 3, "our choice: has to repeat to be understood")
    swallowing: int = limit(2, 0, 3, "our choice: food has to be softened")
    walking: int = limit(1, 0, 3, "our choice: cannot walk")
    dyspnea_soon: int = limit(1, 1, 3, "our choice: breathless at rest")
    orthopnea_soon: int = limit(2, 2, 3, "our choice: needs more than two pillows")
    orthopnea_urgent: int = limit(1, 1, 2, "our choice: sleeps only sitting")
    orthopnea_drop: int = limit(2, 1, 4, "our choice: such a fall needs no second report")
    orthopnea_dyspnea: int = limit(2, 0, 3, "our choice: with such breathlessness neither")
    flicker_days: int = limit(28, 1, 84, "our choice: so long without a low answer before it clears")
    support_days: int = limit(84, 0, 365, "our choice: a level reported so lately is no change")
    dyspnea_fall: int = limit(2, 1, 4, "our choice")
    dyspnea_fall_days: int = limit(35, 7, 182, "our choice")


@dataclass(frozen=True, slots=True)
class Weight:
    """Weight loss, in percent of the reference weight."""

    inform_percent: float = limit(5, 1, 30, "ProGas: plan a tube at about 5 % from the diagnosis weight")
    soon_percent: float = limit(10, 2, 50, "ProGas: outcome better below 10 % at placement")
    quick_percent: float = limit(2.5, 1, 20, "our choice")
    quick_days: int = limit(30, 7, 182, "our choice")
    confirm_days: int = limit(14, 1, 62, "our choice")
    low_bmi: float = limit(18.5, 14, 25, "WHO: underweight")
    jump_percent: float = limit(10, 3, 50, "our choice: kilograms and pounds confused, or a slip")


@dataclass(frozen=True, slots=True)
class Mood:
    """Mood questionnaires; low is worse in WHO-5, high in the others."""

    phq_9_inform: int = limit(10, 1, 27, "Kroenke 2001: moderate")
    phq_9_soon: int = limit(15, 1, 27, "Kroenke 2001: moderately severe")
    gad_7_inform: int = limit(10, 1, 21, "Spitzer 2006: moderate")
    gad_7_soon: int = limit(15, 1, 21, "Spitzer 2006: severe")
    who_5_inform: int = limit(50, 1, 100, "Topp 2015: below it, screen for depression")
    who_5_soon: int = limit(28, 0, 100, "Topp 2015: at or below it, depression likely")


@dataclass(frozen=True, slots=True)
class Carer:
    """The caregiver's own strain (ZBI-12, 0 to 48)."""

    total: int = limit(20, 1, 48, "common banding of the ZBI-12: above 20 high")
    rise: int = limit(5, 1, 48, "our choice")


@dataclass(frozen=True, slots=True)
class WellBeing:
    """The daily rating from 1 (worst) to 10."""

    low: int = limit(4, 1, 9, "our choice")
    within_days: int = limit(7, 1, 31, "our choice")
    fall: float = limit(3, 1, 9, "our choice")
    median_days: int = limit(28, 7, 182, "our choice")
    median_reports: int = limit(3, 1, 30, "our choice")


@dataclass(frozen=True, slots=True)
class Plausibility:
    """When a report is asked about before it is believed."""

    rise: float = limit(4, 2, 48, "our choice; lasting rises of 4 points are below 1 %")
    rise_z: float = limit(3, 1, 10, "our choice, by simulation")
    seconds: int = limit(20, 0, 120, "our choice: twelve items cannot be read faster")
    surprise_drop: float = limit(4, 2, 48, "our choice")
    surprise_z: float = limit(3, 1, 10, "our choice, by simulation")


@dataclass(frozen=True, slots=True)
class Silence:
    """Reports that do not come; shares are of the interval between reports, counted from the due date."""

    remind_days: int = limit(7, 1, 31, "our choice")
    remind_share: float = limit(0.5, 0.1, 2.0, "our choice")
    inform_share: float = limit(1.5, 0.5, 6.0, "our choice")
    soon_share: float = limit(2.0, 0.5, 12.0, "our choice")


@dataclass(frozen=True, slots=True)
class Limits:
    """All thresholds, by rule family."""

    general: General = General()
    model: Model = Model()
    primary: Primary = Primary()
    acceleration: Acceleration = Acceleration()
    confirmed_drop: ConfirmedDrop = ConfirmedDrop()
    domain: Domain = Domain()
    function: Function = Function()
    weight: Weight = Weight()
    mood: Mood = Mood()
    carer: Carer = Carer()
    well_being: WellBeing = WellBeing()
    plausibility: Plausibility = Plausibility()
    silence: Silence = Silence()
