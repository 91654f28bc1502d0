"""Reading reports and evaluations, within the caller's reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.ledger import ledger
from models.store.scope import Scope
from services.access.actor import Actor
from services.errors import not_found
from services.reports import receipts, submit
from services.reports.histories import records

_NOTHING_YET: Mapping[str, Any] = {
    "flags": [],
    "topics": {},
    "trajectory": None,
    "stages": None,
    "rules_version": "",
    "policy_version": "",
}


def page(
    patient_id: str, query: Mapping[str, Any], scope: Scope, *, actor: Actor, now: datetime
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of the patient's reports, and where the next one begins.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, _ = submit.reach(patient_id, scope, now=now)
    wanted = query.get("instrument")
    found = [
        record
        for record in records(ledger.read_entries(patient.id)).values()
        if wanted in (None, record.latest.content.instrument)
    ]
    items, following = receipts.page(found, after=query.get("after"), limit=query["limit"])
    return [receipts.report_shown(record, patient, actor) for record in items], following


def read(patient_id: str, report_id: str, scope: Scope, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return a report.

    Raises:
        NotFound: no such patient within reach, or no such report.
    """
    patient, _ = submit.reach(patient_id, scope, now=now)
    record = records(ledger.read_entries(patient.id)).get(report_id)
    if record is None:
        raise not_found("report")
    return receipts.report_shown(record, patient, actor)


def evaluation_of(patient_id: str, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Return the evaluation of the whole history.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, _ = submit.reach(patient_id, scope, now=now)
    head = ledger.read_head(patient.id, patient.ledger_floor)
    if head is None:
        return {"patient_id": patient.id, "seq": 0, "in_step": True, **_NOTHING_YET}
    return {
        "patient_id": patient.id,
        "seq": head.seq,
        "in_step": not head.todo,
        **head.evaluated.evaluation,
    }


def kept_aside(scope: Scope) -> list[dict[str, Any]]:
    """Return the reports kept aside at the sites within reach, without their answers."""
    entries = ledger.quarantine(scope.site_ids)
    return [receipts.facts(record) for entry in entries for record in records([entry]).values()]
