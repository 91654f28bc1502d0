"""How often somebody called lately, counted by all processes together, in windows of one minute.

One write for a call, two for the first of a window. The window that a count belongs to is in its key,
so nothing has to be reset; the TTL index removes what has passed, or the worker where an engine does not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, IntField, StringField
from pymongo import ReturnDocument

from models.store import removal
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate

WINDOW = timedelta(minutes=1)


class CallCountDocument(BaseDocument):
    """Stored form of a count."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "call_counts",
        "indexes": [{"fields": ["forgotten_at"], "expireAfterSeconds": 0}],
    }

    id = StringField(primary_key=True)
    count = IntField(required=True)
    forgotten_at = DateTimeField(required=True)


def count(key: str, *, now: datetime) -> tuple[int, timedelta]:
    """Count a call; return how many there were in this window, and how long it lasts yet."""
    seconds = int(WINDOW.total_seconds())
    number = int(now.timestamp()) // seconds
    ends_at = datetime.fromtimestamp((number + 1) * seconds, UTC)
    return _add(f"{key}|{number}", ends_at), ends_at - now


def _add(key: str, ends_at: datetime) -> int:
    counts = CallCountDocument.raw()
    more = partial(
        counts.find_one_and_update,
        {"_id": key},
        {"$inc": {"count": 1}},
        return_document=ReturnDocument.AFTER,
    )
    raw = more()
    if (
        raw is None
    ):  # no upsert: one engine tells each of several that race for the first that it was the first
        try:
            counts.insert_one({"_id": key, "count": 1, "forgotten_at": ends_at + WINDOW})
        except DRIVER_ERRORS as error:
            if not is_duplicate(error):
                raise
            raw = more()
    return 1 if raw is None else int(raw["count"])


def remove_passed(now: datetime) -> int:
    """Remove counts that count no more; return how many, some at a time."""
    return removal.remove(CallCountDocument, {"forgotten_at": {"$lt": milliseconds(now)}})
