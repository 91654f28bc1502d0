"""Reading alerts for a clinician: the worklist with the patients' names, and one alert with its evidence.

Two queries each, whatever the number of alerts. Reads only; what changes an alert is `actions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.alerts import worklists
from models.alerts.alert import CURRENT, Alert, AlertDetail, State, Step
from models.alerts.worklists import AlertFilter, AlertList, WorklistLine
from models.patients import patient_lists
from models.patients.patient_lists import PatientName
from models.sites.escalation_policy import OutOfHours
from models.store.scope import Scope
from scoring.decline import Level
from scoring.decline.policy import NEVER_MUTED
from services.alerts import actions
from services.alerts.actions import Action
from services.alerts.escalation.policy import contact_for


class StateWord(StrEnum):
    """What a list can be asked for: one state, or a group of them."""

    CURRENT = "current"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ENDED = "ended"
    ENDED_UNSEEN = "ended_unseen"
    ANY = "any"


_ALL = (*CURRENT, State.ENDED)
_ASKED: dict[StateWord, tuple[tuple[AlertList, ...], tuple[State, ...]]] = {
    StateWord.CURRENT: ((AlertList.CURRENT,), _ALL),
    StateWord.ENDED: ((AlertList.ENDED,), _ALL),
    StateWord.ENDED_UNSEEN: ((AlertList.GLANCE,), _ALL),
    StateWord.ANY: ((AlertList.CURRENT, AlertList.ENDED), _ALL),
}


def filter_for(word: StateWord, **wanted: Any) -> AlertFilter:
    """Return which alerts a word, and what else was asked for, stand for."""
    one_state = ((AlertList.CURRENT,), (State(word.value),)) if word not in _ASKED else _ASKED[word]
    lists, states = one_state
    return AlertFilter(lists=lists, states=states, **wanted)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a worklist with whom it is about."""

    line: WorklistLine
    patient: PatientName


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as it stands at a moment, whom it is about, and what can be done with it.

    Attributes:
        out_of_hours: who may be rung up about it; only of what cannot wait.
        can_be_muted: an exception for its patient can mute the topic, which ends it.
    """

    alert: Alert
    patient: PatientName
    flag: Mapping[str, Any]
    history: tuple[Step, ...]
    actions: tuple[Action, ...]
    out_of_hours: OutOfHours | None
    can_be_muted: bool


def page(
    wanted: AlertFilter, scope: Scope, *, after: str | None, limit: int, now: datetime
) -> tuple[list[ShownLine], str | None]:
    """Return a page of alerts with their patients' names, and where the next one begins."""
    found, following = worklists.page(wanted, scope, after=after, limit=limit, now=now)
    names = patient_lists.names(line.patient_id for line in found)
    return [ShownLine(line, _called(line.patient_id, names)) for line in found], following


def shown(detail: AlertDetail, now: datetime) -> ShownAlert:
    """Return an alert as it stands at this moment, with its patient's name and what can be done with it."""
    alert = detail.alert.at(now)
    patient = _called(alert.patient_id, patient_lists.names([alert.patient_id]))
    return ShownAlert(
        alert=alert,
        patient=patient,
        flag=detail.flag,
        history=detail.history,
        actions=actions.allowed(detail.alert, now),
        out_of_hours=contact_for(alert.site_id, alert.level, alert.topic),
        can_be_muted=_can_be_muted(alert),
    )


def _can_be_muted(alert: Alert) -> bool:
    current = alert.state in CURRENT and alert.level is not Level.URGENT
    return current and alert.topic not in NEVER_MUTED


def _called(patient_id: str, names: dict[str, PatientName]) -> PatientName:
    return names.get(patient_id) or PatientName(patient_id, "", None)
