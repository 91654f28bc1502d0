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

from mongoengine.fields import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.store.base import BaseDocument, milliseconds, new_id
from models.store.provenance import Provenance

KEPT_AFTER_END = timedelta(days=30)


class EndReason(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    REUSED = "reused"
    REPEATED_LATE = "repeated_late"
    TAKEN_AWAY = "taken_away"
    ACCOUNT_CLOSED = "account_closed"
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
    ended_by = DictField()
    confirmed = BooleanField(required=True)
    confirmed_by = DictField()
    site_id = StringField()
    invited_by = StringField()
    late_repeats = ListField(DateTimeField())
    second_factor_at = DateTimeField()
    ends_at = DateTimeField()
    rev = IntField(required=True)
    created_at = DateTimeField(required=True)
    rubbish_at = DateTimeField(required=True)

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _session(raw)
        return {}


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
        confirmed: the person is known to hold the device; until then it may send, and reads nothing.
        site_id: the only site whose roles it carries; None for all of the account's.
        invited_by: who made the code that it began with.
        late_repeats: when the token before the present one was repeated after the grace, the last ones.
        second_factor_at: when the second factor was last given in it.
        ends_at: of a session of the pages, when it ends however much it is used; None for every other.
        rev: counts changes, for conditional writes.
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
    confirmed: bool = True
    site_id: str | None = None
    invited_by: str | None = None
    late_repeats: tuple[datetime, ...] = ()
    second_factor_at: datetime | None = None
    ends_at: datetime | None = None
    rev: int = 0

    def __repr__(self) -> str:
        """Name the session without its seed."""
        return f"Session(id={self.id!r}, generation={self.generation}, state={self.state.value!r})"

    def usable(self, now: datetime) -> bool:
        """Return whether the family may be continued."""
        return self.state is SessionState.ACTIVE and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Standing:
    """What a session may do from its beginning; by default all that its account may."""

    confirmed: bool = True
    site_id: str | None = None
    invited_by: str | None = None
    second_factor_at: datetime | None = None
    ends_at: datetime | None = None


FULL = Standing()


def create(
    account_id: str, device: Device, *, now: datetime, lifetime: timedelta, standing: Standing = FULL
) -> Session:
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
        **asdict(standing),
    )
    stored = {name: value for name, value in asdict(session).items() if name != "id"}
    stored |= {
        "_id": session.id,
        "state": str(session.state),
        "late_repeats": [],
        "rubbish_at": session.expires_at + KEPT_AFTER_END,
    }
    SessionDocument.raw().insert_one(stored)
    return session


def read(session_id: str) -> Session | None:
    """Return the session."""
    raw = SessionDocument.raw().find_one({"_id": session_id})
    return None if raw is None else SessionDocument.one(raw, _session)


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
        {"$set": values, "$inc": {"generation": 1, "rev": 1}},
    )
    return bool(result.matched_count)


def extend(session: Session, expires_at: datetime) -> bool:
    """Let an active session of the pages last until this moment, and never past its own end.

    Returns:
        Whether it was active.
    """
    until = min(milliseconds(expires_at), session.ends_at or expires_at)
    result = SessionDocument.raw().update_one(
        {"_id": session.id, "state": str(SessionState.ACTIVE)},
        {"$set": {"expires_at": until, "rubbish_at": until + KEPT_AFTER_END}},
    )
    return bool(result.matched_count)


def change(session: Session, **values: Any) -> bool:
    """Change an active session that is as it was read.

    Args:
        session: as it was read.
        **values: device_name, confirmed, confirmed_by, site_id, late_repeats or second_factor_at.

    Returns:
        Whether it was.
    """
    if not _CHANGEABLE.issuperset(values):
        raise TypeError("not a field that can be changed")
    stored = {name: _stored(value) for name, value in values.items()}
    query = {"_id": session.id, "rev": session.rev, "state": str(SessionState.ACTIVE)}
    return bool(SessionDocument.raw().update_one(query, {"$set": stored, "$inc": {"rev": 1}}).matched_count)


def active(account_id: str, now: datetime) -> list[Session]:
    """Return the sessions of an account that may be continued, the latest begun first."""
    query = {"account_id": account_id, "state": str(SessionState.ACTIVE)}
    found = SessionDocument.readable(SessionDocument.raw().find(query), _session)
    usable = (session for session in found if session.usable(now))
    return sorted(usable, key=lambda session: session.created_at, reverse=True)


def known_device(account_id: str, device_id: str) -> bool:
    """Return whether the account had a confirmed session on this device lately."""
    query = {"account_id": account_id, "device_id": device_id, "confirmed": True}
    return SessionDocument.raw().find_one(query, {"_id": 1}) is not None


def end(session_id: str, reason: EndReason, *, now: datetime, by: Provenance | None = None) -> bool:
    """End an active session; return whether this call did."""
    result = SessionDocument.raw().update_one(
        {"_id": session_id, "state": str(SessionState.ACTIVE)}, {"$set": _ending(reason, now, by)}
    )
    return bool(result.matched_count)


def end_all(
    account_id: str,
    reason: EndReason,
    *,
    now: datetime,
    device_id: str | None = None,
    but: str | None = None,
    by: Provenance | None = None,
) -> None:
    """End the active sessions of an account, or only those of one of its devices, but for one session."""
    query: dict[str, Any] = {"account_id": account_id, "state": str(SessionState.ACTIVE)}
    if device_id is not None:
        query["device_id"] = device_id
    if but is not None:
        query["_id"] = {"$ne": but}
    SessionDocument.raw().update_many(query, {"$set": _ending(reason, now, by)})


def ended_since(moment: datetime) -> list[str]:
    """Return the ids of the sessions that were ended at or after the moment."""
    found = SessionDocument.raw().find({"ended_at": {"$gte": milliseconds(moment)}}, {"_id": 1})
    return [raw["_id"] for raw in found]


_CHANGEABLE = frozenset(
    {"device_name", "confirmed", "confirmed_by", "site_id", "late_repeats", "second_factor_at"}
)


def _stored(value: Any) -> Any:
    if isinstance(value, Provenance):
        return value.as_dict()
    if isinstance(value, tuple):
        return [milliseconds(moment) for moment in value]
    return milliseconds(value) if isinstance(value, datetime) else value


def _ending(reason: EndReason, now: datetime, by: Provenance | None) -> dict[str, Any]:
    return {
        "state": str(SessionState.ENDED),
        "ended_at": milliseconds(now),
        "end_reason": str(reason),
        "ended_by": None if by is None else by.as_dict(),
    }


def _session(raw: Mapping[str, Any]) -> Session:
    return Session(
        id=raw["_id"],
        account_id=raw["account_id"],
        device_id=raw["device_id"],
        device_name=raw["device_name"],
        generation=raw["generation"],
        rotated_at=raw["rotated_at"],
        expires_at=raw["expires_at"],
        # A state that another release gives is none in which it may be used.
        state=SessionState.ACTIVE if raw["state"] == SessionState.ACTIVE else SessionState.ENDED,
        created_at=raw["created_at"],
        seed=raw["seed"],
        confirmed=raw["confirmed"],
        site_id=raw.get("site_id"),
        invited_by=raw.get("invited_by"),
        late_repeats=tuple(raw.get("late_repeats") or ()),
        second_factor_at=raw.get("second_factor_at"),
        ends_at=raw.get("ends_at"),
        rev=raw["rev"],
    )
