"""Files as sheets: CSV, JSON and spreadsheets, told apart by their first bytes.

CSV has a header; comma, semicolon, tab and bar are understood, empty cells are absent. JSON is one object or
a list of objects, or what the service returned; null is absent. Of a workbook one sheet is read, by the only
package outside the standard library that anything in `scoring` uses. What a cell has to be is `sheet`'s
business.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from itertools import chain, repeat

from scoring.cli import service
from scoring.cli.sheet import Mistake, Sheet, Spelling, WrongCall, WrongInput
from scoring.cli.sheet.columns import NO_NAME, SHORT_HEADER, TITLE, are_row_names, folded, name_columns
from scoring.cli.sheet.decoding import decode, refuse_other_kinds
from scoring.cli.sheet.formulas import cells_to_mend
from scoring.cli.sheet.quotes import LineBreaks, why_not_csv
from scoring.cli.sheet.workbooks import merged_cells, note_hidden, text_of_sheet

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MOST_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class Source:
    """How a file is to be read.

    Attributes:
        encoding: of a text file; "" to find out.
        sheet: of a workbook; "" for the only one with data.
        instrument: whose reports are taken from what the service returned.
    """

    encoding: str = ""
    sheet: str = ""
    instrument: str = ""
    spelling: Spelling = field(default_factory=Spelling)


def read_sheet(data: bytes, source: Source) -> Sheet:
    """Read the columns of a file.

    Raises:
        WrongInput: it is no file of these kinds, or holds no rows.
        WrongCall: an option does not fit it.
    """
    if data.startswith(_WORKBOOKS):
        return _read_workbook(data, source)
    if source.sheet:
        raise WrongCall("--sheet is for spreadsheets, and this is none")
    refuse_other_kinds(data)
    text, note = decode(data, source.encoding)
    sheet = _read_json(text, source) if text.lstrip()[:1] in {"{", "["} else _read_csv(text, source)
    sheet.notes = [note] if note else []
    return sheet


def read_document(data: bytes) -> object:
    """Read JSON strictly.

    Raises:
        WrongInput: it is not JSON, names something twice in one object, or has NaN or Infinity.
    """
    return _parse(decode(data)[0])


def _wrong(detail: str, row: int = 0, unit: str = "row") -> WrongInput:
    return WrongInput([Mistake(detail, row, unit=unit)])


# Tables

Rows = Iterator[tuple[int, Sequence[object]]]


class _Cells(dict[str, str | None]):
    """What a written cell holds, each spelling looked at once: no white space around it, None for missing."""

    def __init__(self, missing: frozenset[str]) -> None:
        super().__init__()
        self._missing = missing

    def __missing__(self, cell: str) -> str | None:
        stripped = cell.strip()
        found = None if stripped == "" or stripped in self._missing else stripped
        self[cell] = found
        return found


def _read_table(rows: Rows, source: Source) -> Sheet:
    filled = _filled_rows(rows, _Cells(source.spelling.missing.words))
    _, first = next(filled, (0, []))
    header = ["" if cell is None else str(cell) for cell in first]
    width = len(header)
    least = max((place for place, name in enumerate(header, 1) if name), default=0)
    columns: list[list[object]] = [[] for _ in header]
    numbers: list[int] = []
    widths: set[int] = set()
    mistakes: list[Mistake] = []
    for number, row in filled:
        widths.add(len(row))
        if len(row) > width and any(cell is not None for cell in row[width:]):
            mistakes.append(Mistake("more cells than the header has columns", number))
        if len(row) < least:
            mistakes.append(Mistake("fewer cells than the header has columns: is the file cut off?", number))
        numbers.append(number)
        for column, cell in zip(columns, chain(row, repeat(None)), strict=False):
            column.append(cell)
    if not numbers:
        raise _wrong("there are no rows" if header else "there are no rows, and no header")
    named, wrong = name_columns(header, columns)
    dropped = [] if header[0] or are_row_names(columns[0]) else [NO_NAME]
    if len(named) == 1 and (mistakes or wrong):
        raise _wrong(TITLE, 1)
    if widths == {width + 1} and mistakes and len(set(columns[0])) == len(numbers) > 1:
        raise _wrong(SHORT_HEADER, 1)
    return Sheet(named, numbers, "row", source.spelling, mistakes=[*mistakes, *wrong], decisions=dropped)


def _filled_rows(rows: Rows, cells: _Cells) -> Iterator[tuple[int, list[object]]]:
    """The rows that hold anything."""
    for number, row in rows:
        found = [cells[cell] if type(cell) is str else _plain(cell) for cell in row]
        if any(cell is not None for cell in found):
            yield number, found


def _plain(cell: object) -> object:
    """A cell of a spreadsheet as a text file would have it."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell.isoformat() if isinstance(cell, date | datetime | time) else cell


def _read_csv(text: str, source: Source) -> Sheet:
    text, separator, skipped = _declared_separator(text)
    breaks = LineBreaks(separator or _delimiter(text))
    sheet = _read_table(_csv_rows(text, breaks, skipped), source)
    sheet.mistakes += breaks.mistakes
    sheet.decisions += breaks.notes()
    return sheet


def _csv_rows(text: str, breaks: LineBreaks, skipped: int) -> Rows:
    """The rows, by the number of their last line, those that were skipped above them included."""
    lines = csv.reader(StringIO(text, newline=""), delimiter=breaks.delimiter, strict=True)
    last = skipped
    try:
        for line in lines:
            number = lines.line_num + skipped
            if number > last + 1:
                breaks.look_at(line, last + 1, number)
            breaks.width = breaks.width or len(line)
            last = number
            yield number, line
    except csv.Error as error:
        raise _wrong(why_not_csv(str(error)), last + 1) from error


def _declared_separator(text: str) -> tuple[str, str, int]:
    """The rest of the text, the separator that a first line like "sep=;" names, and the lines it takes."""
    line, _, rest = text.partition("\n")
    line = line.strip()
    if len(line) == 5 and line.casefold().startswith("sep="):
        return rest, line[4], 1
    return text, "", 0


def _delimiter(text: str) -> str:
    """What the header has most of: a comma, or what other programs and languages write instead."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t|", key=header.count)
    if not header.count(delimiter) and len(header.split()) > 2:
        raise _wrong("the columns are separated by spaces; write them with commas (in R: write.csv)", 1)
    if header.count(delimiter) > MOST_COLUMNS:
        raise _wrong("the header has too many columns", 1)
    return delimiter


# Workbooks


def _read_workbook(data: bytes, source: Source) -> Sheet:
    """One sheet of a workbook.

    The package is needed for spreadsheets only, so it is an extra, and imported here and nowhere else.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415
    except ImportError as error:
        detail = "spreadsheets need another package: pip install 'slope[xlsx]'; or save it as CSV (UTF-8)"
        raise WrongCall(detail) from error
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
        name = _wanted_sheet(sheets, source.sheet)
        merged = workbook.get_sheet_by_name(name).merged_cell_ranges if name is not None else None
    except (CalamineError, ValueError, OSError) as error:
        detail = "the spreadsheet cannot be read: it is damaged, or has a password; save it as CSV (UTF-8)"
        raise _wrong(detail) from error
    if name is None:
        return _read_table(iter(()), source)
    place, rows = list(sheets).index(name), sheets[name]
    wrong = [*cells_to_mend(data, place), *merged_cells(merged or (), rows)]
    if wrong:
        raise WrongInput(wrong)
    sheet = _read_table(enumerate(rows, 1), source)
    sheet.decisions += note_hidden(text_of_sheet(data, place))
    return sheet


def _wanted_sheet(sheets: Mapping[str, Sequence[Sequence[object]]], wanted: str) -> str | None:
    """The name of the sheet to read; None where none holds data."""
    filled = [name for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)]
    if wanted:
        found = [name for name in sheets if folded(name) == folded(wanted)]
        if not found:
            raise WrongCall(f"there is no such sheet; there are: {', '.join(sheets)}")
        return found[0]
    if len(filled) > 1:
        raise WrongCall(f"several sheets hold data: {', '.join(filled)}; say which one with --sheet")
    return filled[0] if filled else None


# JSON


def _parse(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        hint = "; several objects belong into one list" if error.msg == "Extra data" else ""
        raise _wrong(f"not JSON: {error.msg}{hint}", error.lineno, "line") from error
    except (RecursionError, ValueError) as error:
        raise _wrong("not JSON that can be read: nested too deeply, or a number too long") from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise WrongInput([Mistake("given twice in one object", column=name) for name in twice])
    return found


def _no_constant(_: str) -> None:
    raise _wrong("not JSON: NaN and Infinity are no numbers; write null")


def _read_json(text: str, source: Source) -> Sheet:
    document = _parse(text)
    entries = service.entries(document)
    if entries is not None:
        return _read_entries(*service.rows(entries, source.instrument), source)
    figures = service.figures(document)
    if figures is not None:
        return _read_entries(*service.figure_rows(figures, source.instrument), source)
    if isinstance(document, dict):
        sheet = _read_entries([document], [], source)
        sheet.single, sheet.rows = True, [0]
        return sheet
    listed = document if isinstance(document, list) else []
    return _read_entries(listed, [], source)


def _read_entries(entries: Sequence[object], notes: Sequence[str], source: Source) -> Sheet:
    if not entries:
        raise _wrong("; ".join(("there are no rows", *notes)))
    numbers = range(1, len(entries) + 1)
    wrong = [
        Mistake("expected an object", number, unit="entry")
        for number, entry in zip(numbers, entries, strict=True)
        if not isinstance(entry, Mapping)
    ]
    if wrong:
        raise WrongInput(wrong)
    objects = [entry for entry in entries if isinstance(entry, Mapping)]
    cells = _Cells(source.spelling.missing.words)
    names = dict.fromkeys(str(name) for entry in objects for name in entry)
    columns: dict[str, list[object]] = {name: [] for name in names}
    for entry in objects:
        for name, column in columns.items():
            cell = entry.get(name)
            column.append(cells[cell] if type(cell) is str else cell)
    sheet = Sheet(columns, numbers, "entry", source.spelling, decisions=list(notes), ours=bool(notes))
    sheet.mistakes += _twice(names)
    return sheet


def _twice(names: Mapping[str, None]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for name in names:
        if folded(name) in seen:
            yield Mistake("given in two spellings", column=name)
        seen.add(folded(name))
