"""Responders: subjects whose loss slowed by a quarter or more against their own lead-in.

Both slopes are least squares; the lead-in uses the values up to day 0, treatment the baseline value and
those after it. Three values over twelve weeks are asked of both (of the lead-in by trial practice, of
treatment by our choice). Who died by the end of the visit's window did not respond. A lead-in slope from few
values is noisy, so that some respond by chance in every arm: only the comparison of arms says anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scoring.distributions import normal_quantile
from scoring.endpoints.change import LeftOut
from scoring.endpoints.groups import Caveat
from scoring.endpoints.trial import History, Reason, Source, Subject, Trial
from scoring.instruments import Direction
from scoring.progression import DAYS_PER_MONTH, least_squares_slope
from scoring.tolerance import at_least, largest, negligible

IMPROVEMENT = 0.25
"""Share of the lead-in loss. In a survey that was sent to 65 clinicians of the NEALS consortium those who
answered called 25 % at least somewhat, and 50 % very meaningful (Castrillo-Viguera 2010)."""
MIN_VALUES, MIN_DAYS = 3, 84


@dataclass(frozen=True, slots=True)
class Response:
    """One subject's slopes of the values, per month.

    Attributes:
        treatment_slope_per_month: None for who died by the end of the window, as is the improvement.
        improvement: share of the lead-in loss that was saved; negative when the loss became faster.
    """

    subject: str
    arm: str
    lead_in_slope_per_month: float
    treatment_slope_per_month: float | None
    improvement: float | None
    responder: bool
    died: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """Responders of one arm; `low` and `high` are Wilson's interval, None in an empty arm.

    Attributes:
        died: how many of the `n` died by the end of the window, and count as not responding.
    """

    arm: str
    n: int
    responders: int
    died: int
    share: float | None
    low: float | None
    high: float | None
    confidence: float
    notes: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class Responders:
    """Every subject whose response can be judged, and why the others' cannot."""

    rows: tuple[Response, ...]
    left_out: tuple[LeftOut, ...]

    def share(self, arm: str, confidence: float = 0.95) -> Share:
        """How many of an arm's subjects responded, of those that can be judged."""
        rows = [row for row in self.rows if row.arm == arm]
        n, hits, died = len(rows), sum(row.responder for row in rows), sum(row.died for row in rows)
        if n == 0:
            return Share(arm, 0, 0, 0, None, None, None, confidence, (Caveat.NOBODY,))
        low, high = wilson_interval(hits, n, confidence)
        return Share(arm, n, hits, died, hits / n, low, high, confidence)


def responders(
    trial: Trial, source: Source, until_day: int, direction: Direction = Direction.HIGHER_IS_BETTER
) -> Responders:
    """Judge every subject's response, from values up to a study day inclusive.

    Raises:
        ValueError: neither end of the scale is the better one.
    """
    if direction is Direction.NEITHER:
        raise ValueError("nobody can respond where neither end of the scale is the better one")
    found = [
        _response(subject, trial.history(subject, source), until_day, direction) for subject in trial.subjects
    ]
    return Responders(
        rows=tuple(response for response in found if isinstance(response, Response)),
        left_out=tuple(omitted for omitted in found if isinstance(omitted, LeftOut)),
    )


Values = Sequence[tuple[int, float]]


def _response(subject: Subject, history: History, until_day: int, direction: Direction) -> Response | LeftOut:
    values = list(zip(history.days, history.values, strict=True))
    lead_in = [(day, value) for day, value in values if day <= 0]
    if not lead_in or _too_short(lead_in):
        reason = Reason.LEAD_IN_SHORT if lead_in else Reason.NO_BASELINE
        return LeftOut(subject.id, subject.arm, reason)
    before = _slope(lead_in)
    if before is None or (before > 0) is (direction is Direction.HIGHER_IS_BETTER):
        return LeftOut(subject.id, subject.arm, Reason.LEAD_IN_STABLE)
    if subject.died_day is not None and subject.died_day <= until_day:
        return Response(subject.id, subject.arm, before, None, None, responder=False, died=True)
    treatment = [lead_in[-1], *((day, value) for day, value in values if 0 < day <= until_day)]
    if _too_short(treatment):
        return LeftOut(subject.id, subject.arm, Reason.TREATMENT_SHORT)
    after = _slope(treatment) or 0.0
    improvement = (after - before) / -before
    return Response(
        subject=subject.id,
        arm=subject.arm,
        lead_in_slope_per_month=before,
        treatment_slope_per_month=after,
        improvement=improvement,
        responder=at_least(improvement, IMPROVEMENT),
    )


def _too_short(values: Values) -> bool:
    return len(values) < MIN_VALUES or values[-1][0] - values[0][0] < MIN_DAYS


def _slope(values: Values) -> float | None:
    """Least squares, per month; None where the change over these days is arithmetic and no slope."""
    days, scores = zip(*values, strict=True)
    slope = least_squares_slope([day / DAYS_PER_MONTH for day in days], scores)
    change = slope * (days[-1] - days[0]) / DAYS_PER_MONTH
    return None if negligible(change, largest(scores)) else slope


def wilson_interval(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a proportion (Wilson 1927), which stays within 0 and 1."""
    z = normal_quantile((1 + confidence) / 2)
    middle = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(hits * (n - hits) / n + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)
