"""Reports in quarantine: of an instrument version that was not known when they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.ledger import mapping
from models.ledger.document import WITHOUT_DERIVED, LedgerDocument
from models.ledger.entries import Entry


def count(site_ids: Iterable[str], *, after: str | None, limit: int) -> dict[str, int]:
    """Return how many reports of a patient are in quarantine, for patients in the order of their ids."""
    query: dict[str, Any] = {"quarantined": 1, "site_id": {"$in": sorted(site_ids)}}
    if after is not None:
        query["patient_id"] = {"$gt": after}
    by_patient = {"$group": {"_id": "$patient_id", "count": {"$sum": 1}}}
    pipeline = [{"$match": query}, by_patient, {"$sort": {"_id": 1}}, {"$limit": limit}]
    found = LedgerDocument.raw().aggregate(pipeline)
    return {raw["_id"]: int(raw["count"]) for raw in found if isinstance(raw["_id"], str)}


def of_patient(patient_id: str, limit: int) -> list[Entry]:
    """Return a patient's reports in quarantine, the latest received first."""
    query = {"patient_id": patient_id, "quarantined": 1}
    rows = LedgerDocument.raw().find(query, WITHOUT_DERIVED).sort("seq", -1).limit(limit)
    return list(LedgerDocument.readable(rows, mapping.entry_of))


def leave(patient_id: str, report_id: str) -> None:
    """Note that a report is kept aside no longer."""
    LedgerDocument.raw().update_one(
        {"patient_id": patient_id, "event_id": report_id}, {"$unset": {"quarantined": ""}}
    )
