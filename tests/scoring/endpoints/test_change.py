"""Change from baseline: what baseline is, which value stands for a visit, and who is left out and why."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.endpoints import (
    InvalidTrial,
    LeftOut,
    Measurement,
    Reason,
    Subject,
    Trial,
    changes_at,
    find_visit,
    long_form,
)
from tests.scoring.endpoints.trials import CLINIC, HOME, make_trial, random_trials, shuffled, values_of

WEEK_24 = find_visit("week 24")[1]


def test_change_is_value_minus_the_last_valid_value_on_or_before_day_0() -> None:
    trial = make_trial({"A1": {-60: 44, -2: 41, 0: None, 1: 48, 160: 36, 170: 35}})
    (row,) = changes_at(trial, WEEK_24, CLINIC).rows
    assert (row.baseline_day, row.baseline) == (-2, 41)
    assert (row.study_day, row.value, row.change) == (170, 35, -6)
    assert (row.subject, row.arm) == ("A1", "A")


def test_a_value_on_day_0_is_the_baseline_and_one_on_day_1_is_not() -> None:
    trial = make_trial({"A1": {0: 40, -1: 41}, "A2": {1: 40}})
    assert trial.history(trial.subjects[0], CLINIC).baseline() == (0, 40)
    assert trial.history(trial.subjects[1], CLINIC).baseline() is None


@pytest.mark.parametrize(
    ("values", "died", "reason"),
    [
        ({168: 30}, None, Reason.NO_BASELINE),
        ({0: None, 168: 30}, None, Reason.NO_BASELINE),
        ({0: 40}, None, Reason.NO_VISIT),
        ({0: 40, 154: 30, 183: 30}, None, Reason.NO_VISIT),
        ({0: 40, 170: None}, None, Reason.INCOMPLETE),
        ({0: 40, 154: None, 183: None}, None, Reason.NO_VISIT),
        ({0: 40}, 100, Reason.DIED),
        ({0: 40}, 182, Reason.DIED),
        ({0: 40}, 183, Reason.NO_VISIT),
        ({0: 40, 170: None}, 175, Reason.DIED),
        ({}, 175, Reason.NO_BASELINE),
    ],
)
def test_who_has_no_change_is_left_out_with_the_reason(
    values: dict[int, float | None], died: int | None, reason: Reason
) -> None:
    trial = make_trial({"A1": values}, died={} if died is None else {"A1": died})
    changes = changes_at(trial, WEEK_24, CLINIC)
    assert (changes.rows, changes.left_out) == ((), (LeftOut("A1", "A", reason),))


def test_a_change_is_not_rounded() -> None:
    third = 106 / 3
    trial = make_trial({"A1": {0: 40, 168: third}, "A2": {0: 3.111111111111111, 168: 4.444444444444445}})
    assert changes_at(trial, WEEK_24, CLINIC).of_arm("A") == (
        third - 40,
        4.444444444444445 - 3.111111111111111,
    )


def test_a_change_that_only_arithmetic_made_is_0() -> None:
    trial = make_trial({"A1": {0: 0.3, 168: 0.1 + 0.2}, "A2": {0: 40, 168: 40}, "A3": {0: 40, 168: 40.00001}})
    noise, whole, small = changes_at(trial, WEEK_24, CLINIC).of_arm("A")
    assert (str(noise), str(whole)) == ("0.0", "0")
    assert small == 40.00001 - 40


def test_a_visit_before_death_counts() -> None:
    trial = make_trial({"A1": {0: 40, 160: 20}}, died={"A1": 165})
    assert changes_at(trial, WEEK_24, CLINIC).of_arm("A") == (-20,)


def test_home_and_clinic_values_are_never_mixed() -> None:
    trial = Trial(
        (Subject("A1", "A"), Subject("A2", "A")),
        (
            *values_of("A1", {0: 40, 168: 34}, CLINIC),
            *values_of("A1", {0: 44, 168: 36}, HOME),
            *values_of("A2", {0: 40}, CLINIC),
            *values_of("A2", {168: 36}, HOME),
        ),
    )
    clinic, home = changes_at(trial, WEEK_24, CLINIC), changes_at(trial, WEEK_24, HOME)
    assert (clinic.of_arm("A"), home.of_arm("A")) == ((-6,), (-8,))
    assert clinic.left_out == (LeftOut("A2", "A", Reason.NO_VISIT),)
    assert home.left_out == (LeftOut("A2", "A", Reason.NO_BASELINE),)
    assert (clinic.source, home.source, clinic.visit) == (CLINIC, HOME, WEEK_24)


def test_clinic_values_are_preferred_where_there_are_any() -> None:
    home = make_trial({"A1": {0: 40}}, source=HOME)
    both = Trial(home.subjects, (*home.measurements, Measurement("A1", 3, 39, CLINIC)))
    incomplete = Trial(home.subjects, (*home.measurements, Measurement("A1", 3, None, CLINIC)))
    assert (home.preferred_source(), both.preferred_source()) == (HOME, CLINIC)
    assert incomplete.preferred_source() is HOME


@given(random_trials(), st.randoms(use_true_random=False))
def test_the_order_of_the_data_does_not_matter(trial: Trial, random: object) -> None:
    changes, other = (changes_at(variant, WEEK_24, CLINIC) for variant in (trial, shuffled(trial, random)))
    assert set(other.rows) == set(changes.rows)
    assert set(other.left_out) == set(changes.left_out)


@given(random_trials())
def test_every_subject_is_in_the_rows_or_left_out(trial: Trial) -> None:
    changes = changes_at(trial, WEEK_24, CLINIC)
    named = [row.subject for row in (*changes.rows, *changes.left_out)]
    assert sorted(named) == sorted(subject.id for subject in trial.subjects)
    assert all(row.change == row.value - row.baseline for row in changes.rows)


def test_the_long_form_has_a_row_for_each_subject_and_visit() -> None:
    trial = make_trial({"A1": {0: 40, 160: 36}, "B1": {0: 38}})
    visits = [find_visit("week 20")[1], WEEK_24]
    rows = long_form(trial, visits, CLINIC)
    assert [(row.visit, row.nominal_day, row.subject, row.arm) for row in rows] == [
        ("week 20", 140, "A1", "A"),
        ("week 20", 140, "B1", "B"),
        ("week 24", 168, "A1", "A"),
        ("week 24", 168, "B1", "B"),
    ]
    full, empty = rows[2], rows[3]
    assert (full.study_day, full.baseline, full.value, full.change, full.reason) == (160, 40, 36, -4, None)
    assert (empty.study_day, empty.baseline, empty.value, empty.change) == (None, None, None, None)
    assert (empty.reason, full.source) == (Reason.NO_VISIT, CLINIC)


# Data that cannot be used


def test_every_problem_of_the_data_is_named() -> None:
    with pytest.raises(InvalidTrial) as caught:
        Trial(
            (Subject("1", "A", died_day=50), Subject("2"), Subject("2")),
            (
                Measurement("1", 0, 40, CLINIC),
                Measurement("1", 0, 39, CLINIC),
                Measurement("1", 51, 30, CLINIC),
                Measurement("2", 9, math.nan, HOME),
                Measurement("3", 9, 30, HOME),
            ),
        )
    assert caught.value.problems == (
        "subject 2 is given 2 times",
        "subject 1, day 0, clinic: a second value",
        "subject 1, day 51: a value after the day of death",
        "subject 2, day 9: the value is no finite number",
        "subject 3, day 9: there is no such subject",
    )
    assert str(caught.value) == "; ".join(caught.value.problems)


def test_a_value_on_the_day_of_death_and_one_from_each_source_are_no_problem() -> None:
    trial = make_trial({"A1": {0: 40, 50: 20}}, died={"A1": 50})
    both = Trial(trial.subjects, (*trial.measurements, *values_of("A1", {0: 41}, HOME)))
    assert both.history(both.subjects[0], CLINIC).days == (0, 50)
    assert both.arms == ("A",)


@pytest.mark.parametrize(
    ("subjects", "problem"),
    [
        ([Subject("1", "A", died_day=-5)], "subject 1: died before day 0"),
        (
            [Subject("1", "A", died_day=50, ventilated_day=51)],
            "subject 1: ventilated after the day of death",
        ),
        (
            [Subject("1", "Placebo"), Subject("2", "placebo")],
            "arms 'Placebo' and 'placebo' differ in spelling only",
        ),
        (
            [Subject("1", "Plac\u00e9bo"), Subject("2", "Place\u0301bo")],
            "arms 'Place\u0301bo' and 'Plac\u00e9bo' differ in spelling only",
        ),
        (
            [Subject("1", "Placebo"), Subject("2", "Treated"), Subject("3", "placebo")],
            "arms 'Placebo' and 'placebo' differ in spelling only",
        ),
        ([Subject("1", "A  x"), Subject("2", "A x ")], "arms 'A  x' and 'A x ' differ in spelling only"),
    ],
)
def test_what_cannot_be_is_refused(subjects: list[Subject], problem: str) -> None:
    with pytest.raises(InvalidTrial) as caught:
        Trial(tuple(subjects), ())
    assert caught.value.problems == (problem,)


def test_events_on_day_0_and_on_one_day_can_be() -> None:
    assert Trial((Subject("1", "A", died_day=0, ventilated_day=0),), ()).last_alive == {"1": 0}


def test_the_last_day_alive_comes_from_every_source_and_from_incomplete_answers() -> None:
    clinic = make_trial({"A1": {0: 40, 20: 39}, "A2": {}, "A3": {5: None}}, ventilated={"A2": 70, "A3": 4})
    trial = Trial(clinic.subjects, (*clinic.measurements, Measurement("A1", 90, None, HOME)))
    assert trial.last_alive == {"A1": 90, "A2": 70, "A3": 5}
