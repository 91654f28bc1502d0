"""A report made ready to be stored: checked against its instrument, and evaluated with the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Evaluated, Head
from models.patients.patient import Patient
from scoring.instruments import Definition, Score, UnknownInstrument, UnknownVersion
from services.access.permissions import acting
from services.errors import wrong
from services.reports import evaluate
from services.reports.evaluate import Criteria, HistoryNeeded, Scored
from services.reports.intake import budget, check
from services.reports.intake.outcomes import Sent
from services.reports.next_entry import Event, entry_after, with_evaluation
from services.reports.safety.answers import look
from services.sites import catalogue

Evaluate = Callable[[Head | None, Sequence[Scored], Criteria], Evaluated]


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
        TooManyRequests: too many late reports about the patient within a day.
    """
    event, score = event_of(sent, criteria)
    entry = entry_after(head, criteria.patient, event)
    return with_evaluation(entry, head, evaluated_by(head, [Scored(entry, score)], criteria))


def event_of(sent: Sent, criteria: Criteria) -> tuple[Event, Score | None]:
    """Return what the report is taken as, with its score.

    Raises:
        Invalid: the answers do not fit the instrument, or the time is not possible.
        NotAllowed: this respondent may not answer this instrument.
    """
    patient, given = criteria.patient, sent.given
    by = acting(sent.actor, sent.scope, patient)
    content = check.content_of(given, patient, by, sent.now)
    content = content if criteria.takes_notes else replace(content, note=None)
    kind, content, score = _checked(patient, content)
    event = Event(
        kind=kind,
        id=given.id,
        content=content,
        received_at=sent.now,
        report_id=given.id,
        digest=check.meaning_of(given, by),
        score=evaluate.score_to_store(score),
    )
    return event, score


def _checked(patient: Patient, content: Content) -> tuple[EntryKind, Content, Score | None]:
    """Return what was sent, as what it is taken: a report, one for the quarantine, or a note alone."""
    if not content.answers and content.note is not None:
        kind = EntryKind.QUARANTINE if _hides_safety(patient.site_id, content) else EntryKind.NOTE
        return kind, content, None
    check.refuse_empty(content.answers)
    try:
        definition = _definition(patient.site_id, content)
    except UnknownVersion:
        return EntryKind.QUARANTINE, check.unchecked(content), None
    content, score = check.checked(definition, content)
    return EntryKind.REPORT, content, score


def with_history(
    head: Head | None, more: Sequence[Scored], criteria: Criteria, *, most_a_day: int | None = None
) -> Evaluated:
    """Evaluate what is to follow the head, with the history where the head does not suffice.

    Args:
        head: the latest entry.
        more: what follows it, in the order of their numbers.
        criteria: what it is judged by.
        most_a_day: late reports about a patient that are taken in a day; None for what nobody sends.

    Raises:
        TooManyRequests: there were so many.
    """
    try:
        return evaluate.follow(head, more, criteria)
    except HistoryNeeded:
        entries = [scored.entry for scored in more]
        history = ledger.read_entries(criteria.patient.id)
        if most_a_day is not None:
            budget.refuse_too_many([*history, *entries[:-1]], most_a_day, now=entries[-1].received_at)
        return evaluate.anew(history, criteria, more=entries, head=head)


def _hides_safety(site_id: str, content: Content) -> bool:
    """Whether a form without answers, of a version that is not known, may have asked for a safety item."""
    if look(content.instrument, {}, version_known=False) is None:
        return False
    try:
        _definition(site_id, content)
    except UnknownVersion:
        return True
    return False


def _definition(site_id: str, content: Content) -> Definition:
    try:
        return catalogue.find(site_id, content.instrument, content.instrument_version)
    except UnknownInstrument as error:
        raise wrong("/instrument", "unknown_instrument", "There is no such instrument.") from error
