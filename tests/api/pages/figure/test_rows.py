"""The rows of domains, items and measures."""

from __future__ import annotations

import re
from itertools import pairwise

from api.pages.figure.axis import Axis
from api.pages.figure.figure import figure_of
from api.pages.figure.rows import DomainRow, domain_rows, line_row
from services.patients.shapes import ValueOn
from tests.api.pages.figure.courses import FASTER, days_ago, records, series_of
from tests.services.patients.test_course import TODAY, record

AXIS = Axis.over(days_ago(365), TODAY)


def rows_of(*totals: int) -> dict[str, DomainRow]:
    return {row.line.name: row for row in domain_rows(series_of(*records(totals, every=28)), AXIS)}


def test_the_domain_that_lost_most_stands_out_once_it_is_two_points() -> None:
    assert [name for name, row in rows_of(48, 47).items() if row.worst] == []
    lost = rows_of(48, 46, 44, 42)
    assert [name for name, row in lost.items() if row.worst] == ["fine_motor"]
    assert lost["fine_motor"].line.change == -3


def test_a_domain_that_was_always_full_is_said_to_be_so() -> None:
    rows = rows_of(48, 44)
    assert rows["bulbar"].full
    assert not rows["fine_motor"].full


def test_an_item_says_what_it_changed_from_and_when() -> None:
    items = {item.item: item for row in rows_of(48, 48, 42).values() for item in row.items}
    handwriting = items["handwriting"]
    assert (handwriting.now, handwriting.before, handwriting.fell) == (3, 4, True)
    assert (handwriting.changed_from, handwriting.changed_on) == (4, TODAY)
    assert (items["speech"].changed_from, items["speech"].fell) == (None, False)


def test_values_are_compared_with_those_of_half_a_year_before() -> None:
    points = [ValueOn(str(days), days_ago(days), 12 - days / 100) for days in (400, 200, 100, 0)]
    row = line_row("bulbar", "patient", points, AXIS, (0, 12))
    assert row.before is points[1]
    assert row.change == 2
    alone = line_row("bulbar", "patient", points[:1], AXIS, (0, 12))
    assert alone.change is None
    assert line_row("bulbar", "patient", [], AXIS, (0, 12)).path == ""


def test_bars_lie_within_the_plot_and_have_digits_only_where_there_is_room() -> None:
    series = series_of(*records(FASTER, every=7))
    for row in figure_of(series, {}).domains:
        for item in row.items:
            assert item.bars is not None
            assert [code for code, _ in item.bars.paths] == sorted({run.code for run in item.runs})
            assert all(0 <= x <= 100 for x, _ in item.bars.digits)
            assert len(item.bars.digits) <= len(item.runs)


def test_other_respondents_bars_stand_apart() -> None:
    series = series_of(*records(FASTER), record(20, 30, respondent="caregiver"))
    (item, *_) = figure_of(series, {}).domains[0].items
    assert item.bars is not None
    assert item.bars.respondent == "patient"
    assert [bars.respondent for bars in item.others] == ["caregiver"]


def test_no_bar_goes_on_after_the_last_report() -> None:
    ends = [
        float(part.split("V")[0])
        for row in rows_of(48, 46, 42).values()
        for item in row.items
        for _, path in (item.bars.paths if item.bars else ())
        for part in path.split("H")[1::2]
    ]
    assert max(ends) == AXIS.at(TODAY)


def test_the_latest_answer_always_has_its_digit_and_no_bar_lies_over_another() -> None:
    for totals in (FASTER, (48, 48, 48, 42), (48, 42, 48, 42), (42, 48)):
        series = series_of(*records(totals, every=3))
        items = [item for row in figure_of(series, {}).domains for item in row.items]
        for item in items:
            assert item.bars is not None
            assert max(item.bars.digits)[1] == item.runs[-1].code
            spans = sorted(
                (float(start), float(part.split("V")[0]))
                for _, path in item.bars.paths
                for start, part in zip(re.findall(r"M([\d.]+)", path), path.split("H")[1::2], strict=True)
            )
            assert all(end <= start for (_, end), (start, _) in pairwise(spans))
