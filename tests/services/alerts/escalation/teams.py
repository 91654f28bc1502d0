"""Teams and alerts for the tests of escalation; plain data, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.accounts.absences import Absence
from models.alerts.alert import Alert, Because
from scoring.decline import Level, Topic
from services.alerts.escalation.chain import Team
from services.sites.working_calendar import WorkingCalendar
from tests.alert_samples import Told, make_alert

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = WorkingCalendar(BERLIN)
ANN, BOB, CLEO = "ann", "bob", "cleo"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


MONDAY = local("2026-03-02 10:00")
NIGHT = local("2026-03-02 22:00")


def team(*readers: str, **fields: Any) -> Team:
    return Team(**{"calendar": USUAL, "readers": readers or (ANN, BOB, CLEO)} | fields)


def away(who: str, deputy: str | None = None, *, today: bool = True) -> dict[str, Absence]:
    """Absent in that week, or only with a deputy named."""
    if not today:
        return {who: Absence(who, deputy_id=deputy, rev=1)}
    return {who: Absence(who, local("2026-03-01 00:00"), local("2026-03-08 00:00"), deputy, rev=1)}


def alert_of(
    level: Level = Level.SOON, topic: Topic = Topic.DECLINE, *, step: int = 0, **fields: Any
) -> Alert:
    alert = make_alert(told=Told(topic, level))
    return replace(alert, escalation=replace(alert.escalation, step=step), **fields)


def came_back(by: str, **fields: Any) -> Alert:
    """One whose acknowledgement by this person has run out."""
    return alert_of(raised_because=Because.ACKNOWLEDGEMENT_EXPIRED, seen_by=by, **fields)
