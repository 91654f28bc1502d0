"""Narrow reads of a site's alerts, for its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from models.alerts.alert import CURRENT, End, State
from models.alerts.alerts import ONE_BATCH, AlertDocument
from models.alerts.keys import reaches_of
from models.alerts.reading import COLLECTION, INSTEAD, UNKNOWN
from models.alerts.worklists import AlertList
from models.store.base import milliseconds
from models.store.mapping import DocumentMap
from models.store.scope import Scope, any_of
from scoring.decline import Level


@dataclass(frozen=True, slots=True)
class CountedAlert:
    """What the figures need of an alert."""

    level: Level
    state: State
    opened_at: datetime
    due_at: datetime
    reported_at: datetime | None = None
    until: datetime | None = None
    first_seen_at: datetime | None = None
    acknowledged_at: datetime | None = None
    end: End | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    topic: str = ""
    public_id: str = ""
    flag: Mapping[str, Any] = field(default_factory=dict)


_INSTEAD = {name: INSTEAD[name] for name in ("level", "state", "opened_at", "due_at")}
_COUNTED = DocumentMap(CountedAlert, UNKNOWN, _INSTEAD, COLLECTION)
_READ: dict[str, Any] = dict.fromkeys((member.name for member in fields(CountedAlert)), 1)


def current() -> dict[tuple[str, str], int]:
    """Return how many alerts of all sites have not ended, by level and state."""
    found: dict[tuple[str, str], int] = {}
    for state in CURRENT:  # one engine cannot group by two fields
        wanted = {"current_topic": {"$gt": ""}, "state": state.value}
        stages = [{"$match": wanted}, {"$group": {"_id": "$level", "count": {"$sum": 1}}}]
        rows = AlertDocument.raw().aggregate(stages)
        found |= {(raw["_id"], state.value): int(raw["count"]) for raw in rows}
    return found


def opened_between(site_id: str, begin: datetime, end: datetime) -> Iterator[CountedAlert]:
    """Go through the alerts that the site opened from one moment on and before another."""
    yield from _counted(
        {"site_id": site_id, "opened_at": {"$gte": milliseconds(begin), "$lt": milliseconds(end)}}
    )


def current_of(site_id: str) -> Iterator[CountedAlert]:
    """Go through the alerts of a site that have not ended."""
    keys = (f"{reach}:{AlertList.CURRENT}" for reach in reaches_of(Scope(site_ids=frozenset({site_id}))))
    yield from _counted({"list_key": any_of(keys)})


def _counted(query: Mapping[str, Any]) -> Iterator[CountedAlert]:
    for raw in AlertDocument.raw().find(query, _READ, batch_size=ONE_BATCH):
        alert = _COUNTED.read(raw)
        if alert.state is not State.OPENING:
            yield alert


def worth_a_look(site_id: str, rule: str) -> list[bool]:
    """Return what people of a site said of the alerts that a rule raised: whether each was worth a look."""
    query = {"site_id": site_id, "flag.rule": rule, "end.worth_a_look": {"$in": [True, False]}}
    rows = AlertDocument.raw().find(query, {"end": 1}, batch_size=ONE_BATCH)
    return [raw["end"]["worth_a_look"] for raw in rows]
