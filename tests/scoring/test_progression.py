"""Rates, slopes and reliable change: golden values, published limits, scipy, and what holds always."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from scoring.progression import (
    ALL_CUTOFFS,
    DAYS_PER_MONTH,
    HOME_ALSFRS_R,
    NOTES,
    Note,
    OnsetPrecision,
    Reading,
    Reliability,
    classify,
    fit_line,
    interval_change,
    months_between,
    rate_since_onset,
    reliable_change,
    reliable_course,
    theil_sen,
)
from scoring.progression.reliable_change import CLOSE_DAYS

GOLDEN = json.loads((Path(__file__).parent / "golden_endpoints.json").read_text())
START = date(2024, 1, 1)
KIMURA_THREE = ALL_CUTOFFS[2]


def readings(*pairs: tuple[int, float]) -> list[Reading]:
    """Readings from days since the start and values."""
    return [Reading(START + timedelta(days=day), value) for day, value in pairs]


def of(vector: dict[str, Any]) -> list[Reading]:
    return [Reading(date.fromisoformat(report["date"]), report["total"]) for report in vector["reports"]]


series = (
    st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 48)), min_size=3, max_size=30)
    .map(lambda pairs: readings(*pairs))
    .filter(lambda reports: len({report.on for report in reports}) > 1)
)


@pytest.mark.parametrize("vector", GOLDEN["slopes"]["vectors"], ids=lambda vector: vector["id"])
def test_golden_slopes(vector: dict[str, Any]) -> None:
    reports, expected = of(vector), vector["expected"]
    fit = fit_line(reports)
    shown = {
        "ols_slope_per_month": fit.slope_per_month,
        "ols_intercept_at_first_report": fit.intercept,
        "residual_sd": fit.residual_sd,
        "ols_se": fit.se,
        "ols_ci95": None if fit.low is None else [fit.low, fit.high],
        "theil_sen_per_month": theil_sen(reports).slope_per_month,
        "two_point_first_last_per_month": interval_change(reports[0], reports[-1]).slope_per_month,
    }
    for name, value in shown.items():
        assert value == (pytest.approx(expected[name], abs=1e-6) if name in expected else None), name


@pytest.mark.parametrize("vector", GOLDEN["slopes"]["vectors"], ids=lambda vector: vector["id"])
def test_golden_rates_since_onset(vector: dict[str, Any]) -> None:
    first, expected = of(vector)[0], vector["expected"]
    onset = date.fromisoformat(vector["onset_date"])
    rate = rate_since_onset(onset, first)
    assert rate.months == pytest.approx(expected["months_onset_to_first_report"], abs=1e-6)
    loss = expected["delta_fs_at_first_report"]
    assert rate.loss_per_month == (None if loss is None else pytest.approx(loss, abs=1e-6))
    assert rate.group == expected.get("delta_fs_class_labra2016")
    three = rate_since_onset(onset, first, cutoffs=KIMURA_THREE)
    assert three.group == expected.get("delta_fs_class_kimura2006_3group")


# Rate since onset


def test_the_same_month_length_everywhere() -> None:
    assert DAYS_PER_MONTH == 30.4375
    assert months_between(START, START + timedelta(days=487)) == 16
    assert months_between(START + timedelta(days=487), START) == -16


@pytest.mark.parametrize(
    ("source", "losses", "groups"),
    [
        ("Labra", [0.469, 0.47, 1.109, 1.11, -0.2], ["slow", "intermediate", "intermediate", "fast", "slow"]),
        ("Kimura", [0.669, 0.67], ["slow", "fast"]),
        ("Gordon", [0.499, 0.5], ["slow", "fast"]),
        (
            "Elamin",
            [0.249, 0.25, 0.499, 0.5, 0.999, 1.0],
            ["< 0.25", "0.25-0.49", "0.25-0.49", "0.50-0.99", "0.50-0.99", ">= 1.00"],
        ),
    ],
)
def test_published_groups_begin_at_their_limit(source: str, losses: list[float], groups: list[str]) -> None:
    cutoffs = next(cutoffs for cutoffs in ALL_CUTOFFS if cutoffs.source.startswith(source))
    assert [classify(loss, cutoffs) for loss in losses] == groups


def test_the_group_of_a_rate_is_that_of_the_cutoffs_asked_for() -> None:
    reading = Reading(date(2024, 1, 1), 36)
    onset = date(2023, 1, 1)
    assert rate_since_onset(onset, reading).group == "intermediate"
    assert rate_since_onset(onset, reading, cutoffs=KIMURA_THREE).group == "fast"
    assert rate_since_onset(onset, reading, cutoffs=KIMURA_THREE).source == "Kimura 2006 (n 82)"


def test_kimura_has_a_grouping_in_three_too_and_labra_is_the_default() -> None:
    assert [classify(loss, KIMURA_THREE) for loss in (0.49, 0.5, 0.99, 1.0)] == [
        "slow",
        "intermediate",
        "intermediate",
        "fast",
    ]
    assert classify(1.0) == "intermediate"
    assert rate_since_onset(date(2023, 1, 1), Reading(START, 40)).source == "Labra 2016 (n 164)"


@pytest.mark.parametrize(
    ("precision", "assumed", "earliest", "latest"),
    [
        (OnsetPrecision.DAY, date(2023, 2, 20), date(2023, 2, 20), date(2023, 2, 20)),
        (OnsetPrecision.MONTH, date(2023, 2, 15), date(2023, 2, 1), date(2023, 2, 28)),
        (OnsetPrecision.YEAR, date(2023, 7, 1), date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_how_well_the_onset_is_known_gives_the_rate_a_range(
    precision: OnsetPrecision, assumed: date, earliest: date, latest: date
) -> None:
    reading = Reading(date(2024, 6, 1), 38)
    rate = rate_since_onset(date(2023, 2, 20), reading, precision=precision)
    assert rate.months == months_between(assumed, reading.on)
    assert rate.loss_per_month == pytest.approx(10 / months_between(assumed, reading.on))
    assert rate.loss_low == pytest.approx(10 / months_between(earliest, reading.on))
    assert rate.loss_high == pytest.approx(10 / months_between(latest, reading.on))
    assert rate.precision is precision
    assert (Note.ONSET_APPROXIMATE in rate.notes) is (precision is not OnsetPrecision.DAY)


def test_the_range_is_in_order_when_the_score_is_above_the_full_one() -> None:
    rate = rate_since_onset(
        date(2023, 1, 5), Reading(START, 42), precision=OnsetPrecision.YEAR, full_score=40
    )
    assert rate.loss_low is not None
    assert rate.loss_low < (rate.loss_per_month or 0) < (rate.loss_high or 0)


@pytest.mark.parametrize(
    ("on", "rate", "lowest"),
    [
        # 8 points since the middle between 1 January and the reading, and since 1 January.
        (date(2026, 8, 1), 8 / (106 / DAYS_PER_MONTH), 8 / (212 / DAYS_PER_MONTH)),
        (date(2026, 7, 2), 8 / (91 / DAYS_PER_MONTH), 8 / (182 / DAYS_PER_MONTH)),
        (date(2026, 3, 1), 8 / (30 / DAYS_PER_MONTH), 8 / (59 / DAYS_PER_MONTH)),
        (date(2026, 12, 31), 8 / (182 / DAYS_PER_MONTH), 8 / (364 / DAYS_PER_MONTH)),
    ],
)
def test_an_onset_in_the_year_of_the_reading_lies_between_its_first_day_and_the_reading(
    on: date, rate: float, lowest: float
) -> None:
    found = rate_since_onset(date(2026, 5, 5), Reading(on, 40), precision=OnsetPrecision.YEAR)
    assert found.loss_per_month == pytest.approx(rate)
    assert (found.loss_low, found.loss_high) == (pytest.approx(lowest), None)
    assert Note.ONSET_RANGE_OPEN in found.notes
    assert Note.ONSET_NOT_BEFORE not in found.notes


def test_the_published_figures_of_an_onset_known_by_year() -> None:
    found = rate_since_onset(date(2026, 1, 1), Reading(date(2026, 8, 1), 40), precision=OnsetPrecision.YEAR)
    assert (round(found.loss_per_month or 0, 2), round(found.loss_low or 0, 2)) == (2.3, 1.15)


def test_an_onset_in_the_month_of_the_reading_lies_between_its_first_day_and_the_reading() -> None:
    found = rate_since_onset(date(2026, 3, 1), Reading(date(2026, 3, 11), 47), precision=OnsetPrecision.MONTH)
    assert found.loss_per_month == pytest.approx(1 / (5 / DAYS_PER_MONTH))
    assert (found.loss_low, found.loss_high) == (pytest.approx(1 / (10 / DAYS_PER_MONTH)), None)


@given(st.dates(date(2020, 1, 1), date(2021, 12, 31)), st.integers(0, 48))
def test_the_rate_lies_within_its_range_whatever_the_day_of_the_reading(on: date, value: int) -> None:
    for precision in OnsetPrecision:
        found = rate_since_onset(date(2020, 6, 10), Reading(on, value), precision=precision)
        if found.loss_per_month is None:
            assert (found.loss_low, found.loss_high, found.notes[0]) == (None, None, Note.ONSET_NOT_BEFORE)
        else:
            assert found.loss_low is not None
            assert found.loss_low <= found.loss_per_month
            assert found.loss_high is None or found.loss_per_month <= found.loss_high
            assert (found.loss_high is None) is (Note.ONSET_RANGE_OPEN in found.notes)


def test_a_group_that_the_range_does_not_settle_is_told() -> None:
    wide = rate_since_onset(date(2025, 1, 1), Reading(date(2026, 2, 1), 40), precision=OnsetPrecision.YEAR)
    assert (wide.group, Note.GROUP_UNSURE in wide.notes) == ("fast", True)
    narrow = rate_since_onset(date(2020, 1, 1), Reading(date(2026, 2, 1), 47), precision=OnsetPrecision.YEAR)
    assert (narrow.group, Note.GROUP_UNSURE in narrow.notes) == ("slow", False)


def test_an_onset_long_ago_is_asked_about() -> None:
    reading = Reading(date(2026, 1, 1), 40)
    assert rate_since_onset(date(1024, 1, 1), reading).notes == (Note.ONSET_LONG_AGO,)
    assert rate_since_onset(date(1976, 1, 2), reading).notes == ()


@pytest.mark.parametrize(
    ("days", "notes"),
    [
        (-30, (Note.ONSET_NOT_BEFORE,)),
        (0, (Note.ONSET_NOT_BEFORE,)),
        (1, (Note.ONSET_RECENT,)),
        (91, (Note.ONSET_RECENT,)),
        (92, ()),
    ],
)
def test_a_recent_onset_is_told_and_one_not_before_the_reading_has_no_rate(
    days: int, notes: tuple[Note, ...]
) -> None:
    rate = rate_since_onset(START, Reading(START + timedelta(days=days), 44))
    assert rate.notes == notes
    assert (rate.loss_per_month is None) is (days <= 0)
    assert (rate.group is None) is (days <= 0)


# Slopes


def test_an_interval_change_keeps_the_sign_of_the_change() -> None:
    change = interval_change(*readings((0, 40), (487, 32)))
    assert (change.change, change.months, change.slope_per_month, change.notes) == (-8, 16, -0.5, ())


def test_a_change_within_a_day_has_no_slope() -> None:
    change = interval_change(*readings((3, 40), (3, 38)))
    assert (change.change, change.months, change.slope_per_month) == (-2, 0, None)
    assert change.notes == (Note.ONE_DAY,)


@pytest.mark.parametrize(
    ("pairs", "note"), [([], Note.NO_READINGS), ([(5, 40)], Note.ONE_DAY), ([(5, 40), (5, 30)], Note.ONE_DAY)]
)
def test_without_two_days_there_is_no_slope(pairs: list[tuple[int, float]], note: Note) -> None:
    fit, robust = fit_line(readings(*pairs)), theil_sen(readings(*pairs))
    assert (fit.n, fit.slope_per_month, fit.intercept, fit.low, fit.notes) == (
        len(pairs), None, None, None, (note,),
    )  # fmt: skip
    assert (robust.n, robust.pairs, robust.slope_per_month, robust.notes) == (len(pairs), 0, None, (note,))
    assert fit_line(readings(*pairs), 0.8).confidence == 0.8


@pytest.mark.parametrize(
    "pairs",
    [
        ((-84, 31), (-56, 30), (-28, 30), (0, 31)),
        ((0, 30), (28, 31), (56, 31), (84, 30)),
        ((0, 4.1), (31, 4.4), (62, 4.4), (93, 4.1)),
    ],
)
def test_a_slope_that_is_arithmetic_only_is_0(pairs: tuple[tuple[int, float], ...]) -> None:
    fit = fit_line(readings(*pairs))
    assert (fit.slope_per_month, fit.low) == (0, pytest.approx(-fit.high))
    assert fit.intercept == pytest.approx(sum(value for _, value in pairs) / len(pairs), rel=1e-12)
    assert theil_sen(readings(*pairs)).slope_per_month == 0
    turned = fit_line(readings(*(pairs[:-1]), (pairs[-1][0], pairs[-1][1] - 0.001)))
    assert turned.slope_per_month < 0


def test_a_median_slope_that_is_arithmetic_only_is_0() -> None:
    assert theil_sen(readings((0, 4.9), (28, 4.4), (56, 5.7), (84, 4.6))).slope_per_month == 0
    assert theil_sen(readings((0, 4.9), (28, 4.4), (56, 5.7), (84, 4.61))).slope_per_month != 0


def test_two_readings_have_a_slope_and_no_interval() -> None:
    fit = fit_line(readings((0, 40), (487, 32)), confidence=0.8)
    assert fit.confidence == 0.8
    assert (fit.n, fit.slope_per_month, fit.intercept, fit.intercept_on) == (2, -0.5, 40, START)
    assert (fit.df, fit.residual_sd, fit.se, fit.low, fit.high) == (None,) * 5
    assert fit.notes == (Note.NO_INTERVAL,)


def test_readings_on_a_line_say_that_the_interval_means_nothing() -> None:
    fit = fit_line(readings((0, 40), (30, 39), (60, 38), (90, 37)))
    assert fit.notes == (Note.PERFECT_FIT,)
    assert fit_line(readings((0, 40), (30, 39), (60, 38.001), (90, 37))).notes == ()
    assert fit_line(readings((0, 30), (10, 30), (21, 30))).notes == (Note.PERFECT_FIT,)
    assert fit_line(readings((0, 0), (10, 0), (21, 0))).notes == (Note.PERFECT_FIT,)


def test_the_confidence_widens_the_interval() -> None:
    pairs = readings((0, 40), (30, 38), (60, 38), (90, 36), (120, 36))
    wide, narrow = fit_line(pairs, confidence=0.99), fit_line(pairs, confidence=0.9)
    assert (wide.confidence, narrow.confidence, fit_line(pairs).confidence) == (0.99, 0.9, 0.95)
    expected = stats.linregress([day / DAYS_PER_MONTH for day in (0, 30, 60, 90, 120)], [40, 38, 38, 36, 36])
    for fit, limit in ((wide, stats.t.ppf(0.995, 3)), (narrow, stats.t.ppf(0.95, 3))):
        assert (fit.n, fit.df) == (5, 3)
        assert fit.high - fit.slope_per_month == pytest.approx(limit * expected.stderr, rel=1e-9)


@given(series)
def test_least_squares_agrees_with_scipy(reports: list[Reading]) -> None:
    start = min(report.on for report in reports)
    times = [(report.on - start).days / 30.4375 for report in reports]
    values = [report.value for report in reports]
    expected, fit = stats.linregress(times, values), fit_line(reports)
    near = {"rel": 1e-9, "abs": 1e-9}
    assert fit.slope_per_month == pytest.approx(expected.slope, **near)
    assert fit.intercept == pytest.approx(expected.intercept, **near)
    if expected.rvalue**2 < 1 - 1e-6:  # scipy's error comes from 1 - r squared and loses its digits beyond
        assert fit.se == pytest.approx(expected.stderr, **near)
    half = stats.t.ppf(0.975, len(reports) - 2) * fit.se
    assert fit.high == pytest.approx(expected.slope + half, **near)
    assert fit.low == pytest.approx(expected.slope - half, **near)


@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt")  # of scipy's interval, not used here
@given(series)
def test_theil_sen_agrees_with_scipy(reports: list[Reading]) -> None:
    times = [(report.on - START).days / 30.4375 for report in reports]
    expected = stats.theilslopes([report.value for report in reports], times)
    robust = theil_sen(reports)
    assert robust.slope_per_month == pytest.approx(expected.slope, rel=1e-9, abs=1e-9)
    assert robust.n == len(reports)
    days = [report.on for report in reports]
    same = sum(days.count(day) - 1 for day in days) // 2
    assert robust.pairs == len(reports) * (len(reports) - 1) // 2 - same


@given(series, st.integers(-700, 700), st.integers(-20, 20))
def test_shifting_the_calendar_or_the_scale_changes_no_slope(
    reports: list[Reading], days: int, points: int
) -> None:
    shifted = [Reading(report.on + timedelta(days=days), report.value + points) for report in reports]
    old, new = fit_line(reports), fit_line(shifted)
    near = {"rel": 1e-9, "abs": 1e-9}
    assert new.slope_per_month == pytest.approx(old.slope_per_month, **near)
    assert theil_sen(shifted).slope_per_month == pytest.approx(theil_sen(reports).slope_per_month, **near)
    assert new.se == pytest.approx(old.se, **near)
    assert new.intercept == pytest.approx((old.intercept or 0) + points, **near)


@given(series, st.randoms(use_true_random=False))
def test_the_order_of_the_readings_does_not_matter(reports: list[Reading], random: Any) -> None:
    shuffled = list(reports)
    random.shuffle(shuffled)
    old, new = fit_line(reports), fit_line(shuffled)
    assert new.slope_per_month == pytest.approx(old.slope_per_month, rel=1e-12, abs=1e-12)
    assert theil_sen(shuffled).slope_per_month == pytest.approx(
        theil_sen(reports).slope_per_month, rel=1e-12, abs=1e-12
    )


def test_one_wild_reading_moves_theil_sen_less_than_least_squares() -> None:
    steady = readings(*((30 * month, 40 - month) for month in range(12)))
    wild = [*steady[:-1], Reading(steady[-1].on, 4)]
    truth = -30.4375 / 30
    assert theil_sen(wild).slope_per_month == pytest.approx(truth)
    assert abs((fit_line(wild).slope_per_month or 0) - truth) > 0.9


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_reading_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"^a reading must be a finite number$"):
        Reading(START, value)


# Reliable change


@pytest.mark.parametrize("vector", GOLDEN["reliable_change"]["vectors"], ids=lambda vector: vector["id"])
def test_golden_reliable_change(vector: dict[str, Any]) -> None:
    noise, expected = Reliability(vector["sd"], vector["icc"]), vector["expected"]
    result = reliable_change(vector["first"], vector["second"], noise)
    assert noise.sem == result.sem == pytest.approx(expected["sem"], abs=1e-6)
    assert noise.s_diff == pytest.approx(expected["s_diff"], abs=1e-6)
    assert noise.detectable_change(0.90) == pytest.approx(expected["mdc90"], abs=1e-6)
    assert result.detectable_change == pytest.approx(expected["mdc95"], abs=1e-6)
    assert result.index == pytest.approx(expected["rci"], abs=1e-6)
    assert result.reliable is expected["reliable_95"]


def test_home_reports_have_the_noise_of_the_published_agreement() -> None:
    assert (HOME_ALSFRS_R.sd, HOME_ALSFRS_R.icc) == (8, 0.95)
    assert [reliable_change(40, value).reliable for value in (35, 36, 44, 45)] == [True, False, False, True]
    assert reliable_change(40, 36, confidence=0.8).reliable is True
    assert reliable_change(40, 36, confidence=0.8).confidence == 0.8
    assert reliable_change(40, 36).confidence == 0.95
    assert reliable_change(40, 36).change == -4
    assert HOME_ALSFRS_R.detectable_change() == HOME_ALSFRS_R.detectable_change(0.95)
    assert reliable_change(0, HOME_ALSFRS_R.detectable_change()).reliable is False


@pytest.mark.parametrize(("sd", "icc"), [(0, 0.9), (8, 1)])
def test_a_measure_without_error_has_no_index(sd: float, icc: float) -> None:
    result = reliable_change(40, 36, Reliability(sd, icc))
    assert (result.index, result.reliable, result.notes) == (None, None, (Note.NO_ERROR,))
    assert reliable_change(40, 36).notes == ()


@given(st.floats(0.1, 20), st.floats(0, 0.99), st.floats(0.5, 0.99), st.integers(-48, 48))
def test_the_index_and_the_detectable_change_agree(
    sd: float, icc: float, confidence: float, change: int
) -> None:
    result = reliable_change(20, 20 + change, Reliability(sd, icc), confidence)
    limit = float(stats.norm.ppf((1 + confidence) / 2))
    assume(abs(abs(result.index or 0) - limit) > 1e-9)
    assert result.reliable is (abs(result.index or 0) > limit)


@pytest.mark.parametrize(("sd", "icc"), [(-1, 0.9), (8, 1.01), (8, -0.1), (math.nan, 0.9)])
def test_an_impossible_reliability_is_refused(sd: float, icc: float) -> None:
    with pytest.raises(ValueError, match=r"^SD must not be negative, ICC must lie between 0 and 1$"):
        Reliability(sd, icc)


def test_one_reading_has_no_change_and_says_so() -> None:
    result = reliable_course([Reading(START, 40)], Reliability(8, 0.95), 0.9)
    assert (result.change, result.index, result.reliable, result.notes) == (
        None,
        None,
        None,
        (Note.ONE_READING,),
    )
    assert (result.confidence, result.sem) == (0.9, Reliability(8, 0.95).sem)


def test_a_limit_is_not_missed_by_the_last_digit_of_a_float() -> None:
    assert classify(0.1 + 0.1 + 0.1 + 0.1 + 0.07) == classify(0.47) == "intermediate"
    assert classify(1.11 - 1e-12) == "fast"
    assert classify(1.11 - 1e-8) == "intermediate"


def test_the_pairs_of_very_many_readings_are_not_gone_through() -> None:
    readings = [Reading(START + timedelta(days=day), 40) for day in range(1001)]
    assert theil_sen(readings[:-1]).pairs == 1000 * 999 // 2
    assert (theil_sen(readings).slope_per_month, theil_sen(readings).notes) == (
        None,
        (Note.TOO_MANY_READINGS,),
    )


def test_every_note_has_its_sentence() -> None:
    assert set(NOTES) == set(Note)
    assert all(text[0].isupper() and text.endswith(".") for text in NOTES.values())


@pytest.mark.parametrize("days", [0, 1, 61, 62, 63, 365])
@pytest.mark.parametrize("last", [20, 38, 42])
def test_reliable_change_is_that_of_close_readings_only(days: int, last: int) -> None:
    middle = [Reading(START, 41)] if days else []
    readings = [Reading(START, 42), *middle, Reading(START + timedelta(days), last)]
    found = reliable_course(readings)
    assert f" {CLOSE_DAYS} days apart" in NOTES[Note.NOT_CLOSE]
    if days <= CLOSE_DAYS == 62:
        assert found == reliable_change(42, last)
    else:
        assert (found.change, found.index, found.reliable) == (last - 42, None, None)
        assert found.notes == (Note.NOT_CLOSE,)
        assert found.detectable_change == reliable_change(42, last).detectable_change
