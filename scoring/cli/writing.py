"""Results as JSON, with every code explained beside it, or as a flat CSV table.

Floats are written with all their digits, so that a number can be recomputed bit for bit. Every output names
the version of the rules and the digest of the input. Output comes in pieces, so that the whole of a large
trial never stands in memory.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from io import StringIO

from scoring.endpoints import CAVEATS, REASONS, STRATEGIES
from scoring.instruments import Note
from scoring.progression import NOTES

EXPLAINED: Mapping[str, str] = {
    **{code.value: text for texts in (NOTES, CAVEATS, REASONS, STRATEGIES) for code, text in texts.items()},
    "exact_p": (
        "The p value is exact: the share of all ways to divide the ranks between the groups that are as far"
        " from the middle as this one, or farther (not twice one tail)."
    ),
    "joint_rank_test": (
        "The estimate is the U of Mann and Whitney: the pairs in which the rank of the arm is higher than"
        " that of the reference, a tie counting half. The rank sum of the arm is U + n (n + 1) / 2, with its"
        " own n."
    ),
}

Cell = str | int | float | bool | None
Table = Sequence[Mapping[str, Cell]]
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_ROWS_AT_ONCE = 1000
_SCALARS = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Result:
    """What a command found: nested for JSON, flat for CSV.

    Attributes:
        table: gives the flat rows, which are made only where they are written.
        version: of the rules.
        notes: what was done with the input that a reader should know.
    """

    report: object
    table: Callable[[], Table]
    version: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result comes from.

    Attributes:
        instrument: whose forms or totals were read; "" where none were, or totals of another measure.
        title: of the instrument.
        scale: the lowest and the highest total; None where no totals were read.
    """

    command: str
    digest: str
    instrument: str = ""
    title: str = ""
    scale: tuple[float, float] | None = None

    def measure(self) -> dict[str, Cell]:
        """What was measured, as cells of a row."""
        ends = dict(zip(("scale_low", "scale_high"), self.scale or (), strict=False))
        return {"instrument": self.instrument, **ends} if self.instrument or ends else {}

    def named(self) -> str:
        """What was measured, for people."""
        if self.scale is None:
            return f"{self.title} ({self.instrument})" if self.instrument else ""
        ends = f"totals {self.scale[0]:g} to {self.scale[1]:g}"
        whose = f"{self.title} ({self.instrument})" if self.instrument else "another measure (--scale)"
        return f"{whose}, {ends}"


def to_json(result: Result, origin: Origin) -> Iterator[str]:
    """Indented JSON, records without parts on one line; NaN cannot appear."""
    measured: dict[str, object] = dict(origin.measure())
    if measured:
        measured = {"instrument": origin.instrument or None}
        measured |= {} if origin.scale is None else {"scale": origin.scale}
    document = {
        "command": origin.command,
        **measured,
        "rule_version": result.version,
        "input_sha256": origin.digest,
        "notes": list(result.notes),
        "results": result.report,
    }
    yield from _written(document, "")
    yield "\n"


def to_csv(result: Result, origin: Origin) -> Iterator[str]:
    """CSV with the columns of all rows in order of appearance; None is an empty cell."""
    own = {**origin.measure(), "rule_version": result.version, "input_sha256": origin.digest}
    table = result.table()
    last = {"rule_version", "input_sha256"}
    columns = list(dict.fromkeys(column for row in table for column in row if column not in last))
    text = StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys((*columns, *own))), restval="", lineterminator="\n")
    writer.writeheader()
    for start in range(0, len(table), _ROWS_AT_ONCE):
        writer.writerows({**row, **own} for row in table[start : start + _ROWS_AT_ONCE])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def plain(value: object) -> object:
    """Dataclasses, enumerations, dates and windows as what JSON has."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, StrEnum):
        detail = EXPLAINED.get(value)
        return value.value if detail is None else {"code": value.value, "detail": detail}
    if isinstance(value, (list, tuple)) and not isinstance(value, Note):
        return [plain(entry) for entry in value]
    parts = _parts(value)
    if parts is not None:
        return {name: plain(part) for name, part in parts}
    return value.isoformat() if isinstance(value, date) else value


class _FieldNames(dict[type, tuple[str, ...]]):
    """The fields of each kind of dataclass; none of anything else."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        self[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
        return self[kind]


_NAMES = _FieldNames()


def _written(value: object, indent: str) -> Iterator[str]:
    """The value in pieces: what has parts with parts of their own is spread over lines."""
    line = _on_one_line(value)
    below = indent + "  "
    if line is not None:
        yield line
    elif isinstance(value, (list, tuple)):
        opening = "[\n"
        for entry in value:
            line = _on_one_line(entry)
            if line is not None:
                yield f"{opening}{below}{line}"
            else:
                yield opening + below
                yield from _written(entry, below)
            opening = ",\n"
        yield f"\n{indent}]"
    else:
        opening = "{\n"
        for name, part in _parts(value) or ():
            yield f"{opening}{below}{_ENCODER.encode(name)}: "
            yield from _written(part, below)
            opening = ",\n"
        yield f"\n{indent}}}"


def _on_one_line(value: object) -> str | None:
    """The value, where it has no parts with parts of their own."""
    names = _NAMES[type(value)]
    if names:
        record = {}
        for name in names:
            part = getattr(value, name)
            if type(part) not in _SCALARS and _has_parts(part):
                return None
            record[name] = part if type(part) in _SCALARS else plain(part)
        return _ENCODER.encode(record)
    parts = [part for _, part in _parts(value) or ()]
    if isinstance(value, (list, tuple)) and not isinstance(value, Note):
        parts = list(value)
    return None if any(map(_has_parts, parts)) else _ENCODER.encode(plain(value))


def _parts(value: object) -> list[tuple[str, object]] | None:
    """The named parts of a value that has some."""
    if isinstance(value, Note):
        return list(value._asdict().items())
    if isinstance(value, range):
        return [("first", value[0]), ("last", value[-1])]
    if isinstance(value, Mapping):
        return [(str(name), part) for name, part in value.items()]
    names = _NAMES[type(value)]
    return [(name, getattr(value, name)) for name in names] if names else None


def _has_parts(value: object) -> bool:
    if isinstance(value, (str, int, float, date, range, Note)) or value is None:
        return False
    return not isinstance(value, (list, tuple, Mapping)) or len(value) > 0


def flat(value: object) -> dict[str, Cell]:
    """A result as one row: nested names joined by points, lists in one cell, absent parts left out."""
    return dict(_flatten("", plain(value)))


def _flatten(name: str, value: object) -> Iterator[tuple[str, Cell]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _flatten(f"{name}.{key}" if name else key, entry)
    elif isinstance(value, list):
        yield name, listed(entry["code"] if isinstance(entry, Mapping) else entry for entry in value)
    elif value is None or isinstance(value, (str, int, float)):
        yield name, value


def listed(codes: Iterable[str]) -> str:
    """Several codes in one cell."""
    return " ".join(codes)
