"""Replays that were asked for: what is compared, how far it has come, and the parts of its result.

A worker takes a replay by a lease, which ends by itself when the worker dies; the next one goes on from the
last part. Each part has a key of its own and is stored before the replay is moved past it, so one that is
made twice is stored once. What is computed is `services.replays.replays`; results are removed after a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, IntField, StringField

from models.store import jobs
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.provenance import Provenance

KEPT = timedelta(days=30)
ONE_BATCH = 1000
"""A second batch costs DocumentDB many times the first."""
Limits = Mapping[str, Mapping[str, float]]


class ReplayState(StrEnum):
    """What has become of a replay."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ReplayDocument(jobs.JobDocument):
    """Stored form of a replay, a job until it has ended."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "replays",
        "indexes": [
            "site_id",
            jobs.INDEX,
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }

    id = StringField(primary_key=True)
    site_id = StringField(required=True)
    limits = DictField()
    limits_before = DictField()
    version_before = StringField(required=True)
    asked_by = DictField(required=True)
    asked_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    state = StringField(required=True)
    patients_in_all = IntField(required=True)
    patients_done = IntField(required=True)
    after = StringField(required=True)
    parts = IntField(required=True)
    ended_at = DateTimeField()

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _replay(raw)
        return {}


class ReplayPartDocument(BaseDocument):
    """Stored form of a part of the result; the key is `replay:number`."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "replay_parts",
        "indexes": ["replay_id", {"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }

    id = StringField(primary_key=True)
    replay_id = StringField(required=True)
    number = IntField(required=True)
    content = DictField(required=True)
    reached = StringField(required=True)
    patients = IntField(required=True)
    expires_at = DateTimeField(required=True)


@dataclass(frozen=True, slots=True)
class Replay:
    """A comparison of a site's policy with other limits, over the stored histories of its patients.

    Attributes:
        limits: the ones that are tried.
        limits_before: of the policy that was in force when it was asked for, which `version_before` names.
        patients_in_all: how many the site had then.
        after: the last patient that was compared, "" before the first.
        parts: how many parts of the result are stored.
        tries: how often it was taken up since it last came further.
        lease: who works at it.
    """

    id: str
    site_id: str
    limits: Limits
    limits_before: Limits
    version_before: str
    asked_by: Provenance
    asked_at: datetime
    patients_in_all: int
    state: ReplayState = ReplayState.WAITING
    patients_done: int = 0
    after: str = ""
    parts: int = 0
    tries: int = 0
    lease: str = ""
    ended_at: datetime | None = None


def create(replay: Replay) -> None:
    """Store a replay that is to be run."""
    stored = {name: getattr(replay, name) for name in _PLAIN} | {
        "_id": replay.id,
        "limits": _as_dict(replay.limits),
        "limits_before": _as_dict(replay.limits_before),
        "asked_by": replay.asked_by.as_dict(),
        "asked_at": milliseconds(replay.asked_at),
        "expires_at": milliseconds(replay.asked_at + KEPT),
        "state": replay.state.value,
        **jobs.opened(replay.asked_at),
    }
    ReplayDocument.raw().insert_one(stored)


def read(site_id: str, replay_id: str) -> Replay | None:
    """Return a replay of the site."""
    raw = ReplayDocument.raw().find_one({"_id": replay_id, "site_id": site_id})
    return None if raw is None else ReplayDocument.one(raw, _replay)


def latest(site_id: str, limit: int) -> list[Replay]:
    """Return the site's replays, the latest first."""
    rows = ReplayDocument.raw().find({"site_id": site_id})
    found = ReplayDocument.readable(rows, _replay)
    return sorted(found, key=lambda one: one.id, reverse=True)[:limit]


def claim(now: datetime, lasting: timedelta) -> Replay | None:
    """Take up the replay that has waited longest and that nobody works at."""
    raw = jobs.claim(ReplayDocument, now, lasting, {"state": ReplayState.RUNNING.value})
    return None if raw is None else jobs.taken(ReplayDocument, raw, _replay)


def add_part(replay: Replay, content: Mapping[str, Any], patients: list[str]) -> Replay | None:
    """Store the next part of the result; return the replay as it is then, or None when the lease was lost.

    Args:
        replay: as it was claimed, or as this function returned it.
        content: the part.
        patients: the ids of those that it covers, in their order.
    """
    stored = {
        "_id": f"{replay.id}:{replay.parts:06d}",
        "replay_id": replay.id,
        "number": replay.parts,
        "content": content,
        "reached": patients[-1],
        "patients": len(patients),
        "expires_at": milliseconds(replay.asked_at + KEPT),
    }
    try:
        ReplayPartDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        # Made before, by a worker that came no further: that one counts, with the patients it covers.
        stored = ReplayPartDocument.raw().find_one({"_id": stored["_id"]})
    return _moved(replay, stored)


def _moved(replay: Replay, part: Mapping[str, Any]) -> Replay | None:
    progress = {
        "$set": {"after": part["reached"], "tries": 0},
        "$inc": {"parts": 1, "patients_done": part["patients"]},
    }
    raw = jobs.advance(ReplayDocument, {**_held(replay), "parts": replay.parts}, progress)
    return None if raw is None else _replay(raw)


def leave(replay: Replay, now: datetime) -> None:
    """Give the lease back, so that any worker may go on."""
    jobs.leave(ReplayDocument, _held(replay), now)


def end(replay: Replay, state: ReplayState, now: datetime) -> Replay | None:
    """Note that nothing more is done; return the replay as it is then, or None when the lease was lost."""
    values = {"state": state.value, "ended_at": milliseconds(now)}
    raw = jobs.finish(ReplayDocument, _held(replay), values)
    return None if raw is None else _replay(raw)


def parts(replay_id: str, first: int = 0, limit: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """Return parts of a result with their numbers, in order; all of them without a limit."""
    query = {"replay_id": replay_id, "number": {"$gte": first}}
    rows = ReplayPartDocument.raw().find(query, batch_size=ONE_BATCH).sort("number", 1).limit(limit)
    return list(ReplayPartDocument.readable(rows, lambda raw: (raw["number"], raw["content"])))


_PLAIN = tuple(
    f.name
    for f in fields(Replay)
    if f.name not in {"id", "limits", "limits_before", "asked_by", "asked_at", "state", "ended_at"}
)


def _held(replay: Replay) -> dict[str, Any]:
    return jobs.held_by(replay.id, replay.lease)


def _as_dict(limits: Limits) -> dict[str, dict[str, float]]:
    return {name: dict(group) for name, group in limits.items()}


def _replay(raw: Mapping[str, Any]) -> Replay:
    return Replay(
        id=raw["_id"],
        limits=raw.get("limits") or {},
        limits_before=raw.get("limits_before") or {},
        asked_by=Provenance.from_dict(raw["asked_by"]),
        asked_at=raw["asked_at"],
        state=ReplayState(raw["state"]),
        ended_at=raw.get("ended_at"),
        **{name: raw[name] for name in _PLAIN},
    )
