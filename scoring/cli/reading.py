"""CSV or JSON text as rows, told apart by the first character.

CSV has a header; comma, semicolon and tab are understood, empty cells are absent. JSON is one object or a
list of objects; null is absent. What a cell has to be is `sheet`'s business.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from scoring.cli.sheet import Problem, Row, Sheet, WrongInput


def read_sheet(text: str) -> Sheet:
    """Read the rows of a file.

    Raises:
        WrongInput: it is neither JSON nor CSV, or holds no rows.
    """
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] in {"{", "["}:
        return _read_json(text)
    rows = tuple(_read_csv(text))
    if not rows:
        raise _wrong("there are no rows")
    return Sheet(rows)


def read_document(text: str) -> object:
    """Read JSON strictly.

    Raises:
        WrongInput: it is not JSON, names something twice in one object, or has NaN or Infinity.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _wrong(f"not JSON: {error.msg}", f"line {error.lineno}") from error
    except (RecursionError, ValueError) as error:
        raise _wrong("not JSON that can be read: nested too deeply, or a number too long") from error


def _wrong(detail: str, place: str = "") -> WrongInput:
    return WrongInput([Problem(detail, place)])


def _read_csv(text: str) -> Iterator[Row]:
    lines = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        _check_header(header)
        for line in lines:
            place, cells = f"row {lines.line_num}", [cell.strip() for cell in line]
            if len(cells) > len(header):
                raise _wrong("more cells than the header has columns", place)
            if any(cells):
                filled = zip(header, cells, strict=False)
                yield Row(place, {name: cell for name, cell in filled if cell})
    except csv.Error as error:
        raise _wrong(f"not CSV: {error}", f"row {lines.line_num}") from error


def _delimiter(text: str) -> str:
    """Comma, or what spreadsheets in other languages write instead."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _check_header(header: Sequence[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1 and name})
    problems = [Problem("the header has this column twice", "row 1", name) for name in twice]
    if not all(header):
        problems.append(Problem("a column has no name", "row 1"))
    if problems:
        raise WrongInput(problems)


def _read_json(text: str) -> Sheet:
    document = read_document(text)
    if isinstance(document, dict):
        return Sheet((_json_row("", document),), single=True)
    entries = document if isinstance(document, list) else []
    if not entries:
        raise _wrong("there are no rows")
    numbered = [(f"entry {number}", entry) for number, entry in enumerate(entries, 1)]
    wrong = [Problem("expected an object", place) for place, entry in numbered if not isinstance(entry, dict)]
    if wrong:
        raise WrongInput(wrong)
    return Sheet(tuple(_json_row(place, entry) for place, entry in numbered))


def _json_row(place: str, entry: Mapping[str, object]) -> Row:
    return Row(place, {name: value for name, value in entry.items() if value is not None and value != ""})


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise WrongInput([Problem("given twice in one object", column=name) for name in twice])
    return dict(pairs)


def _no_constant(_: str) -> None:
    raise _wrong("not JSON: NaN and Infinity are no numbers")
