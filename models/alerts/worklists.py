"""Worklists: the alerts of the sites within reach, page by page, most severe first, then the longest open.

One narrow query on one index; evidence and history stay where they are. An alert whose snooze has ended
counts as open here, whether or not the worker has come by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from models.alerts.alert import CURRENT, Condition, State
from models.alerts.alerts import AlertDocument, any_of, list_key
from models.store.mapping import DocumentMap
from models.store.scope import Scope
from scoring.decline import Level


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts; what is None is not asked for."""

    states: tuple[State, ...] = CURRENT
    level: Level | None = None
    topic: str | None = None
    patient_id: str | None = None
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True)
class WorklistLine:
    """A line of a worklist.

    Attributes:
        opened_at: when it was opened.
        since: since when it is in its state.
        sort_key: where it stands in the list; the next page begins after it.
    """

    id: str
    patient_id: str
    site_id: str
    topic: str
    episode: int
    state: State
    condition: Condition
    level: Level
    sentence: str
    opened_at: datetime
    since: datetime
    restricted: bool
    data_query: bool
    assigned_to: str | None
    snoozed_until: datetime | None
    sort_key: str
    rev: int


LINES = DocumentMap(WorklistLine)
_READ = {**dict.fromkeys((one.name for one in fields(WorklistLine)), 1), "_id": 1}


def page(
    wanted: AlertFilter, scope: Scope, *, after: str | None, limit: int, now: datetime
) -> tuple[list[WorklistLine], str | None]:
    """Return a page of the alerts within reach, and where the next one begins.

    Args:
        wanted: which alerts.
        scope: the caller's reach; alerts are reached through sites only.
        after: the `next` of the page before.
        limit: at most so many.
        now: decides which snoozes have ended.
    """
    query = {**_filter(wanted), **_stands(wanted.states, scope)}
    found: list[WorklistLine] = []
    while True:
        rows = _rows(query, after, limit + 1)
        found += (line for line in (_line(raw, now) for raw in rows) if line.state in wanted.states)
        if len(found) > limit or len(rows) <= limit:
            break
        after = rows[-1]["sort_key"]  # some had woken, or were still asleep: go on until the page is full
    return found[:limit], found[limit - 1].sort_key if len(found) > limit else None


def _rows(query: Mapping[str, Any], after: str | None, count: int) -> list[dict[str, Any]]:
    part = {**query, **({} if after is None else {"sort_key": {"$gt": after}})}
    # In one batch: a second one costs DocumentDB many times the first.
    cursor = AlertDocument.raw().find(part, _READ, batch_size=count)
    return list(cursor.sort("sort_key", 1).limit(count))


def _filter(wanted: AlertFilter) -> dict[str, Any]:
    asked = {
        "level": wanted.level and wanted.level.value,
        "topic": wanted.topic,
        "patient_id": wanted.patient_id,
        "assigned_to": wanted.assigned_to,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _stands(states: tuple[State, ...], scope: Scope) -> dict[str, Any]:
    """Where alerts that are in these states now may stand, at the sites within reach only."""
    stored = {*states, State.SNOOZED} if State.OPEN in states else set(states)
    keys = any_of(list_key(site_id, state) for site_id in scope.site_ids for state in stored)
    return {"list_key": keys, "state": any_of(state.value for state in stored)}


def _line(raw: Mapping[str, Any], now: datetime) -> WorklistLine:
    line = LINES.read({**raw, "id": raw["_id"]})
    if line.state is State.SNOOZED and line.snoozed_until is not None and line.snoozed_until <= now:
        return replace(line, state=State.OPEN, since=line.snoozed_until, snoozed_until=None)
    return line
