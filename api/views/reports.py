"""The shape of a report to a reader, with all its versions; answers only for those who may read them."""

from __future__ import annotations

from typing import Any

from api.views.people import named_to
from api.views.receipts import facts, total_of
from models.patients.patient import Patient
from models.store.positions import text_of
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import STAFF, Actor
from services.access.permissions import acting
from services.reports import receipts
from services.reports.histories import ReportRecord, Version
from services.reports.read import ReportPage


def page_for(page: ReportPage, actor: Actor, scope: Scope) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of reports as the actor sees it, and where the next one begins."""
    shown = [report_for(report, page.patient, actor, scope) for report in page.items]
    return shown, page.next and text_of(page.next)


def report_for(record: ReportRecord, patient: Patient, actor: Actor, scope: Scope) -> dict[str, Any]:
    """Return a report as the actor sees it; what is withheld is withheld with the words beside it."""
    by, named = acting(actor, scope, patient), named_to(scope, patient)
    readable = receipts.may_read(record, patient, by)
    return facts(record, named, readable=readable) | {
        "withheld": not readable,
        "void_reason": record.void_reason if readable else None,
        "versions": [
            _version(record, version, patient, by, readable=readable)
            | {"sent_by": named(version.content.account_id)}
            for version in record.versions
        ],
    }


def _version(
    record: ReportRecord, version: Version, patient: Patient, by: Provenance, *, readable: bool
) -> dict[str, Any]:
    with_score = readable and by.role in STAFF
    score = receipts.score_of(record, version, patient.site_id) if with_score else None
    answered = receipts.answered_of(patient.site_id, version) if readable else None
    return {
        "received_at": version.received_at,
        "observed_at": version.content.observed_at,
        "reason": version.reason if readable else None,
        "answers": dict(version.content.answers) if readable else None,
        "note": version.content.note if readable else None,
        "total": total_of(version) if readable else None,
        "rests_on": answered and answered._asdict(),
        "score": None if score is None else score.as_dict(),
    }
