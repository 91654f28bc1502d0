"""What a programme may know of a benchmark patient besides the patient's own reports.

The course and the patient's own reports stay what they are, so that with and without can be compared on the
same patients. A caregiver's reports have noise like the patient's and a constant offset of the family's,
N(-1, 1.2): published comparisons find that caregivers rate lower and see the same change; the figures are our
choice. They come on the patient's days, as in the TiM programme, where both answer, or every four weeks.
Weight is taken every week, as in the Dutch home monitoring. No published figure was found for how much
weight goes with a point of function: the strengths of that coupling, its spread between patients (Gamma,
mean 1, SD 0.5) and the feeding tubes that hold the weight are our choice. A tube is not the main way of
feeding here, so item 5 stays as it is.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from bench.detection.patients import (
    DAYS,
    DAYS_PER_MONTH,
    MISSED,
    NOISE_SD,
    WEEK,
    Answered,
    Patient,
    answered,
    lost,
)

OFFSET, OFFSET_SD = -1.0, 1.2
TUBES, LIGHTEST = 0.15, 0.6
"""Share of the patients who get a feeding tube in the year; nobody falls below this share of the weight."""


@dataclass(frozen=True, slots=True)
class Carer:
    """How a caregiver answers.

    Attributes:
        every_weeks: None is as often as the patient.
        together: correlation with the error of the patient's report of the same day: both saw a bad day.
    """

    every_weeks: int | None = None
    together: float = 0.0


@dataclass(frozen=True, slots=True)
class Coupling:
    """How weight goes with function.

    Attributes:
        percent: of the first weight lost with each point, on average over patients.
        bends: with function; otherwise weight goes on at its pace from before a change.
        noise: SD of one weight, in percent.
    """

    percent: float
    bends: bool = True
    noise: float = 1.0


Weights = tuple[tuple[int, int], ...]
"""Days and grams."""


def with_carer(patient: Patient, every_weeks: int, carer: Carer) -> Patient:
    """The same patient where a caregiver reports too."""
    chance = random.Random(f"carer {patient.seed} {every_weeks}")
    offset = chance.gauss(OFFSET, OFFSET_SD)
    errors = {report.day: _error(patient, report) for report in patient.reports}
    more = []
    for day in range(0, DAYS + 1, (carer.every_weeks or every_weeks) * WEEK):
        error, seen = chance.gauss(0, NOISE_SD), chance.random() >= MISSED or day == 0
        if day in errors:
            error = carer.together * errors[day] + math.sqrt(1 - carer.together**2) * error
        if seen:
            more.append(answered(patient, day, offset + error, "caregiver"))
    return _merged(patient, more)


def twice_as_often(patient: Patient, every_weeks: int) -> Patient:
    """The same patient, who answers halfway between the reports too."""
    chance = random.Random(f"extra {patient.seed} {every_weeks}")
    step = every_weeks * WEEK
    drawn = [
        (day, chance.gauss(0, NOISE_SD)) for day in range(step // 2, DAYS, step) if chance.random() >= MISSED
    ]
    return _merged(patient, [answered(patient, day, error) for day, error in drawn])


def _error(patient: Patient, report: Answered) -> float:
    return report.total - patient.level + lost(patient, report.day)


def _merged(patient: Patient, more: list[Answered]) -> Patient:
    return replace(patient, reports=tuple(sorted([*patient.reports, *more], key=lambda one: one.day)))


def weigh(patient: Patient, every_weeks: int, coupling: Coupling) -> Weights:
    """A year of weekly weights, each but the first missing now and then; the same luck at every coupling."""
    chance = random.Random(f"weight {patient.seed} {every_weeks}")
    start = min(120.0, max(45.0, chance.gauss(75, 13)))
    share = coupling.percent / 100 * chance.gammavariate(4, 0.25)
    tube_on = chance.uniform(0, DAYS) if chance.random() < TUBES else math.inf
    weights = []
    for day in range(0, DAYS + 1, WEEK):
        until = min(day, tube_on)
        points = lost(patient, until) if coupling.bends else patient.loss * until / DAYS_PER_MONTH
        error, seen = chance.gauss(0, coupling.noise / 100), chance.random() >= MISSED or day == 0
        if seen:
            left = max(LIGHTEST, 1 - share * points)
            weights.append((day, 100 * round(10 * start * (left + error))))
    return tuple(weights)
