"""Merged cells are refused, hidden rows are told."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from scoring.cli.sheet.workbooks import letters, note_hidden, text_of_sheet
from tests.scoring.cli.program import document_of, errors_of

ROWS = (
    ("subject", "study_day", "total", "died_day"),
    ("A", 0, 40, 200),
    ("A", 30, 39, None),
    ("B", 0, 38, None),
)


def workbook(*merged: str, hidden: tuple[int, ...] = ()) -> bytes:
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    for row in hidden:
        book.active.row_dimensions[row].hidden = True
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("command", ["trend", "endpoints"])
@pytest.mark.parametrize(
    ("area", "row", "column", "told"),
    [
        ("D2:D3", 2, "D", "D2 to D3"),
        ("A2:A3", 2, "A", "A2 to A3"),
        ("B4:C4", 4, "B", "B4 to C4"),
    ],
)
def test_merged_cells_are_refused(command: str, area: str, row: int, column: str, told: str) -> None:
    assert errors_of(1, command, "-", stdin=workbook(area)) == [
        f"row {row}, column {column}: the cells {told} are merged, and only the first holds the value:"
        " unmerge them, fill in all, or take out the row where it is a title"
    ]


def test_merged_cells_that_hold_nothing_are_harmless() -> None:
    assert document_of("trend", "-", stdin=workbook("D3:D4", "F1:G2", "A9:D9"))["results"]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_hidden_rows_are_told(command: str) -> None:
    told = "hidden or filtered rows, which are read like the others: 2; rows 2, 4"
    assert told in document_of(command, "-", stdin=workbook(hidden=(2, 4)))["notes"]
    assert not [note for note in document_of(command, "-", stdin=workbook())["notes"] if "hidden" in note]


def test_only_what_is_said_to_be_hidden_is() -> None:
    rows = b'<row r="1" hidden="0"/><x:row spans="1:2" hidden=\'true\' r=\'12\'><row hidden="1"><row r="3">'
    assert list(note_hidden(rows)) == ["hidden or filtered rows, which are read like the others: 1; rows 12"]
    assert list(note_hidden(b"")) == []


def test_what_is_no_workbook_of_this_kind_has_no_text() -> None:
    assert text_of_sheet(b"PK", 0) == text_of_sheet(workbook(), 1) == b""
    assert text_of_sheet(workbook(), 0).startswith(b"<worksheet")


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [letters(column) for column in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
