"""What happens to a report after it was taken: corrected, voided, or let in from quarantine.

Each is an event of its own in the ledger, with an id of the client's making, a reason and the history
evaluated anew; the answers that were there before stay readable. A correction is for whoever gave the
report, and for the clinic's staff; a void is the staff's. Taking reports is `services.reports.intake.submit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from models.ledger import ledger, quarantine
from models.ledger.entries import Content, Entry, EntryKind, Head
from models.patients import patient_lists
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.scope import Scope
from scoring.instruments import Score, UnknownVersion
from services.access.actor import STAFF, Actor
from services.access.permissions import acting
from services.errors import Conflict, Invalid, NotAllowed, changed_meanwhile, not_found
from services.reports import evaluate, reconcile
from services.reports.histories import ReportRecord, ReportState, records
from services.reports.intake import check, submit
from services.reports.intake.sameness import digest_of
from services.reports.load import Loaded, load_for_event
from services.reports.next_entry import Event, entry_after, own_event_id, with_evaluation
from services.reports.receipts import Receipt, is_given_by, may_read
from services.retry import until_won
from services.sites import catalogue


@dataclass(frozen=True, slots=True)
class Correction:
    """What changes in a report: what is left out stays as it was.

    Attributes:
        version: of the report that the caller read.
        answers: the items that change; None takes an answer away.
    """

    id: str
    reason: str
    version: int
    answers: Mapping[str, Any] = field(default_factory=dict)
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Void:
    """The wish that a report be evaluated no longer; `version` is that of the report that the caller read."""

    id: str
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """The wish that a report in quarantine be never evaluated."""

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


_NOT_CORRECTED = {
    ReportState.VOIDED: "This report was voided: send what is right as a new report.",
    ReportState.QUARANTINED: "This report is kept aside: send what is right as a new report.",
    ReportState.NOTE: "This is a note without answers: send the answers as a new report.",
}

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
        Invalid: the answers do not fit the instrument, the time is not possible, or nothing changes.
        Conflict: the id was used for another body, the report was voided, is kept aside or is a note, or the
            patient is not followed or has not consented.
        ChangedMeanwhile: the report was changed since the caller read it.
    """

    def make(target: _Target) -> Made:
        old = target.record.latest.content
        if target.record.state is not ReportState.CURRENT:
            raise Conflict("not_current", _NOT_CORRECTED[target.record.state])
        by = acting(actor, scope, target.patient)
        if not (by.role in STAFF or is_given_by(target.record, by)):
            raise NotAllowed("not_yours", "Somebody else gave this report.")
        if not may_read(target.record, target.patient, by):
            raise NotAllowed("answers_withheld", "Who may not read the answers may not correct them.")
        _refuse_changed(target, given.version)
        answers = check.codes_of({**old.answers, **given.answers})
        check.refuse_empty(answers)
        content = replace(old, by=by, reason=given.reason, answers=answers)
        if given.observed_at is not None:
            content = check.restated(content, given.observed_at, by_staff=by.role in STAFF, now=now)
        definition = catalogue.find(target.patient.site_id, old.instrument, old.instrument_version)
        content, score = check.checked(definition, content)
        if content == replace(old, by=by, reason=given.reason):
            raise Invalid("changes_nothing", "The report says this already: nothing would change.")
        return EntryKind.CORRECTION, content, score

    meaning = digest_of(
        "correction", actor.account_id, report_id, given.reason, given.answers, given.observed_at
    )
    return _amend(patient_id, _Event(given.id, meaning, report_id, make), scope, now)


def void(
    patient_id: str, report_id: str, given: Void, scope: Scope, *, actor: Actor, now: datetime
) -> Receipt:
    """Have a report evaluated no longer; it stays readable.

    Raises:
        NotFound: no such patient within reach, or no such report.
        Conflict: the id was used for another body, the report was voided before, or the patient is not
            followed or has not consented.
        ChangedMeanwhile: the report was changed since the caller read it.
    """

    def make(target: _Target) -> Made:
        if target.record.state is ReportState.VOIDED:
            raise Conflict("voided", "This report was voided before.")
        _refuse_changed(target, given.version)
        return EntryKind.VOID, Content(acting(actor, scope, target.patient), reason=given.reason), None

    meaning = digest_of("void", actor.account_id, report_id, given.reason)
    event = _Event(given.id, meaning, report_id, make)
    receipt = _amend(patient_id, event, scope, now)
    quarantine.leave(patient_id, report_id)
    return receipt


def reject(
    patient_id: str, report_id: str, given: Rejection, scope: Scope, *, actor: Actor, now: datetime
) -> Receipt:
    """Have a report that is in quarantine never evaluated; it stays readable.

    Raises:
        NotFound: no such patient within reach, or no such report.
        Conflict: the id was used for another body, or the report is not in quarantine.
    """

    def make(target: _Target) -> Made:
        _require_quarantined(target)
        return EntryKind.VOID, Content(acting(actor, scope, target.patient), reason=given.reason), None

    event = _Event(
        given.id, digest_of("rejection", actor.account_id, report_id, given.reason), report_id, make
    )
    receipt = _amend(patient_id, event, scope, now)
    quarantine.leave(patient_id, report_id)
    return receipt


def _require_quarantined(target: _Target) -> None:
    if target.record.state is not ReportState.QUARANTINED:
        # Whoever let it in or rejected it may have been ended before the list was told.
        quarantine.leave(target.patient.id, target.record.id)
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
    quarantine.leave(patient_id, report_id)
    return receipt


def _amend(patient_id: str, event: _Event, scope: Scope, now: datetime) -> Receipt:
    return until_won(partial(_amended, patient_id, event, scope, now), over="this patient")


def _amended(patient_id: str, event: _Event, scope: Scope, now: datetime) -> Receipt | None:
    """Append the event; None when somebody else's was first."""
    target = _target(load_for_event(patient_id, scope, now=now), event.report_id)
    earlier = next((entry for entry in target.entries if entry.event_id == event.id), None)
    if earlier is not None:
        submit.refuse_other_meaning(earlier, event.digest)
        earlier = ledger.find_event(patient_id, event.id) or earlier  # with its evaluation, as the first time
        pending = earlier.alerts_pending and not reconcile.reconcile_or_leave(patient_id, now=now)
        return Receipt(
            target.patient,
            target.site,
            earlier,
            target.record,
            repeated=True,
            pending=pending,
            since=target.head.evaluated,
        )
    entry, record = _entry(target, event, now)
    # Before, so that a crash leaves no silence unseen; and after, so that no look in between hides it.
    patient_lists.look_up_due_date(patient_id)
    if not ledger.append(entry):
        return None
    patient_lists.look_up_due_date(patient_id)
    pending = entry.alerts_pending and not reconcile.align_or_leave(entry, now=now)
    return Receipt(target.patient, target.site, entry, record, pending=pending)


def _refuse_changed(target: _Target, version: int) -> None:
    if version != len(target.record.versions):
        raise changed_meanwhile()


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
    evaluated = evaluate.anew(target.entries, criteria, more=(entry,), head=target.head)
    return with_evaluation(entry, target.head, evaluated), records(entries)[event.report_id]
