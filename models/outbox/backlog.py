"""What waits in the outbox, and whether anything goes out: narrow reads for who watches over delivery."""

from __future__ import annotations

from datetime import datetime

from models.outbox.message import MessageState
from models.outbox.messages import MessageDocument
from models.store.base import milliseconds

MOST_COUNTED = 10_000
_OPEN = (MessageState.WAITING, MessageState.DEAD)


def waiting_since(before: datetime) -> datetime | None:
    """Return when the message that waits longest was due, if that was by this moment."""
    query = {"state": MessageState.WAITING.value, "due_at": {"$lte": milliseconds(before)}}
    rows = MessageDocument.raw().find(query, {"due_at": 1}).sort("due_at", 1).limit(20)
    return next((raw["due_at"] for raw in rows if isinstance(raw["due_at"], datetime)), None)


def delivered_since(moment: datetime) -> bool:
    """Return whether anything was delivered after this moment."""
    query = {"state": MessageState.DELIVERED.value, "finished_at": {"$gt": milliseconds(moment)}}
    return MessageDocument.raw().find_one(query, {"_id": 1}) is not None


def counts() -> dict[str, int]:
    """Return how many messages wait and are dead, `MOST_COUNTED` at most."""
    found = {}
    for state in _OPEN:
        rows = MessageDocument.raw().find({"state": state.value}, {"_id": 1}).limit(MOST_COUNTED)
        found[state.value] = sum(1 for _ in rows)
    return found
