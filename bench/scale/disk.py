"""Bytes on disk of what a year leaves behind, and how long it takes to move: tables, indexes, export, import.

200 weekly reporters with a year of reports, an account and a session each, and five alerts, which is what a
typical patient has in a year (docs/detection.md). What is on disk is what the engine says of each collection.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from mongoengine.connection import get_db

from bench.clinic import Clinic
from bench.scale import fill
from models import indexes, transfer
from models.alerts.alerts import AlertDocument
from models.indexes import DOCUMENTS
from models.ledger.document import LedgerDocument
from models.store.base import new_id
from models.store.connection import DRIVER_ERRORS
from services import clock

REPORTS, ALERTS = 52, 5


def measured(opened: Clinic, alerts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Fill an empty database; yield a line for each collection.

    Args:
        opened: the clinic, in the database.
        alerts: as stored, to be copied.
    """
    people = fill.filled(opened, stored=0, history=REPORTS, site_count=1)
    fill.insert(AlertDocument, _copied(alerts, people.ids))
    yield f"{len(people)} weekly reporters after a year: documents, then kB of one: BSON, table, indexes"
    in_all = 0.0
    for document in DOCUMENTS:
        name = document.collection_name()
        said = _size(name)
        if said is None:
            yield "   this engine does not say what is on disk"
            break
        count = document.raw().count_documents({})  # what the engine says is as old as its statistics
        if count >= len(people):
            size = said["size"] / max(1, said["count"]) / 1000
            table, indexed = (said[figure] / count / 1000 for figure in ("storageSize", "totalIndexSize"))
            yield f"   {name:12} {count:6} {size:6.2f} {table:6.2f} {indexed:6.2f}"
            in_all += said["storageSize"] + said["totalIndexSize"]
    else:
        yield f"   of a patient and a year, with indexes: {in_all / len(people) / 1000:.0f} kB"


def _copied(alerts: Sequence[Mapping[str, Any]], patient_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    for patient_id in patient_ids:
        for number, raw in enumerate(islice(cycle(alerts), ALERTS)):
            key = f"{patient_id}:{raw['topic']}:{number}"
            yield {**raw, "_id": key, "public_id": new_id(), "patient_id": patient_id}


def _size(name: str) -> Mapping[str, float] | None:
    try:
        said: Mapping[str, float] = get_db().command("collStats", name)
    except DRIVER_ERRORS:
        return None
    return said if "storageSize" in said else None


def built() -> str:
    """Build the indexes of the ledger anew, as after a release that adds one; return how long it took."""
    LedgerDocument.raw().drop_indexes()
    begun = time.perf_counter()
    indexes.create_all()
    count = LedgerDocument.raw().count_documents({})
    return f"indexes of {count} ledger entries: {time.perf_counter() - begun:.1f} s"


def exported(file: Path) -> str:
    """Write everything to a file, as `flask database export` does; return a line with how long it took."""
    begun, count = time.perf_counter(), -2
    with file.open("w", encoding="utf-8") as output:
        for line in transfer.lines(clock.now()):
            output.write(line + "\n")
            count += 1
    size = file.stat().st_size / 1e6
    return f"export: {count} documents, {size:.0f} MB in {time.perf_counter() - begun:.1f} s"


def imported(file: Path) -> str:
    """Store what is in a file, as `flask database import` does; return a line with how long it took."""
    begun = time.perf_counter()
    with file.open(encoding="utf-8") as found:
        counts = transfer.check(line.rstrip("\n") for line in found)
    indexes.create_all()
    with file.open(encoding="utf-8") as found:
        transfer.store(line.rstrip("\n") for line in found)
    return f"import: {sum(counts.values())} documents in {time.perf_counter() - begun:.1f} s"
