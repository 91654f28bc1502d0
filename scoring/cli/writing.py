"""Results as JSON, with every code explained beside it, or as a flat CSV table.

Floats are written with all their digits, so that a number can be recomputed bit for bit.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from io import StringIO

from scoring.endpoints import CAVEATS, REASONS
from scoring.instruments import Note
from scoring.progression import NOTES

EXPLAINED: Mapping[str, str] = dict((*NOTES.items(), *CAVEATS.items(), *REASONS.items()))

Cell = str | int | float | bool | None
Table = Sequence[Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a command found: nested for JSON, flat for CSV."""

    report: object
    table: Table


def plain(value: object) -> object:
    """Dataclasses, enumerations, dates and windows as what JSON has."""
    if isinstance(value, StrEnum):
        detail = EXPLAINED.get(value)
        return value.value if detail is None else {"code": value.value, "detail": detail}
    if isinstance(value, Note):
        return value._asdict()
    if isinstance(value, range):
        return {"first": value[0], "last": value[-1]}
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def flat(value: object) -> dict[str, Cell]:
    """A result as one row: nested names joined by points, lists in one cell, absent parts left out."""
    return dict(_flatten("", plain(value)))


def _flatten(name: str, value: object) -> Iterator[tuple[str, Cell]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flatten(f"{name}.{key}" if name else key, one)
    elif isinstance(value, list):
        yield name, listed(entry["code"] if isinstance(entry, Mapping) else entry for entry in value)
    elif value is None or isinstance(value, (str, int, float)):
        yield name, value


def to_json(value: object) -> str:
    """Indented JSON; NaN cannot appear."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_csv(table: Table) -> str:
    """CSV with the columns of all rows in order of appearance; None is an empty cell."""
    columns = dict.fromkeys(column for row in table for column in row)
    text = StringIO()
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


def listed(codes: Iterable[str]) -> str:
    """Several codes in one cell."""
    return " ".join(codes)
