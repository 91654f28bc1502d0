"""Entries of the ledger for tests, as a writer would store them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from models.ledger.entries import Basis, Content, Entry, EntryKind, Evaluated
from models.store.base import new_id
from models.store.provenance import Provenance

MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
NOTHING = {"flags": [], "topics": {}, "trajectory": None, "stages": None}
EVALUATED = Evaluated(Basis(1, "default-1", "1"), NOTHING, {"v": 1})
CONTENT = Content(
    by=Provenance("anna", "patient"),
    instrument="alsfrs_r",
    instrument_version="1",
    observed_at=MORNING,
    observed_on=date(2026, 3, 2),
    zone="Europe/Lisbon",
    respondent="patient",
    mode="self",
    answers={"speech": 4},
)


def entry(patient_id: str, seq: int, **fields: Any) -> Entry:
    report_id = fields.pop("report_id", None) or new_id()
    values: dict[str, Any] = {
        "patient_id": patient_id,
        "site_id": "site",
        "seq": seq,
        "kind": EntryKind.REPORT,
        "event_id": report_id,
        "content": CONTENT,
        "received_at": MORNING,
        "report_id": report_id,
        "digest": "d",
        "score": {"total": 4, "complete": False, "missing": [], "rule_version": "1", "values": {"total": 4}},
        "evaluated": EVALUATED,
        "seen": b"\0",
    }
    return Entry(**values | fields)
