"""A richer simulator that is not the model the rules assume.

The loss is Gamma with the cohorts' mean 0.9 and SD 0.6 and falls unevenly on four domains; it drifts over the
year and may rest for a while; a change may hit one domain more than the others. Each item is a latent number
that is rounded and ends at 0 and 4. Patients differ in their noise, part of which lasts from week to week
(correlation 0.4) and part of which has heavy tails; there are good and bad days. Phones are late, reports are
missed in runs, a caregiver may take over, a feeding tube or a mask may come. All figures are our choice.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from bench.detection.patients import DAYS, DAYS_PER_MONTH, SUPPORT, WEEK, Answered, Patient, student

CUTTING = 4
HIGHEST, LOWEST = 4.0, -0.4
"""Ends of a latent item, whose code is the nearest of 0 to 4."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Which departures from a straight course with independent noise are on."""

    drift_sd: float = 0.25
    plateaus: float = 0.15
    lasting_share: float = 0.25
    noise_sd: float = 1.2
    caregivers: float = 0.1
    treatments: float = 0.06


def richer_patient(seed: int, every_weeks: int, traits: Traits = Traits()) -> Patient:
    """One patient of the richer population; the seed fixes everything."""
    chance = random.Random(f"richer {seed} {every_weeks}")
    loss = min(3.5, max(0.05, chance.gammavariate(2.25, 0.4)))
    changes_on = chance.uniform(10, 36) * WEEK if chance.random() < 0.3 else None
    rest = chance.uniform(0, 40) * WEEK if chance.random() < traits.plateaus else None
    patient = Patient(
        seed=seed,
        loss=loss,
        new_loss=max(1.8, 2.5 * loss),
        changes_on=changes_on,
        reports=(),
        drift=chance.gauss(-0.1, traits.drift_sd),
        plateau=None
        if rest is None or changes_on is not None
        else (rest, rest + chance.uniform(12, 26) * WEEK),
    )
    return replace(patient, reports=_reports(patient, chance, every_weeks, traits))


@dataclass(frozen=True, slots=True)
class _Habits:
    """What stays with a patient: item levels, shares of the loss, noise, and what happens when."""

    latent: tuple[float, ...]
    shares: tuple[float, ...]
    shares_after: tuple[float, ...]
    noise_sd: float
    caregiver_from: float
    offset: float
    tube_from: float
    tube_gain: int
    mask_from: float


def steady_patient(seed: int, every_weeks: int, loss: float, traits: Traits = Traits()) -> Patient:
    """A patient of the richer kind who loses the same all year, for what lies on the desk."""
    chance = random.Random(f"steady {seed} {every_weeks} {loss}")
    patient = Patient(seed=seed, loss=loss, new_loss=loss, changes_on=None, reports=())
    return replace(patient, reports=_reports(patient, chance, every_weeks, traits))


def _habits(chance: random.Random, traits: Traits) -> _Habits:
    level = min(47.0, max(20.0, chance.gauss(37, 5.5)))
    shares = _shares(chance, 2.0)
    latent = [HIGHEST] * SUPPORT
    lose(latent, 48 - level, shares)
    never = math.inf
    return _Habits(
        latent=tuple(min(HIGHEST, item + chance.uniform(-0.5, 0.5)) for item in latent),
        shares=shares,
        shares_after=_shares(chance, 1.0) if chance.random() < 0.5 else shares,
        noise_sd=traits.noise_sd * math.exp(chance.gauss(0, 0.2)),
        caregiver_from=chance.uniform(0, DAYS) if chance.random() < traits.caregivers else never,
        offset=chance.gauss(-0.7, 1.2),
        tube_from=chance.uniform(0, DAYS) if chance.random() < traits.treatments else never,
        tube_gain=chance.randint(1, 3),
        mask_from=chance.uniform(0, DAYS) if chance.random() < traits.treatments else never,
    )


def lose(latent: list[float], points: float, shares: tuple[float, ...]) -> None:
    """Take points from the items that still have some; breathing support is a treatment and keeps its own."""
    weights = [shares[item // 3] if level > LOWEST else 0.0 for item, level in enumerate(latent)]
    whole = sum(weights)
    for item, weight in enumerate(weights):
        latent[item] -= points * weight / whole if whole else 0.0


def _shares(chance: random.Random, evenness: float) -> tuple[float, ...]:
    """How a loss falls on the domains: 0.2, 0.3, 0.3, 0.2 on average, less evenly the smaller `evenness`."""
    drawn = [chance.gammavariate(evenness * mean * 5, 1) + 1e-6 for mean in (0.2, 0.3, 0.3, 0.2)]
    return tuple(share / sum(drawn) for share in drawn)


def _reports(
    patient: Patient, chance: random.Random, every_weeks: int, traits: Traits
) -> tuple[Answered, ...]:
    habits = _habits(chance, traits)
    lasting = chance.gauss(0, 1)
    kept = 0.4**every_weeks
    away = 0
    reports = []
    latent = list(habits.latent)
    for day in range(DAYS + 1):
        changed = patient.changes_on is not None and day >= patient.changes_on
        shares = habits.shares_after if changed else habits.shares
        lose(latent, patient.loss_on(day) / DAYS_PER_MONTH, shares)
        if day % (every_weeks * WEEK):
            continue
        lasting = kept * lasting + math.sqrt(1 - kept**2) * chance.gauss(0, 1)
        away = chance.randint(1, 3) if away == 0 and day and chance.random() < 0.09 else max(0, away - 1)
        if not away:
            reports.append(_answered(day, latent, habits, chance, traits, lasting))
    return tuple(reports)


def _answered(
    day: int, latent: list[float], habits: _Habits, chance: random.Random, traits: Traits, lasting: float
) -> Answered:
    share = traits.lasting_share
    today = math.sqrt(share) * lasting + math.sqrt(1 - share) * student(chance, 5) / math.sqrt(5 / 3)
    caregiver = day >= habits.caregiver_from
    shift = (habits.noise_sd * today + (habits.offset if caregiver else 0)) / 11
    noisy = [item + shift + chance.gauss(0, 0.15) for item in latent]
    codes = [*(min(4, max(0, round(item))) for item in noisy), 4]
    form = "a"
    if day >= habits.tube_from:
        form, codes[CUTTING] = "b", min(4, codes[CUTTING] + habits.tube_gain)
    if day >= habits.mask_from:
        codes[SUPPORT] = 2
    late = chance.randint(1, 10) if chance.random() < 0.1 else 0
    return Answered(day, day + late, tuple(codes), form, "caregiver" if caregiver else "patient")
