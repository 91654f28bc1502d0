"""Taking a report: check it, evaluate it with the history, append it, bring the alerts in step.

The append to the ledger is the commit point (`models.ledger`); before it nothing was acknowledged, after it
alerts follow from what is stored, here or in the sweep (`services.reports.reconcile`). The report's id comes
from the phone: the same id with the same body gets the first answer again, with another body a conflict.
Corrections, voids and releases are `services.reports.amend`; what an answer shows to whom is the door's.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import partial

from models.ledger import ledger
from models.ledger.entries import Entry
from models.ledger.seen_ids import might_contain
from models.store.scope import Scope
from services.access.actor import Actor
from services.access.permissions import acting
from services.errors import Conflict
from services.reports import reconcile
from services.reports.evaluate import criteria_for
from services.reports.histories import ReportRecord, Version, records, state_of
from services.reports.intake import check, grouped, prepare
from services.reports.intake.budget import MOST_A_DAY
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import TAKE_ALONE, Failed, Outcome, Sent, Stored, TakeAlone
from services.reports.load import load_for_event
from services.reports.receipts import Receipt
from services.retry import until_won


def submit_report(
    patient_id: str,
    given: Submission,
    scope: Scope,
    *,
    actor: Actor,
    now: datetime,
    most_a_day: int = MOST_A_DAY,
) -> Receipt:
    """Take a report about a patient.

    What is usual, a patient's own next report, goes by a group commit; what that leaves is taken alone.

    Raises:
        NotFound: no such patient within reach.
        NotAllowed: this respondent may not answer this instrument.
        Invalid: the answers do not fit the instrument, or the time is not possible.
        Conflict: the id was used for another body; or the patient is not followed, or has not consented.
        Unavailable: too many reports about this patient at once.
        TooManyRequests: too many late reports about the patient within a day.
    """
    return submit_sent(Sent(patient_id, given, scope, actor, now, most_a_day))


def submit_sent(sent: Sent) -> Receipt:
    """Take a report; as `submit_report`."""
    is_own = sent.scope.is_own(sent.patient_id)
    outcome: Outcome = grouped.COMMIT.submit(sent) if is_own else TAKE_ALONE
    if isinstance(outcome, Failed):
        raise outcome.error
    if isinstance(outcome, TakeAlone):
        outcome = _take_alone(sent)
    return _receipt_again(outcome, sent) if outcome.repeated else _receipt(outcome, sent.now)


def _take_alone(sent: Sent) -> Stored:
    return until_won(lambda: _attempt(sent), over="this patient")


def _attempt(sent: Sent) -> Stored | None:
    """Check, evaluate and append; None when somebody else's event was first."""
    met = load_for_event(sent.patient_id, sent.scope, now=sent.now)
    if met.head is not None and might_contain(met.head.seen, sent.given.id):
        known = ledger.find_event(met.patient.id, sent.given.id)
        if known is not None:
            return Stored(met.patient, met.site, known, repeated=True)
    criteria = criteria_for(met.patient, met.site)
    evaluated_by = partial(prepare.with_history, most_a_day=sent.most_a_day)
    entry = prepare.entry_of(sent, met.head, criteria, evaluated_by)
    return Stored(met.patient, met.site, entry) if ledger.append(entry) else None


def refuse_other_meaning(known: Entry, digest: str) -> None:
    """Refuse an id that was used for something else.

    Raises:
        Conflict: with a sentence; digests are shown to nobody.
    """
    if not hmac.compare_digest(known.digest, digest):
        raise Conflict(
            "id_used",
            "This id was used for another body. Give a new report a new id; to change a report, correct it.",
        )


def _receipt_again(known: Stored, sent: Sent) -> Receipt:
    entry, patient = known.entry, known.patient
    by = acting(sent.actor, sent.scope, patient)
    refuse_other_meaning(entry, check.meaning_of(sent.given, by))
    head = ledger.read_head(patient.id, patient.ledger_floor)
    record = records(ledger.read_entries(entry.patient_id))[entry.report_id or entry.event_id]
    # A phone that heard nothing sends again: what a crash has left undone is not kept waiting for the sweep.
    pending = entry.alerts_pending and not reconcile.reconcile_or_leave(entry.patient_id, now=sent.now)
    since = None if head is None else head.evaluated
    return Receipt(patient, known.site, entry, record, repeated=True, pending=pending, since=since)


def _receipt(stored: Stored, now: datetime) -> Receipt:
    patient, entry = stored.patient, stored.entry
    pending = entry.alerts_pending and not reconcile.align_or_leave(entry, now=now)
    if entry.seq - patient.ledger_floor >= ledger.REACH - 1:
        reconcile.raise_floor_or_leave(patient.id, entry.seq)
    return receipt_of(stored, pending=pending)


def receipt_of(stored: Stored, *, pending: bool) -> Receipt:
    """Return the receipt of a report that was stored now."""
    patient, entry = stored.patient, stored.entry
    version = Version(entry.seq, entry.content, entry.received_at, entry.score)
    record = ReportRecord(entry.event_id, patient.id, state_of(entry.kind), (version,))
    return Receipt(patient, stored.site, entry, record, pending=pending)
