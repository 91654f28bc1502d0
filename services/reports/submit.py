"""Taking a report: validate, score, compare with the history, decide, and store it all with one insert.

The insert of the ledger entry is the commit point (`models.ledger`); before it nothing was acknowledged,
after it alerts follow from what is stored, here or in the sweep (`services.reports.reconcile`). The report's
id comes from the phone: the same id with the same body gets the first answer again, with another body a
conflict. Corrections, voids and releases are `services.reports.amend`; what an answer shows to whom is
`services.reports.receipts`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Evaluated, Head
from models.ledger.group_commit import Gathering
from models.ledger.seen_ids import EMPTY, might_contain, with_event
from models.patients import patients
from models.patients.patients import Patient
from models.sites import sites
from models.sites.sites import Site
from models.store import connection
from models.store.scope import Scope
from scoring.instruments import Definition, Score, UnknownInstrument, UnknownVersion
from services.access.actor import Actor
from services.errors import Conflict, busy, not_found, patient_closed, wrong
from services.reports import check, circumstances, reconcile
from services.reports import evaluate as folding
from services.reports.check import Submission
from services.reports.evaluate import HistoryNeeded, Judge
from services.reports.histories import ReportRecord, ReportState, Version, records
from services.sites import catalogue

MAX_ATTEMPTS = 64

_log = logging.getLogger(__name__)

Evaluate = Callable[[Head | None, str, Content, Score | None, Judge], Evaluated]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a report.

    Attributes:
        entry: the entry of the event, with the evaluation over everything up to it.
        record: the report as it stands now.
        replayed: it was taken before; nothing was stored now.
        pending: alerts follow within a minute.
    """

    patient: Patient
    site: Site
    entry: Entry
    record: ReportRecord
    replayed: bool = False
    pending: bool = False


def submit(patient_id: str, given: Submission, scope: Scope, *, actor: Actor, now: datetime) -> Receipt:
    """Take a report about a patient.

    Raises:
        NotFound: no such patient within reach.
        NotAllowed: this respondent may not answer this instrument.
        Invalid: the answers do not fit the instrument, or the time is not possible.
        Conflict: the id was used for another body; or the patient is not followed, or has not consented.
        Unavailable: too many reports about this patient at once.
    """
    asked = _Asked(patient_id, given, check.digest_of(given, actor), scope, actor, now)
    stored = _TOGETHER.ask(asked) if scope.is_own(patient_id) else None
    stored = stored or _alone(asked)
    return _again(stored, asked.digest, now) if stored.before else _taken(stored, now)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A report to be taken; what is logged on the way belongs to the request that sent it."""

    patient_id: str
    given: Submission
    digest: str
    scope: Scope
    actor: Actor
    now: datetime
    context: Context = field(default_factory=copy_context)


class _Stored(NamedTuple):
    """The entry of a report, and whether it was there before."""

    patient: Patient
    site: Site
    entry: Entry
    before: bool = False


def _together(asked: Sequence[_Asked]) -> list[_Stored | Exception | None]:
    """Take reports of several patients with two reads and one write.

    What goes wrong with all of them may be due to one, so each is then taken alone; what was stored before
    it went wrong is found again by its id. Only where the database gives no answer is that in vain.

    Returns:
        For each what became of it; None for those that need more than that: a first report, a late one, a
        profile or policy that has changed, an id that was perhaps used before, a place that was taken.
    """
    try:
        return _joined(asked)
    except Exception as error:
        if len(asked) == 1 or connection.gave_no_answer(error):
            raise
        _log.exception("%d reports could not be taken together; each is taken alone", len(asked))
        return [None] * len(asked)


def _joined(asked: Sequence[_Asked]) -> list[_Stored | Exception | None]:
    patients_met = patients.read_own(one.patient_id for one in asked)
    heads = ledger.read_heads((patient.id, patient.ledger_floor) for patient in patients_met.values())
    outcomes = [
        one.context.run(_next, one, patients_met.get(one.patient_id), heads.get(one.patient_id))
        for one in asked
    ]
    entries = [outcome.entry for outcome in outcomes if isinstance(outcome, _Stored)]
    appended = iter(ledger.append_all(entries) if entries else ())
    return [
        _after(outcome, next(appended)) if isinstance(outcome, _Stored) else outcome for outcome in outcomes
    ]


def _next(asked: _Asked, patient: Patient | None, head: Head | None) -> _Stored | Exception | None:
    """Return the entry that is to follow the head."""
    if patient is None or head is None or might_contain(head.seen, asked.given.id):
        return None
    try:
        site = sites.read(patient.site_id)
        if site is None:
            return None
        judge = folding.judge_of(patient, site)
        if head.evaluated.basis != judge.basis:
            return None
        return _Stored(patient, site, _entry(asked, head, judge, folding.follow))
    except HistoryNeeded:
        return None
    except Exception as error:  # the report's own: the others are taken all the same
        return error


def _after(stored: _Stored, appended: bool | Exception) -> _Stored | Exception | None:
    if isinstance(appended, Exception):
        return appended
    return stored if appended else None


_TOGETHER: Gathering[_Asked, _Stored | None] = Gathering(_together)


def _alone(asked: _Asked) -> _Stored:
    for _ in range(MAX_ATTEMPTS):
        patient, site, head = meet(asked.patient_id, asked.scope, now=asked.now)
        if head is not None and might_contain(head.seen, asked.given.id):
            known = ledger.find_event(patient.id, asked.given.id)
            if known is not None:
                return _Stored(patient, site, known, before=True)
        entry = _entry(asked, head, folding.judge_of(patient, site), _evaluate)
        if ledger.append(entry):
            return _Stored(patient, site, entry)
    raise busy("this patient")


def meet(patient_id: str, scope: Scope, *, now: datetime) -> tuple[Patient, Site, Head | None]:
    """Return the patient, the site and the head of the ledger, as an event meets them.

    Where the head was judged by something else, the patient and the site are read again, and the site not
    from memory; so neither is older than what the head was judged by. A first report reads them again too.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, site = reach(patient_id, scope, now=now)
    head = ledger.read_head(patient.id, patient.ledger_floor)
    if head is None or head.evaluated.basis != folding.judge_of(patient, site).basis:
        patient, site = reach(patient_id, scope, now=now, remembered=False)
    return patient, site, head


def reach(patient_id: str, scope: Scope, *, now: datetime, remembered: bool = True) -> tuple[Patient, Site]:
    """Return the patient and the site, which may be one that was remembered for a few seconds.

    Raises:
        NotFound: no such patient within reach.
    """
    read_site = sites.read if remembered else sites.read_anew
    patient = patients.read(patient_id, scope, now=now)
    site = None if patient is None else read_site(patient.site_id)
    if patient is None or site is None:
        raise not_found("patient")
    return patient, site


def refuse_other_body(known: Entry, digest: str) -> None:
    """Refuse an id that was used for something else.

    Raises:
        Conflict: with both digests.
    """
    if known.digest != digest:
        raise Conflict(
            "id_used",
            "This id was used for another body. Give a new report a new id; to change a report, correct it.",
            extra={"stored_digest": known.digest, "sent_digest": digest},
        )


def _again(stored: _Stored, digest: str, now: datetime) -> Receipt:
    patient, site, known, _ = stored
    refuse_other_body(known, digest)
    record = records(ledger.read_entries(patient.id))[known.report_id or known.event_id]
    # A phone that heard nothing sends again: what a crash has left undone is not kept waiting for the sweep.
    pending = known.todo and not reconcile.reconcile_or_leave(patient.id, now=now)
    return Receipt(patient, site, known, record, replayed=True, pending=pending)


def _taken(stored: _Stored, now: datetime) -> Receipt:
    patient, site, entry, _ = stored
    pending = entry.todo and not reconcile.align_or_leave(entry, now=now)
    if entry.seq - patient.ledger_floor >= ledger.REACH - 1:
        reconcile.raise_floor_or_leave(patient.id, entry.seq)
    state = ReportState.QUARANTINED if entry.quarantined else ReportState.CURRENT
    version = Version(entry.seq, entry.content, entry.received_at, entry.score)
    record = ReportRecord(entry.event_id, patient.id, state, (version,))
    return Receipt(patient, site, entry, record, pending=pending)


def _entry(asked: _Asked, head: Head | None, judge: Judge, evaluate: Evaluate) -> Entry:
    patient, given = judge.patient, asked.given
    refuse_unfollowed(patient)
    content = check.content_of(given, patient, asked.actor, asked.now)
    try:
        definition = _definition(patient.site_id, given)
    except UnknownVersion:
        evaluated, score, kind = folding.unscored(head, judge), None, EntryKind.QUARANTINE
    else:
        content, score = check.checked(definition, content)
        evaluated, kind = evaluate(head, given.id, content, score, judge), EntryKind.REPORT
    evaluated = circumstances.with_earlier_news(evaluated, head)
    return Entry(
        patient_id=patient.id,
        site_id=patient.site_id,
        seq=ledger.FIRST if head is None else head.seq + 1,
        kind=kind,
        event_id=given.id,
        content=content,
        received_at=asked.now,
        report_id=given.id,
        digest=asked.digest,
        score=folding.score_to_store(score),
        evaluated=evaluated,
        seen=with_event(EMPTY if head is None else head.seen, given.id),
        todo=folding.needs_alignment(evaluated, head),
        after_todo=head is not None and head.todo,
        quarantined=kind is EntryKind.QUARANTINE,
    )


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


def _evaluate(
    head: Head | None, report_id: str, content: Content, score: Score | None, judge: Judge
) -> Evaluated:
    with suppress(HistoryNeeded):
        return folding.follow(head, report_id, content, score, judge)
    known = records(ledger.read_entries(judge.patient.id))
    version = Version(0, content, content.observed_at or datetime.max.replace(tzinfo=UTC), None)
    known[report_id] = ReportRecord(report_id, judge.patient.id, ReportState.CURRENT, (version,))
    return folding.anew(known.values(), judge)
