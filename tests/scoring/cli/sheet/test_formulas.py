"""Cells with the error of a formula, or with none of its results, are found in the sheet that is read."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from scoring.cli.sheet.formulas import ERROR, NO_RESULT, cells_to_mend
from scoring.cli.sheet.mistakes import Mistake


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
    assert cells_to_mend(book, 0) == [Mistake(ERROR, 2, "B")]
    assert cells_to_mend(book, 1) == []
    assert cells_to_mend(book, 2) == [Mistake(ERROR, 3, "C"), Mistake(ERROR, 10, "AA")]
    assert cells_to_mend(book, 3) == []


def sheet_of(cells: str, target: str = "worksheets/sheet1.xml") -> bytes:
    """A workbook with these cells, written by hand."""
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
        archive.writestr("xl/worksheets/sheet1.xml", f"<sheetData><row>{cells}</row></sheetData>")
    return stream.getvalue()


@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"])
def test_the_path_of_a_sheet_may_be_whole_or_not(target: str) -> None:
    book = sheet_of('<c r="A1" s="3" t="e"><v>#N/A</v></c><c r="A2" t="s"/>', target)
    assert cells_to_mend(book, 0) == [Mistake(ERROR, 1, "A")]


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ('<c r="B7"><f>1+1</f><v></v></c>', NO_RESULT),
        ('<c r="B7" s="2"><f>1+1</f><v/></c>', NO_RESULT),
        ('<c r="B7"><f>1+1</f><v />\n</c>', NO_RESULT),
        ('<c r="B7"><f>1+1</f></c>', NO_RESULT),
        ('<c r="B7"><f t="shared" si="0"/></c>', NO_RESULT),
        ('<x:c r="B7"><x:f>1+1</x:f></x:c>', NO_RESULT),
        ('<c t="e" r="B7"><f>1/0</f><v>#DIV/0!</v></c>', ERROR),
        ("<c r='B7' t='e'><v>#DIV/0!</v></c>", ERROR),
        ('<c r="B7"><f>1+1</f><v>2</v></c>', ""),
        ('<c r="B7" t="str"><f>""</f><v></v></c>', ""),
        ('<c r="B7"><v>2</v></c>', ""),
        ('<c r="B7"/>', ""),
    ],
)
def test_a_formula_has_a_result_or_is_told(cell: str, wrong: str) -> None:
    book = sheet_of(f'<c r="A1" t="s"/>{cell}<c r="C7"><v>1</v></c>')
    assert cells_to_mend(book, 0) == ([Mistake(wrong, 7, "B")] if wrong else [])


@pytest.mark.parametrize("address", ["", 'r=""', 'r="Ä1"', 'r="?"'])
def test_a_cell_without_a_sound_address_is_told_all_the_same(address: str) -> None:
    assert cells_to_mend(sheet_of(f'<c {address} t="e"><v>#N/A</v></c>'), 0) == [Mistake(ERROR)]


def test_a_relation_that_leads_nowhere_does_no_harm() -> None:
    cell = '<c r="A1" t="e"><v>#N/A</v></c>'
    book = sheet_of(cell, 'worksheets/sheet1.xml"/><Relationship Id="rId9"/><Relationship Target="x')
    assert cells_to_mend(book, 0) == [Mistake(ERROR, 1, "A")]


def test_what_is_no_workbook_of_this_kind_has_none() -> None:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("content.xml", "")
    for data in (b"", b"PK\x03\x04", stream.getvalue(), b"\xd0\xcf\x11\xe0"):
        assert cells_to_mend(data, 0) == []
