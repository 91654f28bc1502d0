"""Cells of a workbook that look empty to the package that reads it, and are not.

They hold the error of a formula, such as #DIV/0!, or a formula whose result nobody has computed yet, as
libraries write it. An empty cell is a missing answer: so they are looked for here, in the workbook's own
text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoring.cli.sheet.mistakes import Mistake
from scoring.cli.sheet.workbooks import text_of_sheet

_CELL = re.compile(rb"<(?:\w+:)?c(?P<signs>\s[^>]*[^/>]|)>(?P<content>.*?)</(?:\w+:)?c>", re.DOTALL)
_SIGN = re.compile(rb"\b(r|t)=[\"']([^\"']*)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_RESULT = re.compile(rb"<(?:\w+:)?v(?:\s[^>/]*)?>[^<]")
_ADDRESS = re.compile(r"([A-Z]*)([0-9]*)", re.ASCII)
ERROR = "holds the error of a formula: mend it, or empty the cell"
NO_RESULT = (
    "holds a formula without a result: open the file in a spreadsheet program and save it, or write the value"
)


def cells_to_mend(data: bytes, place: int) -> list[Mistake]:
    """What is wrong with such cells in the sheet at this place; nothing in a workbook of another kind."""
    return list(_mistakes(text_of_sheet(data, place)))


def _mistakes(content: bytes) -> Iterator[Mistake]:
    for cell in _CELL.finditer(content):
        signs = dict(_SIGN.findall(cell["signs"]))
        wrong = _wrong(signs.get(b"t"), cell["content"])
        if wrong:
            column, row = _ADDRESS.findall(signs.get(b"r", b"").decode("ascii", "replace"))[0]
            yield Mistake(wrong, int(row or 0), column)


def _wrong(kind: bytes | None, content: bytes) -> str:
    """What is wrong with a cell; a formula may well have made an empty text."""
    if kind == b"e":
        return ERROR
    computed = kind == b"str" or _RESULT.search(content)
    return NO_RESULT if _FORMULA.search(content) and not computed else ""
