"""CSV and JSON as rows: what is understood, and how every mistake is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cli.reading import read_document, read_sheet
from scoring.cli.sheet import Problem, Row, Sheet, WrongInput, as_number


def rows_of(text: str) -> list[tuple[str, dict[str, object]]]:
    return [(row.place, dict(row.cells)) for row in read_sheet(text).rows]


def problems_of(call: Callable[[], object]) -> list[str]:
    with pytest.raises(WrongInput) as caught:
        call()
    assert str(caught.value) == "; ".join(map(str, caught.value.problems))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_rows_count_as_a_spreadsheet_does(delimiter: str) -> None:
    text = "\ufeffid, speech\r\n1,4\r\n\r\n 2 ,\r\n".replace(",", delimiter)
    assert rows_of(text) == [("row 2", {"id": "1", "speech": "4"}), ("row 4", {"id": "2"})]
    assert read_sheet(text).single is False


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_break() -> None:
    assert rows_of('id,note\n1,"a, b\nc"\n2,d\n') == [
        ("row 3", {"id": "1", "note": "a, b\nc"}),
        ("row 4", {"id": "2", "note": "d"}),
    ]


def test_the_header_alone_says_what_separates_the_cells() -> None:
    assert rows_of("MAXXX,b\n1,;;;\n2,;;;\n")[0] == ("row 2", {"MAXXX": "1", "b": ";;;"})


def test_lines_may_end_as_on_any_system() -> None:
    assert [cells for _, cells in rows_of("a,b\r1,2\r3,4\r")] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_a_short_row_leaves_the_rest_absent() -> None:
    assert rows_of("a,b,c\n1\n,2\n") == [("row 2", {"a": "1"}), ("row 3", {"b": "2"})]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["there are no rows"]),
        ("a,b\n", ["there are no rows"]),
        ("a,b\n,\n", ["there are no rows"]),
        ("a,b,a\n1,2,3\n", ["row 1, column a: the header has this column twice"]),
        ("b,a,b,a\n1\n", [
            "row 1, column a: the header has this column twice",
            "row 1, column b: the header has this column twice",
        ]),
        ("a,,\n1,2,3\n", ["row 1: a column has no name"]),
        ("a,b\n1,2\n1,2,3\n", ["row 3: more cells than the header has columns"]),
        ('a,b\n1,"2\n', ["row 2: not CSV: unexpected end of data"]),
        ("[]", ["there are no rows"]),
        ('[{"a": 1}, 3, null]', ["entry 2: expected an object", "entry 3: expected an object"]),
        ('{"a": 1', ["line 1: not JSON: Expecting ',' delimiter"]),
        ('[\n{"a": 1},\n]', ["line 3: not JSON: Expecting value"]),
        ('{"a": 1, "b": 2, "a": 3}', ["column a: given twice in one object"]),
        ('{"a": NaN}', ["not JSON: NaN and Infinity are no numbers"]),
        ('{"a": -Infinity}', ["not JSON: NaN and Infinity are no numbers"]),
        ("[" * 100_000, ["not JSON that can be read: nested too deeply, or a number too long"]),
        ('{"a": ' + "9" * 5000 + "}", ["not JSON that can be read: nested too deeply, or a number too long"]),
    ],
    ids=range(17),
)  # fmt: skip
def test_every_mistake_of_the_file_is_named(text: str, problems: list[str]) -> None:
    assert problems_of(lambda: read_sheet(text)) == problems


def test_json_is_one_object_or_a_list_of_them() -> None:
    one = read_sheet(' {"a": 1, "b": null, "c": "", "d": false, "e": 0, "f": []}')
    assert (one.single, [(row.place, dict(row.cells)) for row in one.rows]) == (
        True,
        [("", {"a": 1, "d": False, "e": 0, "f": []})],
    )
    assert rows_of('[{"a": 1}, {}]') == [("entry 1", {"a": 1}), ("entry 2", {})]
    assert read_sheet('[{"a": 1}]').single is False


def test_a_document_is_read_as_it_is() -> None:
    assert read_document('[1, {"a": null}]') == [1, {"a": None}]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 4), min_size=1), min_size=1))
def test_csv_and_json_give_the_same_rows(entries: list[dict[str, int]]) -> None:
    lines = [",".join(str(entry.get(column, "")) for column in "abc") for entry in entries]
    from_csv = [row.cells for row in read_sheet("\n".join(["a,b,c", *lines])).rows]
    from_json = [row.cells for row in read_sheet(json.dumps(entries)).rows]
    assert [{name: as_number(cell) for name, cell in cells.items()} for cells in from_csv] == from_json


# Cells


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("4", 4), ("-4", -4), ("+4", 4), ("04", 4), ("2.5", 2.5), ("-.5", -0.5), ("3.", 3.0), ("1e3", 1000.0),
        ("1E-2", 0.01), ("four", "four"), ("1,5", "1,5"), ("1_000", "1_000"), ("٣", "٣"), ("nan", "nan"),
        ("inf", "inf"), (".", "."), ("", ""), ("1 2", "1 2"), ("9" * 16, float("9" * 16)), (True, True),
        (7, 7), (None, None),
    ],
)  # fmt: skip
def test_text_is_a_number_only_when_it_spells_one(cell: object, number: object) -> None:
    read = as_number(cell)
    assert (read, type(read)) == (number, type(number))


def read_cell(cell: object, how: str, *arguments: object) -> tuple[object, list[str]]:
    """What one cell is read as, and what is reported."""
    row = Row("row 2", {} if cell is None else {"x": cell})
    sheet = Sheet([row])
    value = getattr(sheet, how)(row, "x", *arguments)
    return value, [str(problem) for problem in sheet.problems]


def wrong(detail: str) -> list[str]:
    return [f"row 2, column x: {detail}"]


@pytest.mark.parametrize(
    ("how", "cell", "value", "problems"),
    [
        ("text", None, "", []),
        ("text", "007", "007", []),
        ("text", 7, "7", []),
        ("text", True, "", wrong("expected text")),
        ("text", 1.5, "", wrong("expected text")),
        ("text", ["a"], "", wrong("expected text")),
        ("whole", None, None, []),
        ("whole", "168", 168, []),
        ("whole", -3, -3, []),
        ("whole", "1.0", None, wrong("expected a whole number")),
        ("whole", 1.0, None, wrong("expected a whole number")),
        ("whole", True, None, wrong("expected a whole number")),
        ("whole", "x", None, wrong("expected a whole number")),
        ("whole", 10**12, None, wrong("expected a whole number")),
        ("whole", 10**12 - 1, 10**12 - 1, []),
        ("whole", 10**400, None, wrong("expected a whole number")),
        ("number", None, None, []),
        ("number", "38", 38, []),
        ("number", "38.5", 38.5, []),
        ("number", 0, 0, []),
        ("number", -(10**12), None, wrong("expected a number, with a point for decimals")),
        ("number", "38,5", None, wrong("expected a number, with a point for decimals")),
        ("number", False, None, wrong("expected a number, with a point for decimals")),
        ("number", float("inf"), None, wrong("expected a number, with a point for decimals")),
        ("number", "1e400", None, wrong("expected a number, with a point for decimals")),
        ("number", 10**400, None, wrong("expected a number, with a point for decimals")),
        ("number", {}, None, wrong("expected a number, with a point for decimals")),
        ("day", None, None, []),
        ("day", "2024-02-29", date(2024, 2, 29), []),
        ("day", "2023-02-29", None, wrong("expected a date such as 2026-01-31")),
        ("day", "31.01.2026", None, wrong("expected a date such as 2026-01-31")),
        ("day", 20260131, date(2026, 1, 31), []),
        ("day", 3.5, None, wrong("expected a date such as 2026-01-31")),
    ],
)
def test_a_cell_is_read_as_what_it_should_be_or_reported(
    how: str, cell: object, value: object, problems: list[str]
) -> None:
    assert read_cell(cell, how) == (value, problems)


def test_a_choice_is_one_of_its_words() -> None:
    assert read_cell("blue", "choice", Colour) == (Colour.BLUE, [])
    assert read_cell(None, "choice", Colour) == (None, [])
    assert read_cell("green", "choice", Colour) == (None, wrong("expected one of red, blue"))
    assert read_cell(["red"], "choice", Colour) == (None, wrong("expected one of red, blue"))


def test_what_is_required_is_reported_when_absent() -> None:
    row = Row("entry 4", {"a": 0})
    sheet = Sheet([row])
    sheet.require(row, "a", "b", "c")
    assert problems_of(sheet.finish) == ["entry 4, column b: missing", "entry 4, column c: missing"]


def test_an_unknown_column_is_reported_once_where_it_first_appears() -> None:
    sheet = Sheet([Row("row 2", {"a": 1}), Row("row 3", {"aa": 1, "id": 3}), Row("row 4", {"aa": 1})])
    sheet.check_columns(("a", "b"), ("id",))
    assert problems_of(sheet.finish) == ["row 3, column aa: unknown column; known: a, b; or use --ignore"]


def test_a_sheet_without_mistakes_finishes_quietly() -> None:
    Sheet([Row("", {})]).finish()


def test_a_problem_says_where_it_is_as_far_as_it_knows() -> None:
    assert str(Problem("detail")) == "detail"
    assert str(Problem("detail", "row 2")) == "row 2: detail"
    assert str(Problem("detail", column="x")) == "column x: detail"
    assert str(Problem("detail", "row 2", "x")) == "row 2, column x: detail"
