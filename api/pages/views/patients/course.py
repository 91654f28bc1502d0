"""The page of a patient: the course on one screen, and all reports as a table behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages import formats
from api.pages.guard import signed_in
from api.pages.patient.chart import Chart, chart_of, report_rows
from api.pages.rendering import page
from api.pages.rules import telling
from api.pages.texts import gettext as _
from scoring.decline.alsfrs.points import ITEMS
from services import clock
from services.access.permissions import PERMISSIONS, Operation, scope_for
from services.accounts import people
from services.alerts import actions
from services.alerts.actions import Action
from services.patients import series
from services.patients.shapes import Span
from services.reports import read

blp = Blueprint("patients", __name__)

LATE_SHARE = 1.5
"""Our choice: a last report older than one and a half intervals is marked as late."""
MOST_STEPS = 2


@blp.get("/patients/<uuid:patient_id>")
@signed_in(Operation.REPORT_READ)
def show(patient_id: UUID) -> Response:
    """Show the course of a patient."""
    now = clock.now()
    found = series.read(str(patient_id), g.scope, span=_span(), actor=g.actor, now=now)
    formats.on_clock_of(found.patient.site_id)
    chart = chart_of(found)
    telling.prepare([*chart.alerts, *chart.dealt_with, *chart.ended])
    if found.assessed is not None and found.assessed.in_step:
        telling.tell_presently(chart.alerts, found.assessed.evaluation.get("flags", ()))
    trend = None if found.assessed is None else found.assessed.trend
    return page(
        "patient.html",
        chart=chart,
        now=now,
        late=_late(chart),
        weeks=1 if trend is None else max(1, round((trend.last_day - trend.first_day) / 7)),
        steps=_last_steps(chart),
        names=_names(chart),
        spans=((Span.MONTHS_12, _("12 months")), (Span.MONTHS_18, _("18 months")), (Span.ALL, _("all"))),
        may_read_notes=bool(g.actor.roles_anywhere & PERMISSIONS[Operation.NOTE_READ].keys()),
        done=request.args.get("done", ""),
    )


@blp.get("/patients/<uuid:patient_id>/reports")
@signed_in(Operation.REPORT_READ)
def reports(patient_id: UUID) -> Response:
    """Show all reports as a table: a page of its own, or what is put into the page of the patient."""
    found = series.read(str(patient_id), g.scope, span=Span.ALL, actor=g.actor, now=clock.now())
    formats.on_clock_of(found.patient.site_id)
    return page("patient_reports.html", chart=chart_of(found), rows=report_rows(found), items=ITEMS)


@blp.post("/patients/<uuid:patient_id>/notes/<uuid:report_id>/read")
@signed_in(Operation.NOTE_READ)
def read_note(patient_id: UUID, report_id: UUID) -> Any:
    """Keep that somebody has read the note of a report."""
    scope = scope_for(g.actor, Operation.NOTE_READ)
    read.mark_note_read(str(patient_id), str(report_id), scope, actor=g.actor, now=clock.now())
    return redirect(url_for("pages.patients.show", patient_id=patient_id, done="note_read"), 303)


@dataclass(frozen=True, slots=True)
class DoneStep:
    """What a person did about an alert."""

    name: str
    at: datetime
    event: str
    note: str


def _last_steps(chart: Chart) -> tuple[DoneStep, ...]:
    """What people did last about the alert that comes first."""
    if not chart.alerts:
        return ()
    found = actions.read(chart.alerts[0].id, scope_for(g.actor, Operation.ALERT_READ))
    by_people = [step for step in found.history if step.event in set(Action)]
    return tuple(
        DoneStep(people.name_of(step.by.account_id) or "", step.at, step.event, step.note)
        for step in reversed(by_people[-MOST_STEPS:])
    )


def _names(chart: Chart) -> dict[str, str]:
    """The names of those to whom an open alert is assigned, and who acted last on one that has ended."""
    ids = {alert.assigned_to for alert in chart.alerts} | {alert.acted_by for alert in chart.ended}
    return {account_id: people.name_of(account_id) or "" for account_id in ids if account_id}


def _span() -> Span:
    asked = request.args.get("span", "")
    return Span(asked) if asked in set(Span) else Span.MONTHS_18


def _late(chart: Chart) -> bool:
    if not chart.latest:
        return False
    last = chart.latest[0].latest.content.observed_on
    limit = timedelta(days=LATE_SHARE * chart.patient.profile.report_interval_days)
    return last is not None and chart.series.ends_on - last > limit
