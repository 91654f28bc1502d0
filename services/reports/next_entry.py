"""The entry that follows the head of a ledger, whatever it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Evaluated, Head, SafetyNotice
from models.ledger.seen_ids import EMPTY, with_event
from models.patients.patients import Patient
from services.reports.evaluate import needs_alignment


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a patient's history.

    Attributes:
        id: made by the client; or by the service, in a namespace that clients cannot use (`own_event_id`).
        report_id: the report that it is about.
    """

    kind: EntryKind
    id: str
    content: Content
    received_at: datetime
    report_id: str | None = None
    digest: str = ""
    score: Mapping[str, Any] | None = None
    notice: SafetyNotice | None = None


def own_event_id(kind: EntryKind, key: str) -> str:
    """Return the id of an event that the service makes; no client's id, which is a UUID, can be equal."""
    return f"{kind.value}:{key}"


def entry_after(head: Head | None, patient: Patient, event: Event) -> Entry:
    """Return the entry of the event, numbered to follow the head, not evaluated yet."""
    seen = EMPTY if head is None else head.seen
    # Nobody sends a re-evaluation again: its id need not be known.
    sent = event.kind is not EntryKind.REEVALUATION
    return Entry(
        patient_id=patient.id,
        site_id=patient.site_id,
        seq=ledger.FIRST if head is None else head.seq + 1,
        kind=event.kind,
        event_id=event.id,
        content=event.content,
        received_at=event.received_at,
        report_id=event.report_id,
        digest=event.digest,
        score=event.score,
        seen=with_event(seen, event.id) if sent else seen,
        quarantined=event.kind is EntryKind.QUARANTINE,
        notice=event.notice,
    )


def with_evaluation(entry: Entry, head: Head | None, evaluated: Evaluated) -> Entry:
    """Return the entry as it is stored: with the evaluation of everything up to it."""
    return replace(
        entry,
        evaluated=evaluated,
        alerts_pending=needs_alignment(evaluated, head),
        follows_pending=head is not None and head.alerts_pending,
    )
