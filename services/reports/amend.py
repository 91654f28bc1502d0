"""What happens to a report after it was taken: corrected, voided, or let in from quarantine.

Each is an event of its own in the ledger, with an id of the client's making, a reason and the history
evaluated anew; the answers that were there before stay readable. A correction is for whoever gave the
report, and for the clinic's staff; a void is the staff's. Taking reports is `services.reports.submit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Head
from models.patients import patients
from models.patients.patients import Patient
from models.sites.sites import Site
from models.store.scope import Scope
from scoring.instruments import Score, UnknownVersion
from services.access.actor import STAFF, Actor
from services.access.permissions import acting
from services.errors import Conflict, NotAllowed, not_found
from services.reports import check, evaluate, reconcile, submit
from services.reports.histories import ReportRecord, ReportState, records
from services.reports.load import Loaded, load_for_event
from services.reports.next_entry import Event, entry_after, own_event_id, with_evaluation
from services.reports.receipts import Receipt, is_given_by, may_read
from services.retry import until_won
from services.sites import catalogue


@dataclass(frozen=True, slots=True)
class Correction:
    """New answers for a report, or another time; what is left out stays as it was."""

    id: str
    reason: str
    answers: Mapping[str, Any] | None = None
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Void:
    """The wish that a report be evaluated no longer."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Target:
    """The report that an event is about, and what it meets: the ledger up to its head."""

    patient: Patient
    site: Site
    head: Head
    entries: tuple[Entry, ...]
    record: ReportRecord


Made = tuple[EntryKind, Content, Score | None]


@dataclass(frozen=True, slots=True)
class _Event:
    """An event about a report; `make` is asked again when the ledger has moved on meanwhile."""

    id: str
    digest: str
    report_id: str
    make: Callable[[_Target], Made]


def correct(
    patient_id: str, report_id: str, given: Correction, scope: Scope, *, actor: Actor, now: datetime
) -> Receipt:
    """Store a new version of a report.

    Raises:
        NotFound: no such patient within reach, or no such report.
        NotAllowed: somebody else's report.
        Invalid: the answers do not fit the instrument, or the time is not possible.
        Conflict: the id was used for another body, or the report was voided or is kept aside.
    """

    def make(target: _Target) -> Made:
        old = target.record.latest.content
        if target.record.state is not ReportState.CURRENT:
            raise Conflict("not_current", "This report was voided or is kept aside.")
        by = acting(actor, scope, target.patient)
        if not (by.role in STAFF or is_given_by(target.record, by)):
            raise NotAllowed("not_yours", "Somebody else gave this report.")
        if not may_read(target.record, target.patient, by):
            raise NotAllowed("answers_withheld", "Who may not read the answers may not correct them.")
        answers = old.answers if given.answers is None else given.answers
        content = replace(old, by=by, reason=given.reason, answers=dict(answers))
        if given.observed_at is not None:
            content = check.at_time(content, given.observed_at, now)
        definition = catalogue.find(target.patient.site_id, old.instrument, old.instrument_version)
        return EntryKind.CORRECTION, *check.checked(definition, content)

    return _amend(patient_id, _Event(given.id, check.digest_of(given, actor), report_id, make), scope, now)


def void(
    patient_id: str, report_id: str, given: Void, scope: Scope, *, actor: Actor, now: datetime
) -> Receipt:
    """Have a report evaluated no longer; it stays readable.

    Raises:
        NotFound: no such patient within reach, or no such report.
        Conflict: the id was used for another body, or the report was voided before.
    """

    def make(target: _Target) -> Made:
        if target.record.state is ReportState.VOIDED:
            raise Conflict("voided", "This report was voided before.")
        return EntryKind.VOID, Content(acting(actor, scope, target.patient), reason=given.reason), None

    event = _Event(given.id, check.digest_of(given, actor), report_id, make)
    receipt = _amend(patient_id, event, scope, now)
    ledger.leave_quarantine(patient_id, report_id)
    return receipt


def reject(
    patient_id: str, report_id: str, given: Void, scope: Scope, *, actor: Actor, now: datetime
) -> Receipt:
    """Have a report that is in quarantine never evaluated; it stays readable.

    Raises:
        NotFound: no such patient within reach, or no such report.
        Conflict: the id was used for another body, or the report is not in quarantine.
    """

    def make(target: _Target) -> Made:
        _require_quarantined(target)
        return EntryKind.VOID, Content(acting(actor, scope, target.patient), reason=given.reason), None

    event = _Event(given.id, check.digest_of(given, actor), report_id, make)
    receipt = _amend(patient_id, event, scope, now)
    ledger.leave_quarantine(patient_id, report_id)
    return receipt


def _require_quarantined(target: _Target) -> None:
    if target.record.state is not ReportState.QUARANTINED:
        # Whoever let it in or rejected it may have been ended before the list was told.
        ledger.leave_quarantine(target.patient.id, target.record.id)
        raise Conflict("not_in_quarantine", "This report is not kept aside.")


def release(patient_id: str, report_id: str, scope: Scope, *, actor: Actor, now: datetime) -> Receipt:
    """Let a report in from quarantine, once this server knows its instrument version.

    Raises:
        NotFound: no such patient within reach, or no such report.
        Conflict: the version is still unknown, or the report is not kept aside.
        Invalid: the answers do not fit the instrument.
    """

    def make(target: _Target) -> Made:
        _require_quarantined(target)
        content = target.record.latest.content
        try:
            definition = catalogue.find(
                target.patient.site_id, content.instrument, content.instrument_version
            )
        except UnknownVersion as error:
            raise Conflict("still_unknown", "This server does not know that instrument version.") from error
        content, score = check.checked(definition, content)
        return EntryKind.RELEASE, replace(content, by=acting(actor, scope, target.patient)), score

    event_id = own_event_id(EntryKind.RELEASE, report_id)
    receipt = _amend(patient_id, _Event(event_id, event_id, report_id, make), scope, now)
    ledger.leave_quarantine(patient_id, report_id)
    return receipt


def _amend(patient_id: str, event: _Event, scope: Scope, now: datetime) -> Receipt:
    return until_won(partial(_amended, patient_id, event, scope, now), over="this patient")


def _amended(patient_id: str, event: _Event, scope: Scope, now: datetime) -> Receipt | None:
    """Append the event; None when somebody else's was first."""
    target = _target(load_for_event(patient_id, scope, now=now), event.report_id)
    earlier = next((entry for entry in target.entries if entry.event_id == event.id), None)
    if earlier is not None:
        submit.refuse_other_body(earlier, event.digest)
        pending = earlier.alerts_pending and not reconcile.reconcile_or_leave(patient_id, now=now)
        return Receipt(target.patient, target.site, earlier, target.record, repeated=True, pending=pending)
    entry, record = _entry(target, event, now)
    # Before, so that a crash leaves no silence unseen; and after, so that no look in between hides it.
    patients.look_up_due_date(patient_id)
    if not ledger.append(entry):
        return None
    patients.look_up_due_date(patient_id)
    pending = entry.alerts_pending and not reconcile.align_or_leave(entry, now=now)
    return Receipt(target.patient, target.site, entry, record, pending=pending)


def _target(met: Loaded, report_id: str) -> _Target:
    head, patient = met.head, met.patient
    entries = () if head is None else tuple(e for e in ledger.read_entries(patient.id) if e.seq <= head.seq)
    record = records(entries).get(report_id)
    if head is None or record is None:
        raise not_found("report")
    return _Target(patient, met.site, head, entries, record)


def _entry(target: _Target, event: _Event, now: datetime) -> tuple[Entry, ReportRecord]:
    """Return the next entry, with the history evaluated anew, and the report as it will stand."""
    kind, content, score = event.make(target)
    step = Event(
        kind=kind,
        id=event.id,
        content=content,
        received_at=now,
        report_id=event.report_id,
        digest=event.digest,
        score=evaluate.score_to_store(score),
    )
    entry = entry_after(target.head, target.patient, step)
    entries = (*target.entries, entry)
    criteria = evaluate.criteria_for(target.patient, target.site)
    evaluated = evaluate.anew(target.entries, criteria, entry=entry, head=target.head)
    return with_evaluation(entry, target.head, evaluated), records(entries)[event.report_id]
