"""Are the stated probabilities met? Deciles of what was stated against how often it was so, and Brier scores.

Under the assumed models totals are drawn from the priors themselves and handed to scoring.trajectory without
rounding; elsewhere the statements are those the rules made on the simulated populations.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from bench.detection.patients import DAYS_PER_MONTH, Patient
from bench.detection.tracks import FAST, Track
from scoring.decline.alsfrs.pace import chance_of
from scoring.trajectory import Point, Prior, change_point, posterior
from scoring.trajectory.bends import CHANGED, CHANGES_PER_DAY, EARLIER, RECENT_DAYS

LEAST = 100


class Statement(NamedTuple):
    """A chance that was stated, whether it was so, and of which patient."""

    stated: float
    so: bool
    patient: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was stated and what was so.

    Attributes:
        bins: mean stated, share observed and number, for each tenth of the probability scale.
        worst: largest difference in a tenth with at least 100 patients; None where no tenth has as many.
    """

    bins: tuple[tuple[float, float, int], ...]
    brier: float
    worst: float | None
    statements: int


def calibrate(statements: Iterable[Statement]) -> Calibration:
    """Sort statements into tenths of the scale."""
    known = list(statements)
    bins = []
    for tenth in range(10):
        own = [statement for statement in known if tenth == min(9, int(statement.stated * 10))]
        if own:
            stated, observed = (
                fmean(statement.stated for statement in own),
                fmean(statement.so for statement in own),
            )
            bins.append((stated, observed, len({statement.patient for statement in own})))
    brier = fmean((statement.stated - statement.so) ** 2 for statement in known)
    errors = [abs(stated - observed) for stated, observed, count in bins if count >= LEAST]
    return Calibration(tuple(bins), brier, max(errors, default=None), len(known))


def stated_changes(tracks: Sequence[Track], *, rests: bool = True) -> list[Statement]:
    """What the acceleration rule stated, one statement a patient and report.

    The loss becomes faster when it changes, and when a rest ends; the latter counts if `rests`.
    """
    return [
        Statement(stated.changed, _quickened(track.patient, stated.day, rests), track.patient.seed)
        for track in tracks
        for stated in track.stated
        if stated.open_to
    ]


def _quickened(patient: Patient, day: int, rests: bool) -> bool:
    """Whether the loss became faster within the half year before this day."""
    rest = patient.plateau[1] if rests and patient.plateau is not None else None
    return any(
        change is not None and day - RECENT_DAYS <= change <= day for change in (patient.changes_on, rest)
    )


def stated_fast(tracks: Sequence[Track]) -> list[Statement]:
    """What the primary rule stated, one statement a patient and report."""
    return [
        Statement(stated.fast, track.patient.loss_on(stated.day) > FAST, track.patient.seed)
        for track in tracks
        for stated in track.stated
        if stated.fast is not None
    ]


def assumed_changes(count: int, every_weeks: int) -> list[Statement]:
    """Statements about patients drawn from the change model's own prior."""
    return [
        Statement(*_assumed_change(random.Random(f"change {seed} {every_weeks}"), every_weeks), seed)
        for seed in range(count)
    ]


def _assumed_change(chance: random.Random, every_weeks: int) -> tuple[float, bool]:
    length = chance.randrange(8, 53, every_weeks)
    waits = chance.expovariate(-math.log1p(-CHANGES_PER_DAY))
    bend = waits - 7 * length
    if bend < 0:
        part = chance.choices(CHANGED, [part.weight for part in CHANGED])[0]
        first = chance.gauss(0, 1)
        slope = part.slope + math.sqrt(part.slope_variance) * first
        share = part.covariance / part.slope_variance
        rest = math.sqrt(part.change_variance - share * part.covariance)
        change = part.change + share * (slope - part.slope) + rest * chance.gauss(0, 1)
    else:
        one = chance.choices(EARLIER, [part.weight for part in EARLIER])[0]
        slope, change = chance.gauss(one.slope, one.sd), 0.0
    points = _points(chance, every_weeks, length, slope, (bend, change))
    stated = chance_of(change_point(points, Prior()).probability, 7 * every_weeks)
    return stated, -RECENT_DAYS <= bend < 0


def assumed_fast(count: int, every_weeks: int) -> list[Statement]:
    """Statements about patients drawn from the straight line's own prior."""
    found = []
    for seed in range(count):
        chance = random.Random(f"fast {seed} {every_weeks}")
        slope = chance.gauss(-0.9, 0.6)
        points = _points(chance, every_weeks, chance.randrange(8, 27, every_weeks), slope, (0.0, 0.0))
        fast = posterior(points, Prior()).probability_below(-FAST)
        found.append(Statement(fast, slope < -FAST, seed))
    return found


def _points(
    chance: random.Random, every_weeks: int, length: int, slope: float, bend: tuple[float, float]
) -> list[Point]:
    level = chance.gauss(36, 10)
    knot, change = bend
    points = []
    for week in range(0, length + 1, every_weeks):
        day = 7 * (week - length)
        lost = slope * day + change * max(0.0, day - knot)
        points.append(Point(day, level + lost / DAYS_PER_MONTH + chance.gauss(0, 1.8), str(week)))
    return points
