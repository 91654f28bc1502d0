"""What the answer to a report shows, and to whom: a patient sees what the site lets patients see.

Stages, probabilities and flags are the clinicians'. Answers and scores of a restricted instrument are for
whoever gave them and for the site's clinicians. A crisis text is shown whenever a safety item asks for it,
whatever else the site has chosen. Nothing here reassures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from models.ledger.entries import Content, Evaluated
from models.patients.patients import Patient
from models.sites.sites import Site
from scoring import instruments
from scoring.decline import Memory, UnknownMemory
from scoring.decline.alsfrs.points import on_day
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion
from scoring.instruments.terms import Audience
from services.access.actor import Actor, Role
from services.reports.histories import ReportRecord, ReportState, Version
from services.reports.submit import Receipt
from services.sites import catalogue

ALSFRS_R = "alsfrs_r"


def shown(receipt: Receipt, actor: Actor) -> dict[str, Any]:
    """Return the answer to a report for the account that sent it."""
    record, site = receipt.record, receipt.site
    body = facts(record) | {
        "replayed": receipt.replayed,
        "evaluation": "pending" if receipt.pending else "complete",
        "reads_reports": site.reads_reports,
        "next_due_on": _next_due_on(receipt.patient, record),
        "crisis_text": _crisis_text(site, record),
    }
    if actor.staff_of(site.id):
        return body | _of_staff(receipt, actor)
    shows = set(site.shows_patient)
    return body | {
        "total": _total(record.latest) if "total" in shows else None,
        "history": _history(receipt) if "history" in shows else [],
    }


def report_shown(record: ReportRecord, patient: Patient, actor: Actor) -> dict[str, Any]:
    """Return a report to a reader, with all its versions; answers only for those who may read them."""
    readable = may_read(record, patient, actor)
    return facts(record) | {
        "withheld": not readable,
        "void_reason": record.void_reason,
        "versions": [_version(version, patient, actor, readable=readable) for version in record.versions],
    }


def may_read(record: ReportRecord, patient: Patient, actor: Actor) -> bool:
    """Return whether the actor may read the answers: an author, a clinician, or anybody unless restricted."""
    authors = {version.content.account_id for version in record.versions}
    clinician = (patient.site_id, Role.CLINICIAN) in actor.roles
    if clinician or actor.account_id in authors:
        return True
    definition = definition_of(patient.site_id, record.latest.content)
    return definition is not None and not is_restricted(definition, record.latest.content.answers)


def score_of(site_id: str, version: Version) -> dict[str, Any] | None:
    """Return the whole score of a version: the stored numbers with their ranges, directions and notes."""
    definition = definition_of(site_id, version.content)
    if definition is None or version.score is None:
        return None
    return instruments.score(definition, version.content.answers).as_dict()


def is_restricted(definition: Definition, answers: Mapping[str, Any]) -> bool:
    """Return whether the instrument, or one of the answered items, has the stricter audience."""
    if definition.audience is Audience.RESTRICTED:
        return True
    return any(item.audience is Audience.RESTRICTED and item.key in answers for item in definition.items)


def definition_of(site_id: str, content: Content) -> Definition | None:
    """Return the definition a report was answered by, None when this server does not know it."""
    try:
        return catalogue.find(site_id, content.instrument, content.instrument_version)
    except (UnknownInstrument, UnknownVersion):
        return None


def facts(record: ReportRecord) -> dict[str, Any]:
    """Return what everybody who may see a report sees of it."""
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
        "respondent": latest.content.respondent,
        "mode": latest.content.mode,
        "version": len(record.versions),
        "complete": None if latest.score is None else latest.score["complete"],
        "missing": [] if latest.score is None else latest.score["missing"],
    }


def _version(version: Version, patient: Patient, actor: Actor, *, readable: bool) -> dict[str, Any]:
    score = score_of(patient.site_id, version) if readable and actor.staff_of(patient.site_id) else None
    return {
        "received_at": version.received_at,
        "observed_at": version.content.observed_at,
        "account_id": version.content.account_id,
        "reason": version.reason,
        "answers": dict(version.content.answers) if readable else None,
        "total": _total(version) if readable else None,
        "score": score,
    }


def _of_staff(receipt: Receipt, actor: Actor) -> dict[str, Any]:
    readable = may_read(receipt.record, receipt.patient, actor)
    score = score_of(receipt.site.id, receipt.record.latest) if readable else None
    evaluated = receipt.entry.evaluated
    clinician = (receipt.site.id, Role.CLINICIAN) in actor.roles
    return {
        "total": _total(receipt.record.latest) if readable else None,
        "score": score,
        "assessment": None if evaluated is None or not clinician else _assessment(evaluated.evaluation),
    }


def _assessment(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: evaluation[name]
        for name in ("trajectory", "stages", "flags", "rules_version", "policy_version")
    }


def _total(version: Version) -> float | None:
    return None if version.score is None else version.score["total"]


def _next_due_on(patient: Patient, record: ReportRecord) -> date | None:
    observed_on = record.latest.content.observed_on
    if observed_on is None or record.latest.content.instrument != ALSFRS_R:
        return None
    return observed_on + timedelta(days=patient.profile.report_interval_days)


def _crisis_text(site: Site, record: ReportRecord) -> str | None:
    content = record.latest.content
    definition = definition_of(site.id, content)
    if definition is None or record.state is ReportState.VOIDED:
        return None
    return site.crisis_text if instruments.safety_items(definition, content.answers) else None


def _history(receipt: Receipt) -> list[dict[str, Any]]:
    """Return the respondent's own totals of the last year, from what the entry remembers."""
    record, evaluated = receipt.record, receipt.entry.evaluated
    if evaluated is None or record.latest.content.instrument != ALSFRS_R:
        return []
    points = _remembered(evaluated).points
    own = (point for point in points if point.rater == record.latest.content.respondent)
    return [
        {"observed_on": on_day(point.day), "total": point.total} for point in own if point.total is not None
    ]


def _remembered(evaluated: Evaluated) -> Memory:
    if evaluated.memory is not None:
        return evaluated.memory
    try:
        return Memory.from_dict(evaluated.standing)
    except UnknownMemory:
        return Memory()


def page(
    found: Iterable[ReportRecord], *, after: str | None, limit: int
) -> tuple[list[ReportRecord], str | None]:
    """Return a page of reports, the latest observed first, and where the next one begins."""
    ordered = sorted(found, key=lambda record: record.key, reverse=True)
    if after is not None:
        ordered = [record for record in ordered if _position(record) < after]
    following = _position(ordered[limit - 1]) if len(ordered) > limit else None
    return ordered[:limit], following


def _position(record: ReportRecord) -> str:
    moment, report_id = record.key
    return f"{moment:%Y%m%dT%H%M%S%f}-{report_id}"
