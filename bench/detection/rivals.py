"""What the rules are measured against: the Bayes-optimal bound and a plain Gaussian broken stick.

Both see totals only. The bound knows the benchmark population exactly, only the patient's own level, loss
and time of change are unknown to it. The stick bends at one of the reports, with hazard 1/60 a week, jump
N(1.6, 0.6) and loss N(0.84, 0.6), and is told the noise. Each is raised when its probability of a change
comes to its threshold from below; the threshold finds most on the training seeds at no more than 0.5
false alerts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats  # type: ignore[import-untyped]

from bench.detection.measures import crossings, delay, false_alerts
from bench.detection.patients import DAYS_PER_MONTH, Patient

Floats = NDArray[np.float64]
Statistic = list[list[tuple[int, float]]]
"""For each patient the days of the reports and the probability of a change then."""

NOISE_VARIANCE = 1.6**2 + 1 / 12
HAZARD = 1 / 60
LOSSES, CHANGE_WEEKS = 40, 1.0
ALLOWED = 0.5


def bound(patients: Sequence[Patient]) -> Statistic:
    """Probability of a change for somebody who knows the population."""
    losses = np.clip(stats.gamma(2, scale=0.42).ppf((np.arange(LOSSES) + 0.5) / LOSSES), 0.05, 3)
    extra = np.maximum(1.8, 2.5 * losses) - losses
    bends = np.arange(10, 36, CHANGE_WEEKS) + CHANGE_WEEKS / 2
    weights = np.log(np.r_[0.7, np.full(len(bends), 0.3 / len(bends))])
    return [_bound_of(patient, losses, extra, bends, weights) for patient in patients]


def _bound_of(
    patient: Patient, losses: Floats, extra: Floats, bends: Floats, weights: Floats
) -> list[tuple[int, float]]:
    days = np.array([report.day for report in patient.reports], float)
    totals = np.array([report.total for report in patient.reports], float)
    months = days / DAYS_PER_MONTH
    after = np.maximum(0, days - 7 * bends[:, None]) / DAYS_PER_MONTH
    hinge = np.concatenate([np.zeros((1, len(days))), after])
    lost = losses[:, None, None] * months + extra[:, None, None] * hinge
    rest = totals - 37 + lost
    count = np.arange(1, len(days) + 1) / NOISE_VARIANCE
    first = np.cumsum(rest, -1) / NOISE_VARIANCE
    second = np.cumsum(rest * rest, -1) / NOISE_VARIANCE
    logs = -0.5 * (second - first**2 / (count + 1 / 5.5**2)) + weights[None, :, None]
    mass = np.exp(logs - logs.max((0, 1))).sum(0)
    happened = np.r_[[np.zeros(len(days), bool)], 7 * bends[:, None] <= days]
    chance = (mass * happened).sum(0) / mass.sum(0)
    return [(int(day), float(probability)) for day, probability in zip(days, chance, strict=True)]


def stick(patients: Sequence[Patient]) -> Statistic:
    """Probability of a change by the broken stick, from the second report on."""
    return [_stick_of(patient) for patient in patients]


def _stick_of(patient: Patient) -> list[tuple[int, float]]:
    days = np.array([report.day for report in patient.reports], float)
    totals = np.array([report.total for report in patient.reports], float)
    found = [(int(days[0]), 0.0)]
    for upto in range(2, len(days) + 1):
        found.append((int(days[upto - 1]), _stick_at(days[:upto], totals[:upto])))
    return found


def _stick_at(days: Floats, totals: Floats) -> float:
    months, weeks = days / DAYS_PER_MONTH, days / 7
    stay = (1 - HAZARD) ** weeks
    none = _log_evidence(np.stack([np.ones_like(months), months], 1)[None], totals)[0] + np.log(stay[-1])
    hinges = np.maximum(0, months[None, :] - months[:-1, None])
    shape = (len(hinges), len(months))
    design = np.stack([np.ones(shape), np.broadcast_to(months, shape), hinges], 2)
    bent = _log_evidence(design, totals) + np.log(stay[:-1] - stay[1:])
    top = max(none, bent.max())
    changed = float(np.exp(bent - top).sum())
    return changed / (changed + float(np.exp(none - top)))


def _log_evidence(design: Floats, totals: Floats) -> Floats:
    """Log density of the totals, up to what all designs share; one design in each row."""
    mean = np.array([37.0, -0.84, -1.6])[: design.shape[2]]
    precision = np.diag(1 / np.array([5.5, 0.6, 0.6])[: design.shape[2]] ** 2)
    rest = totals - design @ mean
    moments = np.einsum("kna,kn->ka", design, rest) / NOISE_VARIANCE
    weight = np.einsum("kna,knb->kab", design, design) / NOISE_VARIANCE + precision
    solved = np.linalg.solve(weight, moments[..., None])[..., 0]
    fit = (moments * solved).sum(1) - (rest * rest).sum(1) / NOISE_VARIANCE
    half: Floats = 0.5 * (fit - np.linalg.slogdet(weight)[1] + np.linalg.slogdet(precision)[1])
    return half


def threshold(patients: Sequence[Patient], statistic: Statistic) -> float:
    """The one that finds most within 12 weeks at no more than the allowed false alerts."""
    scored = [pair for pair in zip(patients, statistic, strict=True) if pair[0].scored]
    years = sum(patient.years_before for patient, _ in scored)
    best = (-1.0, 1.0)
    for limit in np.arange(0.1, 0.95, 0.005):
        raised = [(patient, crossings(points, float(limit))) for patient, points in scored]
        rate = sum(false_alerts(patient, days) for patient, days in raised) / years
        if rate <= ALLOWED:
            changing = [delay(patient, days) for patient, days in raised if patient.changes_on is not None]
            best = max(best, (sum(delay <= 84 for delay in changing) / len(changing), float(limit)))
    return best[1]
