"""Cells of a workbook that hold the error of a formula, such as #DIV/0!.

The package that reads workbooks returns such a cell as empty, and an empty cell is a missing answer: so they
are looked for here, in the workbook's own text.
"""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?r:id=\"([^\"]+)\"")
_RELATION = re.compile(rb"<Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"(Id|Target)=\"([^\"]+)\"")
_ERROR = re.compile(rb"<(?:\w+:)?c\s(?=[^>]*\bt=\"e\")[^>]*?\br=\"([A-Z]+[0-9]+)\"")


def cells_with_errors(data: bytes, place: int) -> list[str]:
    """The addresses of such cells in the sheet at this place; none in a workbook of another kind."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
            relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {}
            for relation in relations:
                found = dict(_ATTRIBUTE.findall(relation))
                targets[found.get(b"Id", b"")] = found.get(b"Target", b"").decode()
            path = targets[sheets[place]].removeprefix("/")
            content = archive.read(path if path.startswith("xl/") else f"xl/{path}")
    except (BadZipFile, KeyError, IndexError, UnicodeDecodeError):
        return []
    return [address.decode() for address in _ERROR.findall(content)]
