"""Everything that the page of an alert shows, gathered for one reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.pages import formats
from api.pages.alert.evidence import Figure, UsedReport, figure_of, used_reports
from api.pages.alert.wrongness import FALSE_ALERTS, ON_DESK, OnDesk, Span
from api.pages.patient.outside import REFUSED
from models.accounts.account import Account
from models.alerts import figures
from models.alerts.alert import Condition, State, Step
from models.outbox.message import Message
from models.store.scope import Scope
from scoring.decline import Topic
from services.access.actor import Actor
from services.access.permissions import Operation, acting, scope_for
from services.accounts import people
from services.alerts import actions, readers, worklist
from services.alerts.actions import Action
from services.alerts.terms import SAFETY, terms_of
from services.alerts.worklist import ShownAlert
from services.delivery import receipts
from services.patients import patients
from services.reports import read
from services.reports.histories import ReportRecord, ReportState
from services.reports.receipts import may_read


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history, with the name of who made it."""

    step: Step
    name: str
    assigned_to: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A message about the alert, and the name of whom it is for; None for an address of the site."""

    message: Message
    name: str | None


@dataclass(frozen=True, slots=True)
class AlertPage:
    """What is shown.

    Attributes:
        contact: what is needed to reach the person; "name" of the emergency contact and so on.
        readers: to whom it can be assigned, by name.
        wrong: false alerts of the rule in a patient-year, as the bench measured; None where it did not.
        on_desk: how often the bench saw it put before a person in a patient-year; None where it did not.
        asked: alerts of the rule at the site of which somebody said whether they were worth a look.
        worth: of these, how many were.
        acknowledged_until: when an acknowledgement made now would run out.
        latest: the latest report of the instrument that raised it, by the same respondent, whether the alert
            rests on it or not; None where no report raised it.
        ring_up: whom the site names for out of hours, of what cannot wait; "" where nobody is.
    """

    found: ShownAlert
    contact: Mapping[str, Any]
    reports: list[UsedReport]
    latest: UsedReport | None
    figure: Figure | None
    lines: list[Line]
    readers: list[Account]
    told: list[Told]
    safety: bool
    wrong: Span | None
    on_desk: OnDesk | None
    asked: int
    worth: int
    ring_up: str
    acknowledged_until: datetime

    @property
    def raised(self) -> UsedReport | None:
        """The report that raised it, where it is one that can be named."""
        return next((report for report in self.reports if report.raised_it), None)

    @property
    def refused_at(self) -> datetime | None:
        """When a form was received that raised it, and was refused; None where it was no such form."""
        flag = self.found.flag
        return datetime.fromisoformat(flag["raised_at"]) if flag.get("rule") in REFUSED else None

    @property
    def further(self) -> list[tuple[Mapping[str, Any], datetime]]:
        """What else holds it, each with when that came on."""
        signals = self.found.flag.get("further", ())
        return [(signal, datetime.fromisoformat(signal["raised_at"])) for signal in signals]

    @property
    def standing(self) -> bool:
        """Whether it is so by the reports, and nobody has ended it."""
        alert = self.found.alert
        return alert.condition is Condition.HOLDS and alert.state is not State.ENDED

    @property
    def met_on(self) -> datetime | None:
        """When the report was observed that met it last; None of silence, which no report meets."""
        alert = self.found.alert
        return None if alert.topic == Topic.SILENCE else alert.grounds.met_at

    @property
    def rev(self) -> int:
        """The revision that the reader sees, for what is done with it."""
        return self.found.alert.rev

    def may(self, action: str) -> bool:
        """Return whether the alert's state allows it; to close is to resolve or to dismiss."""
        return (Action.RESOLVE if action == "close" else action) in set(self.found.actions)


def gather(public_id: str, scope: Scope, *, actor: Actor, now: datetime) -> AlertPage:
    """Return what the page shows.

    Raises:
        NotFound: there is no such alert within reach.
    """
    detail = actions.read(public_id, scope)
    found = worklist.shown(detail, now)
    alert = found.alert
    formats.on_clock_of(alert.site_id)
    reading = scope_for(actor, Operation.PATIENT_READ)
    patient = patients.read(alert.patient_id, reading, now=now, whole=True)
    by = acting(actor, reading, patient)
    # As it is shown: the reports of the newest evaluation, and the latest that met the condition.
    flag = found.flag
    wanted = {*flag.get("evidence", ()), flag.get("raised_by", ""), alert.grounds.met_by} - {""}
    every = read.of_patient(alert.patient_id)
    records = [every[report_id] for report_id in wanted if report_id in every]
    hidden = frozenset(record.id for record in every.values() if not may_read(record, patient, by))
    raised_by = str(flag.get("raised_by", ""))
    rule = str(flag.get("rule", ""))
    said = figures.worth_a_look(alert.site_id, rule)
    reports = used_reports(records, raised_by, hidden)
    beside = used_reports(_like(every, raised_by), raised_by, hidden)
    return AlertPage(
        found=found,
        contact=patient.contact,
        reports=reports,
        latest=beside[-1] if beside else None,
        figure=figure_of(reports),
        lines=[_line(step) for step in reversed(found.history)],
        readers=readers.readers_of(alert),
        told=[
            Told(message, people.name_of(message.recipient))
            for message in receipts.of_alert(public_id, scope)
        ],
        safety=alert.topic in SAFETY,
        wrong=FALSE_ALERTS.get(rule),
        on_desk=ON_DESK.get(rule),
        asked=len(said),
        worth=sum(said),
        acknowledged_until=terms_of(alert.site_id).acknowledged_until(alert.level, alert.topic, now),
        ring_up="" if found.out_of_hours is None else people.name_of(found.out_of_hours.account_id) or "",
    )


def _like(every: Mapping[str, ReportRecord], raised_by: str) -> Iterable[ReportRecord]:
    """The reports that count of the instrument and respondent of the one that raised the alert."""
    if raised_by not in every:
        return []
    content = every[raised_by].latest.content
    asked = (content.instrument, content.respondent)
    current = (record for record in every.values() if record.state is ReportState.CURRENT)
    return [
        record
        for record in current
        if (record.latest.content.instrument, record.latest.content.respondent) == asked
    ]


def _line(step: Step) -> Line:
    assigned_to = step.details.get("assigned_to")
    named = None if assigned_to is None else people.name_of(assigned_to)
    return Line(step, people.name_of(step.by.name) or step.by.name, named)
