"""Everything that the page of an alert shows, gathered for one reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.pages.alert.evidence import Figure, UsedReport, figure_of, used_reports
from api.pages.alert.wrongness import FALSE_ALERTS_A_PATIENT_YEAR
from models.accounts.account import Account
from models.alerts import figures
from models.alerts.alert import Step
from models.outbox.message import Message
from models.store.scope import Scope
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
        asked: alerts of the rule at the site of which somebody said whether they were worth a look.
        worth: of these, how many were.
        acknowledged_until: when an acknowledgement made now would run out.
        ring_up: whom the site names for out of hours, of what cannot wait; "" where nobody is.
    """

    found: ShownAlert
    contact: Mapping[str, Any]
    reports: list[UsedReport]
    figure: Figure | None
    lines: list[Line]
    readers: list[Account]
    told: list[Told]
    safety: bool
    wrong: float | None
    asked: int
    worth: int
    ring_up: str
    acknowledged_until: datetime

    @property
    def raised(self) -> UsedReport | None:
        """The report that raised it, where it is one that can be named."""
        return next((one for one in self.reports if one.raised_it), None)

    @property
    def latest(self) -> UsedReport | None:
        """The latest report of the instrument that raised it."""
        raised = self.raised
        own = [one for one in self.reports if raised and one.instrument == raised.instrument]
        return own[-1] if own else None

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
    reading = scope_for(actor, Operation.PATIENT_READ)
    patient = patients.read(alert.patient_id, reading, now=now, whole=True)
    by = acting(actor, reading, patient)
    # As it is shown: the reports of the newest evaluation, and the latest that met the condition.
    flag = found.flag
    wanted = {*flag.get("evidence", ()), flag.get("raised_by", ""), alert.grounds.met_by} - {""}
    records = read.several(alert.patient_id, wanted)
    hidden = frozenset(record.id for record in records if not may_read(record, patient, by))
    said = figures.worth_a_look(alert.site_id, str(flag.get("rule", "")))
    reports = used_reports(records, str(flag.get("raised_by", "")), hidden)
    return AlertPage(
        found=found,
        contact=patient.contact,
        reports=reports,
        figure=figure_of(reports),
        lines=[_line(step) for step in reversed(found.history)],
        readers=readers.readers_of(alert),
        told=[Told(one, people.name_of(one.recipient)) for one in receipts.of_alert(public_id, scope)],
        safety=alert.topic in SAFETY,
        wrong=FALSE_ALERTS_A_PATIENT_YEAR.get(str(flag.get("rule", ""))),
        asked=len(said),
        worth=sum(said),
        acknowledged_until=terms_of(alert.site_id).acknowledged_until(alert.level, alert.topic, now),
        ring_up="" if found.out_of_hours is None else people.name_of(found.out_of_hours.account_id) or "",
    )


def _line(step: Step) -> Line:
    assigned_to = step.details.get("assigned_to")
    named = None if assigned_to is None else people.name_of(assigned_to)
    return Line(step, people.name_of(step.by.name) or step.by.name, named)
