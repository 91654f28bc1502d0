"""Attempts to sign in, counted per account and address, so that guessing gets slower and slower.

The key holds the address too: whoever guesses at somebody's account from elsewhere slows down nobody
but themself. A try is counted before the password is looked at, in one guarded write, so tries in
parallel do not slip through. The first tries are free; then the pause doubles up to a quarter of an
hour (our choice). Success forgets the count, and so does a day without a try.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, IntField, StringField

from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate

FREE_TRIES = 4
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
NO_PAUSE = timedelta(0)
_RACES = 5


class AttemptDocument(BaseDocument):
    """Stored form of the count."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "sign_in_attempts",
        "indexes": [{"fields": ["forgotten_at"], "expireAfterSeconds": 0}],
    }

    id = StringField(primary_key=True)
    count = IntField(required=True)
    next_at = DateTimeField(required=True)
    forgotten_at = DateTimeField(required=True)


def claim(key: str, *, now: datetime) -> timedelta:
    """Count a try.

    Args:
        key: stands for account and address.
        now: the present moment.

    Returns:
        `NO_PAUSE` if the try may go ahead; otherwise it was not counted, and this is how long to wait.
    """
    for _ in range(_RACES):
        raw = AttemptDocument.raw().find_one({"_id": key})
        if raw is not None and raw["forgotten_at"] > now and raw["next_at"] > now:
            return raw["next_at"] - now
        if _count(key, raw, now):
            return NO_PAUSE
    return FIRST_PAUSE


def forget(key: str) -> None:
    """Forget the count, after the right password."""
    AttemptDocument.raw().delete_one({"_id": key})


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries."""
    if tries < FREE_TRIES:
        return NO_PAUSE
    return min(FIRST_PAUSE * 2 ** min(tries - FREE_TRIES, 20), LONGEST_PAUSE)


def _count(key: str, raw: dict[str, Any] | None, now: datetime) -> bool:
    moment = milliseconds(now)
    tries = 1 if raw is None or raw["forgotten_at"] <= now else raw["count"] + 1
    values = {
        "count": tries,
        "next_at": moment + pause_after(tries),
        "forgotten_at": moment + FORGOTTEN_AFTER,
    }
    if raw is None:
        return _insert({"_id": key, **values})
    unchanged = {"_id": key, "count": raw["count"], "next_at": raw["next_at"]}
    return bool(AttemptDocument.raw().update_one(unchanged, {"$set": values}).matched_count)


def _insert(stored: dict[str, Any]) -> bool:
    try:
        AttemptDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True
