"""Signs of life: when each background process last went round, so that its absence can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, ListField, StringField

from models.store.base import BaseDocument, milliseconds


class HeartbeatDocument(BaseDocument):
    """Stored form of a sign of life; the id is the name of the process."""

    meta: ClassVar[dict[str, Any]] = {"collection": "heartbeats"}

    id = StringField(primary_key=True)
    at = DateTimeField(required=True)
    failing = ListField(StringField())


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a process last went round, and which of its steps failed then."""

    at: datetime
    failing: tuple[str, ...] = ()


def beat(name: str, failing: list[str], *, now: datetime) -> None:
    """Note that the process goes round; of several with this name the latest counts."""
    values = {"at": milliseconds(now), "failing": failing}
    HeartbeatDocument.raw().update_one({"_id": name}, {"$set": values}, upsert=True)


def read(name: str) -> Heartbeat | None:
    """Return the last sign of life."""
    raw = HeartbeatDocument.raw().find_one({"_id": name})
    return None if raw is None else Heartbeat(raw["at"], tuple(raw.get("failing", ())))
