"""What averages hide: pace, level, stated losses; and the populations that depart from the benchmark."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

import pytest

from bench.detection import truths
from bench.detection.departures import DEPARTURES, missing_near_decline, second_respondent
from bench.detection.patients import Patient, Shape, benchmark_patient, lost
from bench.detection.tracks import Alert, StatedLoss, Track
from scoring.decline import Level, Topic

PATIENT = Patient(seed=0, loss=0.5, new_loss=1.8, changes_on=140.0, reports=())


def track(
    *alerts: tuple[int, Level], patient: Patient = PATIENT, losses: tuple[StatedLoss, ...] = ()
) -> Track:
    found = tuple(Alert(day, Topic.DECLINE, False, level) for day, level in alerts)
    return Track(patient, {}, found, (), losses)


def test_finds_are_counted_by_level() -> None:
    tracks = [
        track((150, Level.INFORM), (200, Level.SOON)),
        track((150, Level.INFORM)),
        track((300, Level.SOON)),
    ]
    assert truths.found_at_soon(tracks)["share"] == pytest.approx(1 / 3)


def test_false_alerts_are_told_by_true_pace() -> None:
    slow = replace(PATIENT, loss=0.1, changes_on=None)
    typical = replace(PATIENT, loss=0.9, changes_on=None)
    rows = truths.by_pace(
        [track(patient=slow), track((10, Level.INFORM), (200, Level.INFORM), patient=typical)]
    )
    assert [(row["low"], row["patients"]) for row in rows] == [(0.0, 1), (0.8, 1)]
    assert rows[0]["rate"] == 0
    assert rows[1]["rate"] == pytest.approx(2 * 365.25 / 364)


def test_a_range_holds_the_truth_or_does_not_and_the_end_of_the_scale_is_counted_apart() -> None:
    stated = (
        StatedLoss("acceleration", 0.5, 1.0, 1.5, 1.5, False),
        StatedLoss("acceleration", 0.5, 1.0, 1.5, 1.6, False),
        StatedLoss("acceleration", 0.5, 1.0, 1.5, 0.0, True),
    )
    found = truths.losses([track(losses=stated)])
    assert (found["acceleration"]["statements"], found["acceleration"]["at_end"]) == (2, 1)
    assert found["acceleration"]["held"] == 0.5
    assert found["fast_decline"]["held"] is None


def test_a_steady_shape_has_no_change_and_the_benchmark_stays_what_it_was() -> None:
    patient = benchmark_patient(3, 2, shape=Shape(steady=0.9))
    assert (patient.loss, patient.changes_on) == (0.9, None)
    assert benchmark_patient(3, 2, shape=Shape()) == benchmark_patient(3, 2)


def test_a_drifting_course_loses_the_integral_of_its_pace() -> None:
    patient = replace(PATIENT, changes_on=None, drift=0.69)
    days = range(364)
    assert lost(patient, 364) == pytest.approx(
        sum(patient.loss_on(day + 0.5) for day in days) / 30.4375, rel=1e-4
    )


def test_reports_are_missing_near_decline() -> None:
    pairs = [(missing_near_decline(seed, 1), benchmark_patient(seed, 1)) for seed in range(300)]
    kept = [(len(few.reports) / len(all_.reports), all_.loss) for few, all_ in pairs]
    assert (
        mean(share for share, loss in kept if loss > 1.5)
        < mean(share for share, loss in kept if loss < 0.5) - 0.2
    )


def test_a_second_respondent_goes_by_the_patients_name() -> None:
    pairs = [(second_respondent(seed, 1), benchmark_patient(seed, 1)) for seed in range(60)]
    assert all(report.rater == "patient" for one, _ in pairs for report in one.reports)
    last = [one.reports[-1].total - other.reports[-1].total for one, other in pairs]
    assert mean(last) == pytest.approx(-1, abs=0.5)


@pytest.mark.parametrize("name", DEPARTURES)
def test_a_departure_is_fixed_by_its_seed(name: str) -> None:
    simulate = DEPARTURES[name]
    assert simulate(7, 4) == simulate(7, 4) != simulate(8, 4)
