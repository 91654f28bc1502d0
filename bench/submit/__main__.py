"""`python -m bench.submit --engine embedded|documentdb|mongodb://...`: the table of rates and latencies.

Starts the engine, the service and the floor server with the settings of production, drives them from this
process in turns, and prints what was measured. `--profile` shows where the time of one report goes instead.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench import clinic, engines, load, servers
from bench.courses import SLOW, Course
from bench.engines import Engine
from bench.load import Window
from bench.processes import cpu_seconds
from bench.submit import cohort, profiling
from bench.submit.cohort import Cohort
from bench.submit.comparison import Comparison, alternate, table, verdict
from services.settings import Settings

_WARM_UP_SECONDS = 2.0
_MOST_PER_SECOND = 1500  # requests made ahead; more are made on the way
# The longest that may be set, because all tokens are made ahead and no run is to outlive them.
_SETTINGS = {"SLOPE_ACCESS_MINUTES": "60"}


@dataclass(frozen=True, slots=True)
class Trial:
    """Both servers, and what is sent to them."""

    engine: Engine
    service: servers.Process
    floor: servers.Process
    cohort: Cohort

    def compare(self, clients: int, pairs: int, seconds: float) -> Comparison:
        """Measure both in turns with so many clients."""
        return alternate(
            clients, pairs, (lambda: self._service(clients, seconds), lambda: self._floor(clients, seconds))
        )

    def warm_up(self) -> None:
        """Let both serve for a moment before anything is measured."""
        self._service(4, _WARM_UP_SECONDS)
        self._floor(4, _WARM_UP_SECONDS)

    def _service(self, clients: int, seconds: float) -> Window:
        self.cohort.prepare(int(seconds * _MOST_PER_SECOND))
        return self._drive(self.service, [self.cohort.next_request] * clients, seconds)

    def _floor(self, clients: int, seconds: float) -> Window:
        body = json.dumps({"answers": Course(40, SLOW, 1).answers(0)}).encode()
        request = load.post("/", body)
        return self._drive(self.floor, [lambda: request] * clients, seconds)

    def _drive(
        self, server: servers.Process, clients: Sequence[Callable[[], bytes]], seconds: float
    ) -> Window:
        database = self.engine.processes()
        before = cpu_seconds([server.pid]), cpu_seconds(database)
        window = load.drive(server.port, clients, seconds)
        used, of_database = cpu_seconds([server.pid]) - before[0], cpu_seconds(database) - before[1]
        return replace(window, server_cpu=used, database_cpu=of_database)


@contextmanager
def _running(engine: Engine, variables: dict[str, str], patients: Cohort, logs: Path) -> Iterator[Trial]:
    service = servers.server("wsgi:app", variables, logs / "service.log")
    own = {"SLOPE_DATABASE_NAME": _floor_name(variables)}
    floor = servers.server("bench.submit.floor:app", variables | own, logs / "floor.log")
    try:
        for process, path in ((service, "/readyz"), (floor, "/")):
            process.start()
            process.wait_ready(path)
        yield Trial(engine, service, floor, patients)
    finally:
        service.stop()
        floor.stop()


def _floor_name(variables: dict[str, str]) -> str:
    return variables["SLOPE_DATABASE_NAME"] + "_floor"


def measure(arguments: argparse.Namespace, engine: Engine) -> bool:
    """Measure and print; return whether every report was answered with 201."""
    variables = servers.settings(engine.uri, f"slope_bench_{secrets.token_hex(4)}") | _SETTINGS
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
        print(f"\n{table(done)}\n\n{verdict(done)}\n")
        if arguments.engine == "embedded":
            print("The bars are meant for the durable engines; this one is a single Python process.")
        print(f"{patients.with_flags()} patients have a flag at the end.")
    refused = sum((one.refused() for one in done), Counter[int]())
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
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16], help="keep-alive clients")
    parser.add_argument("--pairs", type=int, default=5, help="windows of each server")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a window")
    parser.add_argument("--patients", type=int, default=400)
    parser.add_argument("--history", type=int, default=12, help="reports of each patient before the start")
    parser.add_argument("--profile", action="store_true", help="show where the time of a report goes")
    return parser.parse_args()


def main() -> int:
    """Run the bench."""
    arguments = _arguments()
    with engines.running(arguments.engine) as engine:
        return 0 if measure(arguments, engine) else 1


if __name__ == "__main__":
    sys.exit(main())
