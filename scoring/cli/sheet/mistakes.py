"""What is wrong with a file or with a call.

No sentence repeats a score or an answer: they are health data, and messages end in logs. Where two rows
contradict each other the sentence names the subject and the days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_SHOWN = 20
"""Mistakes named one by one; the others are counted by kind."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in the input, and where it is as far as that is known.

    Attributes:
        row: as a spreadsheet counts (the header is row 1), or the number of the entry of a list; 0 for the
            file as a whole.
        unit: what is counted, "row" or "entry".
    """

    detail: str
    row: int = 0
    column: str = ""
    unit: str = "row"

    def __str__(self) -> str:
        row = f"{self.unit} {self.row}" if self.row else ""
        where = (row, f"column {self.column}" if self.column else "")
        return ": ".join(filter(None, (", ".join(filter(None, where)), self.detail)))


class WrongInput(Exception):
    """Input that gives no result; `mistakes` holds every mistake found, by row."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(dict.fromkeys(mistakes), key=lambda mistake: mistake.row))
        super().__init__("; ".join(self.lines()))

    def lines(self) -> Iterator[str]:
        """The first mistakes one by one, and how many there are of each other kind."""
        yield from map(str, self.mistakes[:MOST_SHOWN])
        others = self.mistakes[MOST_SHOWN:]
        if others:
            yield f"and {len(others)} more:"
        kinds = Counter((mistake.column, mistake.detail.partition(";")[0]) for mistake in others)
        for (column, detail), times in kinds.items():
            yield f"  {times} x {Mistake(detail, column=column)}"


class WrongCall(Exception):
    """An option that cannot be, or does not fit the file."""
