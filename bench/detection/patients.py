"""The benchmark population: straight courses, some of which bend, and totals with independent noise.

Level at enrolment N(37, 5.5) within 20..47; loss Gamma(shape 2, scale 0.42) points a month within
0.05..3; a year of reports every one, two or four weeks, each but the first missing with probability 0.15;
noise SD 1.6, then rounded to 0..48. In 30 % the loss changes at 10 to 36 weeks to max(1.8, 2.5 times the
loss). The rules are told none of this. Everybody here is made up.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

DAYS, WEEK = 364, 7
DAYS_PER_MONTH = 30.4375
ITEMS = 12
SUPPORT = 11
FASTEST_SCORED = 1.2
NOISE_SD, MISSED = 1.6, 0.15
SCHEDULES = {1: "weekly", 2: "fortnightly", 4: "4-weekly"}
HELD_BACK_FROM, TRAINING_FROM = 3_000_000, 2_000_000
"""Weeks between reports with their names, and the first seeds of the two halves."""


class Noise(StrEnum):
    """How the noise of neighbouring reports hangs together."""

    INDEPENDENT = "independent"
    CORRELATED = "correlated"
    LASTING = "lasting"
    HEAVY = "heavy"


class Shape(NamedTuple):
    """What of the benchmark may be otherwise.

    Attributes:
        loss_scale: of the Gamma distribution of the loss.
        steady: everybody loses so much, and nobody changes.
        changes: the weeks between which the loss may change.
        kept: correlation of the errors from one scheduled form to the next, instead of that of `noise`.
        drift: yearly growth of the logarithm of the loss; with one nobody changes.
    """

    loss_scale: float = 0.42
    steady: float | None = None
    changes: tuple[float, float] = (10, 36)
    kept: float | None = None
    drift: float = 0.0


BENCHMARK = Shape()
WEEKLY_CORRELATION = {Noise.CORRELATED: 0.4, Noise.LASTING: 0.5**0.25}


@dataclass(frozen=True, slots=True)
class Answered:
    """One simulated report: its day, the day it arrived, twelve codes, the form of item 5, the respondent."""

    day: int
    arrived: int
    codes: tuple[int, ...]
    form: str = "a"
    rater: str = "patient"

    @property
    def total(self) -> int:
        """Sum of the codes."""
        return sum(self.codes)


@dataclass(frozen=True, slots=True)
class Patient:
    """A simulated patient: the truth and the reports.

    Attributes:
        loss: points a month before a change; `new_loss` after it; `changes_on` None without one.
        drift: yearly growth of the logarithm of the loss, 0 for a straight course.
        plateau: first and last day of a rest without loss, if there is one.
        level: total at enrolment before noise, and `order` the items in the order in which they lose points;
            of the benchmark population only, for those who add to its reports.
    """

    seed: int
    loss: float
    new_loss: float
    changes_on: float | None
    reports: tuple[Answered, ...]
    drift: float = 0.0
    plateau: tuple[float, float] | None = None
    level: float = 0.0
    order: tuple[int, ...] = ()

    @property
    def scored(self) -> bool:
        """The faster ones are the primary rule's."""
        return self.loss < FASTEST_SCORED

    def loss_on(self, day: float) -> float:
        """Points a month that are truly lost on this day."""
        if self.plateau is not None and self.plateau[0] <= day < self.plateau[1]:
            return 0.0
        loss = self.new_loss if self.changed_on(day) else self.loss
        return loss * math.exp(self.drift * day / 365.25)

    def changed_on(self, day: float) -> bool:
        """Whether the loss has changed by this day."""
        return self.changes_on is not None and day >= self.changes_on

    @property
    def years_before(self) -> float:
        """Years in which a flag would be false."""
        return (DAYS if self.changes_on is None else self.changes_on) / 365.25


def benchmark_patient(
    seed: int,
    every_weeks: int,
    *,
    noise: Noise = Noise.INDEPENDENT,
    noise_sd: float = NOISE_SD,
    shape: Shape = BENCHMARK,
) -> Patient:
    """One patient of the benchmark population, or of one shaped otherwise; the seed fixes everything."""
    chance = random.Random(f"benchmark {seed} {every_weeks}")
    level = min(47.0, max(20.0, chance.gauss(37, 5.5)))
    loss = min(3.0, max(0.05, chance.gammavariate(2, shape.loss_scale)))
    changes_on = chance.uniform(*shape.changes) * WEEK if chance.random() < 0.3 else None
    if shape.steady is not None or shape.drift:
        loss, changes_on = shape.steady or loss, None
    patient = Patient(
        seed=seed,
        loss=loss,
        new_loss=max(1.8, 2.5 * loss),
        changes_on=changes_on,
        reports=(),
        drift=shape.drift,
        level=level,
        order=losing_order(chance),
    )
    errors = errors_of(chance, every_weeks, noise, noise_sd, shape.kept)
    reports = []
    for place, day in enumerate(range(0, DAYS + 1, every_weeks * WEEK)):
        seen = chance.random() >= MISSED or place == 0
        if seen:
            reports.append(answered(patient, day, errors[place]))
    return replace(patient, reports=tuple(reports))


def answered(patient: Patient, day: int, error: float, rater: str = "patient") -> Answered:
    """The report of a benchmark patient's day: the course and an error, rounded to the scale."""
    total = min(48, max(0, round(patient.level - lost(patient, day) + error)))
    return Answered(day, day, codes_of(total, patient.order), rater=rater)


def lost(patient: Patient, day: float) -> float:
    """Points lost since enrolment on a course that drifts, or has at most one bend."""
    if patient.drift:
        years = day / 365.25
        return patient.loss * math.expm1(patient.drift * years) / patient.drift * 365.25 / DAYS_PER_MONTH
    bend = day if patient.changes_on is None else min(day, patient.changes_on)
    return (patient.loss * bend + patient.new_loss * (day - bend)) / DAYS_PER_MONTH


def errors_of(
    chance: random.Random, every_weeks: int, noise: Noise, sd: float, kept: float | None = None
) -> list[float]:
    """Noise of every scheduled report, seen or not."""
    count = DAYS // (every_weeks * WEEK) + 1
    if noise is Noise.HEAVY:
        return [sd * student(chance, 4) / math.sqrt(2) for _ in range(count)]
    if kept is None:
        kept = WEEKLY_CORRELATION.get(noise, 0.0) ** every_weeks
    errors = [chance.gauss(0, sd)]
    while len(errors) < count:
        errors.append(kept * errors[-1] + chance.gauss(0, sd * math.sqrt(1 - kept**2)))
    return errors


def student(chance: random.Random, freedom: int) -> float:
    """One draw of Student's t."""
    return chance.gauss(0, 1) / math.sqrt(chance.gammavariate(freedom / 2, 2 / freedom))


def losing_order(chance: random.Random) -> tuple[int, ...]:
    """In which order the items lose their points; breathing support comes last, it is a treatment."""
    order = [item for item in range(ITEMS) if item != SUPPORT for _ in range(4)]
    chance.shuffle(order)
    return (*order, SUPPORT, SUPPORT, SUPPORT, SUPPORT)


def codes_of(total: int, order: tuple[int, ...]) -> tuple[int, ...]:
    """Twelve codes with this total."""
    codes = [4] * ITEMS
    for item in order[: 48 - total]:
        codes[item] -= 1
    return tuple(codes)
