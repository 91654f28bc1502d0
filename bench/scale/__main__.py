"""`python -m bench.scale --engine documentdb [--stored 10000 100000 1000000] [--draw docs]`: flat, or not?

Each row has a database of its own, filled by `fill`, and its own service and floor servers, driven in turns;
so a row is held against another by its ratio to its floor. Printed: reports a second, p50 and p95, bytes of
the newest entries, memory of the server's processes and of the database. What else grows is printed by
`make bench-desk` (worklist, hourly watch), `make bench-pages` (caseload, series) and `make bench-replay`.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from pathlib import Path
from statistics import mean

import bson

from bench import clinic, engines, servers
from bench.detection.drawing import Axes, Line, plot
from bench.engines import Engine
from bench.processes import memory_mebibytes
from bench.scale import fill
from bench.submit import target
from bench.submit.cohort import HistoryFull
from bench.submit.comparison import Comparison, alternate
from bench.submit.target import Target
from models.ledger.document import LedgerDocument

CLIENTS, LOOKED_AT = 16, 50
HISTORIES, SITES = (100, 500), 3
WARM = 8
"""Reports of each patient before anything is measured: then one in 128 is new to one of two processes."""
_FLOOR = "_floor"


@dataclass(frozen=True, slots=True)
class Size:
    """What is stored: reports in all, of each patient who reports, and over how many sites."""

    stored: int
    history: int
    sites: int


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured at a size; bytes of an entry, memory in MiB."""

    size: Size
    compared: Comparison
    entry_bytes: float
    workers: Sequence[float]
    database: float

    def text(self) -> str:
        """Return the line of the table."""
        size, one = self.size, self.compared
        return (
            f"{size.stored:8} {size.history:7} {size.sites:5} | {one.rate:7.0f} {one.ratio:6.2f}"
            f" {one.percentile(50):7.1f} {one.percentile(95):7.1f} | {self.entry_bytes:6.0f}"
            f" | {', '.join(f'{each:.0f}' for each in self.workers):>11} {self.database:8.0f}"
        )


HEADER = "  stored history sites |  rate/s  ratio     p50     p95 |  bytes |     workers database MiB"


def sizes(stored: Sequence[int], shortest: int = 12) -> list[Size]:
    """Return what is measured: each number of stored reports, then longer histories, then more sites."""
    usual = sorted(stored)[min(1, len(stored) - 1)]
    return [
        *(Size(each, shortest, 1) for each in sorted(stored)),
        *(Size(max(usual, fill.ACTIVE * history), history, 1) for history in HISTORIES),
        Size(usual, shortest, SITES),
    ]


def drawings(rows: Sequence[Row]) -> dict[str, str]:
    """Return plots by the name of their file: the ratio to the floor, and the bytes of an entry."""
    by_history = sorted((row for row in rows if row.size.sites == 1), key=lambda row: row.size.history)
    by_stored = [(log10(row.size.stored), row.compared.ratio) for row in _of_stored(rows)]
    ratios = [(float(row.size.history), row.compared.ratio) for row in by_history]
    sizes_of = [(float(row.size.history), row.entry_bytes / 1000) for row in by_history]
    longest = max(x for x, _ in ratios)
    x_range = (0.0, longest)
    most = max(x for x, _ in by_stored)
    return {
        "scale-stored.svg": plot(
            Axes(
                "Rate by reports stored",
                "powers of ten",
                "part of the floor's rate",
                (2.0, most + 0.5),
                (0.0, 1.0),
            ),
            [Line("ratio", by_stored)],
        ),
        "scale-rate.svg": plot(
            Axes(
                "Rate by length of history", "reports before", "part of the floor's rate", x_range, (0.0, 1.0)
            ),
            [Line("ratio", ratios)],
        ),
        "scale-bytes.svg": plot(
            Axes("An entry by length of history", "reports before", "kB", x_range, (0.0, 8.0)),
            [Line("bytes", sizes_of)],
        ),
    }


def measured(engine: Engine, size: Size, pairs: int, seconds: float) -> Row:
    """Fill a database, drive a service on it, and delete it."""
    variables = servers.settings(engine.uri, f"slope_scale_{secrets.token_hex(4)}") | servers.LONG_TOKENS
    floors = variables | {"SLOPE_DATABASE_NAME": variables["SLOPE_DATABASE_NAME"] + _FLOOR}
    with (
        tempfile.TemporaryDirectory() as logs,
        clinic.deleted_afterwards(engine.uri, floors["SLOPE_DATABASE_NAME"]),
        clinic.opened(variables) as opened,
    ):
        people = fill.filled(opened, stored=size.stored, history=size.history, site_count=size.sites)
        service = servers.server("wsgi:app", variables, Path(logs) / "service.log")
        floor = servers.server("bench.submit.floor:app", floors, Path(logs) / "floor.log")
        try:
            for process, path in ((service, "/readyz"), (floor, "/")):
                process.start()
                process.wait_ready(path)
            one, other = Target(service, engine, people), Target(floor, engine, target.for_floor())
            _warm(one, len(people))
            other.window(4, 1.0)
            turns = (lambda: one.window(CLIENTS, seconds), lambda: other.window(CLIENTS, seconds))
            compared = alternate(CLIENTS, pairs, turns)
            workers = [memory_mebibytes([pid]) for pid in service.children()]
            return Row(size, compared, _bytes(people.ids), workers, memory_mebibytes(engine.processes()))
        finally:
            service.stop()
            floor.stop()


def _warm(target: Target, people: int) -> None:
    """Drive it until each process has met nearly every patient; `make bench` has what a new process costs."""
    taken = 0
    while taken < WARM * people:
        taken += len(target.window(CLIENTS, 1.0).latencies)


def _bytes(patient_ids: Iterable[str]) -> float:
    def newest(patient_id: str) -> int:
        rows = LedgerDocument.raw().find({"patient_id": patient_id}).sort("seq", -1).limit(1)
        return len(bson.encode(next(iter(rows))))

    return mean(newest(patient_id) for patient_id in list(patient_ids)[:LOOKED_AT])


def main() -> None:
    """Read the command line, measure, print and draw."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--engine", default="embedded", help="embedded, documentdb or a MongoDB URI")
    parser.add_argument("--stored", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--draw", type=Path, help="folder for the plots")
    given = parser.parse_args()
    rows = []
    with engines.running(given.engine) as engine:
        print(HEADER, flush=True)
        for size in sizes(given.stored):
            try:
                rows.append(measured(engine, size, given.pairs, given.seconds))
            except HistoryFull:
                sys.exit("the patients have reported up to now: give fewer --pairs or --seconds")
            print(rows[-1].text(), flush=True)
    for line in flat(rows):
        print(line)
    for name, drawn in drawings(rows).items() if given.draw else ():
        (given.draw / name).write_text(drawn, encoding="utf-8")


def flat(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how the ratios to the floor of two sizes compare: 1 is flat."""
    stored = _of_stored(rows)
    yield f"{stored[-1].size.stored} stored to {stored[0].size.stored}: {_to(stored[-1], stored[0]):.2f}"
    longer = [row for row in rows if row.size.history > stored[0].size.history]
    for shorter, row in pairwise((stored[min(1, len(stored) - 1)], *longer)):
        yield f"{row.size.history} reports of history to {shorter.size.history}: {_to(row, shorter):.2f}"


def _of_stored(rows: Sequence[Row]) -> list[Row]:
    shortest = min(row.size.history for row in rows)
    found = (row for row in rows if row.size.history == shortest and row.size.sites == 1)
    return sorted(found, key=lambda row: row.size.stored)


def _to(one: Row, other: Row) -> float:
    return one.compared.ratio / other.compared.ratio


if __name__ == "__main__":
    main()
