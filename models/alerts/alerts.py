"""Alerts: flags that a clinician has to deal with, at most one per patient and topic that is not ended.

The key `patient:topic:episode` carries the uniqueness and `rev` guards every change; nothing is ever deleted.
This module stores and reads what `models.alerts.alert` describes. What an evaluation makes of an alert is
decided in `services.alerts.lifecycle`, what a clinician makes of it in `services.alerts.actions`; lists
are in `models.alerts.worklists`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.alerts.alert import CURRENT, ENDED, Alert, AlertDetail, Condition, Grounds, Handled, State, Step
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Level


class AlertDocument(BaseDocument):
    """Stored form of an alert; written and read as plain dictionaries.

    `shelf` (site, and whether it has ended) and `place` (most severe first, then oldest) are each one string,
    because that is what every engine finds by one index.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": "alerts", "indexes": ["patient_id", "shelf", "state"]}

    id = StringField(primary_key=True)
    patient_id = StringField(required=True)
    site_id = StringField(required=True)
    topic = StringField(required=True)
    episode = IntField(required=True)
    state = StringField(required=True)
    condition = StringField(required=True)
    level = StringField(required=True)
    grounds = DictField()
    sentence = StringField(required=True)
    based_on = IntField(required=True)
    opened_at = DateTimeField(required=True)
    since = DateTimeField(required=True)
    restricted = BooleanField(required=True)
    data_query = BooleanField(required=True)
    assigned_to = StringField()
    snoozed_until = DateTimeField()
    handled = DictField()
    sealed = BooleanField(required=True)
    shelf = StringField(required=True)
    place = StringField(required=True)
    flag = DictField()
    history = ListField(DictField())
    steps = IntField(required=True)
    rev = IntField(required=True)


ONE_BATCH = 1000
_LIGHT: dict[str, int] = {"flag": 0, "history": 0}
_KEYS = ("patient_id", "site_id", "topic", "episode")


def insert(alert: Alert, flag: Mapping[str, Any], step: Step) -> bool:
    """Store a new alert with the first line of its history; return False when its key is taken."""
    stored = {"_id": alert.id, **{name: getattr(alert, name) for name in _KEYS}, **_changing(alert)}
    stored |= {"flag": dict(flag), "history": [_step_stored(step)], "steps": 1, "rev": alert.rev}
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
    values = _changing(after) | {"rev": after.rev, "steps": after.steps}
    update: dict[str, Any] = {"$set": values}
    if flag is not None:
        values["flag"] = dict(flag)
    if step is not None:
        update["$push"] = {"history": _step_stored(step)}
    unchanged = {"_id": before.id, "site_id": before.site_id, "rev": before.rev}
    return after if AlertDocument.raw().update_one(unchanged, update).matched_count else None


def latest(site_id: str, patient_ids: Iterable[str]) -> dict[str, dict[str, Alert]]:
    """Return the latest episode of each topic, by patient and topic."""
    wanted = list(patient_ids)
    query = {"patient_id": any_of(wanted), "site_id": site_id}
    rows = AlertDocument.raw().find(query, _LIGHT, batch_size=ONE_BATCH)
    found: dict[str, dict[str, Alert]] = {patient_id: {} for patient_id in wanted}
    for alert in map(_alert, rows):
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
    return AlertDetail(_alert(raw), raw["flag"], tuple(_step(entry) for entry in raw["history"]))


def patients_with(topic: str) -> list[str]:
    """Return the patients who have an alert of the topic that is not ended."""
    query = {"state": {"$in": [state.value for state in CURRENT]}, "topic": topic}
    rows = AlertDocument.raw().find(query, {"patient_id": 1}, batch_size=ONE_BATCH)
    return [raw["patient_id"] for raw in rows]


def awake(now: datetime, limit: int) -> list[Alert]:
    """Return alerts whose snooze has ended but which are still stored as snoozed."""
    query = {"state": State.SNOOZED.value, "snoozed_until": {"$lte": milliseconds(now)}}
    return [_alert(raw) for raw in AlertDocument.raw().find(query, _LIGHT).limit(limit)]


def shelf_of(site_id: str, state: State) -> str:
    """Return where alerts of a site in this state are found: with others that ended, or did not."""
    return f"{site_id}:ended" if state in ENDED else f"{site_id}:current"


def any_of(values: Iterable[str]) -> Any:
    """Return the query for one of these; equality for a single one, which every engine finds by its index."""
    wanted = sorted(set(values))
    return wanted[0] if len(wanted) == 1 else {"$in": wanted}


def place_of(alert: Alert) -> str:
    """Return the place in a list: the most severe first, then the longest open; unique."""
    opened = alert.opened_at
    moment = f"{opened:%Y%m%dT%H%M%S}{opened.microsecond // 1000:03d}"
    return f"{Level.URGENT.rank - alert.level.rank}.{moment}.{alert.id}"


def _changing(alert: Alert) -> dict[str, Any]:
    """The stored fields that may change, but for the evidence, the history and the counts."""
    return {
        "state": alert.state.value,
        "condition": alert.condition.value,
        "level": alert.level.value,
        "grounds": _grounds_stored(alert.grounds),
        "sentence": alert.sentence,
        "based_on": alert.based_on,
        "opened_at": milliseconds(alert.opened_at),
        "since": milliseconds(alert.since),
        "restricted": alert.restricted,
        "data_query": alert.data_query,
        "assigned_to": alert.assigned_to,
        "snoozed_until": None if alert.snoozed_until is None else milliseconds(alert.snoozed_until),
        "handled": _handled_stored(alert.handled),
        "sealed": alert.sealed,
        "shelf": shelf_of(alert.site_id, alert.state),
        "place": place_of(alert),
    }


def _grounds_stored(grounds: Grounds) -> dict[str, Any]:
    return {**asdict(grounds), "level": grounds.level.value, "occurrences": list(grounds.occurrences)}


def _handled_stored(handled: Handled | None) -> dict[str, Any] | None:
    if handled is None:
        return None
    return {"at": handled.at, "by": handled.by, "grounds": _grounds_stored(handled.grounds)}


def _step_stored(step: Step) -> dict[str, Any]:
    return {
        **asdict(step),
        "at": milliseconds(step.at),
        "state": step.state.value,
        "details": dict(step.details),
    }


_READ_AS_STORED = (
    *_KEYS,
    *("sentence", "based_on", "opened_at", "since", "restricted", "data_query"),
    *("assigned_to", "snoozed_until", "sealed", "steps", "rev"),
)


def _alert(raw: Mapping[str, Any]) -> Alert:
    handled = raw["handled"]
    return Alert(
        **{name: raw[name] for name in _READ_AS_STORED},
        state=State(raw["state"]),
        condition=Condition(raw["condition"]),
        grounds=_grounds(raw["grounds"]),
        handled=None if handled is None else Handled(**{**handled, "grounds": _grounds(handled["grounds"])}),
    )


def _grounds(raw: Mapping[str, Any]) -> Grounds:
    return Grounds(**{**raw, "level": Level(raw["level"]), "occurrences": tuple(raw["occurrences"])})


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(**{**raw, "by": Provenance.from_dict(raw["by"]), "state": State(raw["state"])})
