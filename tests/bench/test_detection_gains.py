"""What other information adds: what is simulated beside a patient's own reports, and how it is compared."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from statistics import correlation, mean, pstdev

import pytest

from bench.detection.__main__ import main
from bench.detection.companions import OFFSET, OFFSET_SD, Carer, Coupling, twice_as_often, weigh, with_carer
from bench.detection.gains import ALONE, ANSWERING, COUPLINGS, as_many, follow_all
from bench.detection.gains_page import gains
from bench.detection.measures import all_alerts, paired_rates, replayed
from bench.detection.patients import SCHEDULES, Patient, benchmark_patient, lost
from bench.detection.tracks import Alert, Stated, Track, follow, follow_weights, report_of, weight_report
from scoring.decline import Policy, Profile, Topic, advance, begin

DOCS = Path(__file__).parents[2] / "docs"
PATIENTS = [benchmark_patient(seed, 2) for seed in range(400)]
INSIDE = [patient for patient in PATIENTS if patient.level < 42 and patient.level - lost(patient, 364) > 8]
"""Those whom neither end of the scale cuts off."""


def errors(patient: Patient, rater: str) -> dict[int, float]:
    """What each report of one respondent differs from the course by."""
    own = [report for report in patient.reports if report.rater == rater]
    return {report.day: report.total - patient.level + lost(patient, report.day) for report in own}


@pytest.mark.parametrize("name", ANSWERING)
def test_more_reports_leave_the_course_and_the_patients_own_reports_as_they_are(name: str) -> None:
    for patient in PATIENTS[:40]:
        more = ANSWERING[name](patient, 2)
        assert replace(more, reports=()) == replace(patient, reports=())
        added = [report for report in more.reports if report not in patient.reports]
        assert added
        assert tuple(report for report in more.reports if report not in added) == patient.reports
        assert [report.day for report in more.reports] == sorted(report.day for report in more.reports)


def test_a_seed_fixes_what_is_added_and_what_the_rules_make_of_it() -> None:
    first, other = PATIENTS[:2]
    assert with_carer(first, 2, Carer()) == with_carer(first, 2, Carer())
    assert weigh(first, 2, Coupling(0.4)) == weigh(first, 2, Coupling(0.4)) != weigh(other, 2, Coupling(0.4))
    assert follow_all(4, 7) == follow_all(4, 7)


def test_caregivers_rate_lower_by_an_offset_that_is_constant_in_a_family() -> None:
    found = [list(errors(with_carer(patient, 2, Carer()), "caregiver").values()) for patient in INSIDE]
    means = [mean(differences) for differences in found]
    assert mean(means) == pytest.approx(OFFSET, abs=0.2)
    assert pstdev(means) == pytest.approx(OFFSET_SD, abs=0.2)
    assert mean(pstdev(differences) for differences in found) == pytest.approx(1.6, abs=0.1)


@pytest.mark.parametrize("together", [0.0, 0.5])
def test_errors_of_one_day_are_as_correlated_as_asked_for(together: float) -> None:
    pairs = []
    for patient in (with_carer(person, 2, Carer(together=together)) for person in INSIDE):
        own, carer = errors(patient, "patient"), errors(patient, "caregiver")
        level = mean(carer.values())
        pairs += [(own[day], carer[day] - level) for day in own.keys() & carer.keys()]
    assert correlation(*zip(*pairs, strict=True)) == pytest.approx(together, abs=0.05)


def test_a_caregiver_every_four_weeks_and_a_patient_twice_as_often_answer_when_they_should() -> None:
    patient = benchmark_patient(3, 1)
    carer = [
        report.day
        for report in with_carer(patient, 1, Carer(every_weeks=4)).reports
        if report.rater != "patient"
    ]
    assert carer
    assert all(day % 28 == 0 for day in carer)
    extra = {report.day for report in twice_as_often(patient, 1).reports} - {
        report.day for report in patient.reports
    }
    assert {day % 7 for day in extra} == {3}
    assert len(extra) == pytest.approx(52 * 0.85, abs=8)


def lost_share(patient: Patient, coupling: Coupling, since: float, until: float) -> float:
    """Share of the first weight that is lost between two days."""
    weights = weigh(patient, 2, coupling)
    own = [grams for day, grams in weights if since <= day <= until]
    return (own[0] - own[-1]) / weights[0][1]


def test_weight_falls_with_function_and_more_where_the_coupling_is_stronger() -> None:
    falls = [
        mean(lost_share(patient, Coupling(part, noise=0), 0, 364) for patient in PATIENTS)
        for part in (0, 0.4, 1)
    ]
    assert falls[0] == 0 < falls[1] < falls[2]
    assert falls[1] == pytest.approx(0.4 / 100 * mean(lost(patient, 350) for patient in PATIENTS), rel=0.2)
    slow, fast = sorted(PATIENTS, key=lambda patient: lost(patient, 364))[:: len(PATIENTS) - 1]
    assert lost_share(slow, Coupling(0.4, noise=0), 0, 364) < lost_share(fast, Coupling(0.4, noise=0), 0, 364)


def test_weight_bends_where_function_does_or_goes_on_at_its_pace() -> None:
    changing = [patient for patient in PATIENTS if patient.changes_on is not None and patient.scored]
    ratios = []
    for bends in (True, False):
        coupling = Coupling(0.4, bends=bends, noise=0)
        before = mean(
            lost_share(patient, coupling, patient.changes_on - 60, patient.changes_on) for patient in changing
        )
        after = mean(
            lost_share(patient, coupling, patient.changes_on, patient.changes_on + 60) for patient in changing
        )
        ratios.append(after / before)
    assert ratios[0] > 1.8
    assert ratios[1] == pytest.approx(1, abs=0.15)


def test_until_the_change_weight_is_the_same_whether_it_bends_or_not() -> None:
    patient = next(patient for patient in PATIENTS if patient.changes_on is not None)
    bent, steady = (weigh(patient, 2, Coupling(1, bends=bends)) for bends in (True, False))
    assert [weight for weight in bent if weight[0] < patient.changes_on] == [
        weight for weight in steady if weight[0] < patient.changes_on
    ]
    assert bent[-1][1] < steady[-1][1]
    straight = next(patient for patient in PATIENTS if patient.changes_on is None)
    assert weigh(straight, 2, Coupling(1)) == weigh(straight, 2, Coupling(1, bends=False))


def test_some_have_a_feeding_tube_that_holds_the_weight() -> None:
    held = [
        lost_share(patient, Coupling(1, noise=0), 280, 364) == 0 for patient in INSIDE if patient.loss > 0.3
    ]
    assert mean(held) == pytest.approx(0.15 * 280 / 364, abs=0.05)


def test_a_slow_fall_of_weight_is_raised_and_its_level_rises() -> None:
    falling = [(day, 80_000 - 30 * day) for day in range(0, 365, 7)]
    found = follow_weights(falling, Policy())
    assert found.alerts == (140, 273)
    assert found.quick == ()
    assert follow_weights([(day, 80_000) for day, _ in falling], Policy()).alerts == ()


def test_weight_and_function_are_folded_apart_as_they_would_be_together() -> None:
    patient = next(patient for patient in PATIENTS if patient.loss > 1.8)
    function = [report_of(place, one) for place, one in enumerate(patient.reports)]
    weights = [
        weight_report(place, *one)
        for place, one in enumerate(weigh(patient, 2, COUPLINGS["strong: 1 % a point"]))
    ]
    standings = []
    for reports in (function, weights, sorted([*function, *weights], key=lambda report: report.key)):
        memory = begin()
        for report in reports:
            memory = advance(memory, report, Profile(), Policy())
        standings.append(memory)
    apart, weight, together = standings
    assert {Topic.DECLINE} <= apart.topics.keys()
    assert {Topic.WEIGHT} <= weight.topics.keys()
    assert together.topics == {**apart.topics, **weight.topics}
    assert together.states == {**apart.states, **weight.states}


def test_the_replayed_default_limit_is_what_the_rule_did_with_a_caregiver_on_the_same_days() -> None:
    limits = Policy().limits.acceleration
    patients = [with_carer(benchmark_patient(seed, 4), 4, Carer(together=0.5)) for seed in range(40)]
    tracks = [follow(patient, Policy()) for patient in patients]
    raised = [list(track.raised["acceleration"]) for track in tracks]
    assert any(raised)
    limit = limits.probability
    assert raised == [replayed(track, limit, limits.clear_share) for track in tracks]


def test_two_reports_of_one_day_clear_once() -> None:
    days = [0, 7, 7, 14, 14]
    stated = tuple(
        Stated(day, day, chance, True, None) for day, chance in zip(days, [0.5, 0, 0, 0.5, 0], strict=True)
    )
    assert replayed(Track(PATIENTS[0], {}, (), stated), 0.4, 0.75) == [0]


def track_of(seed: int, chance: float) -> Track:
    """A patient without a change of whom a chance was stated once."""
    patient = Patient(seed=seed, loss=0.5, new_loss=1.8, changes_on=None, reports=())
    return Track(patient, {}, (), (Stated(100, 100, chance, True, None),))


def test_patients_with_even_seeds_get_the_limit_of_those_with_odd_ones() -> None:
    tracks = [track_of(seed, 0.6 if seed % 2 else 0.3) for seed in range(8)]
    silent = [track_of(seed, 0.0) for seed in range(8)]
    raised = as_many(tracks, silent)
    assert [list(raised(track)) for track in tracks] == [[], [100]] * 4


def test_the_limit_is_the_lowest_that_raises_no_more_than_the_others() -> None:
    tracks = [track_of(seed, 0.3 + 0.05 * (seed // 2)) for seed in range(12)]
    alerts = (Alert(100, Topic.ACCELERATION, False),)
    like = [replace(track, alerts=alerts if track.patient.seed < 6 else ()) for track in tracks]
    raised = as_many(tracks, like)
    assert [track.patient.seed for track in tracks if raised(track)] == [6, 7, 8, 9, 10, 11]


def test_a_paired_difference_of_rates_counts_what_the_other_raises_more() -> None:
    tracks = [track_of(seed, 0.5) for seed in range(4)]
    silent = (tracks, lambda _: [])
    most = (tracks, lambda track: [5] if track.patient.seed else [])
    more, low, high = paired_rates(silent, most)
    assert more == pytest.approx(3 / (4 * 364 / 365.25))
    assert low < more < high


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of documents whose section on other information was measured on few patients."""
    docs = tmp_path_factory.mktemp("docs")
    (docs / "detection").mkdir()
    (docs / "detection" / "operating.json").write_text((DOCS / "detection" / "operating.json").read_text())
    options = ["--only", "other-information", "--gains", "9", "--processes", "1", "--docs", str(docs)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["bench.detection", *options])
        main()
    return docs


def test_measuring_the_section_alone_keeps_all_other_figures(measured: Path) -> None:
    new, old = (json.loads((docs / "detection" / "operating.json").read_text()) for docs in (measured, DOCS))
    section = new.pop("other_information")
    old.pop("other_information", None)
    assert new == old
    assert section["patients"] == 9
    for every, schedule in SCHEDULES.items():
        names = [ALONE, *(name for name in ANSWERING if every != 4 or "four weeks" not in name)]
        assert list(section["answering"][schedule]) == names
        assert list(section["weight"][schedule]) == list(COUPLINGS)


def test_the_page_shows_every_row_of_the_section(measured: Path) -> None:
    page = (measured / "detection.md").read_text()
    section = page[page.index("## What other information adds") : page.index("## All trajectory rules where")]
    for name in (ALONE, *ANSWERING, *COUPLINGS):
        assert section.count(f"| {name} |") in (2, 3)
    assert "**Domains**" in section


def test_the_page_names_who_raises_more_than_half_a_false_alert_a_year_and_nobody_else() -> None:
    result = json.loads((DOCS / "detection" / "operating.json").read_text())
    answering = result["other_information"]["answering"]
    alone, first, second, third, *_ = rows = answering["weekly"]
    for name, rate in ((alone, 0.9), (first, 0.71), (second, 0.4), (third, 0.5)):
        rows[name]["rate"] = rate
    said = next(line for line in gains(result) if "more than 0.5 false alerts" in line)
    assert f"{first}, weekly (0.71)" in said
    assert not any(f"{name}, weekly" in said for name in (alone, second, third))
    for row in (row for schedule in answering.values() for row in schedule.values()):
        row["rate"] = 0.5
    assert any("Nobody here raises more than 0.5" in line for line in gains(result))


def test_nothing_is_written_of_what_was_not_measured() -> None:
    assert gains({"populations": {}}) == []


def test_all_alerts_leave_out_what_is_excused() -> None:
    alerts = (Alert(10, Topic.DECLINE, True), Alert(20, Topic.DOMAIN, False))
    assert all_alerts(Track(PATIENTS[0], {}, alerts, ())) == [20]
