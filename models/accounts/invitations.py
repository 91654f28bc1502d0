"""Invitations: one-use codes for a patient's own account, for a caregiver of a patient, for staff of a site.

The key is a digest of the code (`services.access.codes`), so the code itself is stored nowhere. Redeeming
is one guarded update: of many that race, one wins. The account's id is chosen with the invitation, so
that a phone that lost the answer can ask again with the same device id and gets the same account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, StringField

from models.patients.grants import GrantScope
from models.store.base import BaseDocument, milliseconds, new_id
from models.store.provenance import Provenance


class InvitationKind(StrEnum):
    """Whom an invitation is for."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    STAFF = "staff"
    PASSWORD_RESET = "password_reset"  # noqa: S105 (a kind)


class InvitationState(StrEnum):
    """Whether the code was used; one that was used or cancelled is never open again."""

    OPEN = "open"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"


class InvitationDocument(BaseDocument):
    """Stored form of an invitation."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "invitations",
        "indexes": [
            "site_id",
            "account_id",
            {"fields": ["expires_at"], "expireAfterSeconds": 90 * 86400},
        ],
    }

    id = StringField(primary_key=True)
    invitation_id = StringField(required=True)
    kind = StringField(required=True)
    site_id = StringField(required=True)
    account_id = StringField(required=True)
    name = StringField(required=True)
    created_by = DictField(required=True)
    created_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    patient_id = StringField()
    role = StringField()
    grant_scope = StringField()
    grant_ends_at = DateTimeField()
    relation = StringField()
    state = StringField(required=True)
    redeemed_at = DateTimeField()
    device_id = StringField()
    redeemed_by = StringField()
    ended_at = DateTimeField()
    ended_by = DictField()

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _invitation(raw)
        return {}


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation.

    Attributes:
        digest: of the code.
        invitation_id: what lists name it by; it says nothing about the code.
        account_id: the account that redeeming opens, unless the person has one already.
        name: of the person invited.
        role: the role at the site, for staff.
        grant_scope: what the grant opens, for a caregiver; it runs until `grant_ends_at`.
        relation: what the caregiver is to the patient.
        device_id: the device that redeemed it.
        redeemed_by: the account that it let in.
    """

    digest: str
    kind: InvitationKind
    site_id: str
    account_id: str
    name: str
    created_by: Provenance
    created_at: datetime
    expires_at: datetime
    patient_id: str | None = None
    role: str | None = None
    grant_scope: GrantScope | None = None
    grant_ends_at: datetime | None = None
    relation: str | None = None
    state: InvitationState = InvitationState.OPEN
    redeemed_at: datetime | None = None
    device_id: str | None = None
    redeemed_by: str | None = None
    invitation_id: str = field(default_factory=new_id)
    ended_at: datetime | None = None
    ended_by: Provenance | None = None

    def usable(self, now: datetime) -> bool:
        """Return whether the code may be redeemed."""
        return self.state is InvitationState.OPEN and now < self.expires_at


def create(invitation: Invitation) -> None:
    """Store a new invitation."""
    stored = {name: _plain(value) for name, value in asdict(invitation).items() if name != "digest"}
    InvitationDocument.raw().insert_one({"_id": invitation.digest, **stored})


def read(digest: str) -> Invitation | None:
    """Return the invitation whose code has this digest."""
    raw = InvitationDocument.raw().find_one({"_id": digest})
    return None if raw is None else InvitationDocument.one(raw, _invitation)


def redeem(digest: str, device_id: str, *, now: datetime, account_id: str | None = None) -> bool:
    """Use up an open invitation that has not expired, for this account; return whether this call did."""
    moment = milliseconds(now)
    by = {"device_id": device_id, "redeemed_by": account_id}
    result = InvitationDocument.raw().update_one(
        {"_id": digest, "state": str(InvitationState.OPEN), "expires_at": {"$gt": moment}},
        {"$set": {"state": str(InvitationState.REDEEMED), "redeemed_at": moment, **by}},
    )
    return bool(result.matched_count)


def open_of_site(site_id: str, now: datetime) -> list[Invitation]:
    """Return the site's invitations whose codes can be redeemed, the latest first."""
    query = {"site_id": site_id, "state": str(InvitationState.OPEN)}
    found = InvitationDocument.readable(InvitationDocument.raw().find(query), _invitation)
    usable = (invitation for invitation in found if invitation.usable(now))
    return sorted(usable, key=lambda invitation: invitation.created_at, reverse=True)


def cancel(invitation: Invitation, *, by: Provenance, now: datetime) -> bool:
    """End an open invitation; return whether this call did."""
    result = InvitationDocument.raw().update_one(
        {"_id": invitation.digest, "state": str(InvitationState.OPEN)}, {"$set": _cancelling(by, now)}
    )
    return bool(result.matched_count)


def cancel_others(redeemed: Invitation, *, by: Provenance, now: datetime) -> None:
    """End what is open of the same kind for the same account, because a newer code was redeemed."""
    InvitationDocument.raw().update_many(
        {
            "account_id": redeemed.account_id,
            "kind": str(redeemed.kind),
            "state": str(InvitationState.OPEN),
            "_id": {"$ne": redeemed.digest},
        },
        {"$set": _cancelling(by, now)},
    )


def _cancelling(by: Provenance, now: datetime) -> dict[str, Any]:
    return {"state": str(InvitationState.CANCELLED), "ended_at": milliseconds(now), "ended_by": by.as_dict()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return milliseconds(value)
    return str(value) if isinstance(value, StrEnum) else value


def _invitation(raw: Mapping[str, Any]) -> Invitation:
    known = {f.name: raw[f.name] for f in fields(Invitation) if f.name in raw}
    known["created_by"] = Provenance.from_dict(raw["created_by"])
    ended_by = raw.get("ended_by")
    known["ended_by"] = Provenance.from_dict(ended_by) if ended_by else None
    known["kind"] = InvitationKind(raw["kind"])
    known["state"] = InvitationState(raw["state"])
    known["grant_scope"] = GrantScope(raw["grant_scope"]) if raw.get("grant_scope") else None
    return Invitation(digest=raw["_id"], **known)
