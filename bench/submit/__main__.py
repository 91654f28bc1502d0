"""`python -m bench.submit --engine embedded|documentdb|mongodb://...`: the table of rates and latencies.

Starts the engine, the service and the floor server with the settings of production, drives them from this
process in turns, and prints what was measured. `--against COMMIT` compares the service with that of another
commit; `--profile` shows where the time of one report goes instead.
"""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import clinic, engines, servers
from bench.engines import Engine
from bench.submit import against, cohort, cold, profiling, target
from bench.submit.cohort import Cohort, HistoryFull
from bench.submit.comparison import Comparison, alternate, table, verdict
from bench.submit.side import SupplierEnded
from bench.submit.target import Target
from bench.submit.trees import UnknownCommit
from services.settings import Settings

_WARM_UP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Trial:
    """Both servers."""

    service: Target
    floor: Target

    def compare(self, clients: int, pairs: int, seconds: float) -> Comparison:
        """Measure both in turns with so many clients."""
        measure = (
            lambda: self.service.window(clients, seconds),
            lambda: self.floor.window(clients, seconds),
        )
        return alternate(clients, pairs, measure)

    def warm_up(self) -> None:
        """Let both serve for a moment before anything is measured."""
        self.service.window(4, _WARM_UP_SECONDS)
        self.floor.window(4, _WARM_UP_SECONDS)


@contextmanager
def _running(engine: Engine, variables: dict[str, str], patients: Cohort, logs: Path) -> Iterator[Trial]:
    service = servers.server("wsgi:app", variables, logs / "service.log")
    own = {"SLOPE_DATABASE_NAME": _floor_name(variables)}
    floor = servers.server("bench.submit.floor:app", variables | own, logs / "floor.log")
    try:
        for process, path in ((service, "/readyz"), (floor, "/")):
            process.start()
            process.wait_ready(path)
        yield Trial(Target(service, engine, patients), Target(floor, engine, target.for_floor()))
    finally:
        service.stop()
        floor.stop()


def _floor_name(variables: dict[str, str]) -> str:
    return variables["SLOPE_DATABASE_NAME"] + "_floor"


def measure(arguments: argparse.Namespace, engine: Engine) -> bool:
    """Measure and print; return whether every report was answered with 201."""
    variables = servers.settings(engine.uri, f"slope_bench_{secrets.token_hex(4)}") | servers.LONG_TOKENS
    with (
        tempfile.TemporaryDirectory() as logs,
        clinic.deleted_afterwards(engine.uri, _floor_name(variables)),
        clinic.opened(variables) as opened,
    ):
        patients = cohort.enrolled(opened, arguments.patients)
        patients.write_histories(arguments.history)
        print(_described(engine, variables, patients, arguments))
        if arguments.profile:
            profiling.show(Settings.from_environment(variables), patients)
            return True
        with _running(engine, variables, patients, Path(logs)) as trial:
            trial.warm_up()
            done = [trial.compare(n, arguments.pairs, arguments.seconds) for n in arguments.clients]
            starts = cold.measure(trial.service.server, patients)
        print(f"\n{table(done)}\n\n{verdict(done)}\n{cold.said(starts)}\n")
        if arguments.engine == "embedded":
            print("The bars are meant for the durable engines; this one is a single Python process.")
        print(f"{patients.with_flags()} patients have a flag at the end.")
    refused = sum((comparison.refused() for comparison in done), Counter[int]())
    if refused:
        print(f"FAILED: answers other than 201: {dict(refused)}")
    return not refused


def _described(
    engine: Engine, variables: dict[str, str], patients: Cohort, arguments: argparse.Namespace
) -> str:
    settings = Settings.from_environment(variables)
    return "\n".join(
        [
            f"engine      {engine.name}",
            f"durability  {engine.durability}",
            f"machine     {os.cpu_count()} cores shared by database, servers and clients; "
            f"Python {platform.python_version()}",
            f"servers     gunicorn gthread, {settings.workers} processes x {settings.threads} threads",
            f"mix         {len(patients)} patients with {arguments.history} reports and more, weekly; "
            f"{patients.with_flags()} have a flag at the start, the others raise nothing",
            f"windows     {arguments.pairs} pairs of {arguments.seconds:g} s, a new token for each report",
        ]
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.submit", description=__doc__)
    parser.add_argument("--engine", default="embedded", help="embedded, documentdb or a MongoDB URI")
    parser.add_argument(
        "--clients", type=int, nargs="+", help="keep-alive clients: 1 4 16; with --against 16"
    )
    parser.add_argument("--pairs", type=int, help="windows of each server: 5; with --against 12")
    parser.add_argument("--seconds", type=float, help="length of a window: 4; with --against 10")
    parser.add_argument("--patients", type=int, default=400)
    parser.add_argument("--history", type=int, default=12, help="reports of each patient before the start")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--against", metavar="COMMIT", help="compare the service with that of another commit")
    kinds.add_argument("--profile", action="store_true", help="show where the time of a report goes")
    given = parser.parse_args()
    if given.against and given.clients and len(given.clients) > 1:
        parser.error("--against takes one number of clients")
    clients, pairs, seconds = ([16], 12, 10.0) if given.against else ([1, 4, 16], 5, 4.0)
    given.clients, given.pairs = given.clients or clients, given.pairs or pairs
    given.seconds = given.seconds or seconds
    return given


def main() -> int:
    """Run the bench."""
    arguments = _arguments()
    run = against.measure if arguments.against else measure
    try:
        with engines.running(arguments.engine) as engine:
            return 0 if run(arguments, engine) else 1
    except (UnknownCommit, SupplierEnded, HistoryFull) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main())
