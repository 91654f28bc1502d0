"""Alerts: flags that a clinician has to deal with, at most one per patient and topic that is not ended.

The key `patient:topic:episode` carries the uniqueness and `rev` guards every change; nothing is ever deleted.
This module stores and reads what `models.alerts.alert` describes. What an evaluation makes of an alert is
decided in `services.alerts.lifecycle`, what a clinician makes of it in `services.alerts.actions`; lists
are in `models.alerts.worklists`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from models.alerts.alert import CURRENT, ENDED, Alert, AlertDetail, State, Step
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.mapping import DocumentMap, plain
from models.store.scope import Scope
from scoring.decline import Level


class AlertDocument(BaseDocument):
    """Where alerts are stored; `Alert`, `AlertDetail` and `Step` say what.

    `list_key` (site, and whether it has ended) and `sort_key` (most severe first, then oldest) are each one
    string, because that is what every engine finds by one index.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": "alerts", "indexes": ["patient_id", "list_key", "state"]}
    _dynamic = True  # the fields stand in the dataclasses


ONE_BATCH = 1000
_LIGHT: dict[str, int] = {"flag": 0, "history": 0}
_KEYS = ("patient_id", "site_id", "topic", "episode")
ALERTS = DocumentMap(Alert)
STEPS = DocumentMap(Step)


def insert(alert: Alert, flag: Mapping[str, Any], step: Step) -> bool:
    """Store a new alert with the first line of its history; return False when its key is taken."""
    alert = replace(alert, steps=1)
    stored = {"_id": alert.id, **ALERTS.write(alert), **_changing(alert)}
    stored |= {"flag": dict(flag), "history": [plain(step)]}
    try:
        AlertDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True


def change(
    before: Alert, after: Alert, *, step: Step | None = None, flag: Mapping[str, Any] | None = None
) -> Alert | None:
    """Change an alert that is still as it was read.

    Returns:
        The alert after the change; None when somebody changed it meanwhile.
    """
    after = replace(after, rev=before.rev + 1, steps=before.steps + (step is not None))
    values = _changing(after)
    update: dict[str, Any] = {"$set": values}
    if flag is not None:
        values["flag"] = dict(flag)
    if step is not None:
        update["$push"] = {"history": plain(step)}
    unchanged = {"_id": before.id, "site_id": before.site_id, "rev": before.rev}
    return after if AlertDocument.raw().update_one(unchanged, update).matched_count else None


def latest(site_id: str, patient_ids: Iterable[str]) -> dict[str, dict[str, Alert]]:
    """Return the latest episode of each topic, by patient and topic."""
    wanted = list(patient_ids)
    query = {"patient_id": any_of(wanted), "site_id": site_id}
    rows = AlertDocument.raw().find(query, _LIGHT, batch_size=ONE_BATCH)
    found: dict[str, dict[str, Alert]] = {patient_id: {} for patient_id in wanted}
    for alert in map(ALERTS.read, rows):
        topics = found[alert.patient_id]
        if alert.topic not in topics or topics[alert.topic].episode < alert.episode:
            topics[alert.topic] = alert
    return found


def read(alert_id: str, scope: Scope) -> AlertDetail | None:
    """Return an alert of a site within reach, with its evidence."""
    query = {"_id": alert_id, "site_id": {"$in": sorted(scope.site_ids)}}
    raw = AlertDocument.raw().find_one(query)
    if raw is None or raw["state"] == State.OPENING:
        return None
    return AlertDetail(ALERTS.read(raw), raw["flag"], tuple(map(STEPS.read, raw["history"])))


def patients_with(topic: str) -> list[str]:
    """Return the patients who have an alert of the topic that is not ended."""
    query = {"state": {"$in": [state.value for state in CURRENT]}, "topic": topic}
    rows = AlertDocument.raw().find(query, {"patient_id": 1}, batch_size=ONE_BATCH)
    return [raw["patient_id"] for raw in rows]


def awake(now: datetime, limit: int) -> list[Alert]:
    """Return alerts whose snooze has ended but which are still stored as snoozed."""
    query = {"state": State.SNOOZED.value, "snoozed_until": {"$lte": milliseconds(now)}}
    return [ALERTS.read(raw) for raw in AlertDocument.raw().find(query, _LIGHT).limit(limit)]


def list_key(site_id: str, state: State) -> str:
    """Return where alerts of a site in this state are found: with others that ended, or did not."""
    return f"{site_id}:ended" if state in ENDED else f"{site_id}:current"


def any_of(values: Iterable[str]) -> Any:
    """Return the query for one of these; equality for a single one, which every engine finds by its index."""
    wanted = sorted(set(values))
    return wanted[0] if len(wanted) == 1 else {"$in": wanted}


def sort_key(alert: Alert) -> str:
    """Return the place in a list: the most severe first, then the longest open; unique."""
    opened = alert.opened_at
    moment = f"{opened:%Y%m%dT%H%M%S}{opened.microsecond // 1000:03d}"
    return f"{Level.URGENT.rank - alert.level.rank}.{moment}.{alert.id}"


def _changing(alert: Alert) -> dict[str, Any]:
    """The stored fields that may change, but for the evidence and the history."""
    found = {"list_key": list_key(alert.site_id, alert.state), "sort_key": sort_key(alert)}
    return {**ALERTS.write(alert, without=_KEYS), "level": alert.level.value, **found}
