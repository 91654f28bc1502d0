"""Sessions: one refresh family per device, from sign-in to sign-out.

A refresh token is never stored, not even hashed: it is derived from the server's secret, the family's
seed and its generation (`services.access.refresh_tokens`), so neither the database nor the secret alone makes
one. Rotation and end are single guarded updates. The TTL index removes rubbish; whether a session is
usable is decided by its fields.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, IntField, StringField

from models.store.base import BaseDocument, milliseconds, new_id

KEPT_AFTER_END = timedelta(days=30)


class EndReason(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    REUSED = "reused"
    REPLACED = "replaced"
    CREDENTIALS_CHANGED = "credentials_changed"


class SessionState(StrEnum):
    """Whether a session may be used; it never becomes active again."""

    ACTIVE = "active"
    ENDED = "ended"


class SessionDocument(BaseDocument):
    """Stored form of a session."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "sessions",
        "indexes": ["account_id", "ended_at", {"fields": ["rubbish_at"], "expireAfterSeconds": 0}],
    }

    id = StringField(primary_key=True)
    account_id = StringField(required=True)
    device_id = StringField(required=True)
    device_name = StringField(required=True)
    seed = StringField(required=True)
    generation = IntField(required=True)
    rotated_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    state = StringField(required=True)
    ended_at = DateTimeField()
    end_reason = StringField()
    created_at = DateTimeField(required=True)
    rubbish_at = DateTimeField(required=True)


@dataclass(frozen=True, slots=True)
class Device:
    """The phone or browser that holds a session; the id is the client's own choice."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session.

    Attributes:
        generation: counts the refresh tokens given out.
        rotated_at: when the present generation began.
        expires_at: when the present refresh token ends, unless it is used before.
    """

    id: str
    account_id: str
    device_id: str
    device_name: str
    generation: int
    rotated_at: datetime
    expires_at: datetime
    state: SessionState
    created_at: datetime
    seed: str

    def __repr__(self) -> str:
        """Name the session without its seed."""
        return f"Session(id={self.id!r}, generation={self.generation}, state={self.state.value!r})"

    def usable(self, now: datetime) -> bool:
        """Return whether the family may be continued."""
        return self.state is SessionState.ACTIVE and now < self.expires_at


def create(account_id: str, device: Device, *, now: datetime, lifetime: timedelta) -> Session:
    """Begin a session, at its first generation."""
    moment = milliseconds(now)
    session = Session(
        id=new_id(),
        account_id=account_id,
        device_id=device.id,
        device_name=device.name,
        generation=1,
        rotated_at=moment,
        expires_at=moment + lifetime,
        state=SessionState.ACTIVE,
        created_at=moment,
        seed=secrets.token_hex(16),
    )
    stored = {name: value for name, value in asdict(session).items() if name != "id"}
    stored |= {
        "_id": session.id,
        "state": str(session.state),
        "rubbish_at": session.expires_at + KEPT_AFTER_END,
    }
    SessionDocument.raw().insert_one(stored)
    return session


def read(session_id: str) -> Session | None:
    """Return the session."""
    raw = SessionDocument.raw().find_one({"_id": session_id})
    return None if raw is None else _session(raw)


def rotate(session: Session, *, now: datetime, lifetime: timedelta) -> bool:
    """Move an active session from the generation that was read to the next; of many that race, one does.

    Returns:
        Whether this call moved it.
    """
    moment = milliseconds(now)
    expires_at = moment + lifetime
    values = {"rotated_at": moment, "expires_at": expires_at, "rubbish_at": expires_at + KEPT_AFTER_END}
    result = SessionDocument.raw().update_one(
        {"_id": session.id, "generation": session.generation, "state": str(SessionState.ACTIVE)},
        {"$set": values, "$inc": {"generation": 1}},
    )
    return bool(result.matched_count)


def end(session_id: str, reason: EndReason, *, now: datetime) -> bool:
    """End an active session; return whether this call did."""
    result = SessionDocument.raw().update_one(
        {"_id": session_id, "state": str(SessionState.ACTIVE)}, {"$set": _ending(reason, now)}
    )
    return bool(result.matched_count)


def end_all(account_id: str, reason: EndReason, *, now: datetime, device_id: str | None = None) -> None:
    """End the active sessions of an account, or only those of one of its devices."""
    query = {"account_id": account_id, "state": str(SessionState.ACTIVE)}
    if device_id is not None:
        query["device_id"] = device_id
    SessionDocument.raw().update_many(query, {"$set": _ending(reason, now)})


def ended_since(moment: datetime) -> list[str]:
    """Return the ids of the sessions that were ended at or after the moment."""
    found = SessionDocument.raw().find({"ended_at": {"$gte": milliseconds(moment)}}, {"_id": 1})
    return [raw["_id"] for raw in found]


def _ending(reason: EndReason, now: datetime) -> dict[str, Any]:
    return {"state": str(SessionState.ENDED), "ended_at": milliseconds(now), "end_reason": str(reason)}


def _session(raw: Mapping[str, Any]) -> Session:
    return Session(
        id=raw["_id"],
        account_id=raw["account_id"],
        device_id=raw["device_id"],
        device_name=raw["device_name"],
        generation=raw["generation"],
        rotated_at=raw["rotated_at"],
        expires_at=raw["expires_at"],
        state=SessionState(raw["state"]),
        created_at=raw["created_at"],
        seed=raw["seed"],
    )
