"""The columns of one file, read whole, and what was found wrong with their cells so far.

A wrong file gives no result at all: half of a trial must not look like the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from scoring.cli.sheet import cells
from scoring.cli.sheet.cells import Spelling, Timestamp, Unreadable
from scoring.cli.sheet.mistakes import Mistake, WrongInput

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


@dataclass
class Sheet:
    """One file.

    Attributes:
        columns: the cells by the name of their column; None where a cell is absent.
        rows: the number of each row, as a person counts them.
        unit: what is counted: the rows of a table, or the entries of a list.
        written: how a column is called in the file, where that differs.
        single: whether the input was one JSON object, not a list.
        ours: whether the service wrote it.
        notes: how the file was read, for whoever called.
        decisions: what was done with the data, which belongs to the result.
        passed: columns of the file that are not read.
        meant: columns that ones with unknown names were probably meant to be; they are not missing as well.
    """

    columns: dict[str, list[object]]
    rows: Sequence[int]
    unit: str = "row"
    spelling: Spelling = field(default_factory=Spelling)
    written: dict[str, str] = field(default_factory=dict)
    single: bool = False
    ours: bool = False
    mistakes: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    meant: set[str] = field(default_factory=set)

    def report(self, place: int, column: str, detail: str) -> None:
        """Note a mistake in the row at this place."""
        name = self.written.get(column, column)
        self.mistakes.append(Mistake(detail, self.rows[place], name, self.unit))

    def finish(self) -> None:
        """End the reading.

        Raises:
            WrongInput: mistakes were found.
        """
        if self.mistakes:
            raise WrongInput(self.mistakes)

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return column in self.columns

    def require_columns(self, *columns: str, instead: str = "") -> None:
        """Report which of these columns are not there, and what would do instead."""
        for column in columns:
            if column not in self.columns and column not in self.meant:
                names = (*(self.written.get(name, name) for name in self.columns), *self.passed)
                there = ", ".join(names) or "none"
                self.mistakes.append(
                    Mistake(
                        f"there is no such column{instead}; there are: {there}; rename it, or say"
                        " which one it is with --columns",
                        column=column,
                    )
                )

    def require(self, *columns: str) -> None:
        """Report the cells of these columns that are absent."""
        for column in columns:
            for place, cell in enumerate(self.columns.get(column, ())):
                if cell is None:
                    self.report(place, column, "missing")

    def texts(self, column: str) -> list[str]:
        """The cells as text; empty where they are absent."""
        return [found or "" for found in self._read(column, cells.text)]

    def wholes(self, column: str) -> list[int | None]:
        """The cells as whole numbers."""
        decimal = self.spelling.decimal
        return self._read(column, lambda cell: cells.whole(cell, decimal))

    def numbers(self, column: str) -> list[int | float | None]:
        """The cells as numbers."""
        decimal = self.spelling.decimal
        return self._read(column, lambda cell: cells.number(cell, decimal))

    def timestamps(self, column: str) -> list[Timestamp | None]:
        """The cells as dates, with a time of day or without."""
        found = self._read(column, lambda cell: cells.timestamp(cell, self.spelling.dates))
        if self.spelling.dates:
            self._note_mixed_dates(column)
        return found

    def _note_mixed_dates(self, column: str) -> None:
        """Note a column in which only some dates need --dates.

        A spreadsheet that reads days as months makes dates of those up to the 12th, and text of the others.
        """
        written = [str(cell) for cell in self._cells(column) if cell is not None]
        ordered = sum(map(cells.needs_order, written))
        if 0 < ordered < len(written):
            told = (
                f"column {self.written.get(column, column)}: {ordered} dates are written in the order that"
                f" --dates says, {len(written) - ordered} are not; did a spreadsheet read some of them in"
                " another order? It makes dates only of days up to 12"
            )
            self.decisions += [] if told in self.decisions else [told]

    def dates(self, column: str) -> list[date | None]:
        """The cells as dates; a time of day is left out."""
        return [None if moment is None else moment.day for moment in self.timestamps(column)]

    def partial_dates(self, column: str) -> list[tuple[date, str] | None]:
        """The cells as dates that may lack the day, or the day and the month, with what is given."""
        return self._read(column, lambda cell: cells.partial_date(cell, self.spelling.dates))

    def clocks(self, column: str, days: Sequence[date | None]) -> list[Timestamp | None]:
        """The cells as times of these days."""
        found: list[Timestamp | None] = []
        for place, (cell, day) in enumerate(zip(self._cells(column), days, strict=True)):
            try:
                found.append(None if cell is None else cells.clock(cell, day, self.spelling.dates))
            except Unreadable as error:
                self.report(place, column, str(error))
                found.append(None)
        return found

    def choices(self, column: str, choices: type[Choice]) -> list[Choice | None]:
        """The cells as one of these words, whatever their capitals."""
        known = {choice.value: choice for choice in choices}

        def choose(cell: object) -> Choice:
            found = known.get(cell.casefold()) if isinstance(cell, str) else None
            if found is None:
                raise Unreadable(f"expected one of {', '.join(choices)}")
            return found

        return self._read(column, choose)

    def answers(self, columns: Collection[str]) -> dict[str, list[object]]:
        """The cells of items: numbers where they are numbers; codes of missing answers are absent."""
        codes, decimal = self.spelling.missing.numbers, self.spelling.decimal
        found = {}
        for column in columns:
            if column in self.columns:
                read = [_answer(cell, decimal) for cell in self.columns[column]]
                found[column] = [None if cell in codes else cell for cell in read] if codes else read
        return found

    def _cells(self, column: str) -> Sequence[object]:
        return self.columns.get(column) or [None] * len(self.rows)

    def _read(self, column: str, read: Callable[[object], Value]) -> list[Value | None]:
        """Read a column; a spelling that was read before is not read again."""
        known: dict[object, Value | None] = {}
        found: list[Value | None] = []
        for place, cell in enumerate(self._cells(column)):
            if cell is None:
                found.append(None)
            elif type(cell) is str and cell in known:
                found.append(known[cell])
            else:
                value = self._read_one(place, column, cell, read)
                if type(cell) is str and value is not None:
                    known[cell] = value
                found.append(value)
        return found

    def _read_one(
        self, place: int, column: str, cell: object, read: Callable[[object], Value]
    ) -> Value | None:
        try:
            return read(cell)
        except Unreadable as error:
            self.report(place, column, str(error))
            return None


def _answer(cell: object, decimal: str) -> object:
    value = cells.spelled(cell, decimal)
    return cell if value is None else value
