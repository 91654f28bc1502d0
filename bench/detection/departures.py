"""Populations that depart from the benchmark in one respect each, to see where the rules are weak.

All figures are our choice, so large that a weakness shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from bench.detection.patients import DAYS, Answered, Noise, Patient, Shape, benchmark_patient, codes_of
from bench.detection.richer import Traits, richer_patient

Simulate = Callable[[int, int], Patient]


def second_respondent(seed: int, every_weeks: int) -> Patient:
    """Somebody else takes over one day, under the patient's name, who rates lower by N(1, 1.2) points."""
    patient = benchmark_patient(seed, every_weeks)
    chance = random.Random(f"second respondent {seed} {every_weeks}")
    since, offset = chance.uniform(0, DAYS), chance.gauss(-1.0, 1.2)
    reports = (
        _shifted(patient, report, offset) if report.day >= since else report for report in patient.reports
    )
    return replace(patient, reports=tuple(reports))


def _shifted(patient: Patient, report: Answered, offset: float) -> Answered:
    total = min(48, max(0, round(report.total + offset)))
    return replace(report, codes=codes_of(total, patient.order))


def missing_near_decline(seed: int, every_weeks: int) -> Patient:
    """More reports are missing the faster the loss: beside the usual ones a share of 0.2 a point a month."""
    patient = benchmark_patient(seed, every_weeks)
    chance = random.Random(f"missing {seed} {every_weeks}")
    first, *others = patient.reports
    kept = (report for report in others if chance.random() >= min(0.6, 0.2 * patient.loss_on(report.day)))
    return replace(patient, reports=(first, *kept))


DEPARTURES: Mapping[str, Simulate] = {
    "changes anywhere in weeks 1 to 40": partial(benchmark_patient, shape=Shape(changes=(1, 40))),
    "errors correlated 0.5 from form to form": partial(benchmark_patient, shape=Shape(kept=0.5)),
    "a faster population, mean loss 0.99": partial(benchmark_patient, shape=Shape(loss_scale=0.495)),
    "curves without a change point, loss doubling in a year": partial(
        benchmark_patient, shape=Shape(drift=0.69)
    ),
    "an unlabelled second respondent": second_respondent,
    "more missing, the faster the loss": missing_near_decline,
    "noise correlated 0.4 from week to week": partial(benchmark_patient, noise=Noise.CORRELATED),
    "noise whose correlation halves in 28 days": partial(benchmark_patient, noise=Noise.LASTING),
    "Student t noise, 4 degrees of freedom": partial(benchmark_patient, noise=Noise.HEAVY),
    "noise SD 2.0": partial(benchmark_patient, noise_sd=2.0),
    "richer, strongly curved": partial(richer_patient, traits=Traits(drift_sd=0.7)),
    "richer, every second patient with a plateau": partial(richer_patient, traits=Traits(plateaus=0.5)),
    "richer, every patient with a change of respondent": partial(richer_patient, traits=Traits(caregivers=1)),
    "richer, every third with tube and mask": partial(richer_patient, traits=Traits(treatments=0.33)),
}
