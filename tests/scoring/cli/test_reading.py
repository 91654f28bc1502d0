"""CSV, JSON and spreadsheets as columns: what is understood, and how every mistake is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from scoring.cli.reading import Source, read_document, read_sheet
from scoring.cli.sheet import MissingCodes, Sheet, Spelling, WrongCall, WrongInput
from scoring.cli.sheet.columns import TITLE
from tests.scoring.cli.program import document_of, errors_of, json_of


def rows_of(content: str | bytes, source: Source | None = None) -> list[tuple[int, dict[str, object]]]:
    """The rows with their numbers, absent cells left out."""
    sheet = sheet_of(content, source)
    sheet.finish()
    return [
        (row, {name: cells[place] for name, cells in sheet.columns.items() if cells[place] is not None})
        for place, row in enumerate(sheet.rows)
    ]


def sheet_of(content: str | bytes, source: Source | None = None) -> Sheet:
    return read_sheet(content if isinstance(content, bytes) else content.encode(), source or Source())


def mistakes_of(call: Callable[[], object]) -> list[str]:
    with pytest.raises(WrongInput) as caught:
        call()
    return list(caught.value.lines())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_rows_count_as_a_spreadsheet_does(delimiter: str) -> None:
    text = "\ufeffid, speech\r\n1,4\r\n\r\n 2 ,\r\n".replace(",", delimiter)
    assert rows_of(text) == [(2, {"id": "1", "speech": "4"}), (4, {"id": "2"})]
    assert (sheet_of(text).single, sheet_of(text).unit) == (False, "row")


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_break() -> None:
    assert rows_of('id,note\n1,"a, b\nc"\n2,d\n') == [
        (3, {"id": "1", "note": "a, b\nc"}),
        (4, {"id": "2", "note": "d"}),
    ]


def test_the_header_alone_says_what_separates_the_cells() -> None:
    assert rows_of("MAXXX,b\n1,;;;\n2,;;;\n")[0] == (2, {"MAXXX": "1", "b": ";;;"})
    assert rows_of(f"a{',' * 16_384}\n1\n") == [(2, {"a": "1"})]
    assert rows_of("two words\n1\n") == [(2, {"two words": "1"})]
    assert rows_of("sep=;\nMAX,X;b\n1;2\n") == [(3, {"MAX,X": "1", "b": "2"})]


def test_lines_may_end_as_on_any_system_and_begin_late() -> None:
    assert [cells for _, cells in rows_of("a,b\r1,2\r3,4\r")] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert rows_of("\n,\na,b\n1,2\n") == [(4, {"a": "1", "b": "2"})]


def test_a_short_row_is_refused_and_empty_cells_too_many_do_no_harm() -> None:
    with pytest.raises(WrongInput) as caught:
        read_sheet(b"a,b,c\n1,2,3\n1,2\n\n,2,\n1\n", Source()).finish()
    detail = "fewer cells than the header has columns: is the file cut off?"
    assert list(caught.value.lines()) == [f"row 3: {detail}", f"row 6: {detail}"]
    assert rows_of("a,b,c\n1,,\n,2,\n") == [(2, {"a": "1"}), (3, {"b": "2"})]
    assert rows_of("a,b\n1,2,,\n") == [(2, {"a": "1", "b": "2"})]
    assert rows_of("a,b,,\n1,2\n") == [(2, {"a": "1", "b": "2"})]


def test_empty_cells_at_the_end_of_a_row_of_a_spreadsheet_need_not_be_written() -> None:
    book = Workbook()
    for row in (["id", "total", "died_day"], ["P1", 40, 90], ["P2", 41], ["P3"]):
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    assert [row for _, row in rows_of(stream.getvalue())] == [
        {"id": "P1", "total": 40, "died_day": 90},
        {"id": "P2", "total": 41},
        {"id": "P3"},
    ]


def test_row_names_and_empty_columns_without_a_name_are_passed_over() -> None:
    assert rows_of('"","id","speech"\n"1","P1",4\n"2","P2",3\n') == [
        (2, {"id": "P1", "speech": "4"}),
        (3, {"id": "P2", "speech": "3"}),
    ]
    assert rows_of("id,speech,,\nP1,4,,\n") == [(2, {"id": "P1", "speech": "4"})]


def test_words_for_missing_count_everywhere() -> None:
    source = Source(spelling=Spelling(missing=MissingCodes(words=frozenset({"NA", "."}))))
    assert rows_of("a,b\nNA,1\n.,na\n", source) == [(2, {"b": "1"}), (3, {"b": "na"})]
    assert rows_of('[{"a": "NA", "b": 1}]', source) == [(1, {"b": 1})]
    for text in ("a,b\nNA,1\n", '[{"a": "NA", "b": 1}]'):
        assert sheet_of(text, source).spelling is source.spelling


OPEN = "not CSV: a quoted cell begins in this row and has no end; is a quotation mark missing?"


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", ["there are no rows, and no header"]),
        ("a,b\n", ["there are no rows"]),
        ("a,b\n,\n", ["there are no rows"]),
        ("a,b,A\n1,2,3\n", ["row 1, column A: the header has this column twice"]),
        ("a,b,a\n1,2,3\n", ["row 1, column a: the header has this column twice"]),
        ("a,b,,\n1,2,3,4\n", ["row 1: column 3 has no name", "row 1: column 4 has no name"]),
        ("a,,\n1,2,3\n", [f"row 1: {TITLE}"]),
        ("My study\na,b\n1,2\n", [f"row 1: {TITLE}"]),
        ("My study,,\na,b,c\n1,2,3\n", [f"row 1: {TITLE}"]),
        ("a,b\n1,2\n1,2,3\n", ["row 3: more cells than the header has columns"]),
        ('a,b\n1,"2\n', [f"row 2: {OPEN}"]),
        ('sep=;\na;b\n1;"2\n', [f"row 3: {OPEN}"]),
        ('"patient" "date" "total"\n"1" "a" 3\n', [
            "row 1: the columns are separated by spaces; write them with commas (in R: write.csv)",
        ]),
        ("," * 20_000 + "\n1\n", ["row 1: the header has too many columns"]),
        ("[]", ["there are no rows"]),
        ('[{"a": 1}, 3, null]', ["entry 2: expected an object", "entry 3: expected an object"]),
        ('{"a": 1', ["line 1: not JSON: Expecting ',' delimiter"]),
        ('[\n{"a": 1},\n]', ["line 3: not JSON: Expecting value"]),
        ('{"a": 1}\n{"a": 2}\n', ["line 2: not JSON: Extra data; several objects belong into one list"]),
        ('{"a": 1, "b": 2, "a": 3}', ["column a: given twice in one object"]),
        ('[{"a": 1}, {"A": 2}]', ["column A: given in two spellings"]),
        ('{"a": NaN}', ["not JSON: NaN and Infinity are no numbers; write null"]),
        ('{"a": -Infinity}', ["not JSON: NaN and Infinity are no numbers; write null"]),
        ("[" * 100_000, ["not JSON that can be read: nested too deeply, or a number too long"]),
        ('{"a": ' + "9" * 5000 + "}", ["not JSON that can be read: nested too deeply, or a number too long"]),
    ],
    ids=range(25),
)  # fmt: skip
def test_every_mistake_of_the_file_is_named(text: str, mistakes: list[str]) -> None:
    assert mistakes_of(lambda: rows_of(text)) == mistakes


def test_json_is_one_object_or_a_list_of_them() -> None:
    one = sheet_of(' {"a": 1, "b": null, "c": "", "d": false, "e": 0, "f": []}')
    assert (one.single, one.rows, one.unit) == (True, [0], "entry")
    assert one.columns == {"a": [1], "b": [None], "c": [None], "d": [False], "e": [0], "f": [[]]}
    assert rows_of('[{"a": 1}, {}]') == [(1, {"a": 1}), (2, {})]
    assert sheet_of('[{"a": 1}]').single is False


def test_a_document_is_read_as_it_is() -> None:
    assert read_document(b'[1, {"a": null}]') == [1, {"a": None}]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 4), min_size=1), min_size=1))
def test_csv_json_and_spreadsheets_give_the_same_columns(entries: list[dict[str, int]]) -> None:
    lines = [",".join(str(entry.get(column, "")) for column in "abc") for entry in entries]
    workbook = Workbook()
    workbook.active.append(list("abc"))
    for entry in entries:
        workbook.active.append([entry.get(column) for column in "abc"])
    stream = BytesIO()
    workbook.save(stream)
    sheets = [
        sheet_of("\n".join(["a,b,c", *lines])),
        sheet_of(json.dumps([{"a": None, "b": None, "c": None, **entry} for entry in entries])),
        sheet_of(stream.getvalue()),
    ]
    numbers = [{name: sheet.numbers(name) for name in "abc"} for sheet in sheets]
    assert numbers[0] == numbers[1] == numbers[2]


# Spreadsheets


def workbook_of(**sheets: list[list[object]]) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def test_the_one_sheet_with_data_is_read_and_others_are_asked_for() -> None:
    data: list[list[object]] = [["id", "speech"], ["P1", 4]]
    assert rows_of(workbook_of(empty=[], data=data)) == [(2, {"id": "P1", "speech": 4})]
    two = workbook_of(first=data, second=data)
    with pytest.raises(
        WrongCall, match=r"^several sheets hold data: first, second; say which one with --sheet$"
    ):
        sheet_of(two)
    assert rows_of(two, Source(sheet="SECOND")) == [(2, {"id": "P1", "speech": 4})]
    with pytest.raises(WrongCall, match=r"^there is no such sheet; there are: first, second$"):
        sheet_of(two, Source(sheet="third"))
    with pytest.raises(WrongCall, match=r"^--sheet is for spreadsheets, and this is none$"):
        sheet_of("a,b\n1,2\n", Source(sheet="first"))
    assert mistakes_of(lambda: sheet_of(workbook_of(empty=[]))) == ["there are no rows, and no header"]


def test_a_sheet_with_nothing_but_formats_holds_no_data() -> None:
    book = Workbook()
    book.active.append(["id", "speech"])
    book.active.append(["P1", 4])
    book.create_sheet("formats")["B3"].number_format = "0.00"
    stream = BytesIO()
    book.save(stream)
    assert rows_of(stream.getvalue()) == [(2, {"id": "P1", "speech": 4})]


def test_a_sheet_of_formulas_that_made_empty_texts_holds_no_data() -> None:
    stream = BytesIO()
    book = ZipFile(BytesIO(workbook_of(empty=[["=T(1)"]], data=[["id", "speech"], ["P1", 4]])))
    with book, ZipFile(stream, "w") as archive:
        for name in book.namelist():
            content = book.read(name).replace(b'<c r="A1"><f>', b'<c r="A1" t="str"><f>')
            archive.writestr(name, content)
    assert rows_of(stream.getvalue()) == [(2, {"id": "P1", "speech": 4})]


def test_a_spreadsheets_rows_count_from_its_first_one() -> None:
    assert rows_of(workbook_of(data=[[], ["id", "speech"], [], ["P1", 4.0]])) == [
        (4, {"id": "P1", "speech": 4})
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, b"\xd0\xcf\x11\xe0" * 200])
def test_a_damaged_spreadsheet_is_named(content: bytes) -> None:
    assert mistakes_of(lambda: sheet_of(content)) == [
        "the spreadsheet cannot be read: it is damaged, or has a password; save it as CSV (UTF-8)"
    ]


def test_without_the_package_a_spreadsheet_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(WrongCall, match=r"pip install 'slope\[xlsx\]'; or save it as CSV \(UTF-8\)$"):
        sheet_of(workbook_of(data=[["a"], [1]]))


def test_hidden_rows_and_columns_of_a_spreadsheet_are_read_like_others(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (("subject", "study_day", "total"), ("A", 0, 40), ("A", 30, 39), ("A", 60, 38)):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["A"].hidden = True
    book.save(tmp_path / "hidden.xlsx")
    document = document_of("trend", tmp_path / "hidden.xlsx")
    (course,) = document["results"]
    assert (course["patient"], course["readings"]) == ("A", 3)
    assert document["notes"] == ["hidden or filtered rows, which are read like the others: 1; rows 3"]


def test_a_date_is_taken_as_written_whatever_its_zone() -> None:
    text = "date,total\n2026-01-31T23:30:00Z,40\n2026-02-01T00:30:00+02:00,39\n"
    (course,) = json_of("trend", "-", stdin=text)
    assert (course["first_on"], course["last_on"]) == ("2026-01-31", "2026-02-01")


def test_a_first_column_without_a_name_is_noted_where_it_holds_more_than_row_numbers() -> None:
    told = "the first column has no name, and is passed over; it holds more than the numbers of rows"
    for first, second, noted in (("1", "2", 0), ("", "", 0), ("A", "B", 1), ("1", "1", 1), ("1", "x", 1)):
        text = f",date,total\n{first},2026-01-01,40\n{second},2026-02-01,39\n"
        assert document_of("trend", "-", stdin=text)["notes"] == [told] * noted


@pytest.mark.parametrize("command", ["trend", "endpoints"])
def test_a_header_without_the_head_of_row_names_is_told_once(command: str) -> None:
    text = '"subject","study_day","total"\n"1","A",0,40\n"2","A",28,39\n'
    assert errors_of(1, command, "-", stdin=text) == [
        "row 1: each row has one cell more than the header, as where R's write.table writes row names: say"
        " col.names = NA or row.names = FALSE there, or put a separator before the header"
    ]
    empty = errors_of(1, command, "-", stdin=text.replace("28,39", "28,"))
    assert len(empty) == 1
    assert document_of(command, "-", stdin="," + text)["results"]
    (error,) = errors_of(
        1, command, "-", stdin=text.replace('"1",', "").replace('"2",', "", 1) + "A,56,38,1\n"
    )
    assert error == "row 4: more cells than the header has columns"
    decimals = "subject,study_day,total\nA,0,40,5\nA,28,39,0\n"
    assert errors_of(1, command, "-", stdin=decimals)[0] == "row 2: more cells than the header has columns"
