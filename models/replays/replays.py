"""Replays that were asked for: what is compared, and how far it has come.

A worker takes a replay by a lease to cut it into parts (`models.replays.parts`), which any number of workers
compare, and again to end it when all were. What is computed is `services.replays.replays`; results are
removed after a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DateTimeField, DictField, IntField, StringField

from models.replays import parts
from models.store import jobs
from models.store.base import milliseconds
from models.store.provenance import Provenance

KEPT = timedelta(days=30)
Limits = Mapping[str, Mapping[str, Any]]


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
    planned = BooleanField(required=True)
    begun_at = DateTimeField()
    ended_at = DateTimeField()

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _replay(raw)
        return {}


@dataclass(frozen=True, slots=True)
class Replay:
    """A comparison of a site's policy with other limits, over the stored histories of its patients.

    Attributes:
        limits: the ones that are tried.
        limits_before: of the policy that was in force when it was asked for, which `version_before` names.
        patients_in_all: how many the site had then.
        planned: it was cut into parts.
        begun_at: when it was taken up first.
        tries: how often it was taken up since it last came further.
        lease: who works at it.
        patients_done: how many were compared.
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
    planned: bool = False
    tries: int = 0
    lease: str = ""
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    patients_done: int = 0

    @property
    def expires_at(self) -> datetime:
        """When it is removed."""
        return self.asked_at + KEPT


def create(replay: Replay) -> None:
    """Store a replay that is to be run."""
    stored = {name: getattr(replay, name) for name in _PLAIN} | {
        "_id": replay.id,
        "limits": _as_dict(replay.limits),
        "limits_before": _as_dict(replay.limits_before),
        "asked_by": replay.asked_by.as_dict(),
        "asked_at": milliseconds(replay.asked_at),
        "expires_at": milliseconds(replay.expires_at),
        "state": replay.state.value,
        **jobs.opened(replay.asked_at),
    }
    ReplayDocument.raw().insert_one(stored)


def read(site_id: str, replay_id: str) -> Replay | None:
    """Return a replay of the site, with how far it has come."""
    raw = ReplayDocument.raw().find_one({"_id": replay_id, "site_id": site_id})
    return None if raw is None else _with_progress(ReplayDocument.one(raw, _replay))


def of_part(part: parts.ReplayPart) -> Replay | None:
    """Return the replay that a part belongs to; None where it is gone, or cannot be read, which was noted."""
    return next(ReplayDocument.readable(ReplayDocument.raw().find({"_id": part.replay_id}), _replay), None)


def latest(site_id: str, limit: int) -> list[Replay]:
    """Return the site's replays, the latest first, with how far each has come."""
    rows = ReplayDocument.raw().find({"site_id": site_id})
    found = sorted(ReplayDocument.readable(rows, _replay), key=lambda replay: replay.id, reverse=True)
    return [_with_progress(replay) for replay in found[:limit]]


def claim(now: datetime, lasting: timedelta) -> Replay | None:
    """Take up the replay that has waited longest for being cut into parts, or for its end."""
    running = {"$set": {"state": ReplayState.RUNNING.value}}
    raw = jobs.claim(ReplayDocument, now, lasting, beside=running)
    return None if raw is None else jobs.taken(ReplayDocument, raw, _replay)


def planned(replay: Replay, *, now: datetime) -> None:
    """Note that all parts are stored, and give the lease back."""
    _come_back(replay, now, {"planned": True, "begun_at": milliseconds(now)})


def wait(replay: Replay, until: datetime) -> None:
    """Give the lease back: somebody is to look at it again at this moment, or when its last part is done."""
    _come_back(replay, until, {})


def call_up(replay_id: str, now: datetime) -> None:
    """Have somebody look at a replay now: its last part was compared."""
    unheld = {"_id": replay_id, "lease": "", "free_at": {"$gt": milliseconds(now)}}
    ReplayDocument.raw().update_one(unheld, {"$set": {"free_at": milliseconds(now)}})


def _come_back(replay: Replay, due_at: datetime, values: Mapping[str, Any]) -> None:
    back = {"free_at": milliseconds(due_at), "lease": "", "tries": 0, **values}
    jobs.advance(ReplayDocument, _held(replay), {"$set": back})


def end(replay: Replay, state: ReplayState, now: datetime) -> Replay | None:
    """Note that nothing more is done; return the replay as it is then, or None when the lease was lost."""
    values = {"state": state.value, "ended_at": milliseconds(now)}
    raw = jobs.finish(ReplayDocument, _held(replay), values)
    return None if raw is None else _replay(raw)


_STORED_OTHERWISE = frozenset(
    {
        *("id", "limits", "limits_before", "asked_by", "asked_at"),
        *("state", "begun_at", "ended_at", "patients_done"),
    }
)
_PLAIN = tuple(f.name for f in fields(Replay) if f.name not in _STORED_OTHERWISE)


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
        begun_at=raw.get("begun_at"),
        ended_at=raw.get("ended_at"),
        **{name: raw[name] for name in _PLAIN},
    )


def _with_progress(replay: Replay) -> Replay:
    done = replay.patients_in_all if replay.state is ReplayState.DONE else parts.patients_done(replay.id)
    return replace(replay, patients_done=done)
