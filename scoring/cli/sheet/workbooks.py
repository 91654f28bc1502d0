"""What a sheet of a workbook has beside its cells: merged cells, which are refused, and hidden rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from scoring.cli.sheet.mistakes import Mistake
from scoring.cli.sheet.subjects import first_of

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?r:id=[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"(Id|Target)=[\"']([^\"']+)[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\br=[\"']([0-9]+)[\"']")
Corner = tuple[int, int]


def text_of_sheet(data: bytes, place: int) -> bytes:
    """What the workbook has of the sheet at this place; nothing in a workbook of another kind."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
            relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
            found = [dict(_ATTRIBUTE.findall(relation)) for relation in relations]
            targets = {relation[b"Id"]: relation[b"Target"] for relation in found if len(relation) == 2}
            path = targets[sheets[place]].decode().removeprefix("/")
            return archive.read(path if path.startswith("xl/") else f"xl/{path}")
    except (BadZipFile, KeyError, IndexError, UnicodeDecodeError):
        return b""


def merged_cells(
    areas: Iterable[tuple[Corner, Corner]], rows: Sequence[Sequence[object]]
) -> Iterator[Mistake]:
    """Merged cells that hold anything: the file has it in the first of them, and nothing in the others."""
    for (top, left), (bottom, right) in areas:
        if top < len(rows) and left < len(rows[top]) and rows[top][left] != "":
            area = f"{letters(left)}{top + 1} to {letters(right)}{bottom + 1}"
            detail = (
                f"the cells {area} are merged, and only the first holds the value: unmerge them, fill in all,"
                " or take out the row where it is a title"
            )
            yield Mistake(detail, top + 1, letters(left))


def letters(column: int) -> str:
    """The name of a column in a spreadsheet, counted from 0."""
    before = letters(column // 26 - 1) if column >= 26 else ""
    return before + chr(ord("A") + column % 26)


def note_hidden(text: bytes) -> Iterator[str]:
    """Tell of rows that are hidden, as a filter leaves them."""
    hidden = []
    for row in _ROW.finditer(text):
        number = _NUMBER.search(row[1])
        if number and _HIDDEN.search(row[1]):
            hidden.append(number[1].decode())
    if hidden:
        yield (
            f"hidden or filtered rows, which are read like the others: {len(hidden)}; rows {first_of(hidden)}"
        )
