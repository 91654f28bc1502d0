"""The shape of alerts over HTTP: a line of the worklist, and one alert with its evidence."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from models.alerts.alert import State
from services.alerts.worklist import ShownAlert, ShownLine

WHY_ENDED = {
    State.CLEARED: "The condition that raised it has passed.",
    State.RETRACTED: (
        "The reports, profile, policy and rules as known now would not have raised it: something it rested on"
        " was corrected, voided or arrived late, or is judged otherwise now."
    ),
}
"""Why an alert ended by itself."""


def line(shown: ShownLine) -> dict[str, Any]:
    """Return a line of the worklist."""
    return {**asdict(shown.line), "patient": shown.patient}


def detail(shown: ShownAlert) -> dict[str, Any]:
    """Return one alert with its evidence, its history and what its state allows."""
    alert = shown.alert
    return {
        **asdict(alert),
        **asdict(alert.grounds),
        "id": alert.id,
        "patient": shown.patient,
        "handled_at": alert.handled and alert.handled.at,
        "handled_by": alert.handled and alert.handled.by,
        "why_ended": WHY_ENDED.get(alert.state),
        "superseded": alert.sealed,
        "flag": shown.flag,
        "history": shown.history,
        "actions": shown.actions,
    }
