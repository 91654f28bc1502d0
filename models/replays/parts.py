"""Parts of a replay: a few patients each, jobs of their own, so that any number of workers share a replay.

A part is planned once, under a key of its own, and compared by whoever holds its lease; whoever lost the
lease stores nothing. Results are removed together with their replay, after a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField

from models.store import jobs
from models.store.base import milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.unreadable import Unreadable

ONE_BATCH = 1000
"""A second batch costs DocumentDB many times the first."""
_COUNTS, _WORDS = ("patients", "failed", "unread"), ("patient", "topic", "change")
"""Of what comes out of a part, and of a difference in it, what is added up."""


class ReplayPartDocument(jobs.JobDocument):
    """Stored form of a part, a job until it was compared; the key is `replay:number`."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "replay_parts",
        "indexes": ["replay_id", jobs.INDEX, {"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }

    id = StringField(primary_key=True)
    replay_id = StringField(required=True)
    number = IntField(required=True)
    patients = ListField(StringField())
    content = DictField()
    expires_at = DateTimeField(required=True)


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """A part of a replay.

    Attributes:
        number: counts the parts of a replay, from 0.
        patients: their ids, in order.
        tries: how often it was taken up.
        lease: who works at it.
    """

    replay_id: str
    number: int
    patients: tuple[str, ...]
    tries: int
    lease: str

    @property
    def key(self) -> str:
        """The stored id."""
        return _key(self.replay_id, self.number)


def plan(
    replay_id: str, number: int, patients: Sequence[str], *, now: datetime, expires_at: datetime
) -> None:
    """Store a part that is to be compared; one that is there already stays as it is."""
    stored = {
        "_id": _key(replay_id, number),
        "replay_id": replay_id,
        "number": number,
        "patients": list(patients),
        "expires_at": milliseconds(expires_at),
        **jobs.opened(now),
    }
    try:
        ReplayPartDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise


def last_planned(replay_id: str) -> ReplayPart | None:
    """Return the part with the highest number."""
    rows = ReplayPartDocument.raw().find({"replay_id": replay_id}, {"content": 0})
    raw = next(iter(rows.sort("number", -1).limit(1)), None)
    return None if raw is None else ReplayPartDocument.one(raw, _part)


def claim(now: datetime, lasting: timedelta) -> ReplayPart | None:
    """Take up the part that has waited longest and that nobody works at."""
    raw = jobs.claim(ReplayPartDocument, now, lasting)
    return None if raw is None else jobs.taken(ReplayPartDocument, raw, _part)


def finish(part: ReplayPart, content: Mapping[str, Any]) -> bool:
    """Store what came out; return False when the lease was lost."""
    held = jobs.held_by(part.key, part.lease)
    return jobs.finish(ReplayPartDocument, held, {"content": dict(content)}) is not None


def open_count(replay_id: str) -> int:
    """Return how many parts were not compared yet."""
    return int(
        ReplayPartDocument.raw().count_documents({"replay_id": replay_id, "free_at": {"$exists": True}})
    )


def patients_done(replay_id: str) -> int:
    """Return how many patients were compared."""
    rows = ReplayPartDocument.raw().find(
        {"replay_id": replay_id, "free_at": {"$exists": False}}, {"patients": 1}, batch_size=ONE_BATCH
    )
    return sum(ReplayPartDocument.readable(rows, lambda raw: len(raw["patients"])))


def compared(replay_id: str, first: int = 0, limit: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """Return what came out, with the numbers of the parts, in order; of all parts without a limit."""
    query = {"replay_id": replay_id, "number": {"$gte": first}, "free_at": {"$exists": False}}
    rows = ReplayPartDocument.raw().find(query, batch_size=ONE_BATCH).sort("number", 1).limit(limit)
    return list(ReplayPartDocument.readable(rows, _compared))


def _compared(raw: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    content = dict(raw["content"])
    loads = (content["load_before"], content["load_after"], content.get("topics_before", {}))
    numbers = [content[name] for name in _COUNTS] + [number for load in loads for number in load.values()]
    words = [difference[name] for difference in content["differences"] for name in _WORDS]
    if not all(isinstance(number, int) for number in numbers) or not all(
        isinstance(word, str) for word in words
    ):
        raise Unreadable("what came out of a part lacks something")
    return raw["number"], content


def _key(replay_id: str, number: int) -> str:
    return f"{replay_id}:{number:06d}"


def _part(raw: Mapping[str, Any]) -> ReplayPart:
    return ReplayPart(raw["replay_id"], raw["number"], tuple(raw["patients"]), raw["tries"], raw["lease"])
