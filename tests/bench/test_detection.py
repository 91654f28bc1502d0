"""The detection bench: what it simulates, how it counts, and that its page is made of what it stored."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import mean, pstdev
from typing import Any

import pytest

from bench.detection import calibration, rivals
from bench.detection.calibration import Statement
from bench.detection.measures import ALL, crossings, delay, false_alerts, measure, paired_difference, replayed
from bench.detection.page import render
from bench.detection.patients import Noise, Patient, benchmark_patient, errors_of
from bench.detection.plots import plots
from bench.detection.richer import Traits, richer_patient
from bench.detection.stored import load
from bench.detection.tracks import Stated, Track, follow
from scoring.decline import Policy

DOCS = Path(__file__).parents[2] / "docs"
CURVES = "curves without a change point, loss doubling in a year"
PATIENT = Patient(seed=0, loss=0.5, new_loss=1.8, changes_on=140.0, reports=())


def test_a_seed_fixes_a_patient() -> None:
    assert benchmark_patient(7, 2) == benchmark_patient(7, 2) != benchmark_patient(8, 2)
    assert richer_patient(7, 2) == richer_patient(7, 2) != richer_patient(8, 2)


def test_the_benchmark_population_is_the_described_one() -> None:
    patients = [benchmark_patient(seed, 4) for seed in range(3000)]
    losses = [patient.loss for patient in patients]
    assert mean(losses) == pytest.approx(0.84, abs=0.03)
    assert pstdev(losses) == pytest.approx(0.42 * math.sqrt(2), abs=0.04)
    changing = [patient for patient in patients if patient.changes_on is not None]
    assert len(changing) / len(patients) == pytest.approx(0.3, abs=0.03)
    assert all(70 <= patient.changes_on <= 252 and patient.new_loss >= 1.8 for patient in changing)
    first = [patient.reports[0].total for patient in patients]
    assert (mean(first), pstdev(first)) == pytest.approx((36.9, 5.6), abs=0.4)
    assert mean(len(patient.reports) for patient in patients) == pytest.approx(1 + 13 * 0.85, abs=0.1)


@pytest.mark.parametrize(
    ("noise", "neighbours"),
    [(Noise.INDEPENDENT, 0.0), (Noise.CORRELATED, 0.4), (Noise.LASTING, 0.84), (Noise.HEAVY, 0.0)],
)
def test_noise_has_its_spread_and_correlation(noise: Noise, neighbours: float) -> None:
    chance = random.Random(3)
    runs = [errors_of(chance, 1, noise, 1.6) for _ in range(500)]
    assert mean(pstdev([run[place] for run in runs]) for place in range(53)) == pytest.approx(1.6, abs=0.1)
    products = mean(a * b for run in runs for a, b in pairwise(run))
    assert products / 1.6**2 == pytest.approx(neighbours, abs=0.08)


def test_the_richer_patients_answer_whole_items_and_lose_about_what_they_should() -> None:
    still = Traits(drift_sd=0, plateaus=0, caregivers=0, treatments=0, noise_sd=0.5)
    patients = [richer_patient(seed, 4, still) for seed in range(300)]
    assert all(0 <= code <= 4 for patient in patients for report in patient.reports for code in report.codes)
    straight = [patient for patient in patients if patient.changes_on is None and len(patient.reports) > 2]
    lost = mean(patient.reports[0].total - patient.reports[-1].total for patient in straight)
    due = mean(
        patient.loss * 0.95 * (patient.reports[-1].day - patient.reports[0].day) / 30.4375
        for patient in straight
    )
    assert lost == pytest.approx(due, rel=0.15)


def test_false_alerts_are_those_before_the_change_at_most_one_in_84_days() -> None:
    assert false_alerts(PATIENT, [10, 50, 93, 94, 139, 141]) == 2
    assert false_alerts(replace(PATIENT, changes_on=None), [10, 94, 200]) == 3
    assert delay(PATIENT, [10, 139, 150, 160]) == 10
    assert delay(PATIENT, [139]) == math.inf


def test_a_statistic_is_raised_when_it_comes_from_below() -> None:
    assert crossings([(0, 0.1), (7, 0.5), (14, 0.6), (21, 0.2), (28, 0.5)], 0.5) == [7, 28]


def test_a_replayed_limit_holds_until_two_reports_below_the_clearing_one() -> None:
    chances = [0.1, 0.5, 0.3, 0.5, 0.3, 0.3, 0.5]
    stated = tuple(Stated(7 * place, 7 * place, one, True, None) for place, one in enumerate(chances))
    track = Track(PATIENT, {}, (), stated)
    assert replayed(track, 0.4, 0.875) == [7, 42]


def test_the_replayed_default_limit_is_what_the_rule_did() -> None:
    limits = Policy().limits.acceleration
    tracks = [follow(benchmark_patient(seed, 4), Policy()) for seed in range(40)]
    raised = [list(track.raised["acceleration"]) for track in tracks]
    assert any(raised)
    limit = limits.probability
    assert raised == [replayed(track, limit, limits.clear_share) for track in tracks]


def test_a_primary_flag_for_a_truly_fast_patient_is_not_false() -> None:
    template = replace(benchmark_patient(1, 2), changes_on=None)
    falling = tuple(
        replace(one, codes=tuple(max(0, 4 - place // 4) if item < 11 else 4 for item in range(12)))
        for place, one in enumerate(template.reports)
    )
    fast, slow = (follow(replace(template, loss=loss, reports=falling), Policy()) for loss in (3.0, 0.5))
    assert not fast.raised["fast_decline"]
    assert slow.raised["fast_decline"]
    assert sum(alert.excused for alert in fast.alerts) > sum(alert.excused for alert in slow.alerts) == 0


def test_counting_gives_rates_and_shares() -> None:
    tracks = [Track(PATIENT, {}, (), ()), Track(replace(PATIENT, changes_on=None), {}, (), ())]
    found = measure(tracks, lambda track: [100, 150] if track.patient.changes_on else [30])
    assert (found.patients, found.changes, found.hits) == (2, 1, (True,))
    assert found.rate == pytest.approx(2 / ((140 + 364) / 365.25))
    assert found.found == (1, 1, 1)


def test_a_paired_difference_counts_what_only_one_found() -> None:
    difference, low, high = paired_difference([True, True, False, True], [True, False, False, False])
    assert difference == pytest.approx(0.5)
    assert low < difference < high


def test_the_bound_and_the_stick_are_sure_of_an_obvious_change() -> None:
    patient = next(
        patient
        for patient in map(lambda seed: benchmark_patient(seed, 1), range(99))  # noqa: C417
        if patient.changes_on
    )
    clear = replace(
        patient,
        reports=tuple(
            replace(report, codes=(*([4] * 8), *codes_after(report.day))) for report in patient.reports
        ),
    )
    for statistic in (rivals.bound, rivals.stick):
        (found,) = statistic([clear])
        assert found[5][1] < 0.3
        assert found[-1][1] > 0.95


def codes_after(day: int) -> tuple[int, int, int, int]:
    """Flat for half a year, then half a point a week."""
    lost = max(0, (day - 182) // 14)
    each = [min(4, max(0, lost - 4 * place)) for place in range(4)]
    return (4 - each[0], 4 - each[1], 4 - each[2], 4 - each[3])


def test_calibration_sorts_statements_into_tenths() -> None:
    stated = [(0.05, False)] * 50 + [(0.95, True)] * 80 + [(0.95, False)] * 20
    found = calibration.calibrate(Statement(*one, place) for place, one in enumerate(stated))
    assert found.bins == ((pytest.approx(0.05), 0, 50), (pytest.approx(0.95), 0.8, 100))
    assert found.worst == pytest.approx(0.15)


def test_a_tenth_of_fewer_than_100_patients_is_not_judged() -> None:
    again = [Statement(0.95, False, place % 99) for place in range(500)]
    assert calibration.calibrate(again).worst is None


def test_the_stored_page_and_plots_are_those_of_the_stored_figures() -> None:
    result = load(DOCS / "detection")
    page = (DOCS / "detection.md").read_text()
    assert page == render(result)
    drawn = plots(result)
    assert set(re.findall(r"\(detection/(.+?\.svg)\)", page)) == set(drawn)
    for name, text in drawn.items():
        assert (DOCS / "detection" / name).read_text() == text


def shares(cells: Mapping[str, Any], name: str) -> str:
    """Found within 12 weeks by all rules, in percent: weekly, fortnightly, 4-weekly."""
    return ", ".join(f"{100 * cell['rows'][name]['found'][1]:.0f}" for cell in cells.values()) + " %"


def worst(cells: Mapping[str, Any]) -> str:
    """The largest error of the stated chance of a change, in points."""
    return f"{100 * max(cell['changed']['worst'] for cell in cells.values()):.0f}"


def test_the_readme_tells_the_stored_figures() -> None:
    result = load(DOCS / "detection")
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    told = text.split("**Detection**")[1].split("\n**")[0]
    wrong, known = result["misspecified"], result["populations"]
    lasting, bent = wrong["noise whose correlation halves in 28 days"], wrong[CURVES]
    soon = ", ".join(f"{100 * cell['soon']['share']:.0f}" for cell in known["benchmark"].values())
    weekly, sparse = (result["desk"][schedule]["typical"] for schedule in ("weekly", "4-weekly"))
    for part in (
        f"rules {result['rules_version']}, simulated",
        ", ".join(f"{cell['rate']:.2f}" for cell in result["steady"].values()) + " (weekly",
        f"to {max(cell['rows'][ALL]['rate'] for cell in lasting.values()):.2f} where errors last",
        f"within {max(int(worst(cells)) for cells in known.values())} points of the truth",
        f"up to {worst(lasting)} too high where errors last, and {worst(bent)} where courses bend",
        f"Found within 12 weeks: {shares(known['benchmark'], ALL)}, at `soon` {soon} %",
        f"where assumptions fail {shares(known['richer'], ALL)}",
        f"changes in weeks 1 to 40: {shares(wrong['changes anywhere in weeks 1 to 40'], ALL)}",
        f"{weekly['items']:.1f} items and {weekly['visits']:.1f} visits a year on the desk weekly",
        f"{sparse['items']:.1f} and {sparse['visits']:.1f} 4-weekly, about half of what",
    ):
        assert part in told
