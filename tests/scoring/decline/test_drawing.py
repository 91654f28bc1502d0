"""What a figure shows beside the totals lies on the line's own basis and says what the rules say."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decline import Profile, Report, Topic, Trend, begin, evaluate, read
from scoring.decline.alsfrs import drawing
from scoring.decline.alsfrs.drawing import Bend, Run
from scoring.decline.alsfrs.points import Point, point_of
from scoring.decline.policy import Policy
from tests.scoring.decline.histories import START, alsfrs, codes, series
from tests.scoring.decline.test_acceleration import FASTER

DAY = START.toordinal()


def trend_of(reports: list[Report]) -> Trend:
    trend = evaluate(reports, Profile(), Policy()).trajectory
    assert trend is not None
    return trend


def drawn(reports: list[Report], trend: Trend) -> dict[str, tuple[Point, float]]:
    made = ((point, drawing.on_basis(point, trend.omitted)) for point in map(point_of, reports))
    return {point.id: (point, total) for point, total in made if total is not None}


def bend_in(reports: list[Report]) -> Bend:
    flags = evaluate(reports, Profile(), Policy()).flags
    flag = next(flag for flag in flags if flag.topic is Topic.ACCELERATION)
    bend = drawing.bend_of(flag.numbers, flag.evidence, drawn(reports, trend_of(reports)))
    assert bend is not None
    return bend


def test_the_band_reaches_over_the_reports_used_and_ends_with_the_level() -> None:
    trend = trend_of(series([46, 45, 44, 42, 41, 40], every=28))
    band = drawing.band_of(trend)
    assert (band[0].day, band[-1].day) == (trend.first_day, trend.last_day)
    assert [day.day for day in band] == sorted({day.day for day in band})
    assert band[-1].mean == pytest.approx(trend.level)
    assert band[-1].high - band[-1].low == pytest.approx(2 * 1.959964 * trend.level_sd)
    told = trend.as_dict()
    slope = (band[-1].mean - band[0].mean) / (trend.last_day - trend.first_day) * 30.4375
    assert slope == pytest.approx(told["slope_per_month"])


def test_the_band_goes_on_for_eight_weeks_and_grows_wider() -> None:
    trend = trend_of(series([46, 45, 44, 42, 41, 40], every=28))
    ahead = drawing.ahead_of(trend)
    assert ahead[0] == drawing.band_of(trend)[-1]
    assert [day.day - trend.last_day for day in ahead] == [*range(0, 57, 7)]
    widths = [day.high - day.low for day in ahead]
    assert widths == sorted(widths)


def test_points_lie_on_the_basis_of_the_line_where_the_form_of_an_item_has_changed() -> None:
    before = [alsfrs(codes(cutting=2), START + timedelta(days=28 * place)) for place in range(4)]
    after = [alsfrs(codes(cutting=4), START + timedelta(days=112 + 28 * n), form="b") for n in range(3)]
    trend = trend_of([*before, *after])
    assert trend.omitted == (4,)
    totals = {point.total: total for point, total in drawn([*before, *after], trend).values()}
    assert totals == {46: 48.0, 48: 48.0}


def test_a_report_that_lacks_an_item_of_the_basis_has_no_place_on_it() -> None:
    trend = trend_of(series([46, 45, 44, 42], every=28))
    lacking = point_of(alsfrs(codes(walking=None), START))
    assert drawing.on_basis(lacking, trend.omitted) is None


def test_the_bend_says_what_its_flag_says_and_runs_through_the_reports() -> None:
    reports = series(FASTER, every=14)
    bend = bend_in(reports)
    flags = evaluate(reports, Profile(), Policy()).flags
    numbers = next(flag for flag in flags if flag.topic is Topic.ACCELERATION).numbers
    assert date.fromordinal(bend.line.day).isoformat() == numbers["since_on"]
    assert bend.low_day <= bend.line.day <= bend.high_day
    assert (bend.line.before, bend.line.after) == (-numbers["loss_before"], -numbers["loss_now"])
    assert bend.last_day == reports[-1].observed_on.toordinal()
    residuals = [
        total - bend.line.at(point.day) for point, total in drawn(reports, trend_of(reports)).values()
    ]
    assert max(map(abs, residuals)) < 3
    assert sum(residuals) == pytest.approx(0, abs=1e-9)


def test_a_bend_whose_reports_are_not_drawn_is_not_drawn() -> None:
    numbers = {"respondent": "patient", "since_on": "2026-01-05", "since_low_on": "2026-01-05"}
    assert drawing.bend_of(numbers, ["gone"], {}) is None


def test_the_trend_that_is_remembered_draws_the_same_band() -> None:
    memory = begin()
    for report in series([46, 45, 44, 42, 41, 40], every=28):
        memory = read(memory, report, Profile(), Policy()).memory
    again = type(memory).from_dict(memory.as_dict()).trend
    assert memory.trend is not None
    assert again is not None
    assert drawing.band_of(again) == drawing.band_of(memory.trend)


answers = st.lists(
    st.tuples(st.integers(1, 120), st.sampled_from(["walking", "other"]), st.none() | st.integers(0, 4)),
    min_size=1,
    max_size=30,
)


def test_runs_are_equal_answers_in_a_row() -> None:
    given = [(DAY, "walking", 4), (DAY + 7, "walking", 4), (DAY + 14, "walking", 3), (DAY + 21, "walking", 3)]
    assert drawing.runs_of(given, 7) == (
        Run("walking", 4, DAY, DAY + 14, 2),
        Run("walking", 3, DAY + 14, DAY + 28, 2),
    )


def test_a_pause_and_a_missing_answer_are_gaps() -> None:
    pause = [(DAY, "walking", 4), (DAY + 16, "walking", 4)]
    assert [(run.start, run.end) for run in drawing.runs_of(pause, 7)] == [
        (DAY, DAY + 7),
        (DAY + 16, DAY + 23),
    ]
    missing = [(DAY, "walking", 4), (DAY + 7, "walking", None), (DAY + 14, "walking", 4)]
    assert [(run.start, run.end) for run in drawing.runs_of(missing, 7)] == [
        (DAY, DAY + 7),
        (DAY + 14, DAY + 21),
    ]


@given(answers, st.integers(1, 90))
def test_runs_hold_each_answer_once_and_never_overlap(
    steps: list[tuple[int, str, int | None]], interval: int
) -> None:
    day, given = DAY, []
    for gap, key, code in steps:
        day += gap
        given.append((day, key, code))
    runs = drawing.runs_of(given, interval)
    answered = [(when, key, code) for when, key, code in given if code is not None]
    assert sum(run.reports for run in runs) == len(answered)
    for when, key, code in answered:
        (run,) = [run for run in runs if run.start <= when < run.end]
        assert (run.key, run.code) == (key, code)
    assert all(one.end <= other.start for one, other in pairwise(runs))
