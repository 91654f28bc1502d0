"""The shape of a report to a reader, with all its versions; answers only for those who may read them."""

from __future__ import annotations

from typing import Any

from api.views.receipts import facts, total_of
from models.patients.patients import Patient
from services.access.actor import Actor
from services.reports import receipts
from services.reports.histories import ReportRecord, Version
from services.reports.read import ReportPage


def page_for(page: ReportPage, actor: Actor) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of reports as the actor sees it, and where the next one begins."""
    return [report_for(report, page.patient, actor) for report in page.items], page.next


def report_for(record: ReportRecord, patient: Patient, actor: Actor) -> dict[str, Any]:
    """Return a report as the actor sees it."""
    readable = receipts.may_read(record, patient, actor)
    return facts(record) | {
        "withheld": not readable,
        "void_reason": record.void_reason,
        "versions": [_version(version, patient, actor, readable=readable) for version in record.versions],
    }


def _version(version: Version, patient: Patient, actor: Actor, *, readable: bool) -> dict[str, Any]:
    by_staff = readable and actor.staff_of(patient.site_id)
    score = receipts.score_of(patient.site_id, version) if by_staff else None
    return {
        "received_at": version.received_at,
        "observed_at": version.content.observed_at,
        "account_id": version.content.account_id,
        "reason": version.reason,
        "answers": dict(version.content.answers) if readable else None,
        "total": total_of(version) if readable else None,
        "score": None if score is None else score.as_dict(),
    }
