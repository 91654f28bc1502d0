"""The primary rule and the trend behind it."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decline import Level, Policy, Profile, Report, Trend, evaluate
from scoring.decline.rules.primary import as_percent
from scoring.trajectory import Point, Prior, change_point
from tests.scoring.decline.histories import START, alsfrs, codes, codes_for, days, rules_after, series

VECTORS = json.loads((Path(__file__).parent / "golden_decline.json").read_text())["posterior_slope"][
    "vectors"
]
BARE = {"model": {"weekly_correlation": 0.0, "patient_noise": False}}
S05 = (44, 43, 42, 40, 39, 37)


def policy(**limits: object) -> Policy:
    return Policy.from_mapping({"limits": limits})


def trend_of(reports: list[Report], how: Policy = Policy()) -> Trend:  # noqa: B008
    trend = evaluate(reports, Profile(), how).trajectory
    assert trend is not None
    return trend


@pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS if vector["id"] not in {"B07_nowindow"}],
    ids=lambda vector: vector["id"],
)
def test_published_posteriors(vector: dict[str, object]) -> None:
    reports = [alsfrs(report["total"], date.fromisoformat(report["date"])) for report in vector["reports"]]
    capped = vector["id"] == "B09_cap"  # fortnightly, variance twice as large: a correlation of 1/3
    correlation = 3**-0.5 if capped else 0.0
    trend = trend_of(reports, policy(model={"weekly_correlation": correlation, "patient_noise": False}))
    expected = vector["expected"]
    assert trend.slope == pytest.approx(expected["posterior_slope_mean"], abs=1e-6)
    assert trend.slope_sd == pytest.approx(expected["posterior_slope_sd"], abs=1e-6)
    assert trend.level == pytest.approx(expected["posterior_level_now"], abs=1e-6)
    assert trend.probability == pytest.approx(expected["prob_slope_below"]["-1.11"], abs=1e-6)
    assert trend.steep_probability == pytest.approx(expected["prob_slope_below"]["-1.5"], abs=1e-6)


def test_a_probability_just_below_the_limit_raises_nothing() -> None:
    reports = series(list(S05), every=14)
    trend = trend_of(reports, policy(**BARE))
    assert trend.probability == pytest.approx(0.7997, abs=5e-5)
    assert "fast_decline" not in rules_after(*reports, policy=policy(**BARE))
    at_the_limit = policy(**BARE, primary={"inform_probability": trend.probability})
    assert rules_after(*reports, policy=at_the_limit)["fast_decline"] == "inform"


@pytest.mark.parametrize(("correlation", "needed"), [(0.1, 1), (0.2, 2), (0.58, 3)])
def test_errors_that_last_ask_a_fast_patient_for_more_reports(correlation: float, needed: int) -> None:
    """7 points lost in 10 weeks are just below the limit with independent errors."""
    model = {"patient_noise": False, "weekly_correlation": correlation}
    for more in range(3):
        reports = series([*S05, 36, 34][: len(S05) + more], every=14)
        assert ("fast_decline" in rules_after(*reports, policy=policy(model=model))) is (more >= needed)


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ([44, 44, 43, 43, 42, 42, 42], None),
        ([44, 42, 41, 39, 38, 36, 35], "inform"),
        ([44, 42, 39, 37, 34, 32], "soon"),
        ([34, 37, 39, 42, 44, 46], None),
    ],
    ids=["slow", "fast", "very fast", "improving"],
)
def test_loss_raises_and_gain_does_not(totals: list[int], expected: str | None) -> None:
    """With the slope's sign turned, the improving course would be flagged and the fast ones not."""
    assert rules_after(*series(totals)).get("fast_decline") == expected


@given(st.lists(st.integers(10, 40), min_size=4, max_size=8))
def test_a_course_and_its_mirror_are_never_both_fast(totals: list[int]) -> None:
    there, back = (trend_of(series(course)).probability for course in (totals, totals[::-1]))
    assert min(there, back) < 0.8


@pytest.mark.parametrize(
    ("count", "gap", "measured"), [(2, 28, False), (3, 13, False), (3, 14, True), (4, 9, True), (4, 8, False)]
)
def test_three_reports_over_27_days_are_needed(count: int, gap: int, measured: bool) -> None:
    reports = series([40 - 4 * place for place in range(count)], every=gap)
    assert trend_of(reports).measured is measured
    assert measured or "fast_decline" not in rules_after(*reports)


@pytest.mark.parametrize(("gap", "used"), [(183, 2), (184, 1)])
def test_the_window_is_183_days_inclusive(gap: int, used: int) -> None:
    first, second = days(0, gap)
    assert trend_of([alsfrs(40, first), alsfrs(38, second)]).reports == used


def test_near_the_ceiling_three_reports_are_too_few() -> None:
    trend = trend_of(series([48, 48, 46]))
    assert trend.too_early
    assert "too_early" in trend.as_dict()["notes"]
    assert not trend_of(series([48, 48, 48, 46])).too_early


@pytest.mark.parametrize(("totals", "note"), [([10, 8, 8], True), ([9, 9, 9], True), ([8, 36, 36], False)])
def test_at_the_floor_the_trajectory_says_so(totals: list[int], note: bool) -> None:
    """At a total of 9 a domain has ended although the total has not."""
    assert ("scale_floor" in trend_of(series(totals)).as_dict()["notes"]) is note


def test_a_flat_course_at_the_floor_does_not_clear_the_flag() -> None:
    falling = [34, 30, 26, 22, 18, 14, 10, 6]
    reports = series([*falling, *([6] * 8)])
    assert "fast_decline" in rules_after(*reports)
    higher = series([total + 12 for total in [*falling, *([6] * 8)]])
    assert "fast_decline" not in rules_after(*higher)


def test_it_clears_at_the_second_report_in_a_row_below_one_half() -> None:
    totals = [44, 42, 39, 37, 34, 34, 34, 35, 34, 35, 34]
    reports = series(totals)
    below = [trend_of(reports[: count + 1]).probability < 0.5 for count in range(len(totals))]
    lit = ["fast_decline" in rules_after(*reports[: count + 1]) for count in range(len(totals))]
    raised = lit.index(True)
    first_low = next(place for place in range(raised, len(totals)) if below[place])
    assert lit[raised : first_low + 1] == [True] * (first_low + 1 - raised)
    assert not lit[first_low + 1]


def test_an_incomplete_report_has_no_trend() -> None:
    (last,) = days(112)
    reports = series([44, 42, 39, 37])
    with_gap = [*reports, alsfrs(codes(speech=None, walking=0, dressing=0, turning=0), last)]
    assert trend_of(with_gap) == trend_of(reports)


def test_the_switch_to_5b_is_measured_on_eleven_items_scaled_to_twelve() -> None:
    before = [[4, 4, 4, 2, 1, 2, 4, 4, 4, 4, 4, 4], [4, 4, 4, 1, 1, 1, 4, 4, 4, 4, 4, 4]]
    after = [[4, 4, 4, 0, 4, 0, 4, 4, 4, 4, 4, 4], [4, 4, 4, 0, 4, 0, 3, 3, 4, 4, 4, 4]]
    forms = ("a", "a", "b", "b")
    dates = days(0, 28, 56, 84)
    reports = [
        alsfrs(one, day, form=form) for one, day, form in zip([*before, *after], dates, forms, strict=True)
    ]
    trend = trend_of(reports)
    assert trend.omitted == (4,)
    assert trend.slope < -0.9
    assert trend.as_dict()["compared_on"] == "without_cutting"


def test_breathing_support_is_left_out_when_it_changed() -> None:
    reports = [
        alsfrs(codes(support=code), day) for code, day in zip((4, 4, 2, 2), days(0, 28, 56, 84), strict=True)
    ]
    trend = trend_of(reports)
    flat = trend_of(series([48] * 4))
    assert trend.omitted == (11,)
    assert trend.slope == pytest.approx(flat.slope)


def test_a_proxys_lower_rating_is_an_offset_and_not_a_fall() -> None:
    """The caregiver rates three points lower throughout; the patient's own course is flat."""
    dates = days(*range(0, 196, 28))
    whos = ["patient", "patient", "patient", "patient", "caregiver", "patient", "caregiver"]
    totals = [40 if who == "patient" else 37 for who in whos]
    mixed = [alsfrs(total, day, respondent=who) for total, day, who in zip(totals, dates, whos, strict=True)]
    unmarked = [alsfrs(total, day) for total, day in zip(totals, dates, strict=True)]
    assert trend_of(mixed).slope > trend_of(unmarked).slope
    assert trend_of(mixed).rater == "patient"
    assert "fast_decline" not in rules_after(*mixed)


def test_the_sentence_can_be_read_without_statistics() -> None:
    (flag, *_) = evaluate(series([44, 42, 39, 37, 34, 32]), Profile(), Policy()).flags
    assert flag.level is Level.SOON
    for part in (
        "in 6 reports over 20 weeks",
        "points a month now",
        "all 12 items",
        "1.11 points a month",
    ):
        assert part in flag.sentence
    assert not math.isnan(float(flag.numbers["loss_now"]))
    assert flag.numbers["chance_percent"] <= 99
    assert flag.clears_when == (
        "The chance of an average loss above 1.11 points a month falls below 50 % at two reports in a row."
    )
    assert flag.evidence == tuple(report.id for report in series([44, 42, 39, 37, 34, 32]))


def test_the_window_moves_with_the_report_and_not_with_the_calendar() -> None:
    old = series([44, 40, 36, 32])
    late = alsfrs(codes_for(31), START + timedelta(days=900))
    assert trend_of([*old, late]).reports == 1


def test_its_numbers_are_those_of_the_trend() -> None:
    reports = series([44, 42, 39, 37, 34, 32])
    trend = trend_of(reports)
    points = [
        Point(report.observed_on.toordinal(), float(report.score.total or 0), report.id) for report in reports
    ]
    _, now, now_sd = change_point(points, Prior(correlation=0.1, own_noise=True)).overall
    margin = 1.959964 * math.hypot(now_sd, 0.25 * now)
    (flag, *_) = evaluate(reports, Profile(), Policy()).flags
    assert dict(flag.numbers) == {
        "reports": 6,
        "weeks": 20,
        "first_on": "2026-01-05",
        "last_on": "2026-05-25",
        "loss_now": pytest.approx(-now),
        "loss_low": pytest.approx(-now - margin),
        "loss_high": pytest.approx(-now + margin),
        "loss_of_line": -trend.slope,
        "level_now": trend.level,
        "limit_per_month": 1.11,
        "steep_per_month": 1.5,
        "probability": trend.probability,
        "steep_probability": trend.steep_probability,
        "chance_percent": 99,
        "clear_percent": 50,
        "residual_sd": trend.residual_sd,
        "compared_on": "all",
        "respondent": "patient",
    }


@pytest.mark.parametrize(
    ("probability", "percent"),
    [
        (0.0, 1),
        (0.0099, 1),
        (0.02, 2),
        (0.29, 29),
        (0.57, 57),
        (0.799, 79),
        (0.99, 99),
        (0.9999, 99),
        (1.0, 99),
    ],
)
def test_a_chance_is_told_in_whole_percent_and_never_as_certain(probability: float, percent: int) -> None:
    """0.29 and 0.57 are a little less in binary: the percent they are written as is meant."""
    assert as_percent(probability) == percent


@pytest.mark.parametrize(
    ("limits", "level"),
    [
        ({}, None),
        ({"inform_probability": "own"}, "inform"),
        ({"inform_probability": "own", "soon_probability": "own"}, "soon"),
        ({"steep_probability": "steep"}, "soon"),
    ],
)
def test_each_limit_itself_is_enough(limits: dict[str, str], level: str | None) -> None:
    reports = series([44, 42, 40, 38, 36, 34])
    trend = trend_of(reports)
    own = {"own": trend.probability, "steep": trend.steep_probability}
    exactly = {"inform_probability": 0.99, "soon_probability": 0.999, "steep_probability": 0.99}
    exactly |= {name: own[which] for name, which in limits.items()}
    assert rules_after(*reports, policy=policy(primary=exactly)).get("fast_decline") == level


def test_a_chance_at_the_clearing_limit_does_not_count_towards_clearing() -> None:
    reports = series([44, 42, 39, 37, 34, 34, 34, 34, 34])
    exactly = trend_of(reports[:-1]).probability
    for limit, stands in ((exactly, True), (math.nextafter(exactly, 1), False)):
        clear = policy(primary={"clear_probability": limit})
        assert ("fast_decline" in rules_after(*reports, policy=clear)) is stands


def test_near_the_ceiling_nothing_is_raised_however_steep() -> None:
    sure = {"loss_per_month": 0.2, "inform_probability": 0.5}
    early, later = series([48, 47, 46]), series([48, 47, 47, 46])
    assert "fast_decline" not in rules_after(*early, policy=policy(primary=sure))
    assert "fast_decline" in rules_after(*later, policy=policy(primary=sure))


def test_a_span_of_a_week_is_told_as_one_week() -> None:
    short = policy(primary={"min_span_days": 7, "inform_probability": 0.5}, **BARE)
    (flag,) = (
        flag
        for flag in evaluate(series([40, 30, 20], every=4), Profile(), short).flags
        if flag.rule == "fast_decline"
    )
    assert flag.numbers["weeks"] == 1


@pytest.mark.parametrize(
    ("total", "lit"), [(40, [True, True, True, False, False]), (48, [True, True, True, True, False])]
)
def test_too_few_reports_do_not_count_towards_clearing(total: int, lit: list[bool]) -> None:
    """More than half a year later two reports are too few, and near the ceiling three are too early."""
    old = series([44, 42, 39, 37, 34, 32])
    late = [alsfrs(total, day) for day in days(600, 620, 640, 660, 680)]
    found = ["fast_decline" in rules_after(*old, *late[:count]) for count in range(1, 6)]
    assert found == lit
