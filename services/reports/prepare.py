"""A report made ready to be stored: checked against its instrument, and evaluated with the history."""

from __future__ import annotations

from collections.abc import Callable

from models.ledger import ledger
from models.ledger.entries import Entry, EntryKind, Evaluated, Head
from models.patients.patients import Patient
from scoring.instruments import Definition, Score, UnknownInstrument, UnknownVersion
from services.access.permissions import acting
from services.errors import Conflict, patient_closed, wrong
from services.reports import check, evaluate
from services.reports.check import Submission
from services.reports.evaluate import Criteria, HistoryNeeded
from services.reports.next_entry import Event, entry_after, with_evaluation
from services.reports.outcomes import Sent
from services.sites import catalogue

Evaluate = Callable[[Head | None, Entry, Score | None, Criteria], Evaluated]


def entry_of(sent: Sent, head: Head | None, criteria: Criteria, evaluated_by: Evaluate) -> Entry:
    """Return the entry that the report becomes after this head.

    Args:
        sent: the report.
        head: the latest entry.
        criteria: what it is judged by.
        evaluated_by: `evaluate.follow`, which needs the head only, or `with_history`.

    Raises:
        Conflict: the patient is not followed, or has not consented.
        Invalid: the answers do not fit the instrument, or the time is not possible.
        NotAllowed: this respondent may not answer this instrument.
        HistoryNeeded: the head does not suffice.
    """
    patient, given = criteria.patient, sent.given
    refuse_unfollowed(patient)
    content = check.content_of(given, patient, acting(sent.actor, sent.scope, patient), sent.now)
    check.refuse_empty(content.answers)
    try:
        definition = _definition(patient.site_id, given)
    except UnknownVersion:
        kind, score = EntryKind.QUARANTINE, None
    else:
        kind = EntryKind.REPORT
        content, score = check.checked(definition, content)
    event = Event(
        kind=kind,
        id=given.id,
        content=content,
        received_at=sent.now,
        report_id=given.id,
        digest=sent.digest,
        score=evaluate.score_to_store(score),
    )
    entry = entry_after(head, patient, event)
    return with_evaluation(entry, head, evaluated_by(head, entry, score, criteria))


def with_history(head: Head | None, entry: Entry, score: Score | None, criteria: Criteria) -> Evaluated:
    """Evaluate the entry that is to follow the head, with the history where the head does not suffice."""
    try:
        return evaluate.follow(head, entry, score, criteria)
    except HistoryNeeded:
        return evaluate.anew(ledger.read_entries(entry.patient_id), criteria, entry=entry, head=head)


def refuse_unfollowed(patient: Patient) -> None:
    """Refuse what is sent about a patient who is not followed, or whose consent is not recorded.

    Raises:
        Conflict: with the reason.
    """
    if patient.closed_at is not None:
        raise patient_closed()
    if patient.consent_at is None:
        raise Conflict("no_consent", "The patient's consent is not recorded at the clinic.")


def _definition(site_id: str, given: Submission) -> Definition:
    try:
        return catalogue.find(site_id, given.instrument, given.instrument_version)
    except UnknownInstrument as error:
        raise wrong("/instrument", "unknown_instrument", "There is no such instrument.") from error
