"""Grants: what a caregiver may do for a patient. Plain data, stored with the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.store.base import milliseconds
from models.store.mapping import DocumentMap
from models.store.provenance import Provenance


class GrantScope(StrEnum):
    """What a grant opens: to read what the patient may read, or also to report."""

    READ = "read"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission for a caregiver's account, never deleted, only revoked; `relation` is to the patient.

    Attributes:
        reason: why it was given, in the words of whoever did it.
        revoked_reason: why it was revoked.
    """

    id: str
    account_id: str
    scope: GrantScope
    starts_at: datetime
    given_by: Provenance
    ends_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: Provenance | None = None
    relation: str | None = None
    reason: str = ""
    revoked_reason: str = ""

    def active(self, now: datetime) -> bool:
        """Return whether the grant opens anything at this moment; its end is exclusive."""
        begun = self.starts_at <= now and (self.ends_at is None or now < self.ends_at)
        return begun and self.revoked_at is None


@dataclass(frozen=True, slots=True)
class GrantEnd:
    """When a grant was revoked, by whom and why."""

    at: datetime
    by: Provenance
    reason: str = ""


def revoked(grant: Grant, end: GrantEnd) -> Grant:
    """Return the grant revoked; one that was revoked before keeps its end."""
    if grant.revoked_at is not None:
        return grant
    return replace(grant, revoked_at=milliseconds(end.at), revoked_by=end.by, revoked_reason=end.reason)


def grant_from(raw: Mapping[str, Any]) -> Grant:
    """Return the grant that was stored.

    Raises:
        Unreadable: it is damaged, or of a scope that another release gives.
    """
    return _GRANTS.read(raw)


_GRANTS = DocumentMap(Grant)
