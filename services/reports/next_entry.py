"""The entry that follows the head of a ledger, whatever it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Evaluated, Head, SafetyNotice
from models.ledger.seen_ids import EMPTY, with_event
from models.patients.patient import Patient
from services.alerts.marks import mildest_after
from services.errors import Conflict, patient_closed
from services.reports.evaluate import needs_alignment

OF_THE_SERVICE = frozenset({EntryKind.REEVALUATION, EntryKind.SAFETY_NOTICE})
"""Events that nobody sends: they follow from the profile, the policy or the rules, or what was refused."""

_WITH_NOTES = frozenset({EntryKind.REPORT, EntryKind.QUARANTINE, EntryKind.NOTE})


class Event(NamedTuple):
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


def refuse_unfollowed(patient: Patient) -> None:
    """Refuse what is sent about a patient who is not followed, or whose consent is not in force.

    Raises:
        Conflict: with the reason.
    """
    if patient.closed_at is not None:
        raise patient_closed()
    if patient.consent_withdrawn_at is not None:
        raise Conflict("consent_withdrawn", "The patient's consent was withdrawn.")
    if patient.consent_at is None:
        raise Conflict("no_consent", "The patient's consent is not recorded at the clinic.")


def entry_after(head: Head | None, patient: Patient, event: Event) -> Entry:
    """Return the entry of the event, numbered to follow the head, not evaluated yet.

    It is the one place that every event passes through.

    Raises:
        Conflict: somebody sends something about a patient who is not followed, or has not consented.
    """
    if event.kind not in OF_THE_SERVICE:
        refuse_unfollowed(patient)
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
        note_unread=event.kind in _WITH_NOTES and event.content.note is not None,
        notice=event.notice,
    )


def with_evaluation(entry: Entry, head: Head | None, evaluated: Evaluated) -> Entry:
    """Return the entry as it is stored: with the evaluation of everything up to it."""
    pending = needs_alignment(evaluated, head)
    return entry.with_evaluation(
        evaluated,
        alerts_pending=pending,
        follows_pending=head is not None and head.alerts_pending,
        # Of an entry that the alerts have to follow it is noted when they do.
        mildest={} if pending or head is None else mildest_after(head.mildest, evaluated.evaluation),
    )
