"""Which alerts wait for a time that lies far ahead: where one of a clock that was ahead would be found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from models.alerts.alert import WAITING, Because
from models.alerts.alerts import ONE_BATCH, AlertDocument
from models.store.base import milliseconds
from scoring.decline import Level

_LEVELS = {level.value: level for level in Level}


class Climbing(NamedTuple):
    """When the chain of an open alert goes on.

    Attributes:
        due_at: when the alert is due; None where that cannot be read.
        raised_at: when that was set.
        reopened: the chain began when it was due, at any level.
    """

    public_id: str
    site_id: str
    level: Level
    topic: str
    at: datetime
    due_at: datetime | None
    raised_at: datetime | None
    reopened: bool


def climbing_after(moment: datetime) -> list[Climbing]:
    """Return which chains go on later than a moment."""
    wanted = (
        "public_id",
        "site_id",
        "level",
        "topic",
        "escalates_at",
        "due_at",
        "raised_at",
        "raised_because",
    )
    query = {"escalates_at": {"$gt": milliseconds(moment)}}
    rows = AlertDocument.raw().find(query, dict.fromkeys(wanted, 1), batch_size=ONE_BATCH)
    return list(AlertDocument.readable(rows, _climbing))


def _climbing(raw: Mapping[str, Any]) -> Climbing:
    level = _LEVELS.get(raw["level"], Level.URGENT)
    due_at, raised_at = _moment(raw.get("due_at")), _moment(raw.get("raised_at"))
    reopened = raw.get("raised_because") == Because.REOPENED.value
    at = raw["escalates_at"]
    return Climbing(raw["public_id"], raw["site_id"], level, raw["topic"], at, due_at, raised_at, reopened)


def _moment(stored: Any) -> datetime | None:
    return stored if isinstance(stored, datetime) else None


def waiting_since_after(moment: datetime) -> list[str]:
    """Return the public ids of what was acknowledged or snoozed later than a moment, by its own time."""
    later = {"$gt": milliseconds(moment)}
    query = {"clock_at": later, "since": later, "state": {"$in": [state.value for state in WAITING]}}
    rows = AlertDocument.raw().find(query, {"public_id": 1}, batch_size=ONE_BATCH)
    return [str(raw.get("public_id")) for raw in rows]
