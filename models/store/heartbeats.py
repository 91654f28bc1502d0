"""Signs of life: when each background process last went round, so that its absence can be seen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, ListField, StringField

from models.store import unreadable
from models.store.base import BaseDocument, milliseconds
from models.store.mapping import DocumentMap

_PADDING_BYTES = 8192


class HeartbeatDocument(BaseDocument):
    """Stored form of a sign of life; the id is the name of the process."""

    meta: ClassVar[dict[str, Any]] = {"collection": "heartbeats"}

    id = StringField(primary_key=True)
    at = DateTimeField(required=True)
    failing = ListField(StringField())
    unreadable = DictField()
    reached = DictField()
    damaged = DictField()


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a process last went round, which of its steps failed then, and what it cannot read.

    Attributes:
        unreadable: how many documents, by collection.
    """

    at: datetime
    failing: tuple[str, ...] = ()
    unreadable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a round over all documents has come, of whichever process, and what it has found.

    Attributes:
        reached: by collection, the document behind which it goes on.
        damaged: by collection, the ids of those that were damaged when they were looked at last.
    """

    reached: dict[str, str] = field(default_factory=dict)
    damaged: dict[str, list[str]] = field(default_factory=dict)


def beat(name: str, failing: list[str], *, now: datetime) -> None:
    """Note that the process goes round; of several with this name the latest counts."""
    values = {"at": milliseconds(now), "failing": failing, "unreadable": unreadable.counts()}
    HeartbeatDocument.raw().update_one({"_id": name}, {"$set": values}, upsert=True)


def try_storing(*, now: datetime) -> None:
    """Store some kilobytes, acknowledged, as a report would be.

    Raises:
        PyMongoError: nothing can be stored now.
    """
    values = {"at": milliseconds(now), "padding": secrets.token_hex(_PADDING_BYTES // 2)}
    HeartbeatDocument.raw().update_one({"_id": "storing"}, {"$set": values}, upsert=True)


def read(name: str) -> Heartbeat | None:
    """Return the last sign of life; None when there is none that can be read."""
    found = HeartbeatDocument.raw().find({"_id": name})
    return next(HeartbeatDocument.readable(found, _HEARTBEATS.read), None)


def keep_reached(name: str, found: Reached, *, now: datetime) -> None:
    """Store how far a round has come, for the next process too."""
    values = {"at": milliseconds(now), "reached": found.reached, "damaged": found.damaged}
    HeartbeatDocument.raw().update_one({"_id": name}, {"$set": values}, upsert=True)


def read_reached(name: str) -> Reached:
    """Return how far a round has come; what cannot be read of it begins anew."""
    rows = HeartbeatDocument.raw().find({"_id": name})
    return next(HeartbeatDocument.readable(rows, _reached), Reached())


def _reached(raw: Mapping[str, Any]) -> Reached:
    reached, damaged = raw.get("reached") or {}, raw.get("damaged") or {}
    return Reached(
        {of: key for of, key in reached.items() if isinstance(key, str)},
        {of: [key for key in ids if isinstance(key, str)] for of, ids in damaged.items()},
    )


_HEARTBEATS = DocumentMap(Heartbeat)
