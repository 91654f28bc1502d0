"""Data queries: questions about a report, never a statement about the patient."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.decline import Policy, Profile, Topic, evaluate
from tests.scoring.decline.histories import START, alsfrs, codes, days, make_report, rules_after

QUERY = Topic.DATA_QUERY


@pytest.mark.parametrize(("rise", "asked"), [(3, False), (4, True)])
def test_a_rise_of_4_is_asked_about(rise: int, asked: bool) -> None:
    first, second = days(0, 28)
    rules = rules_after(alsfrs(40, first), alsfrs(40 + rise, second), of=QUERY)
    assert ("total_rise" in rules) is asked


def test_a_rise_through_the_switch_to_5b_is_not_asked_about() -> None:
    first, second = days(0, 28)
    reports = (alsfrs(codes(cutting=0, speech=3), first), alsfrs(codes(), second, form="b"))
    assert "total_rise" not in rules_after(*reports)


def test_a_rise_between_two_respondents_is_the_change_of_respondent() -> None:
    first, second = days(0, 28)
    reports = (alsfrs(36, first, respondent="caregiver"), alsfrs(44, second))
    assert rules_after(*reports, of=QUERY) == {"new_respondent": "inform"}


@pytest.mark.parametrize(("latest", "asked"), [(38, False), (33, False), (32, True)])
def test_a_fall_far_below_what_was_expected_is_asked_about(latest: int, asked: bool) -> None:
    totals = (42, 42, 41, 41, 41, latest)
    reports = [alsfrs(total, day) for total, day in zip(totals, days(0, 28, 56, 84, 112, 140), strict=True)]
    assert ("surprise" in rules_after(*reports, of=QUERY)) is asked


def test_a_fall_on_a_course_that_is_already_falling_is_less_of_a_surprise() -> None:
    totals = (46, 43, 40, 37, 34, 29)
    reports = [alsfrs(total, day) for total, day in zip(totals, days(0, 28, 56, 84, 112, 140), strict=True)]
    assert "surprise" not in rules_after(*reports, of=QUERY)


@pytest.mark.parametrize(("code", "asked"), [(0, True), (1, True), (3, True), (4, False)])
def test_twelve_identical_answers_below_4_are_asked_about(code: int, asked: bool) -> None:
    assert ("straight_line" in rules_after(alsfrs([code] * 12))) is asked


def test_identical_answers_are_asked_about_once() -> None:
    first, second, third = days(0, 28, 56)
    reports = [alsfrs([0] * 12, day) for day in (first, second, third)]
    assert "straight_line" in rules_after(*reports[:1])
    assert "straight_line" not in rules_after(*reports)


@pytest.mark.parametrize(
    ("seconds", "who", "asked"),
    [
        (19, "patient", True),
        (20, "patient", False),
        (None, "patient", False),
        (5, "caregiver", True),
        (5, "clinician", False),
    ],
)
def test_a_form_answered_in_under_20_seconds_is_asked_about(
    seconds: int | None, who: str, asked: bool
) -> None:
    assert ("too_quick" in rules_after(alsfrs(40, respondent=who, duration_seconds=seconds))) is asked


@pytest.mark.parametrize(("gap", "asked"), [(28, True), (112, True), (113, False)])
def test_a_new_respondent_is_asked_about(gap: int, asked: bool) -> None:
    first, second = days(0, gap)
    reports = (alsfrs(40, first), alsfrs(40, second, respondent="caregiver"))
    assert ("new_respondent" in rules_after(*reports)) is asked


def test_two_respondents_who_take_turns_are_asked_about_once() -> None:
    whos = ("patient", "caregiver", "patient", "caregiver")
    reports = [alsfrs(40, day, respondent=who) for day, who in zip(days(0, 28, 56, 84), whos, strict=True)]
    assert "new_respondent" in rules_after(*reports[:2])
    assert "new_respondent" not in rules_after(*reports)


@pytest.mark.parametrize(("recorded", "asked"), [(None, True), (START, False), (date(2026, 1, 6), True)])
def test_5b_without_a_gastrostomy_on_record_is_asked_about(recorded: date | None, asked: bool) -> None:
    rules = rules_after(alsfrs(codes(), form="b"), profile=Profile(gastrostomy_on=recorded), of=QUERY)
    assert ("tube_unrecorded" in rules) is asked


@pytest.mark.parametrize(("swallowing", "form", "asked"), [(1, "a", True), (2, "a", False), (1, "b", False)])
def test_tube_feeding_with_5a_is_asked_about(swallowing: int, form: str, asked: bool) -> None:
    assert ("tube_form" in rules_after(alsfrs(codes(swallowing=swallowing), form=form))) is asked


@pytest.mark.parametrize(("day", "asked"), [(0, False), (1, True)])
def test_a_report_after_the_recorded_death_is_asked_about(day: int, asked: bool) -> None:
    (on,) = days(day)
    evaluation = evaluate([make_report("well_being", {"rating": 5}, on)], Profile(died_on=START), Policy())
    assert (QUERY in {flag.topic for flag in evaluation.flags}) is asked


def test_queries_are_no_clinical_flags() -> None:
    flags = evaluate([alsfrs([1] * 12, duration_seconds=3)], Profile(), Policy()).flags
    assert {flag.topic for flag in flags if flag.data_query} == {QUERY}
    assert all(not flag.data_query for flag in flags if flag.topic != QUERY)
