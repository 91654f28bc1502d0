"""How a patient's stored data grow with the length of the history: bytes and CPU of one more report.

    python -m bench.growth --engine embedded

Two patients report weekly for almost five years, by the service itself, in a database that is deleted
afterwards: one slow, whom nothing is raised about but a change of stage, and one fast, whose alerts stand.
Bytes are those of BSON, before the engine's own compression. Then what a year of 200 patients takes on disk,
and how long its export and import take (`bench.scale.disk`).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bson

from bench import clinic, engines, servers
from bench.scale import disk
from bench.submit import cohort
from bench.submit.cohort import Cohort
from models.alerts.alerts import AlertDocument
from models.ledger.document import LedgerDocument
from models.patients.patients import PatientDocument
from models.store import connection

HISTORIES = (12, 50, 100, 250)
WINDOW = 10
PATIENTS = (10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one more report costs at a length of history; bytes of the entry, milliseconds of CPU."""

    history: int
    entry_bytes: int
    cpu_ms: float


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--engine", default="embedded", help="embedded, documentdb or a mongodb:// URI")
    given = parser.parse_args()
    with engines.running(given.engine) as engine:
        variables = servers.settings(engine.uri, "slope_bench_growth")
        with clinic.opened(variables) as made:
            fast, slow = cohort.enrolled(made, 2).apart()
            for name, patients in (("slow", slow), ("fast", fast)):
                _print(name, patients, [_reading(patients, history) for history in HISTORIES])
            _print_sizes()
            alerts = list(AlertDocument.raw().find({}))
        _print_disk(engine.uri, alerts)


def _reading(patient: Cohort, history: int) -> Reading:
    patient.write_histories(history - WINDOW - patient.given)
    begun = time.process_time()
    patient.write_histories(WINDOW)
    spent = (time.process_time() - begun) / WINDOW
    return Reading(history, len(bson.encode(_entries(patient)[-1])), spent * 1000)


def _entries(patient: Cohort) -> list[dict[str, Any]]:
    (patient_id,) = patient.ids
    return list(LedgerDocument.raw().find({"patient_id": patient_id}).sort("seq", 1))


def _print(name: str, patient: Cohort, readings: list[Reading]) -> None:
    print(f"{name}: reports before, bytes of the entry, ms of CPU (the database's client included)")
    for reading in readings:
        print(f"{reading.history:7}  {reading.entry_bytes:6}  {reading.cpu_ms:6.2f}")
    sizes = [len(bson.encode(raw)) for raw in _entries(patient)]
    mean = sum(sizes) / len(sizes)
    print(f"   mean of an entry {mean:.0f} bytes")
    # Who reports monthly has a year's reports in each entry, which are twelve.
    yearly = (52 * mean, 12 * readings[0].entry_bytes)
    for count in PATIENTS:
        weekly, monthly = (count * each / 1024**3 for each in yearly)
        print(f"{count:9} such patients: {weekly:6.1f} GiB a year weekly, {monthly:5.1f} monthly")


def _print_sizes() -> None:
    for name, document in (("patient", PatientDocument), ("alert", AlertDocument)):
        sizes = [len(bson.encode(raw)) for raw in document.raw().find({})]
        print(f"{name}: {sum(sizes) / max(1, len(sizes)):.0f} bytes, mean of {len(sizes)}")


def _print_disk(uri: str, alerts: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "slope.jsonl"
        with clinic.opened(servers.settings(uri, "slope_bench_disk")) as made:
            for line in disk.measured(made, alerts):
                print(line, flush=True)
            print(disk.built(), flush=True)
            print(disk.exported(file), flush=True)
        with clinic.deleted_afterwards(uri, "slope_bench_moved"):
            connection.register(uri, "slope_bench_moved")
            print(disk.imported(file))


if __name__ == "__main__":
    main()
