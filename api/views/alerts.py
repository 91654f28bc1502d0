"""The shape of alerts over HTTP: a line of the worklist, and one alert with its evidence."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from models.alerts.alert import EndedHow
from models.alerts.worklists import WorklistLine
from services.alerts.worklist import ShownAlert, ShownLine

WHY_ENDED = {
    EndedHow.PASSED: "The reports say that what raised it has passed.",
    EndedHow.AGED: "What raised it happened once, and was open for its time; nobody had to end it.",
    EndedHow.WITHDRAWN: (
        "The reports, profile, policy and rules as known now would not have raised it: something it rested on"
        " was corrected, voided or arrived late, or is judged otherwise now."
    ),
}
"""Why an alert ended by itself."""

_LINE = tuple(field.name for field in fields(WorklistLine))
_INSIDE = ("topic", "episode", "fresh", "told", "standing", "version", "notices", "counts", "steps")


def line(shown: ShownLine) -> dict[str, Any]:
    """Return a line of the worklist."""
    return {**{name: getattr(shown.line, name) for name in _LINE}, "patient": shown.patient, "new": shown.new}


def detail(shown: ShownAlert) -> dict[str, Any]:
    """Return one alert with its evidence, its history and what its state allows."""
    alert, end = shown.alert, shown.alert.end
    inside = {name: value for name, value in asdict(alert).items() if name not in _INSIDE}
    return {
        **inside,
        "topic": alert.topic,
        "id": alert.public_id,
        "patient": shown.patient,
        "escalation": alert.escalation,
        "ended_how": end and end.how,
        "ended_at": end and end.at,
        "why_ended": end and WHY_ENDED.get(end.how),
        "superseded": alert.sealed,
        "notices": alert.notices.last,
        "flag": shown.flag,
        "history": shown.history,
        "actions": shown.actions,
        "out_of_hours": shown.out_of_hours,
        "can_be_muted": shown.can_be_muted,
    }
