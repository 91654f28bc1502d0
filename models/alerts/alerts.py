"""Alerts: flags that somebody has to deal with, at most one per patient and topic that is not ended.

The key `patient:topic:episode` carries the uniqueness and `version` guards every change; nothing is ever
deleted. This module stores and reads what `models.alerts.alert` describes; lists are in
`models.alerts.worklists`. A word that another release wrote is read as what cannot be overlooked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from pymongo import UpdateOne

from models.alerts.alert import Alert, AlertDetail, State, Step
from models.alerts.changes import NEVER_CHANGED, Change, guarded_update, with_step
from models.alerts.keys import found_by, reaches_of
from models.alerts.reading import ALERTS, COLLECTION, NO_ID, STEPS, alert_of
from models.store.base import BaseDocument, milliseconds, new_id
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.mapping import plain
from models.store.scope import Scope, any_of
from models.store.unreadable import Unreadable


class AlertDocument(BaseDocument):
    """Where alerts are stored; `Alert`, `AlertDetail` and `Step` say what.

    What is found by an index is one field of its own: `reach` (site and audience), `list_key` (reach, and
    whether it is current, ended or ended unseen), `sort_key` (its place in the list), `clock_at` (when time
    changes it next), `escalates_at` (when the next step of its chain is due), `notice_at` (since when a
    notice is no message yet), `current_topic` (its topic until it has ended). `stamp` is another random
    number after each write of what people see, so the stamps of a list tell whether anything in it was
    written.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "indexes": [
            *("patient_id", "public_id", "list_key", "clock_at"),
            *("escalates_at", "notice_at", "current_topic"),
            ("site_id", "opened_at"),
        ],
    }
    _dynamic = True  # the fields stand in the dataclasses

    @classmethod
    def check(cls, raw: Mapping[str, Any], *, whole: bool = False) -> None:
        """Read it as it is read everywhere: what cannot be read of it is named, and no reason to fail."""
        if whole and not (isinstance(raw.get("flag"), dict) and isinstance(raw.get("history"), list)):
            raise Unreadable("flag or history of an alert")

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return what it is found by and what guards its changes, where that is stored otherwise."""
        alert = alert_of(raw)
        alert = alert if alert.public_id != NO_ID else replace(alert, public_id=new_id())
        stored = ALERTS.write(alert)
        wanted = {name: stored[name] for name in _GUARDING} | found_by(alert)
        stamp = {"stamp": wanted.pop("stamp")}
        found = {name: value for name, value in wanted.items() if not _same(raw.get(name), value)}
        return found | (stamp if found or not isinstance(raw.get("stamp"), int) else {})


ONE_BATCH = 1000
NO_EVIDENCE: dict[str, int] = {"flag": 0, "history": 0}
_GUARDING = (*NEVER_CHANGED, "steps", "rev", "version")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def insert(alert: Alert, flag: Mapping[str, Any], step: Step) -> bool:
    """Store a new alert with the first line of its history; return False when its key is taken."""
    alert = replace(with_step(alert, step), steps=1)
    stored = {"_id": alert.key, **ALERTS.write(alert), **found_by(alert)}
    stored |= {"flag": dict(flag), "history": [plain(step)]}
    try:
        AlertDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True


def change(
    before: Alert,
    after: Alert,
    *,
    step: Step | None = None,
    flag: Mapping[str, Any] | None = None,
    read_again: bool = False,
) -> Alert | None:
    """Change an alert that is still as it was read; as `Change`.

    Returns:
        The alert after the change; None when somebody changed it meanwhile.
    """
    after, unchanged, update = guarded_update(Change(before, after, step, flag, read_again))
    return after if AlertDocument.raw().update_one(unchanged, update).matched_count else None


def change_all(changes: Sequence[Change]) -> bool:
    """Change several alerts with one write; return whether each was still as it had been read.

    Those that were are changed, also where another was not.
    """
    updates = [UpdateOne(unchanged, update) for _, unchanged, update in map(guarded_update, changes)]
    if not updates:
        return True
    return bool(AlertDocument.raw().bulk_write(updates, ordered=False).matched_count == len(updates))


def latest(site_id: str, patient_ids: Iterable[str]) -> dict[str, dict[str, Alert]]:
    """Return the latest episode of each topic, by patient and topic."""
    wanted = list(patient_ids)
    rows = AlertDocument.raw().find(of_patients(site_id, wanted), NO_EVIDENCE, batch_size=ONE_BATCH)
    return latest_in(rows, wanted)


def of_patients(site_id: str, patient_ids: Iterable[str]) -> dict[str, Any]:
    """Return the query for all alerts of these patients."""
    return {"patient_id": any_of(patient_ids), "site_id": site_id}


def latest_in(rows: Iterable[Mapping[str, Any]], patient_ids: Iterable[str]) -> dict[str, dict[str, Alert]]:
    """Return the latest episode of each topic among these alerts, by patient and topic."""
    found: dict[str, dict[str, Alert]] = {patient_id: {} for patient_id in patient_ids}
    for alert in map(alert_of, rows):
        topics = found[alert.patient_id]
        if alert.topic not in topics or topics[alert.topic].episode < alert.episode:
            topics[alert.topic] = alert
    return found


def read(public_id: str, scope: Scope) -> AlertDetail | None:
    """Return an alert within reach, with its evidence."""
    raw = AlertDocument.raw().find_one({"public_id": public_id, "reach": {"$in": reaches_of(scope)}})
    if raw is None or raw.get("state") == State.OPENING:
        return None
    flag, history = raw.get("flag"), raw.get("history")
    steps = history if isinstance(history, list) else ()
    return AlertDetail(
        alert_of(raw),
        flag if isinstance(flag, dict) else {},
        tuple(STEPS.read(step if isinstance(step, dict) else {}) for step in steps),
    )


def read_details(public_ids: Iterable[str], scope: Scope) -> dict[str, AlertDetail]:
    """Return those of these alerts that are within reach, with their evidence, by public id."""
    wanted = sorted(set(public_ids))
    if not wanted:
        return {}
    query = {"public_id": any_of(wanted), "reach": {"$in": reaches_of(scope)}}
    rows = list(AlertDocument.raw().find(query, batch_size=ONE_BATCH))
    shown = (raw for raw in rows if raw["state"] != State.OPENING)
    return {
        raw["public_id"]: AlertDetail(ALERTS.read(raw), raw["flag"], tuple(map(STEPS.read, raw["history"])))
        for raw in shown
    }


def read_several(public_ids: Iterable[str], scope: Scope) -> dict[str, Alert]:
    """Return those of these alerts that are within reach, by public id."""
    query = {"public_id": {"$in": sorted(set(public_ids))}, "reach": {"$in": reaches_of(scope)}}
    rows = AlertDocument.raw().find(query, NO_EVIDENCE, batch_size=ONE_BATCH)
    found = map(alert_of, rows)
    return {alert.public_id: alert for alert in found if alert.state is not State.OPENING}


def patients_with(topic: str) -> list[str]:
    """Return the patients who have an alert of the topic that is not ended."""
    wanted = {"patient_id": 1, "state": 1, "_id": 0}
    rows = AlertDocument.raw().find({"current_topic": topic}, wanted, batch_size=ONE_BATCH)
    return [str(raw.get("patient_id")) for raw in rows if raw.get("state") != State.OPENING]


def patients_unmuted(now: datetime) -> list[str]:
    """Return the patients of alerts whose mute is over and not yet seen to, those that wait longest first."""
    over = {"$gt": _LONG_AGO, "$lte": milliseconds(now)}
    query = {"clock_at": over, "muted_until": over}
    rows = AlertDocument.raw().find(query, {"patient_id": 1}, batch_size=ONE_BATCH).sort("clock_at", 1)
    return list(dict.fromkeys(str(raw.get("patient_id")) for raw in rows))


def due_by_clock(
    now: datetime, limit: int, *, ending: bool = True, unmuted: Collection[str] = ()
) -> list[Alert]:
    """Return alerts that the passing of time has to change, those due first at first.

    Args:
        now: the present moment.
        limit: at most so many.
        ending: those too that time ends.
        unmuted: the patients of whom those too whose mute is over.
    """
    moment = milliseconds(now)
    of_whom: list[dict[str, Any]] = [{"patient_id": any_of(unmuted)}] if unmuted else []
    wanted = [[{"muted_until": None}, {"muted_until": {"$gt": moment}}, *of_whom]]
    if not ending:
        wanted.append([{"ends_at": None}, {"ends_at": {"$gt": moment}}])
    query = {"clock_at": {"$lte": moment}, "$and": [{"$or": one_of} for one_of in wanted]}
    rows = AlertDocument.raw().find(query, NO_EVIDENCE, batch_size=limit).sort("clock_at", 1).limit(limit)
    return [alert_of(raw) for raw in rows]


def due_for_escalation(now: datetime, limit: int) -> list[Alert]:
    """Return alerts of which the next in the chain has to be told, those that wait longest first."""
    query = {"escalates_at": {"$gt": _LONG_AGO, "$lte": milliseconds(now)}}
    rows = AlertDocument.raw().find(query, NO_EVIDENCE, batch_size=limit)
    return [alert_of(raw) for raw in rows.sort("escalates_at", 1).limit(limit)]


def due_since(field: str) -> datetime | None:
    """Return the earliest of the moments in one of the fields that say when something is due."""
    query = {field: {"$gt": _LONG_AGO}}
    # A few, because one engine finds what is no moment too.
    rows = AlertDocument.raw().find(query, {field: 1}).sort(field, 1).limit(20)
    return next((raw[field] for raw in rows if isinstance(raw[field], datetime)), None)


def with_pending_notices(limit: int, *, after: datetime | None = None) -> list[Alert]:
    """Return alerts with a notice that is no message yet, those that wait longest first.

    Args:
        limit: at most so many.
        after: only those that wait since later than this.
    """
    query = {"notice_at": {"$gt": milliseconds(after or _LONG_AGO)}}
    rows = AlertDocument.raw().find(query, NO_EVIDENCE, batch_size=limit).sort("notice_at", 1).limit(limit)
    return [alert_of(raw) for raw in rows]


def clear_notices(alert: Alert) -> bool:
    """Note that the alert's notices are messages now, unless a further one has come; return whether none has.

    It is guarded by the number of the last notice alone, so that it costs nobody else's change: who writes
    an earlier reading back only has the same messages made again, which are there.
    """
    query = {"_id": alert.key, "notices.last": alert.notices.last}
    done = AlertDocument.raw().update_one(query, {"$set": {"notices.pending": [], "notice_at": None}})
    return bool(done.matched_count)


def present(public_ids: Iterable[str]) -> dict[str, Alert]:
    """Return the alerts with these public ids, whoever may read them, by public id."""
    rows = AlertDocument.raw().find({"public_id": any_of(public_ids)}, NO_EVIDENCE, batch_size=ONE_BATCH)
    return {alert.public_id: alert for alert in map(alert_of, rows)}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other
