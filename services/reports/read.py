"""Reading reports and evaluations, within the caller's reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.ledger import ledger
from models.patients.patients import Patient
from models.store.scope import Scope
from services.errors import not_found
from services.reports.histories import ReportRecord, records
from services.reports.load import find_patient_and_site

_NOTHING_YET: Mapping[str, Any] = {
    "flags": [],
    "topics": {},
    "trajectory": None,
    "stages": None,
    "rules_version": "",
    "policy_version": "",
}


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Some of a patient's reports, the latest observed first, and where the next page begins."""

    patient: Patient
    items: tuple[ReportRecord, ...]
    next: str | None


def list_reports(
    patient_id: str, scope: Scope, *, instrument: str | None, after: str | None, limit: int, now: datetime
) -> ReportPage:
    """Return a page of the patient's reports, of one instrument when it is named.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, _ = find_patient_and_site(patient_id, scope, now=now)
    found = [
        record
        for record in records(ledger.read_entries(patient.id)).values()
        if instrument in (None, record.latest.content.instrument)
    ]
    items, following = _page(found, after=after, limit=limit)
    return ReportPage(patient, tuple(items), following)


def read_report(
    patient_id: str, report_id: str, scope: Scope, *, now: datetime
) -> tuple[Patient, ReportRecord]:
    """Return a report and the patient it is about.

    Raises:
        NotFound: no such patient within reach, or no such report.
    """
    patient, _ = find_patient_and_site(patient_id, scope, now=now)
    record = records(ledger.read_entries(patient.id)).get(report_id)
    if record is None:
        raise not_found("report")
    return patient, record


def evaluation_of(patient_id: str, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Return the evaluation of the whole history.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, _ = find_patient_and_site(patient_id, scope, now=now)
    head = ledger.read_head(patient.id, patient.ledger_floor)
    if head is None:
        return {"patient_id": patient.id, "seq": 0, "in_step": True, **_NOTHING_YET}
    return {
        "patient_id": patient.id,
        "seq": head.seq,
        "in_step": not head.alerts_pending,
        **head.evaluated.evaluation,
    }


def list_quarantined(scope: Scope) -> list[ReportRecord]:
    """Return the reports in quarantine at the sites within reach."""
    entries = ledger.quarantine(scope.site_ids)
    return [record for entry in entries for record in records([entry]).values()]


def _page(
    found: Iterable[ReportRecord], *, after: str | None, limit: int
) -> tuple[list[ReportRecord], str | None]:
    ordered = sorted(found, key=lambda record: record.key, reverse=True)
    if after is not None:
        ordered = [record for record in ordered if _position(record) < after]
    following = _position(ordered[limit - 1]) if len(ordered) > limit else None
    return ordered[:limit], following


def _position(record: ReportRecord) -> str:
    moment, report_id = record.key
    return f"{moment:%Y%m%dT%H%M%S%f}-{report_id}"
