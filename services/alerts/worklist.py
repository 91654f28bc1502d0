"""Reading alerts for a clinician: the worklist with the patients' names, and one alert with its evidence.

Two queries each, whatever the number of alerts. Reads only; what changes an alert is `alert_actions`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.alerts import worklists
from models.alerts.alert import CURRENT, ENDED, AlertDetail, State
from models.alerts.worklists import Wanted
from models.patients import patient_lists
from models.patients.patient_lists import PatientName
from models.store.scope import Scope
from services.alerts import actions


class StateWord(StrEnum):
    """What a list can be asked for: one state, or a group of them."""

    CURRENT = "current"
    ENDED = "ended"
    ANY = "any"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    CLEARED = "cleared"
    RETRACTED = "retracted"


_GROUPS = {StateWord.CURRENT: CURRENT, StateWord.ENDED: ENDED, StateWord.ANY: (*CURRENT, *ENDED)}

WHY = {
    State.CLEARED: "The condition that raised it has passed.",
    State.RETRACTED: (
        "The reports, profile, policy and rules as known now would not have raised it: something it rested on"
        " was corrected, voided or arrived late, or is judged otherwise now."
    ),
}
"""Why an alert ended by itself."""


def states_of(word: StateWord) -> tuple[State, ...]:
    """Return the states that a word stands for."""
    return _GROUPS.get(word) or (State(word.value),)


def page(
    wanted: Wanted, scope: Scope, *, after: str | None, limit: int, now: datetime
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of alerts with their patients' names, and where the next one begins."""
    found, following = worklists.page(wanted, scope, after=after, limit=limit, now=now)
    names = patient_lists.names(listed.patient_id for listed in found)
    items = [{**listed._asdict(), "patient": _called(listed.patient_id, names)} for listed in found]
    return items, following


def shown(detail: AlertDetail, now: datetime) -> dict[str, Any]:
    """Return an alert as it stands at this moment: with its patient's name and what can be done with it."""
    alert = detail.alert.at(now)
    names = patient_lists.names([alert.patient_id])
    return {
        **asdict(alert),
        **asdict(alert.grounds),
        "id": alert.id,
        "patient": _called(alert.patient_id, names),
        "handled_at": alert.handled and alert.handled.at,
        "handled_by": alert.handled and alert.handled.by,
        "why_ended": WHY.get(alert.state),
        "superseded": alert.sealed,
        "flag": detail.flag,
        "history": detail.history,
        "actions": actions.allowed(detail.alert, now),
    }


def _called(patient_id: str, names: dict[str, PatientName]) -> PatientName:
    return names.get(patient_id) or PatientName(patient_id, "", None)
