"""Worklists: the alerts of the sites within reach, page by page, most severe first, then the longest open.

One narrow query on one index; evidence and history stay where they are. An alert whose snooze has ended
counts as open here, whether or not the worker has come by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from models.alerts.alert import CURRENT, Condition, State
from models.alerts.alerts import AlertDocument, any_of, shelf_of
from models.store.scope import Scope
from scoring.decline import Level

_LISTED = {
    "patient_id": 1,
    "site_id": 1,
    "topic": 1,
    "episode": 1,
    "state": 1,
    "condition": 1,
    "level": 1,
    "sentence": 1,
    "opened_at": 1,
    "since": 1,
    "restricted": 1,
    "data_query": 1,
    "assigned_to": 1,
    "snoozed_until": 1,
    "place": 1,
    "rev": 1,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts; what is None is not asked for."""

    states: tuple[State, ...] = CURRENT
    level: Level | None = None
    topic: str | None = None
    patient_id: str | None = None
    assigned_to: str | None = None


class Listed(NamedTuple):
    """A line of a worklist.

    Attributes:
        opened_at: when it was opened.
        since: since when it is in its state.
        place: where it stands in the list; the next page begins after it.
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
    place: str
    rev: int


def page(
    wanted: Wanted, scope: Scope, *, after: str | None, limit: int, now: datetime
) -> tuple[list[Listed], str | None]:
    """Return a page of the alerts within reach, and where the next one begins.

    Args:
        wanted: which alerts.
        scope: the caller's reach; alerts are reached through sites only.
        after: the `next` of the page before.
        limit: at most so many.
        now: decides which snoozes have ended.
    """
    query = {**_filter(wanted), **_stands(wanted.states, scope)}
    found: list[Listed] = []
    while True:
        rows = _rows(query, after, limit + 1)
        found += (listed for listed in (_listed(raw, now) for raw in rows) if listed.state in wanted.states)
        if len(found) > limit or len(rows) <= limit:
            break
        after = rows[-1]["place"]  # some had woken, or were still asleep: go on until the page is full
    return found[:limit], found[limit - 1].place if len(found) > limit else None


def _rows(query: Mapping[str, Any], after: str | None, count: int) -> list[dict[str, Any]]:
    part = {**query, **({} if after is None else {"place": {"$gt": after}})}
    # In one batch: a second one costs DocumentDB many times the first.
    cursor = AlertDocument.raw().find(part, _LISTED, batch_size=count)
    return list(cursor.sort("place", 1).limit(count))


def _filter(wanted: Wanted) -> dict[str, Any]:
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
    shelf = any_of(shelf_of(site_id, state) for site_id in scope.site_ids for state in stored)
    return {"shelf": shelf, "state": any_of(state.value for state in stored)}


def _listed(raw: Mapping[str, Any], now: datetime) -> Listed:
    values = {name: raw[name] for name in _LISTED}
    if raw["state"] == State.SNOOZED and raw["snoozed_until"] <= now:
        values |= {"state": State.OPEN, "since": raw["snoozed_until"], "snoozed_until": None}
    values |= {
        "state": State(values["state"]),
        "condition": Condition(raw["condition"]),
        "level": Level(raw["level"]),
    }
    return Listed(id=raw["_id"], **values)
