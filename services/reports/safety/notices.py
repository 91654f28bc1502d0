"""A form that was refused and tells of a concern: the text that its answer carries, and the notice kept.

The notice is an entry of the ledger, so that the alert follows from it like every other and no crash loses
it. It says that there was an answer, and not which. There is at most one for a patient, respondent and hour,
in which further forms are counted; their answers carry the text all the same.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Head, SafetyNotice
from models.ledger.seen_ids import might_contain
from models.patients.patient import Patient
from models.sites import sites
from models.sites.sites import Site
from models.store.base import id_of, new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline.reports import LATE
from scoring.instruments import UnknownInstrument, UnknownVersion
from scoring.instruments.terms import VERSION
from services.access.actor import STAFF, Actor
from services.access.permissions import acting
from services.errors import NotAllowed, NotFound
from services.reports import reconcile
from services.reports.evaluate import Scored, criteria_for
from services.reports.intake import check, prepare
from services.reports.load import find_patient_and_site, load_for_event
from services.reports.next_entry import Event, entry_after, own_event_id, with_evaluation
from services.reports.safety import overlay
from services.reports.safety.answers import Finding, look
from services.reports.safety.texts import SafetyTexts, default_texts, texts_of
from services.reports.safety.told import Told
from services.retry import until_won
from services.sites import catalogue
from services.zones import zone_or_utc

ONE_IN = timedelta(hours=1)
"""Our choice: a person who sends again and again is one matter for whoever looks."""


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """A form as it was sent; nothing in it was checked.

    Attributes:
        patient_id: as ids are stored; "" when the form names nobody by what can be an id.
    """

    patient_id: str
    id: Any
    instrument: Any
    version: Any
    answers: Any
    observed_at: Any = None


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """What the answer to a refused form carries; pending: the alert follows within a minute."""

    texts: SafetyTexts
    pending: bool = False


def tell(form: RefusedForm, scope: Scope, *, actor: Actor, now: datetime) -> SafetyAnswer | None:
    """Have a refused form seen if it tells of a concern; None when it does not, or is about nobody in reach.

    A patient who is not followed, or has withdrawn consent, gets the text and nothing is stored; so does a
    caregiver who may read and not report. Where consent is not recorded yet, the notice names no item.
    """
    if look(form.instrument, form.answers, version_known=False) is None:
        return None
    try:
        patient, site = find_patient_and_site(form.patient_id, scope, now=now)
    except NotFound:
        return None
    except NotAllowed:
        return text_only(form, actor)
    known = _is_known(site, form)
    finding = look(form.instrument, form.answers, version_known=known)
    if finding is None:
        return None
    texts = texts_of(site, finding.concern, actor, patient)
    if patient.closed_at is not None or patient.consent_withdrawn_at is not None:
        return SafetyAnswer(texts)
    pending = until_won(lambda: _attempt(form, finding, scope, actor, now), over="this patient")
    return SafetyAnswer(texts, pending=pending is _PENDING)


def text_only(form: RefusedForm, actor: Actor) -> SafetyAnswer | None:
    """Return the text of the actor's own site where the form tells of a concern; no patient is read."""
    finding = look(form.instrument, form.answers, version_known=False)
    if finding is None:
        return None
    site = next((sites.read(site_id) for site_id, _ in actor.roles), None)
    if site is None:
        return SafetyAnswer(default_texts(finding.concern))
    return SafetyAnswer(texts_of(site, finding.concern, actor))


_PENDING, _IN_STEP = "pending", "in step"


def _attempt(form: RefusedForm, finding: Finding, scope: Scope, actor: Actor, now: datetime) -> str | None:
    """Store the notice, or find that there is one; None when somebody else's event was first."""
    met = load_for_event(form.patient_id, scope, now=now)
    patient, head = met.patient, met.head
    by = acting(actor, scope, patient)
    notice = _notice(form, finding, patient, by, now)
    respondent = check.own_respondent(by.role)
    if head is not None:
        if _is_told(head, notice, respondent):
            return _reconciled(patient.id, now) if head.alerts_pending else _IN_STEP
        recent = _recent(overlay.from_stored(head.evaluated.outside), notice, respondent, now)
        if recent is not None:
            ledger.count_repeat(patient.id, recent)
            return _reconciled(patient.id, now) if head.alerts_pending else _IN_STEP
    content = Content(
        by=by,
        instrument=form.instrument,
        instrument_version=_version(form),
        respondent=respondent,
    )
    event_id = _event_id(notice.report_id or new_id(), notice.concern, respondent, notice.observed_on)
    event = Event(EntryKind.SAFETY_NOTICE, event_id, content, now, notice=notice)
    entry = entry_after(head, patient, event)
    evaluated = prepare.with_history(head, [Scored(entry, None)], criteria_for(patient, met.site))
    entry = with_evaluation(entry, head, evaluated)
    return _aligned(entry, now) if ledger.append(entry) else None


def _aligned(entry: Entry, now: datetime) -> str:
    return _IN_STEP if reconcile.align_or_leave(entry, now=now) else _PENDING


def _reconciled(patient_id: str, now: datetime) -> str:
    return _IN_STEP if reconcile.reconcile_or_leave(patient_id, now=now) else _PENDING


def _notice(
    form: RefusedForm, finding: Finding, patient: Patient, by: Provenance, now: datetime
) -> SafetyNotice:
    named = finding.items if patient.consent_at is not None else ()
    observed_at, observed_on = _moment(form.observed_at), None
    if by.role in STAFF and observed_at and now - observed_at > LATE:
        with suppress(OverflowError):  # at the ends of the calendar: a slip, and as urgent as without a date
            observed_on = observed_at.astimezone(zone_or_utc(patient.zone)).date()
    return SafetyNotice(id_of(form.id), finding.concern.value, named, observed_on)


def _event_id(form_id: str, concern: str, respondent: str, answered_on: object) -> str:
    """Return the id of the event that a form tells: another concern under the same id is another event.

    So is another respondent's, and what is so now after what staff entered long after.
    """
    late = () if answered_on is None else ("late",)
    return own_event_id(EntryKind.SAFETY_NOTICE, ":".join((form_id, concern, respondent, *late)))


def _is_told(head: Head, notice: SafetyNotice, respondent: str) -> bool:
    """Return whether a form of this id has told the same before, as urgently, however long ago."""
    if notice.report_id is None:
        return False
    told = {
        _event_id(notice.report_id, notice.concern, respondent, day) for day in (None, notice.observed_on)
    }
    return any(
        might_contain(head.seen, event_id) and ledger.find_event(head.patient_id, event_id) is not None
        for event_id in sorted(told)
    )


def _recent(told: tuple[Told, ...], notice: SafetyNotice, respondent: str, now: datetime) -> str | None:
    """Return the event of a notice within the hour that says the same, and is as urgent."""
    for report in reversed(told):
        same = (report.what, report.respondent, report.named) == (
            notice.concern,
            respondent,
            bool(notice.items),
        )
        as_urgent = report.answered_on is None or notice.observed_on is not None
        if report.refused and same and as_urgent and now - report.moment < ONE_IN:
            has_none = id_of(report.id) is None
            return (
                report.id if has_none else _event_id(report.id, report.what, respondent, report.answered_on)
            )
    return None


def _version(form: RefusedForm) -> str:
    """Return the version that a form claims; "" where it claims what can be none, nor be stored."""
    return form.version if isinstance(form.version, str) and VERSION.fullmatch(form.version) else ""


def _is_known(site: Site, form: RefusedForm) -> bool:
    version = _version(form)
    if not version:
        return False
    try:
        catalogue.find(site.id, form.instrument, version)
    except (UnknownInstrument, UnknownVersion):
        return False
    return True


def _moment(given: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
