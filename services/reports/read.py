"""Reading reports and evaluations, within the caller's reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.ledger import ledger, notes, quarantine
from models.ledger.entries import Content, Entry
from models.patients import patients
from models.patients.patient import Patient
from models.store.positions import Position
from models.store.scope import Scope
from models.store.unreadable import Unreadable
from services.access.actor import Actor, Role
from services.access.permissions import acting
from services.errors import NotAllowed, not_found
from services.reports.histories import ReportRecord, records
from services.reports.load import find_patient_and_site
from services.reports.receipts import may_read
from services.sites import catalogue

SHOWN_OF_PATIENT = 20
"""Our choice: so many reports in quarantine are listed of one patient; the patient's reports have all."""

_NOTHING_YET: Mapping[str, Any] = {
    "flags": [],
    "remarks": [],
    "topics": {},
    "trajectory": None,
    "stages": None,
    "rules_version": "",
    "policy_version": "",
}


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Some of a patient's reports, the latest observed first, and where the next page begins."""

    patient: Patient
    items: tuple[ReportRecord, ...]
    next: Position | None


def list_reports(
    patient_id: str,
    scope: Scope,
    *,
    instrument: str | None,
    after: Position | None,
    limit: int,
    now: datetime,
) -> ReportPage:
    """Return a page of the patient's reports, of one instrument when it is named.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, _ = find_patient_and_site(patient_id, scope, now=now)
    found = [
        record
        for record in records(ledger.read_entries(patient.id)).values()
        if instrument in (None, record.latest.content.instrument)
    ]
    items, following = _page(found, after=after, limit=limit)
    return ReportPage(patient, tuple(items), following)


def read_report(
    patient_id: str, report_id: str, scope: Scope, *, now: datetime
) -> tuple[Patient, ReportRecord]:
    """Return a report and the patient it is about.

    Raises:
        NotFound: no such patient within reach, or no such report.
    """
    patient, _ = find_patient_and_site(patient_id, scope, now=now)
    record = records(ledger.read_entries(patient.id)).get(report_id)
    if record is None:
        raise not_found("report")
    return patient, record


def answered_by(patient_id: str, report_id: str) -> Content | None:
    """Return what a report says now, for the service itself: no reach is asked for."""
    record = records(ledger.read_entries(patient_id)).get(report_id)
    return None if record is None else record.latest.content


def of_patient(patient_id: str) -> dict[str, ReportRecord]:
    """Return a patient's reports by id; the caller has made sure that the patient is within reach."""
    return records(ledger.read_entries(patient_id))


def evaluation_of(patient_id: str, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Return the evaluation of the whole history.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, _ = find_patient_and_site(patient_id, scope, now=now)
    head = ledger.read_head(patient.id, patient.ledger_floor)
    if head is None:
        return {"patient_id": patient.id, "seq": 0, "in_step": True, **_NOTHING_YET}
    return {
        "patient_id": patient.id,
        "seq": head.seq,
        "in_step": not head.alerts_pending,
        **head.evaluated.evaluation,
    }


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What is in quarantine of one patient.

    Attributes:
        count: all of it.
        items: the latest received that the reader may see.
        withheld: how many of the latest have an audience that the reader is not of.
    """

    patient_id: str
    count: int
    items: tuple[ReportRecord, ...]
    withheld: int


def list_quarantined(scope: Scope, *, after: str | None, limit: int) -> tuple[list[Quarantined], str | None]:
    """Return what is in quarantine at the sites within reach, by patient, and where the next page begins."""
    counts = quarantine.count(scope.site_ids, after=after, limit=limit + 1)
    shown = list(counts)[:limit]
    return [_quarantined(patient_id, counts[patient_id], scope) for patient_id in shown], shown[-1] if len(
        counts
    ) > limit else None


def _quarantined(patient_id: str, count: int, scope: Scope) -> Quarantined:
    entries = quarantine.of_patient(patient_id, SHOWN_OF_PATIENT)
    shown = [entry for entry in entries if _may_know(entry, scope)]
    items = tuple(record for entry in shown for record in records([entry]).values())
    return Quarantined(patient_id, count, items, len(entries) - len(shown))


def _may_know(entry: Entry, scope: Scope) -> bool:
    """Restricted instruments are the clinicians' to see."""
    clinician = scope.role_at(entry.site_id) == Role.CLINICIAN
    return clinician or not catalogue.is_restricted(entry.site_id, entry.content.instrument)


@dataclass(frozen=True, slots=True)
class NotePage:
    """Some of the reports with unread notes, the first received first, and where the next page begins."""

    items: tuple[tuple[Patient, ReportRecord], ...]
    next: Position | None


def list_unread_notes(
    scope: Scope, *, actor: Actor, after: Position | None, limit: int, now: datetime
) -> NotePage:
    """Return a page of the reports with notes that nobody has marked as read, the first received first.

    Only those whose answers the actor may read: a page may have fewer than `limit`, and be followed by more.
    """
    entries = notes.unread(scope.site_ids, after=after, limit=limit + 1)
    entries, more = entries[:limit], len(entries) > limit
    following = (entries[-1].received_at, entries[-1].event_id) if more else None
    people = {
        patient_id: _patient_or_none(patient_id, scope, now)
        for patient_id in {entry.patient_id for entry in entries}
    }
    found = []
    for entry in entries:
        patient = people[entry.patient_id]
        for record in records([entry]).values():
            if patient is not None and may_read(record, patient, acting(actor, scope, patient)):
                found.append((patient, record))
    return NotePage(tuple(found), following)


def _patient_or_none(patient_id: str, scope: Scope, now: datetime) -> Patient | None:
    """A damaged patient was named when it was met, and the notes of the others are listed."""
    try:
        return patients.read(patient_id, scope, now=now)
    except Unreadable:
        return None


def mark_note_read(patient_id: str, report_id: str, scope: Scope, *, actor: Actor, now: datetime) -> None:
    """Keep that the note of a report was read; a page that was loaded is not read.

    Raises:
        NotFound: no such patient within reach, or no such report with a note.
        NotAllowed: the answers, and so the note, are withheld from the actor.
    """
    patient, record = read_report(patient_id, report_id, scope, now=now)
    if record.versions[0].content.note is None:
        raise not_found("note")
    by = acting(actor, scope, patient)
    if not may_read(record, patient, by):
        raise NotAllowed("answers_withheld", "Who may not read the answers may not read the note.")
    notes.was_read(patient.id, record.id, by=by, now=now)


def _page(
    found: Iterable[ReportRecord], *, after: Position | None, limit: int
) -> tuple[list[ReportRecord], Position | None]:
    ordered = sorted(found, key=lambda record: record.key, reverse=True)
    if after is not None:
        ordered = [record for record in ordered if record.key < after]
    following = ordered[limit - 1].key if len(ordered) > limit else None
    return ordered[:limit], following
