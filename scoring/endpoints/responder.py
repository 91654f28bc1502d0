"""Responders: subjects whose loss slowed by a quarter or more against their own lead-in.

Both slopes are least squares; the lead-in uses the values up to day 0, treatment the baseline value and
those after it. Three values over twelve weeks are asked of both (of the lead-in by trial practice, of
treatment by our choice). A lead-in slope from few values is noisy, so that some respond by chance in every
arm: only the comparison of arms says anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scoring.distributions import normal_quantile
from scoring.endpoints.change import LeftOut
from scoring.endpoints.trial import Reason, Source, Subject, Trial, valued
from scoring.progression import DAYS_PER_MONTH, least_squares_slope

IMPROVEMENT = 0.25
"""Share of the lead-in loss: all of 65 NEALS clinicians called 25 % meaningful (Castrillo-Viguera 2010)."""
MIN_VALUES, MIN_DAYS = 3, 84
ROUNDING = 1e-9
"""An improvement of exactly a quarter must not fail by the last binary digit."""


@dataclass(frozen=True, slots=True)
class Response:
    """One subject's slopes, per month and negative when function is lost.

    Attributes:
        improvement: share of the lead-in loss that was saved; negative when the loss became faster.
    """

    subject: str
    arm: str
    lead_in_slope_per_month: float
    treatment_slope_per_month: float
    improvement: float
    responder: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Responders of one arm; `low` and `high` are Wilson's interval, None in an empty arm."""

    arm: str
    n: int
    responders: int
    share: float | None
    low: float | None
    high: float | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Responders:
    """Every subject whose response can be judged, and why the others' cannot."""

    rows: tuple[Response, ...]
    left_out: tuple[LeftOut, ...]

    def share(self, arm: str, confidence: float = 0.95) -> Share:
        """How many of an arm's subjects responded, of those that can be judged."""
        answers = [row.responder for row in self.rows if row.arm == arm]
        n, hits = len(answers), sum(answers)
        if n == 0:
            return Share(arm, 0, 0, None, None, None, confidence)
        low, high = wilson_interval(hits, n, confidence)
        return Share(arm, n, hits, hits / n, low, high, confidence)


def responders(trial: Trial, source: Source, until_day: int) -> Responders:
    """Judge every subject's response, from values up to a study day inclusive."""
    found = [_response(trial, source, until_day, subject) for subject in trial.subjects]
    return Responders(
        rows=tuple(response for response in found if isinstance(response, Response)),
        left_out=tuple(omitted for omitted in found if isinstance(omitted, LeftOut)),
    )


def _response(trial: Trial, source: Source, until_day: int, subject: Subject) -> Response | LeftOut:
    values = valued(trial.series(subject, source))
    lead_in = [(day, value) for day, value in values if day <= 0]
    treatment = [*lead_in[-1:], *((day, value) for day, value in values if 0 < day <= until_day)]
    reason = _why_not(lead_in, treatment)
    if reason:
        return LeftOut(subject.id, subject.arm, reason)
    before, after = _slope(lead_in), _slope(treatment)
    if before >= 0:
        return LeftOut(subject.id, subject.arm, Reason.LEAD_IN_STABLE)
    improvement = (after - before) / -before
    return Response(
        subject=subject.id,
        arm=subject.arm,
        lead_in_slope_per_month=before,
        treatment_slope_per_month=after,
        improvement=improvement,
        responder=improvement >= IMPROVEMENT - ROUNDING,
    )


def _why_not(lead_in: Sequence[tuple[int, float]], treatment: Sequence[tuple[int, float]]) -> Reason | None:
    if not lead_in:
        return Reason.NO_BASELINE
    if _too_short(lead_in):
        return Reason.LEAD_IN_SHORT
    return Reason.TREATMENT_SHORT if _too_short(treatment) else None


def _too_short(values: Sequence[tuple[int, float]]) -> bool:
    return len(values) < MIN_VALUES or values[-1][0] - values[0][0] < MIN_DAYS


def _slope(values: Sequence[tuple[int, float]]) -> float:
    days, scores = zip(*values, strict=True)
    return least_squares_slope([day / DAYS_PER_MONTH for day in days], scores)


def wilson_interval(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a proportion (Wilson 1927), which stays within 0 and 1."""
    z = normal_quantile((1 + confidence) / 2)
    middle = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(hits * (n - hits) / n + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)
