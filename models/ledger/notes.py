"""Notes that stand in entries: which nobody has read yet, and who read one first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models.ledger import mapping
from models.ledger.document import WITHOUT_DERIVED, LedgerDocument
from models.ledger.entries import Entry
from models.store.base import milliseconds
from models.store.provenance import Provenance


def unread(site_ids: Iterable[str], *, after: tuple[datetime, str] | None, limit: int) -> list[Entry]:
    """Return entries with notes that nobody has read, the first received first, after a moment and event."""
    query: dict[str, Any] = {"note_unread": 1, "site_id": {"$in": sorted(site_ids)}}
    if after is not None:
        at = milliseconds(after[0])
        query["$or"] = [{"received_at": {"$gt": at}}, {"received_at": at, "event_id": {"$gt": after[1]}}]
    rows = LedgerDocument.raw().find(query, WITHOUT_DERIVED).sort([("received_at", 1), ("event_id", 1)])
    return list(LedgerDocument.readable(rows.limit(limit), mapping.entry_of))


def was_read(patient_id: str, event_id: str, *, by: Provenance, now: datetime) -> None:
    """Keep who has read the note of a report, and when; the first reader stands."""
    read = {"by": by.as_dict(), "at": milliseconds(now)}
    LedgerDocument.raw().update_one(
        {"patient_id": patient_id, "event_id": event_id, "note_unread": 1},
        {"$unset": {"note_unread": ""}, "$set": {"note_read": read}},
    )
