"""Results for people: a table with the columns that matter, rounded, and the codes in it explained.

Programs ask for `--format json`, where nothing is left out, or `csv`; in neither is anything rounded. Of
`trend` people read the range of a rate in one column, why it is not said whether a change is beyond noise in
its place, and of forms without a total only where there are any.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from scoring.cli.writing import EXPLAINED, Cell, Origin, Result, Table

_RANGE = "since_onset.range"
_RELIABLE = "reliable_change.reliable"
_ENDS = ("since_onset.loss_low", "since_onset.loss_high")
_TREND = {
    "patient": "patient",
    "respondent": "respondent",
    "readings": "n",
    "incomplete": "without total",
    "first_on": "first",
    "last_on": "last",
    "first_day": "first day",
    "last_day": "last day",
    "least_squares.slope_per_month": "slope/month",
    "least_squares.low": "low",
    "least_squares.high": "high",
    "theil_sen.slope_per_month": "Theil-Sen",
    "first_to_last.change": "change",
    _RELIABLE: "beyond noise",
    "since_onset.loss_per_month": "loss/month since onset",
    _RANGE: "range of the rate",
    "least_squares.notes": "notes",
}
_ENDPOINTS = {
    "visit": "visit",
    "nominal_day": "day",
    "window_first": "from day",
    "window_last": "to day",
    **{
        name: name.replace("_", " ")
        for name in (
            "endpoint", "arm", "reference", "compared_with", "n", "estimate", "sd", "se", "low", "high", "df",
            "p", "deaths", "notes",
        )
    },
}  # fmt: skip
_SHOWN: Mapping[str, Mapping[str, str]] = {"trend": _TREND, "endpoints": _ENDPOINTS}
_CODES = ("notes", "deaths", "endpoint", "reliable")
_ROUND = "{:.4g}"
WIDEST = 40
ROUNDED = "numbers are rounded to four significant digits; --format json or csv has all of them"


def to_text(result: Result, origin: Origin) -> Iterator[str]:
    """The table, what its codes mean, and where it comes from."""
    table = [_for_people(row) for row in result.table()] if origin.command == "trend" else result.table()
    columns = _columns(table, origin.command)
    rows = [[_shown(row.get(column), column) for column in columns] for row in table]
    heads = list(columns.values())
    widths = [max(map(len, cells)) for cells in zip(heads, *rows, strict=True)]
    numeric = [_is_numeric(table, column) for column in columns]
    yield _line(heads, widths, numeric)
    yield _line(["-" * width for width in widths], widths, numeric)
    for row in rows:
        yield _line(row, widths, numeric)
    yield from _explanations(table, columns)
    yield from _named(table)
    yield "\n" if result.notes else ""
    yield from (f"note: {note}\n" for note in dict.fromkeys(result.notes))
    yield f"\n{ROUNDED}\n" if _is_rounded(table, [*columns, *_ENDS]) else ""
    measured = f"{origin.named()}; " if origin.named() else ""
    digest = f"; input sha256 {origin.digest[:12]}" if origin.digest else ""
    yield f"\n{measured}rules: version {result.version}{digest}\n" if result.version else ""


def _for_people(row: Mapping[str, Cell]) -> Mapping[str, Cell]:
    """A row of `trend` with the range of a rate as text, where the onset is not known by its day.

    Where it is not said whether the change is beyond noise, the codes that say why stand in its place.
    """
    low, high = (row.get(end) for end in _ENDS)
    told: Cell = None
    if low is not None and str(row.get("since_onset.precision")) != "day":
        told = (
            f"{_ROUND.format(low)} or more"
            if high is None
            else f"{_ROUND.format(low)} to {_ROUND.format(high)}"
        )
    noise = row.get(_RELIABLE)
    noise = row.get("reliable_change.notes") if noise is None else noise
    return {**row, "incomplete": row["incomplete"] or None, _RANGE: told, _RELIABLE: noise}


def _is_rounded(table: Table, columns: Collection[str]) -> bool:
    """Whether a number is shown with fewer digits than it has."""
    cells = (row.get(column) for row in table for column in columns)
    return any(isinstance(cell, float) and float(_ROUND.format(cell)) != cell for cell in cells)


def _columns(table: Table, command: str) -> dict[str, str]:
    """The columns that say anything, with their heads."""
    everything = dict.fromkeys(column for row in table for column in row)
    shown = _SHOWN.get(command) or {column: column for column in everything}
    filled = {column for row in table for column, cell in row.items() if cell not in {None, ""}}
    return {column: head for column, head in shown.items() if column in filled}


def _shown(cell: Cell, column: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        small = column == "p" and 0 <= cell < 0.0001
        return "<0.0001" if small else _ROUND.format(cell)
    text = str(cell)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _is_numeric(table: Table, column: str) -> bool:
    cells = (row.get(column) for row in table)
    return all(cell is None or isinstance(cell, int | float) for cell in cells)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    aligned = (
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    )
    return "  ".join(aligned).rstrip() + "\n"


def _named(table: Table) -> Iterator[str]:
    """Below the table, because they are many: the subjects whom a row only counts."""
    named = [row for row in table if row.get("subjects")]
    yield "\n" if named else ""
    for row in named:
        what = (str(row[name]) for name in ("visit", "endpoint", "arm", "notes") if row[name])
        yield f"{', '.join(what)}: {row['subjects']}\n"


def _explanations(table: Table, columns: Collection[str]) -> Iterator[str]:
    used = dict.fromkeys(
        code
        for row in table
        for column, cell in row.items()
        if column in columns and column.rpartition(".")[2] in _CODES and isinstance(cell, str)
        for code in cell.split()
    )
    known = [code for code in used if code in EXPLAINED]
    if known:
        yield "\n"
    for code in known:
        yield f"{code}: {EXPLAINED[code]}\n"
