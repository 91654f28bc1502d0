"""Reports of several patients taken with one read and one write, by a group commit (`models.ledger`)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from models.ledger import ledger
from models.ledger.entries import Head
from models.ledger.group_commit import GroupCommit
from models.ledger.ledger import Appended, AppendOutcome, NotWritten
from models.ledger.seen_ids import might_contain
from models.patients import own
from models.patients.patient import Patient
from models.sites import sites
from models.store import connection
from services.reports import evaluate
from services.reports.evaluate import HistoryNeeded, criteria_for
from services.reports.intake import prepare
from services.reports.intake.outcomes import TAKE_ALONE, Failed, Outcome, Sent, Stored

_log = logging.getLogger(__name__)


def take(reports: Sequence[Sent]) -> list[Outcome]:
    """Take reports from patients' own accounts.

    What goes wrong with all of them may be due to one, so each is then taken alone; what was stored before
    it went wrong is found again by its id. Only where the database gives no answer is that in vain.

    Returns:
        For each what became of it. Those that need more are to be taken alone: a first report, a late one, a
        profile or policy that has changed, an id that was perhaps used before, a place that was taken.
    """
    try:
        return _taken(reports)
    except Exception as error:
        if len(reports) == 1 or connection.gave_no_answer(error):
            raise
        _log.exception("%d reports could not be taken together; each is taken alone", len(reports))
        return [TAKE_ALONE] * len(reports)


def _taken(reports: Sequence[Sent]) -> list[Outcome]:
    found, heads = own.read_with_heads(sent.patient_id for sent in reports)
    outcomes = [
        sent.context.run(_prepared, sent, found.get(sent.patient_id), heads.get(sent.patient_id))
        for sent in reports
    ]
    entries = [outcome.entry for outcome in outcomes if isinstance(outcome, Stored)]
    appended = iter(ledger.append_all(entries) if entries else ())
    return [
        _after_append(outcome, next(appended)) if isinstance(outcome, Stored) else outcome
        for outcome in outcomes
    ]


def _prepared(sent: Sent, patient: Patient | None, head: Head | None) -> Outcome:
    """Return the entry that is to follow the head, not stored yet, or why there is none."""
    if patient is None or head is None or might_contain(head.seen, sent.given.id):
        return TAKE_ALONE
    try:
        site = sites.read(patient.site_id)
        if site is None:
            return TAKE_ALONE
        criteria = criteria_for(patient, site)
        if head.evaluated.basis != criteria.basis:
            return TAKE_ALONE
        return Stored(patient, site, prepare.entry_of(sent, head, criteria, evaluate.follow))
    except HistoryNeeded:
        return TAKE_ALONE
    except Exception as error:  # the report's own: the others are taken all the same
        return Failed(error)


def _after_append(stored: Stored, appended: AppendOutcome) -> Outcome:
    if isinstance(appended, NotWritten):
        return Failed(appended.error)
    return stored if appended is Appended.STORED else TAKE_ALONE


COMMIT: GroupCommit[Sent, Outcome] = GroupCommit(take)
