"""A report made ready to be stored: checked against its instrument, and evaluated with the history."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Evaluated, Head
from scoring.instruments import Definition, Score, UnknownInstrument, UnknownVersion
from services.access.permissions import acting
from services.errors import wrong
from services.reports import check, evaluate
from services.reports.check import Submission
from services.reports.evaluate import Criteria, HistoryNeeded
from services.reports.histories import ReportRecord, ReportState, Version, records
from services.reports.next_entry import Event, entry_after
from services.reports.outcomes import Sent
from services.sites import catalogue

Evaluate = Callable[[Head | None, str, Content, Score | None, Criteria], Evaluated]


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
    by = acting(sent.actor, sent.scope, patient)
    content = check.content_of(given, patient, by, sent.now)
    try:
        definition = _definition(patient.site_id, given)
    except UnknownVersion:
        content = check.unchecked(content)
        kind, score, evaluated = EntryKind.QUARANTINE, None, evaluate.unscored(head, criteria)
    else:
        content, score = check.checked(definition, content)
        kind, evaluated = EntryKind.REPORT, evaluated_by(head, given.id, content, score, criteria)
    event = Event(
        kind=kind,
        id=given.id,
        content=content,
        received_at=sent.now,
        evaluated=evaluated,
        report_id=given.id,
        digest=check.meaning_of(given, by),
        score=evaluate.score_to_store(score),
    )
    return entry_after(head, patient, event)


def with_history(
    head: Head | None, report_id: str, content: Content, score: Score | None, criteria: Criteria
) -> Evaluated:
    """Evaluate a new report, with the history read anew where the head does not suffice."""
    with suppress(HistoryNeeded):
        return evaluate.follow(head, report_id, content, score, criteria)
    known = records(ledger.read_entries(criteria.patient.id))
    version = Version(0, content, content.observed_at or datetime.max.replace(tzinfo=UTC), None)
    known[report_id] = ReportRecord(report_id, criteria.patient.id, ReportState.CURRENT, (version,))
    return evaluate.anew(known.values(), criteria)


def _definition(site_id: str, given: Submission) -> Definition:
    try:
        return catalogue.find(site_id, given.instrument, given.instrument_version)
    except UnknownInstrument as error:
        raise wrong("/instrument", "unknown_instrument", "There is no such instrument.") from error
