"""The shape of the answer to a report: what its reader sees of it, and the HTTP status that goes with it.

A patient sees what the site lets patients see, the staff what their roles allow.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from api.views.people import named_to
from models.ledger.entries import Content, EntryKind
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import STAFF, Actor
from services.access.permissions import acting
from services.reports import receipts
from services.reports.histories import ReportRecord, ReportState, Version
from services.reports.intake.check import OF_STAFF
from services.reports.read import Quarantined
from services.reports.receipts import Receipt
from services.reports.safety.texts import NO_TEXTS

_SENT = (EntryKind.REPORT, EntryKind.QUARANTINE)
"""Whoever sent the answers gets the crisis text that they ask for, whatever else is withheld."""
_ASSESSED = ("trajectory", "stages", "flags", "remarks", "rules_version", "policy_version")


def status_of(receipt: Receipt) -> HTTPStatus:
    """Return 201 for stored now, 200 for stored before, 202 for quarantined."""
    if receipt.repeated:
        return HTTPStatus.OK
    quarantined = receipt.record.state is ReportState.QUARANTINED
    return HTTPStatus.ACCEPTED if quarantined else HTTPStatus.CREATED


def receipt_for(receipt: Receipt, actor: Actor, scope: Scope) -> dict[str, Any]:
    """Return the answer to a report for the account that sent it, in the role that permitted it.

    A phone that nobody has confirmed is told of what it sent just now, and of nothing earlier.
    """
    site, by = receipt.site, acting(actor, scope, receipt.patient)
    readable = receipts.may_read(receipt.record, receipt.patient, by)
    known = actor.confirmed or not receipt.repeated
    asked = readable or receipt.entry.kind in _SENT
    texts = receipts.safety_texts(receipt, actor) if asked else NO_TEXTS
    named = named_to(scope, receipt.patient) if receipt.record.latest.content.mode in OF_STAFF else str
    body = facts(receipt.record, named, readable=readable and known) | {
        "repeated": receipt.repeated,
        "evaluation": receipts.evaluation_state(receipt),
        "reads_reports": site.reads_reports,
        "takes_notes": site.takes_notes,
        "next_due_on": receipts.next_due_on(receipt),
        "crisis_text": texts.crisis,
        "breathing_text": texts.breathing,
    }
    if by.role in STAFF:
        return body | _for_staff(receipt, by, readable=readable)
    shows = set(site.shows_patient) if known and readable else set()
    return body | {
        "total": total_of(receipt.record.latest) if "total" in shows else None,
        "rests_on": rests_on(receipt) if "total" in shows else None,
        "history": [{"observed_on": day, "total": total} for day, total in receipts.history(receipt)]
        if "history" in shows and actor.confirmed
        else [],
    }


def facts(record: ReportRecord, named: Callable[[str], str], *, readable: bool) -> dict[str, Any]:
    """Return what everybody who may see a report sees of it; which items are blank only to its readers.

    Args:
        record: the report.
        named: how whoever entered it is told to the reader (`named_to`).
        readable: the reader may see its answers.
    """
    latest = record.latest
    return {
        "id": record.id,
        "patient_id": record.patient_id,
        "state": record.state,
        "instrument": latest.content.instrument,
        "instrument_version": latest.content.instrument_version,
        "observed_at": latest.content.observed_at,
        "observed_on": latest.content.observed_on,
        "zone": latest.content.zone,
        "received_at": latest.received_at,
        "clock": clock_of(latest.content),
        "respondent": latest.content.respondent,
        "mode": latest.content.mode,
        "entered_by": named(latest.content.account_id) if latest.content.mode in OF_STAFF else None,
        "version": len(record.versions),
        "complete": latest.score["complete"] if latest.score is not None and readable else None,
        "missing": latest.score["missing"] if latest.score is not None and readable else [],
    }


def clock_of(content: Content) -> dict[str, Any]:
    """Return when a report was answered and sent by the phone's clock, and what was made of it."""
    return {
        "answered_at": content.answered_at or content.observed_at,
        "sent_at": content.sent_at,
        "shift_seconds": content.clock_shift_seconds,
        "certainty": content.time_certainty,
        "doubts": list(content.doubts),
    }


def rests_on(receipt: Receipt) -> dict[str, int] | None:
    """Return from how many of how many items the total was formed, where there is one."""
    answered = receipts.answered_of(receipt.site.id, receipt.record.latest)
    return None if answered is None else answered._asdict()


def quarantined_for(found: Quarantined) -> dict[str, Any]:
    """Return what is in quarantine of one patient."""
    return {
        "patient_id": found.patient_id,
        "count": found.count,
        "reports": [facts(record, str, readable=False) for record in found.items],
        "withheld": found.withheld,
    }


def total_of(version: Version) -> float | None:
    """Return the total of a version, where it has one."""
    return None if version.score is None else version.score["total"]


def _for_staff(receipt: Receipt, by: Provenance, *, readable: bool) -> dict[str, Any]:
    latest = receipt.record.latest
    score = receipts.score_of(receipt.record, latest, receipt.site.id) if readable else None
    assessment = receipts.assessment(receipt, by)
    return {
        "total": total_of(latest) if readable else None,
        "rests_on": rests_on(receipt) if readable else None,
        "score": None if score is None else score.as_dict(),
        "assessment": assessment and {name: assessment[name] for name in _ASSESSED},
    }
