"""Rows of a text file that take several lines, because a quoted cell holds line breaks.

That is how spreadsheets write comments of several lines. It is also what a stray quotation mark makes of the
rows below it, which would then vanish into one cell: so such rows are told, and refused where a line in the
cell looks like a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scoring.cli.sheet.mistakes import Mistake
from scoring.cli.sheet.subjects import first_of

_BREAK = re.compile(r"\r\n|\r|\n")
_OPEN, _AFTER = "unexpected end of data", "expected after"
_TWICE = "write a quotation mark inside a quoted cell twice"


@dataclass
class LineBreaks:
    """The rows of several lines, in a file whose cells are separated like this.

    Attributes:
        width: cells of the header; 0 before it was read.
    """

    delimiter: str
    width: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    _rows: list[str] = field(default_factory=list)

    def look_at(self, row: Sequence[str], first: int, last: int) -> None:
        """Look at a row that takes the lines from the first to the last."""
        if not self.width:
            return
        if any(separators >= max(1, self.width - 1) for separators in self._separators(row)):
            detail = (
                f"a quoted cell begins here and ends in row {last}, and a line in it looks like a row: is a"
                f" quotation mark missing? {_TWICE}; a cell that may hold such lines cannot be read"
            )
            self.mistakes.append(Mistake(detail, first))
        self._rows.append(f"{first} to {last}")

    def _separators(self, row: Sequence[str]) -> Iterator[int]:
        """How many separators each line after the first one of a cell has, with those behind the cell.

        And the first one where it begins the row.
        """
        for place, cell in enumerate(row, 1):
            first, *others = _BREAK.split(cell)
            yield first.count(self.delimiter) if place == 1 and others else 0
            for number, line in enumerate(others, 1):
                inside = line.count(self.delimiter)
                behind = len(row) - place if number == len(others) else 0
                yield inside + behind if inside else 0

    def notes(self) -> Iterator[str]:
        """What to tell of the file."""
        if self._rows:
            yield (
                f"rows of several lines, because a quoted cell holds line breaks: {len(self._rows)}; is a"
                f" quotation mark missing? rows {first_of(self._rows)}"
            )


def why_not_csv(message: str) -> str:
    """What is wrong where the reader gives up with this message."""
    if _OPEN in message:
        return "not CSV: a quoted cell begins in this row and has no end; is a quotation mark missing?"
    if _AFTER in message:
        return f"not CSV: text follows a closing quotation mark; {_TWICE}"
    return f"not CSV: {message}"
