"""Rows of input, their cells read as what they should be, and every mistake by row and column.

A mistake never repeats the value, because values are health data and messages end in logs. A wrong file
gives no result at all: half of a trial must not look like the whole. How text becomes rows: `reading`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)
WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
LARGEST = 1e12


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the input, and where it is as far as that is known."""

    detail: str
    place: str = ""
    column: str = ""

    def __str__(self) -> str:
        where = (self.place, f"column {self.column}" if self.column else "")
        return ": ".join(filter(None, (", ".join(filter(None, where)), self.detail)))


class WrongInput(Exception):
    """Input that gives no result; `problems` names every mistake found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a column without a value is absent.

    Attributes:
        place: where it stands, as a spreadsheet counts (the header is row 1), or the number of the entry.
    """

    place: str
    cells: Mapping[str, object]


@dataclass
class Sheet:
    """The rows of one file, and what was found wrong with their cells so far.

    Attributes:
        single: whether the input was one JSON object, not a list.
    """

    rows: Sequence[Row]
    single: bool = False
    problems: list[Problem] = field(default_factory=list)

    def check_columns(self, known: Collection[str], ignored: Collection[str]) -> None:
        """Report columns that are not known: a misspelled one must not be overlooked."""
        first: dict[str, str] = {}
        for row in self.rows:
            for column in row.cells:
                first.setdefault(column, row.place)
        for column, place in first.items():
            if column not in known and column not in ignored:
                self.report(place, column, f"unknown column; known: {', '.join(known)}; or use --ignore")

    def report(self, place: str, column: str, detail: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(detail, place, column))

    def finish(self) -> None:
        """End the reading.

        Raises:
            WrongInput: mistakes were found.
        """
        if self.problems:
            raise WrongInput(self.problems)

    def text(self, row: Row, column: str) -> str:
        """The cell as text; empty where it is absent."""
        value = row.cells.get(column, "")
        if isinstance(value, str) or type(value) is int:
            return str(value)
        self.report(row.place, column, "expected text")
        return ""

    def whole(self, row: Row, column: str) -> int | None:
        """The cell as a whole number; None where it is absent."""
        value = as_number(row.cells.get(column))
        if value is None or (type(value) is int and abs(value) < LARGEST):
            return value
        self.report(row.place, column, "expected a whole number")
        return None

    def number(self, row: Row, column: str) -> float | None:
        """The cell as a number; None where it is absent."""
        value = as_number(row.cells.get(column))
        if value is None:
            return None
        if (type(value) is int or type(value) is float) and abs(value) < LARGEST:
            return value
        self.report(row.place, column, "expected a number, with a point for decimals")
        return None

    def day(self, row: Row, column: str) -> date | None:
        """The cell as a date; None where it is absent."""
        value = row.cells.get(column)
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.report(row.place, column, "expected a date such as 2026-01-31")
            return None

    def choice(self, row: Row, column: str, choices: type[Choice]) -> Choice | None:
        """The cell as one of the choices; None where it is absent."""
        value = row.cells.get(column)
        if value is None:
            return None
        found = {choice.value: choice for choice in choices}.get(str(value))
        if found is None:
            self.report(row.place, column, f"expected one of {', '.join(choices)}")
        return found

    def require(self, row: Row, *columns: str) -> None:
        """Report which of these cells are absent."""
        for column in columns:
            if column not in row.cells:
                self.report(row.place, column, "missing")


def as_number(value: object) -> object:
    """Text as the number it spells; text that spells none, and anything else, as it is."""
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        return float(value)
    return value
