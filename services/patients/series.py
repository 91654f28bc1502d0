"""A patient's course as the shapes that a figure draws, read at once as of the head of the ledger.

Who reads decides what is in it: line, band, bend, evaluation and alerts are the clinicians'. Patients and
caregivers get the answers that they may read, and these only where the site shows the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from models.alerts import worklists
from models.alerts.worklists import WorklistLine
from models.ledger import ledger
from models.ledger.entries import Head
from models.patients.patient import Patient
from models.sites import sites
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Memory, Topic, Trend, UnknownMemory
from scoring.decline.alsfrs import drawing
from scoring.decline.alsfrs.drawing import Bend
from services import zones
from services.access.actor import Actor, Role
from services.access.permissions import Operation, acting, scope_for
from services.alerts.worklist import StateWord, filter_for
from services.errors import not_found
from services.patients import patients
from services.patients.course import Course, course_of, series_of
from services.patients.shapes import Assessed, Series, Span
from services.reports.histories import ReportRecord, records
from services.reports.receipts import may_read
from services.sites import policy_in_force

MOST_ALERTS = 100
"""Our choice: so many alerts are marked in a figure, the current ones first."""


def read(patient_id: str, scope: Scope, *, span: Span, actor: Actor, now: datetime) -> Series:
    """Return the series of a patient: one read each of the patient, the history, its head and the alerts.

    Raises:
        NotFound: no such patient within reach.
    """
    patient = patients.read(patient_id, scope, now=now, whole=True)
    by = acting(actor, scope, patient)
    entries = ledger.read_entries(patient.id)
    seq = entries[-1].seq if entries else 0
    reports = _readable(records(entries).values(), patient, by)
    clinician = by.role == Role.CLINICIAN
    head = ledger.read_at(patient.id, seq) if clinician and seq else None
    today = zones.day_of(now, patient.zone)
    course = course_of(reports, patient, span=span, today=today, trend=_trend_of(head))
    shapes = series_of(course, span=span, today=today, reports=reports, seq=seq)
    return replace(
        shapes,
        assessed=_assessed(course, head, _alerts(patient, actor, now), today) if clinician else None,
        unread_notes=frozenset(entry.event_id for entry in entries if entry.note_unread),
    )


def _readable(found: Iterable[ReportRecord], patient: Patient, by: Provenance) -> list[ReportRecord]:
    """The reports whose answers may be read, in the order they were observed."""
    if by.role in (Role.PATIENT, Role.CAREGIVER):
        site = sites.read(patient.site_id)
        if site is None or "history" not in site.shows_patient:
            return []
    own = (record for record in found if may_read(record, patient, by))
    return sorted(own, key=lambda record: record.key)


def _trend_of(head: Head | None) -> Trend | None:
    """The line that the head remembers; none where another release wrote it."""
    if head is None:
        return None
    try:
        return Memory.from_dict(head.evaluated.memory).trend
    except UnknownMemory:
        return None


def _alerts(patient: Patient, actor: Actor, now: datetime) -> tuple[WorklistLine, ...]:
    wanted = filter_for(StateWord.ANY, reader=actor, patient_id=patient.id)
    scope = scope_for(actor, Operation.ALERT_READ)
    return tuple(worklists.page(wanted, scope, after=None, limit=MOST_ALERTS, now=now).lines)


def _assessed(course: Course, head: Head | None, alerts: tuple[WorklistLine, ...], today: date) -> Assessed:
    evaluation: Mapping[str, Any] = {} if head is None else head.evaluated.evaluation
    trend, site = course.trend, sites.read(course.patient.site_id)
    if site is None:
        raise not_found("site")
    policy = policy_in_force.policy_of(course.patient.overrides, site)
    return Assessed(
        trend=trend,
        band=() if trend is None else drawing.band_of(trend),
        ahead=() if trend is None else drawing.ahead_of(trend),
        bend=None if trend is None else _bend(course, trend, evaluation),
        evaluation=evaluation,
        alerts=alerts,
        limit_per_month=policy.on(today).primary.loss_per_month,
        in_step=head is None or not head.alerts_pending,
    )


def _bend(course: Course, trend: Trend, evaluation: Mapping[str, Any]) -> Bend | None:
    flags = (flag for flag in evaluation["flags"] if flag["topic"] == Topic.ACCELERATION)
    flag = next(flags, None)
    if flag is None:
        return None
    totals = ((point, drawing.on_basis(point, trend.omitted)) for point in course.points)
    drawn = {point.id: (point, total) for point, total in totals if total is not None}
    return drawing.bend_of(flag["numbers"], flag["evidence"], drawn)
