"""What happens to a report after it was taken: corrected, voided, or let in from quarantine.

Each is an event of its own in the ledger, with an id of the client's making, a reason and the history
evaluated anew; the answers that were there before stay readable. A correction is for whoever gave the
report, and for the clinic's staff; a void is the staff's. Taking reports is `services.reports.submit`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Head
from models.ledger.seen_ids import with_event
from models.patients.patients import Patient
from models.sites.sites import Site
from models.store.scope import Scope
from scoring.instruments import Score, UnknownVersion
from services.access.actor import Actor
from services.errors import Conflict, NotAllowed, busy, not_found
from services.reports import check, circumstances, evaluate, reconcile, submit
from services.reports.histories import ReportRecord, ReportState, records
from services.reports.submit import Receipt
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
        given_by = target.record.versions[0].content.account_id
        if actor.account_id != given_by and not actor.staff_of(target.patient.site_id):
            raise NotAllowed("not_yours", "Somebody else gave this report.")
        answers = old.answers if given.answers is None else given.answers
        content = replace(old, account_id=actor.account_id, reason=given.reason, answers=dict(answers))
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
        return EntryKind.VOID, Content(account_id=actor.account_id, reason=given.reason), None

    event = _Event(given.id, check.digest_of(given, actor), report_id, make)
    receipt = _amend(patient_id, event, scope, now)
    ledger.leave_quarantine(patient_id, report_id)
    return receipt


def release(patient_id: str, report_id: str, scope: Scope, *, now: datetime) -> Receipt:
    """Let a report in from quarantine, once this server knows its instrument version.

    Raises:
        NotFound: no such patient within reach, or no such report.
        Conflict: the version is still unknown, or the report is not kept aside.
        Invalid: the answers do not fit the instrument.
    """

    def make(target: _Target) -> Made:
        if target.record.state is not ReportState.QUARANTINED:
            raise Conflict("not_in_quarantine", "This report is not kept aside.")
        content = target.record.latest.content
        try:
            definition = catalogue.find(
                target.patient.site_id, content.instrument, content.instrument_version
            )
        except UnknownVersion as error:
            raise Conflict("still_unknown", "This server does not know that instrument version.") from error
        return EntryKind.RELEASE, *check.checked(definition, content)

    event_id = str(uuid.uuid5(uuid.UUID(report_id), "release"))
    receipt = _amend(patient_id, _Event(event_id, event_id, report_id, make), scope, now)
    ledger.leave_quarantine(patient_id, report_id)
    return receipt


def _amend(patient_id: str, event: _Event, scope: Scope, now: datetime) -> Receipt:
    for _ in range(submit.MAX_ATTEMPTS):
        target = _target(*submit.meet(patient_id, scope, now=now), event.report_id)
        earlier = _earlier(target, event)
        if earlier is not None:
            pending = earlier.todo and not reconcile.reconcile_or_leave(patient_id, now=now)
            return Receipt(
                target.patient, target.site, earlier, target.record, replayed=True, pending=pending
            )
        entry, record = _entry(target, event, now)
        if ledger.append(entry):
            pending = entry.todo and not reconcile.align_or_leave(entry, now=now)
            return Receipt(target.patient, target.site, entry, record, pending=pending)
    raise busy("this patient")


def _target(patient: Patient, site: Site, head: Head | None, report_id: str) -> _Target:
    entries = () if head is None else tuple(e for e in ledger.read_entries(patient.id) if e.seq <= head.seq)
    record = records(entries).get(report_id)
    if head is None or record is None:
        raise not_found("report")
    return _Target(patient, site, head, entries, record)


def _earlier(target: _Target, event: _Event) -> Entry | None:
    earlier = next((entry for entry in target.entries if entry.event_id == event.id), None)
    if earlier is not None:
        submit.refuse_other_body(earlier, event.digest)
    return earlier


def _entry(target: _Target, event: _Event, now: datetime) -> tuple[Entry, ReportRecord]:
    """Return the next entry, with the history evaluated anew, and the report as it will stand."""
    patient, head = target.patient, target.head
    kind, content, score = event.make(target)
    entry = Entry(
        patient_id=patient.id,
        site_id=patient.site_id,
        seq=head.seq + 1,
        kind=kind,
        event_id=event.id,
        content=content,
        received_at=now,
        report_id=event.report_id,
        digest=event.digest,
        score=evaluate.score_to_store(score),
        seen=with_event(head.seen, event.id),
    )
    after = records((*target.entries, entry))
    anew = evaluate.anew(after.values(), evaluate.judge_of(patient, target.site))
    evaluated = circumstances.with_earlier_news(anew, head)
    todo = evaluate.needs_alignment(evaluated, head)
    entry = replace(entry, evaluated=evaluated, todo=todo, after_todo=head.todo)
    return entry, after[event.report_id]
