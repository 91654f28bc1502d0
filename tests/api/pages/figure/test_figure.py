"""The whole figure."""

from __future__ import annotations

from datetime import timedelta

from api.pages.figure.figure import figure_of
from services.patients.shapes import Span
from tests.api.pages.figure.courses import FASTER, days_ago, records, series_of
from tests.services.patients.test_course import TODAY, record


def test_a_short_history_fills_half_a_year_and_no_more() -> None:
    figure = figure_of(series_of(record(20), record(6)), {})
    assert (TODAY - figure.axis.first).days == 182 + 5
    long = figure_of(series_of(record(900), record(6), span=Span.MONTHS_12), {})
    assert (TODAY - long.axis.first).days <= 366 + 5


def test_the_axis_has_room_for_the_bands_continuation_only_where_there_is_one() -> None:
    drawn = figure_of(series_of(*records(FASTER)), {})
    assert drawn.axis.last == TODAY + timedelta(days=56 + 5)
    bare = figure_of(series_of(*records(FASTER), assessed=False), {})
    assert bare.axis.last == TODAY + timedelta(days=5)
    assert bare.today_x < 100


def test_measures_have_the_scale_that_is_asked_for() -> None:
    weight = {"instrument": "weight", "score": {"total": 71_000}, "answers": {"weight_g": 71_000}}
    series = series_of(*records(FASTER), record(10, **weight))
    (row,) = figure_of(series, {"weight": (0.0, 0.0)}).measures
    assert (row.low, row.high, row.path) == (71_000, 71_000, "M" + row.path[1:])
    assert figure_of(series, {}).measures == ()


def test_nothing_reported_has_a_figure_too() -> None:
    figure = figure_of(series_of(), {})
    assert (figure.first, figure.last, figure.respondents, figure.domains) == (None, None, (), ())
    assert figure.axis.first < days_ago(180)
