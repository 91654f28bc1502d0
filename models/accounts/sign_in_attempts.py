"""Attempts to sign in, counted so that guessing gets slower and slower.

What is counted says the key: an account and an address together, an address alone, an account alone. A try is
counted before the password is looked at, in one guarded write, so tries in parallel do not slip through. The
first tries are free; then the pause doubles up to a longest one (our choice). Success gives its try back, and
a day without a try forgets the count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, IntField, StringField

from models.store import unreadable
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.unreadable import Unreadable

FIRST_PAUSE = timedelta(seconds=1)
NO_PAUSE = timedelta(0)
FORGOTTEN_AFTER = timedelta(days=1)

_RACES = 5


@dataclass(frozen=True, slots=True)
class Pauses:
    """How many tries are free, and how long the pauses after further ones can get."""

    free: int
    longest: timedelta

    def after(self, tries: int) -> timedelta:
        """Return how long to wait after so many tries."""
        if tries < self.free:
            return NO_PAUSE
        return min(FIRST_PAUSE * 2 ** min(tries - self.free, 20), self.longest)


STRICT = Pauses(4, timedelta(minutes=15))
"""For an account from one address: it holds up nobody who signs in from elsewhere, or on a known device."""
OF_ADDRESS = Pauses(20, timedelta(seconds=30))
"""For an address across accounts: a ward behind one is slowed by its own wrong tries, never shut out."""
OF_ACCOUNT = Pauses(20, timedelta(seconds=10))
"""For an account across addresses: guessing from many is slowed, and the person is never shut out."""


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


def claim(key: str, *, now: datetime, pauses: Pauses = STRICT) -> timedelta:
    """Count a try.

    Args:
        key: stands for what is counted.
        now: the present moment.
        pauses: how it is slowed down.

    Returns:
        `NO_PAUSE` if the try may go ahead; otherwise it was not counted, and this is how long to wait.
    """
    for _ in range(_RACES):
        raw = _counted(key)
        # A pause longer than the longest was stored by a clock that was ahead, and holds nobody up.
        left = NO_PAUSE if raw is None or raw["forgotten_at"] <= now else raw["next_at"] - now
        if NO_PAUSE < left <= pauses.longest:
            return left
        if _count(key, raw, now, pauses):
            return NO_PAUSE
    return FIRST_PAUSE


def _counted(key: str) -> dict[str, Any] | None:
    """The count; one that cannot be read is begun anew, and holds nobody up."""
    raw: dict[str, Any] | None = AttemptDocument.raw().find_one({"_id": key})
    if raw is None:
        return None
    try:
        AttemptDocument.check(raw, whole=True)
    except Unreadable as error:
        unreadable.note(AttemptDocument.collection_name(), unreadable.name_of(raw), error)
        AttemptDocument.raw().delete_one({"_id": key})
        return None
    return raw


def forget(key: str) -> None:
    """Forget the count, after the right password."""
    AttemptDocument.raw().delete_one({"_id": key})


def give_back(key: str) -> None:
    """Take one try off the count, after the right password; others that were wrong stay counted."""
    AttemptDocument.raw().update_one({"_id": key, "count": {"$gt": 0}}, {"$inc": {"count": -1}})


def _count(key: str, raw: dict[str, Any] | None, now: datetime, pauses: Pauses) -> bool:
    moment = milliseconds(now)
    tries = 1 if raw is None or raw["forgotten_at"] <= now else raw["count"] + 1
    values = {
        "count": tries,
        "next_at": moment + pauses.after(tries),
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
