"""The row of the totals: slopes compare by eye, and everything lies where the numbers say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.figure.figure import figure_of
from api.pages.figure.totals import PIXELS_PER_POINT, Scale, Totals
from services.patients.shapes import Series
from tests.api.pages.figure.courses import FASTER, records, series_of


def totals(series: Series) -> Totals:
    return figure_of(series, {}).totals


@given(st.lists(st.floats(0, 48), max_size=30))
def test_a_scale_shows_all_totals_in_steps_of_the_grid(values: list[float]) -> None:
    scale = Scale.over(values)
    assert 0 <= scale.low < scale.high <= 48
    assert scale.high - scale.low >= 24
    assert scale.low % 6 == scale.high % 6 == 0
    assert all(0 <= scale.at(value) <= 100 for value in values)
    assert scale.height == PIXELS_PER_POINT * (scale.high - scale.low)


@given(st.lists(st.floats(0, 48), min_size=1), st.floats(0, 47))
def test_a_point_is_as_high_for_every_patient(values: list[float], low: float) -> None:
    scale = Scale.over(values)
    pixels = (scale.at(low) - scale.at(low + 1)) / 100 * scale.height
    assert pixels == pytest.approx(PIXELS_PER_POINT, abs=0.4)


def test_dots_say_what_the_line_rests_on() -> None:
    row = totals(series_of(*records(tuple([43] * 20)), *records((30, 30), every=20, respondent="caregiver")))
    kinds = {dot.kind for dot in row.dots}
    assert kinds == {"patient", "patient older", "caregiver apart"}
    assert {dot.point.used for dot in row.dots if dot.kind == "patient"} == {True}


def numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", path)]


def test_the_line_ends_at_the_level_and_the_pace_begins_where_it_begins() -> None:
    series = series_of(*records((46, 43, 40, 36, 32, 28), every=28))
    row = totals(series)
    assert row.line is not None
    assert series.assessed is not None
    assert series.assessed.trend is not None
    assert row.line.end.y == pytest.approx(row.scale.at(series.assessed.trend.level), abs=0.1)
    line, pace = numbers(row.line.line), numbers(row.line.pace)
    assert line[:2] == pace[:2]
    assert line[2] == pace[2]
    assert pace[3] < line[3]  # steeper than the dots means fast, and y grows downwards
    xs = numbers(row.line.ahead)[::2]
    assert min(xs) == row.line.end.x


def test_a_bend_is_drawn_within_its_range() -> None:
    row = totals(series_of(*records(FASTER)))
    assert row.bend is not None
    assert row.bend.likely
    assert row.bend.low_x <= row.bend.x <= row.bend.low_x + row.bend.width + 0.1
    xs = numbers(row.bend.path)[::2]
    assert xs == sorted(xs)
    assert row.bend.x in xs


def test_without_what_is_the_clinicians_there_are_dots_only() -> None:
    row = totals(series_of(*records(FASTER), assessed=False))
    assert (row.line, row.bend, row.alerts) == (None, None, ())
    assert {dot.kind for dot in row.dots} == {"patient"}
