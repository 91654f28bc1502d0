"""Policies of sites: the one in force, and every one that was, with who set it, when and why.

The policy in force lies in the site's own document, so that one guarded update puts another in its place.
Before that happens the old one is copied to a collection of its own, where nothing is ever changed: a crash
between the two leaves a copy too early, never a gap. Evaluations name the version they were made by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, IntField, StringField

from models.sites import sites
from models.sites.sites import SiteDocument
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.mapping import DocumentMap
from models.store.provenance import Provenance

MARK = "round_open"
NOBODY = Provenance("", "")
"""Who set the policy that a site begins with."""
BEGINNING: dict[str, Any] = {MARK: 1, "round_after": ""}
"""What the update that puts a policy in force sets besides: patients are to be evaluated anew
(`models.replays.reevaluations`)."""

_OF_SITE = {
    "policy": 1,
    "policy_version": 1,
    "policy_number": 1,
    "policy_note": 1,
    "policy_by": 1,
    "policy_at": 1,
    "created_at": 1,
    "round_open": 1,
}


class PolicyDocument(BaseDocument):
    """Stored form of a policy that was in force; the key is `site:number`."""

    meta: ClassVar[dict[str, Any]] = {"collection": "policies", "indexes": ["site_id"]}

    id = StringField(primary_key=True)
    site_id = StringField(required=True)
    number = IntField(required=True)
    version = StringField(required=True)
    limits = DictField()
    note = StringField()
    changed_by = DictField()
    changed_at = DateTimeField(required=True)

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _kept(raw)
        return {}


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """A policy of a site.

    Attributes:
        number: counts the changes; the policy that a site begins with has 0.
        version: what evaluations call it.
        limits: what differs from the defaults, in the form of `scoring.decline.Policy.from_mapping`.
        note: why it was changed.
        changed_by: who changed it, nobody for the policy that a site begins with.
        reevaluating: patients of the site may still be judged by the one before.
    """

    site_id: str
    number: int
    version: str
    limits: Mapping[str, Mapping[str, Any]]
    note: str
    changed_by: Provenance
    changed_at: datetime
    reevaluating: bool = field(default=False, compare=False)


def in_force(site_id: str) -> SitePolicy | None:
    """Return the policy in force now; None when there is no such site."""
    raw = SiteDocument.raw().find_one({"_id": site_id}, _OF_SITE)
    return None if raw is None else SiteDocument.one(raw, _in_force)


def _in_force(raw: Mapping[str, Any]) -> SitePolicy:
    return _POLICIES.read(
        {
            "site_id": raw["_id"],
            "number": raw.get("policy_number", 0),
            "version": raw["policy_version"],
            "limits": (raw.get("policy") or {}).get("limits") or {},
            "note": raw.get("policy_note") or "",
            "changed_by": raw.get("policy_by") or NOBODY.as_dict(),
            "changed_at": raw.get("policy_at") or raw["created_at"],
            "reevaluating": bool(raw.get(MARK)),
        }
    )


def follow(before: SitePolicy, after: SitePolicy) -> bool:
    """Put a policy in force in place of another, and have the site's patients evaluated anew.

    Returns:
        Whether the one before was still in force.
    """
    _keep(before)
    values = {
        "policy": {"limits": {name: dict(group) for name, group in after.limits.items()}},
        "policy_version": after.version,
        "policy_number": after.number,
        "policy_note": after.note,
        "policy_by": after.changed_by.as_dict(),
        "policy_at": milliseconds(after.changed_at),
        **BEGINNING,
    }
    present = {"_id": before.site_id, "policy_version": before.version}
    done = SiteDocument.raw().update_one(present, {"$set": values})
    sites.forget()
    return bool(done.matched_count)


def earlier(site_id: str, number: int, limit: int) -> list[SitePolicy]:
    """Return policies that were in force before the one with this number, the latest first."""
    rows = PolicyDocument.raw().find({"site_id": site_id, "number": {"$lt": number}})
    found = sorted(PolicyDocument.readable(rows, _kept), key=lambda one: one.number, reverse=True)
    return found[:limit]


def _keep(policy: SitePolicy) -> None:
    stored = {
        "_id": f"{policy.site_id}:{policy.number:06d}",
        "site_id": policy.site_id,
        "number": policy.number,
        "version": policy.version,
        "limits": {name: dict(group) for name, group in policy.limits.items()},
        "note": policy.note,
        "changed_by": policy.changed_by.as_dict(),
        "changed_at": milliseconds(policy.changed_at),
    }
    try:
        PolicyDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise


def _kept(raw: Mapping[str, Any]) -> SitePolicy:
    given = {"limits": raw.get("limits") or {}, "note": raw.get("note") or ""}
    return _POLICIES.read({**raw, **given, "changed_by": raw.get("changed_by") or NOBODY.as_dict()})


_POLICIES = DocumentMap(SitePolicy)
