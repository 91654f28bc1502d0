"""Cells that hold the error of a formula are found in the sheet that is read, and only there."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from scoring.cli.sheet.formulas import cells_with_errors


def workbook(*sheets: dict[str, object]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for number, cells in enumerate(sheets):
        sheet = book.create_sheet(f"data & more {number}")
        for address, value in cells.items():
            sheet[address] = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_each_sheet_is_looked_at_by_its_own_place() -> None:
    book = workbook(
        {"A1": 1, "B2": "#DIV/0!"}, {"A1": "x"}, {"C3": "#N/A", "AA10": "#REF!", "D4": "no error"}
    )
    assert cells_with_errors(book, 0) == ["B2"]
    assert cells_with_errors(book, 1) == []
    assert cells_with_errors(book, 2) == ["C3", "AA10"]
    assert cells_with_errors(book, 3) == []


@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"])
def test_the_path_of_a_sheet_may_be_whole_or_not(target: str) -> None:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr(
            "xl/workbook.xml", '<workbook><sheets><sheet name="a" r:id="rId7"/></sheets></workbook>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Target="x" Id="rId1"/><Relationship Id="rId7" Target="{target}"/>'
            "</Relationships>",
        )
        archive.writestr("xl/worksheets/sheet1.xml", '<c r="A1" s="3" t="e"><v>#N/A</v></c><c r="A2" t="s"/>')
    assert cells_with_errors(stream.getvalue(), 0) == ["A1"]


def test_what_is_no_workbook_of_this_kind_has_none() -> None:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("content.xml", "")
    for data in (b"", b"PK\x03\x04", stream.getvalue(), b"\xd0\xcf\x11\xe0"):
        assert cells_with_errors(data, 0) == []
