"""Data queries: questions about a report, never a statement about the patient."""

from __future__ import annotations

import math
from datetime import date

import pytest

from scoring.decline import Policy, Profile, Report, Topic, evaluate
from tests.scoring.decline.histories import START, alsfrs, codes, days, make_report, rules_after

QUERY = Topic.DATA_QUERY


def remarks_after(*reports: Report) -> set[str]:
    return {remark.rule for remark in evaluate(reports, Profile(), Policy()).remarks}


@pytest.mark.parametrize(("rise", "asked"), [(3, False), (4, True)])
def test_a_rise_of_4_that_is_far_above_the_course_is_asked_about(rise: int, asked: bool) -> None:
    precise = {"residual_sd": 0.5, "weekly_correlation": 0.0, "patient_noise": False}
    policy = Policy.from_mapping({"limits": {"model": precise}})
    *before, last = days(0, 28, 56, 84)
    reports = [*(alsfrs(40, day) for day in before), alsfrs(40 + rise, last)]
    assert ("total_rise" in rules_after(*reports, policy=policy, of=QUERY)) is asked


def test_a_rise_within_the_noise_is_not_asked_about() -> None:
    totals, dates = (40, 38, 40, 37, 39, 36, 41), days(0, 28, 56, 84, 112, 140, 168)
    reports = [alsfrs(total, day) for total, day in zip(totals, dates, strict=True)]
    assert "total_rise" not in rules_after(*reports, of=QUERY)


def test_the_z_of_a_rise_itself_is_enough() -> None:
    reports = [alsfrs(total, day) for total, day in zip((30, 30, 30, 44), days(0, 28, 56, 84), strict=True)]
    flags = evaluate(reports, Profile(), Policy()).flags
    (rise,) = (signal for flag in flags for signal in (flag, *flag.further) if signal.rule == "total_rise")
    assert rise.numbers["rise"] == 14
    z = float(rise.numbers["z"])
    for limit, asked in ((z, True), (math.nextafter(z, 10), False)):
        how = Policy.from_mapping({"limits": {"plausibility": {"rise_z": limit}}})
        assert ("total_rise" in rules_after(*reports, policy=how)) is asked


def test_a_rise_through_the_switch_to_5b_is_not_asked_about() -> None:
    first, second = days(0, 28)
    reports = (alsfrs(codes(cutting=0, speech=3), first), alsfrs(codes(), second, form="b"))
    assert "total_rise" not in rules_after(*reports)


def test_a_rise_between_two_respondents_is_the_change_of_respondent() -> None:
    first, second = days(0, 28)
    reports = (alsfrs(36, first, respondent="caregiver"), alsfrs(44, second))
    assert rules_after(*reports, of=QUERY) == {}
    assert remarks_after(*reports) == {"new_respondent"}


@pytest.mark.parametrize(("latest", "asked"), [(38, False), (33, False), (31, True)])
def test_a_fall_far_below_what_was_expected_is_asked_about(latest: int, asked: bool) -> None:
    totals = (42, 42, 41, 41, 41, latest)
    reports = [alsfrs(total, day) for total, day in zip(totals, days(0, 28, 56, 84, 112, 140), strict=True)]
    assert ("surprise" in rules_after(*reports, of=QUERY)) is asked


@pytest.mark.parametrize("who", ["patient", "caregiver"])
def test_the_surprise_is_the_predictive_z_of_the_published_formula(who: str) -> None:
    """z = (y - level(t)) / sqrt(Var(level(t)) + s²), t from the last earlier report, any respondent alike."""
    totals, on, noise = (42, 42, 41, 41, 41, 30), (0, 20, 56, 84, 112, 140), 1.8**2
    months = [(day - on[4]) / 30.4375 for day in on]
    before = list(zip(months[:5], totals, strict=False))
    a, b = 1 / 100 + 5 / noise, sum(t for t, _ in before) / noise
    c = 1 / 0.36 + sum(t * t for t, _ in before) / noise
    u, v = 36 / 100 + sum(totals[:5]) / noise, -0.9 / 0.36 + sum(t * y for t, y in before) / noise
    size, ahead = a * c - b * b, months[5]
    mean = (c * u - b * v + (a * v - b * u) * ahead) / size
    spread = math.sqrt((c - 2 * b * ahead + a * ahead**2) / size + noise)
    plain = Policy.from_mapping({"limits": {"model": {"weekly_correlation": 0.0, "patient_noise": False}}})
    reports = [alsfrs(total, day, respondent=who) for total, day in zip(totals, days(*on), strict=True)]
    signals = [
        signal for flag in evaluate(reports, Profile(), plain).flags for signal in (flag, *flag.further)
    ]
    (surprise,) = (signal for signal in signals if signal.rule == "surprise")
    assert surprise.numbers["z"] == pytest.approx((30 - mean) / spread)
    exactly = {"surprise_z": -float(surprise.numbers["z"])}
    for limits, asked in (
        (exactly, True),
        ({"surprise_z": math.nextafter(exactly["surprise_z"], 10)}, False),
    ):
        how = Policy.from_mapping({"limits": {**plain.as_dict()["limits"], "plausibility": limits}})
        assert ("surprise" in rules_after(*reports, policy=how)) is asked


SURPRISES = [
    ((0, 28, 56, 84), (42, 42, 42, 30), True, "three before it"),
    ((0, 28, 84), (42, 42, 30), False, "two before it"),
    ((0, 28, 56, 183), (42, 42, 42, 10), True, "all three in the window"),
    ((0, 28, 56, 184), (42, 42, 42, 10), False, "the first of three before the window"),
    ((0, 28, 56, 84), (42, 42, 42, 39), False, "three points down"),
]


@pytest.mark.parametrize(("on", "totals", "asked", "why"), SURPRISES, ids=[case[3] for case in SURPRISES])
def test_a_surprise_needs_three_earlier_reports_of_the_window(
    on: tuple[int, ...], totals: tuple[int, ...], asked: bool, why: str
) -> None:
    reports = [alsfrs(total, day) for total, day in zip(totals, days(*on), strict=True)]
    assert ("surprise" in rules_after(*reports, of=QUERY)) is asked


@pytest.mark.parametrize(("latest", "asked"), [(38, True), (39, False)])
def test_a_surprise_needs_four_points_however_surprising(latest: int, asked: bool) -> None:
    precise = {"residual_sd": 0.5, "weekly_correlation": 0.0, "patient_noise": False}
    policy = Policy.from_mapping({"limits": {"model": precise, "plausibility": {"surprise_z": 1}}})
    totals, dates = (42, 42, 42, 42, latest), days(0, 28, 56, 84, 112)
    reports = [alsfrs(total, day) for total, day in zip(totals, dates, strict=True)]
    assert ("surprise" in rules_after(*reports, policy=policy, of=QUERY)) is asked


def test_a_surprise_is_measured_against_the_respondents_own_reports_of_earlier_days() -> None:
    own = [alsfrs(42, day) for day in days(0, 28, 56)]
    last = alsfrs(30, days(84)[0], hour=9)
    others = [alsfrs(30, day, respondent="caregiver", hour=8) for day in days(10, 20, 30, 40, 50, 60, 70, 84)]
    evaluation = evaluate([*own, *others, last], Profile(), Policy())
    signals = [signal for flag in evaluation.flags for signal in (flag, *flag.further)]
    (surprise,) = (signal for signal in signals if signal.rule == "surprise")
    assert surprise.evidence == tuple(report.id for report in (*own, last))
    assert surprise.numbers["earlier"] == 42


def test_a_surprise_through_the_switch_to_5b_is_measured_on_the_other_items() -> None:
    dates = days(0, 28, 56, 84)
    before, after = codes(), codes(cutting=0, speech=3, walking=3, dressing=3)
    precise = {"residual_sd": 0.5, "weekly_correlation": 0.0, "patient_noise": False}
    policy = Policy.from_mapping({"limits": {"model": precise}})
    for form, asked in (("b", False), ("a", True)):
        reports = [*(alsfrs(before, day) for day in dates[:3]), alsfrs(after, dates[3], form=form)]
        assert ("surprise" in rules_after(*reports, policy=policy, of=QUERY)) is asked


def test_a_fall_on_a_course_that_is_already_falling_is_less_of_a_surprise() -> None:
    totals = (46, 43, 40, 37, 34, 29)
    reports = [alsfrs(total, day) for total, day in zip(totals, days(0, 28, 56, 84, 112, 140), strict=True)]
    assert "surprise" not in rules_after(*reports, of=QUERY)


@pytest.mark.parametrize(("code", "asked"), [(0, True), (1, True), (3, True), (4, False)])
def test_twelve_identical_answers_below_4_are_asked_about(code: int, asked: bool) -> None:
    assert ("straight_line" in rules_after(alsfrs([code] * 12))) is asked


@pytest.mark.parametrize("answers", [codes(speech=3), [3] * 11 + [2], [3] * 11 + [None], [None] * 11 + [3]])
def test_answers_that_differ_or_are_missing_are_no_straight_line(answers: list[int | None]) -> None:
    assert "straight_line" not in rules_after(alsfrs(answers))


def test_identical_answers_of_a_higher_level_are_asked_about_again() -> None:
    first, second = days(0, 28)
    reports = [alsfrs([2] * 12, first), alsfrs([3] * 12, second)]
    (flag,) = (flag for flag in evaluate(reports, Profile(), Policy()).flags if flag.topic is QUERY)
    signals = [signal for signal in (flag, *flag.further) if signal.rule == "straight_line"]
    assert [signal.numbers["code"] for signal in signals] == [3]


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
def test_a_form_answered_in_under_20_seconds_is_remarked_and_not_asked_about(
    seconds: int | None, who: str, asked: bool
) -> None:
    report = alsfrs(40, respondent=who, duration_seconds=seconds)
    assert remarks_after(report) == ({"too_quick"} if asked else set())
    assert rules_after(report, of=QUERY) == {}


@pytest.mark.parametrize(("gap", "asked"), [(28, True), (112, True), (113, False)])
def test_a_new_respondent_is_remarked(gap: int, asked: bool) -> None:
    first, second = days(0, gap)
    reports = (alsfrs(40, first), alsfrs(40, second, respondent="caregiver"))
    assert ("new_respondent" in remarks_after(*reports)) is asked
    assert rules_after(*reports, of=QUERY) == {}


def test_a_remark_is_of_the_latest_report_alone() -> None:
    first, second = days(0, 7)
    reports = (alsfrs(40, first, duration_seconds=5), alsfrs(40, second, duration_seconds=90))
    assert (remarks_after(*reports[:1]), remarks_after(*reports)) == ({"too_quick"}, set())


def test_a_respondent_who_joins_another_on_the_same_day_is_new() -> None:
    reports = (alsfrs(40, START, hour=8), alsfrs(40, START, hour=9, respondent="caregiver"))
    assert remarks_after(*reports) == {"new_respondent"}


def test_two_respondents_who_take_turns_are_remarked_once() -> None:
    whos = ("patient", "caregiver", "patient", "caregiver")
    reports = [alsfrs(40, day, respondent=who) for day, who in zip(days(0, 28, 56, 84), whos, strict=True)]
    assert "new_respondent" in remarks_after(*reports[:2])
    assert not remarks_after(*reports[:3])
    assert not remarks_after(*reports)


@pytest.mark.parametrize(("recorded", "asked"), [(None, True), (START, False), (date(2026, 1, 6), True)])
def test_5b_without_a_gastrostomy_on_record_is_asked_about(recorded: date | None, asked: bool) -> None:
    rules = rules_after(alsfrs(codes(), form="b"), profile=Profile(gastrostomy_on=recorded), of=QUERY)
    assert ("tube_unrecorded" in rules) is asked


@pytest.mark.parametrize(("swallowing", "form", "asked"), [(0, "a", True), (1, "a", False), (0, "b", False)])
def test_tube_feeding_with_5a_is_asked_about(swallowing: int, form: str, asked: bool) -> None:
    assert ("tube_form" in rules_after(alsfrs(codes(swallowing=swallowing), form=form))) is asked


@pytest.mark.parametrize(("day", "asked"), [(0, False), (1, True)])
def test_a_report_after_the_recorded_death_is_asked_about(day: int, asked: bool) -> None:
    (on,) = days(day)
    evaluation = evaluate([make_report("well_being", {"rating": 5}, on)], Profile(died_on=START), Policy())
    assert (QUERY in {flag.topic for flag in evaluation.flags}) is asked


@pytest.mark.parametrize(("day", "counted"), [(0, 1), (1, 0)])
def test_a_report_of_the_day_of_death_counts_and_a_later_one_does_not(day: int, counted: int) -> None:
    (on,) = days(day)
    memory = evaluate([alsfrs(codes(), on)], Profile(died_on=START), Policy()).memory
    assert len(memory.points) == counted


def test_queries_are_no_clinical_flags() -> None:
    flags = evaluate([alsfrs([1] * 12, duration_seconds=3)], Profile(), Policy()).flags
    assert {flag.topic for flag in flags if flag.data_query} == {QUERY}
    assert all(not flag.data_query for flag in flags if flag.topic != QUERY)
