"""One cell: every spelling that is understood, and what the others are answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cli.sheet import Sheet, Spelling
from scoring.cli.sheet.cells import Timestamp, Unreadable, clock, number, spelled, text, timestamp, whole


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Unreadable) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("4", 4), ("-4", -4), ("+4", 4), ("04", 4), ("2.5", 2.5), ("-.5", -0.5), ("3.", 3), ("1e3", None),
        ("1E-2", None), ("38.0", 38), ("3.8e1", None), ("four", None), ("1,5", None), ("1_000", None),
        ("٣", None), ("nan", None), ("inf", None), (".", None), ("", None), ("1 2", None), (True, None),
        (7, 7), (7.0, 7), (7.5, 7.5), (None, None), ([], None), ("9" * 16, 9999999999999999.0),
    ],
)  # fmt: skip
def test_a_cell_is_a_number_only_when_it_spells_one(cell: object, value: object) -> None:
    read = spelled(cell)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("cell", "value"),
    [("4", 4), ("4,5", 4.5), ("-0,5", -0.5), ("1e3", None), ("4.5", None), ("1.000,5", None)],
)
def test_with_a_comma_for_decimals_a_point_spells_no_number(cell: str, value: object) -> None:
    assert spelled(cell, ",") == value


@given(st.integers(-(10**11), 10**11))
def test_every_spelling_of_a_whole_number_is_the_same_int(value: int) -> None:
    for cell in (value, float(value), str(value), f"{value}.0", f"{value}.", f"{value}.000"):
        assert (number(cell), type(number(cell)), whole(cell)) == (value, int, value)


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("38,5", "expected a number, with a point for decimals; for a comma add --decimal comma"),
        ("NA", "expected a number; if the word here means missing, add it to --missing"),
        (".", "expected a number; if the word here means missing, add it to --missing"),
        (".A", "expected a number; if the word here means missing, add it to --missing"),
        ("Not done", "expected a number; if the word here means missing, add it to --missing"),
        ("n/d", "expected a number; if the word here means missing, add it to --missing"),
        ("note", "expected a number"),
        ("four", "expected a number"),
        (False, "expected a number"),
        (10**12, "expected a number"),
        ("1e400", "expected a number"),
        (float("inf"), "expected a number"),
        (10**400, "expected a number"),
        ({}, "expected a number"),
    ],
)
def test_what_is_no_number_says_what_to_do(cell: object, detail: str) -> None:
    assert refused(lambda: number(cell)) == detail


@pytest.mark.parametrize("cell", ["1.5", 1.25, True, "x", 10**12, 10**400, None, []], ids=range(8))
def test_what_is_no_whole_number_is_refused(cell: object) -> None:
    assert refused(lambda: whole(cell)).startswith("expected a whole number")


def test_whole_numbers_are_read_as_the_file_writes_numbers() -> None:
    assert sheet(["168,0", "-9", "1,5"], decimal=",").wholes("x") == [168, -9, None]
    assert sheet(["168,5", "168"], decimal=",").numbers("x") == [168.5, 168]
    assert refused(lambda: whole("NA")) == (
        "expected a whole number; if the word here means missing, add it to --missing"
    )


def test_text_has_one_form() -> None:
    assert text("  a \t b\n") == "a b"
    assert text("Place\u0301bo") == "Plac\u00e9bo"
    assert (text("007"), text(7)) == ("007", "7")
    assert (
        refused(lambda: text(True))
        == refused(lambda: text(1.5))
        == refused(lambda: text([]))
        == "expected text"
    )
    assert text(10**12 - 1) == "9" * 12
    assert refused(lambda: text(10**12)) == refused(lambda: text(10**400)) == "expected text"
    assert refused(lambda: text("x" * 201)) == "longer than 200 characters"
    assert text("x" * 200) == "x" * 200
    for hidden in ("\x1b[31m", "a\u202eb", "a\0b"):
        assert refused(lambda hidden=hidden: text(hidden)) == "holds a character that cannot be shown"


NOON = datetime(2026, 1, 31, 12, 30)  # noqa: DTZ001 - a time without a zone is what is read


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-01-31", Timestamp(date(2026, 1, 31))),
        ("1900-01-01", Timestamp(date(1900, 1, 1))),
        ("2100-12-31", Timestamp(date(2100, 12, 31))),
        ("20260131", Timestamp(date(2026, 1, 31))),
        (20260201, Timestamp(date(2026, 2, 1))),
        ("31JAN2026", Timestamp(date(2026, 1, 31))),
        ("31jan2026", Timestamp(date(2026, 1, 31))),
        ("2026-01-31T12:30", Timestamp(date(2026, 1, 31), NOON)),
        ("2026-01-31 12:30:00", Timestamp(date(2026, 1, 31), NOON)),
        ("2026-01-31T12:30:00.000", Timestamp(date(2026, 1, 31), NOON)),
        ("31JAN2026:12:30:00", Timestamp(date(2026, 1, 31), NOON)),
        ("31JAN2026:13:30:00+01:00", Timestamp(date(2026, 1, 31), NOON, zoned=True)),
        ("31-Jan-2026", Timestamp(date(2026, 1, 31))),
        ("31-JAN-2026 12:30", Timestamp(date(2026, 1, 31), NOON)),
        ("20260131 12:30", Timestamp(date(2026, 1, 31), NOON)),
        ("2026-01-31T12:30Z", Timestamp(date(2026, 1, 31), NOON, zoned=True)),
        ("2026-01-31 12:30 UTC", Timestamp(date(2026, 1, 31), NOON, zoned=True)),
        ("2026-01-31T13:30+01:00", Timestamp(date(2026, 1, 31), NOON, zoned=True)),
        ("2026-02-01T02:00+13:30", Timestamp(date(2026, 2, 1), NOON, zoned=True)),
        ("2026-01-31T11:30-0100", Timestamp(date(2026, 1, 31), NOON, zoned=True)),
    ],
)
def test_a_date_is_the_calendar_day_as_written(cell: object, expected: Timestamp) -> None:
    assert timestamp(cell) == expected


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the process cannot be set here")
def test_the_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for zone in ("Asia/Tokyo", "America/New_York", "UTC"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert timestamp("2026-01-31T13:30+01:00").instant == NOON
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("31/01/2026", "dmy", date(2026, 1, 31)),
        ("31.1.2026", "dmy", date(2026, 1, 31)),
        ("01-02-2026", "dmy", date(2026, 2, 1)),
        ("01-02-2026", "mdy", date(2026, 1, 2)),
        ("1/31/2026 08:15", "mdy", date(2026, 1, 31)),
        ("2026-01-31", "dmy", date(2026, 1, 31)),
    ],
)
def test_other_orders_are_read_where_it_is_said_which(cell: str, order: str, expected: date) -> None:
    assert timestamp(cell, order).day == expected


def test_a_date_in_another_order_may_have_a_zone() -> None:
    assert timestamp("31.1.2026 13:30+01:00", "dmy") == Timestamp(date(2026, 1, 31), NOON, zoned=True)


EXPECTED = "expected a date such as 2026-01-31"
NUMBER = "; programs store dates as numbers like this: write them in the form of a date"
ASK = "; for day, month, year add --dates dmy, for month, day, year --dates mdy"


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("2023-02-29", EXPECTED),
        ("31.01.2026", EXPECTED + ASK),
        ("01/02/2026", EXPECTED + ASK),
        ("31/01/26", EXPECTED + "; write the year with four digits"),
        ("02.05.24", EXPECTED + "; write the year with four digits"),
        ("02-May-24", EXPECTED + "; write the year with four digits"),
        ("May 2 2024", EXPECTED + "; with a month in letters as 31JAN2026 or 31-Jan-2026"),
        ("2. Mai 2024", EXPECTED + "; with a month in letters as 31JAN2026 or 31-Jan-2026"),
        ("2026-W05-1", EXPECTED),
        ("2026-1", EXPECTED),
        ("2026-13-1", EXPECTED),
        ("2026/1-1", EXPECTED),
        ("30FEB2026", EXPECTED),
        ("31XXX2026", EXPECTED),
        ("2026-01-31T25:00", EXPECTED),
        ("2026-01-31T12:30+99:00", EXPECTED),
        (46053, EXPECTED + NUMBER),
        (
            "46053",
            EXPECTED + NUMBER,
        ),
        ("10000", EXPECTED),
        ("10001", EXPECTED + NUMBER),
        ("79999", EXPECTED + NUMBER),
        ("80000", EXPECTED),
        ("NaT", EXPECTED + "; if the word here means missing, add it to --missing"),
        (3.5, EXPECTED),
        (True, EXPECTED),
        ([], EXPECTED),
        (["May 2 2024"], EXPECTED),
        ("٢٠٢٦-01-31", EXPECTED),
        ("1024-05-01", "the year is not between 1900 and 2100: is the date right?"),
        ("2206-05-01", "the year is not between 1900 and 2100: is the date right?"),
        ("0000-05-01", EXPECTED),
    ],
)
def test_what_is_no_date_says_what_to_do(cell: object, detail: str) -> None:
    assert refused(lambda: timestamp(cell)) == detail


def test_what_is_no_date_in_any_order_is_not_told_of_one() -> None:
    assert refused(lambda: timestamp("2026-02-30", "dmy")) == EXPECTED


def test_a_time_of_day_belongs_to_its_day() -> None:
    day = date(2026, 1, 31)
    assert clock("8:05", day) == clock("08:05:00", day) == clock("2026-01-31 8:05", None)
    assert clock("12:30", day) == clock("12:30:00", day) == clock("2026-01-31T12:30", None)
    assert clock("12:30", day).instant == NOON
    for wrong in ("25:00", "noon", 12, None, "2026-01-31", "12:60", "1/31/2026 12:30"):
        assert refused(lambda wrong=wrong: clock(wrong, day)).startswith(
            "expected a time of day such as 14:30"
        )


# Columns of cells


def sheet(column: list[object], **spelling: str) -> Sheet:
    return Sheet({"x": column}, range(2, 2 + len(column)), spelling=Spelling(**spelling))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "cells", "values", "mistakes"),
    [
        ("texts", ["a", None, 7], ["a", "", "7"], []),
        ("wholes", ["168", None, "x", "x"], [168, None, None, None], [
            "row 4, column x: expected a whole number", "row 5, column x: expected a whole number",
        ]),
        ("numbers", ["38.5", 0, "y"], [38.5, 0, None], ["row 4, column x: expected a number"]),
        ("dates", ["2026-01-31T10:00", None], [date(2026, 1, 31), None], []),
    ],
)  # fmt: skip
def test_a_column_is_read_cell_by_cell(
    how: str, cells: list[object], values: list[object], mistakes: list[str]
) -> None:
    read = sheet(cells)
    assert getattr(read, how)("x") == values
    assert [str(mistake) for mistake in read.mistakes] == mistakes


def test_a_choice_is_one_of_its_words() -> None:
    read = sheet(["blue", "RED", None, "green", ["red"]])
    assert read.choices("x", Colour) == [Colour.BLUE, Colour.RED, None, None, None]
    assert [str(mistake) for mistake in read.mistakes] == [
        "row 5, column x: expected one of red, blue",
        "row 6, column x: expected one of red, blue",
    ]


def test_a_column_that_is_not_there_is_empty() -> None:
    read = sheet(["a", "b"])
    assert (read.texts("y"), read.numbers("y"), read.dates("y")) == (["", ""], [None, None], [None, None])
    read.require("y")
    assert read.mistakes == []


def test_what_is_required_is_reported_when_absent() -> None:
    read = sheet(["a", None])
    read.require("x")
    read.require_columns("x", "y")
    assert [str(mistake) for mistake in read.mistakes] == [
        "row 3, column x: missing",
        "column y: there is no such column; there are: x; rename it, or say which one it is with --columns",
    ]


@pytest.mark.parametrize("written", ["2026-1-5", "2026/01/05", "2026.1.05", "2026/1/5", "2026-01-5"])
def test_a_date_that_begins_with_the_year_needs_no_option(written: str) -> None:
    assert timestamp(written) == timestamp(written, "dmy") == Timestamp(date(2026, 1, 5))
    assert timestamp(f"{written} 08:30").instant == datetime(2026, 1, 5, 8, 30)  # noqa: DTZ001
