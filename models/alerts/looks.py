"""When a person last looked at a site's worklist, as far as the person said so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, StringField

from models.store.base import BaseDocument, milliseconds


class LookDocument(BaseDocument):
    """Stored form of a look; the id is account and site."""

    meta: ClassVar[dict[str, Any]] = {"collection": "worklist_looks"}

    id = StringField(primary_key=True)
    at = DateTimeField(required=True)


def note(account_id: str, site_ids: Iterable[str], *, at: datetime) -> None:
    """Note that a person has looked at these sites' lists as they were at a moment; it never goes back."""
    for site_id in site_ids:
        key = {"_id": _key(account_id, site_id)}
        LookDocument.raw().update_one(key, {"$max": {"at": milliseconds(at)}}, upsert=True)


def read(account_id: str, site_ids: Iterable[str]) -> dict[str, datetime]:
    """Return when the person last looked at each of these sites' lists; who never did is not in it."""
    sites = {_key(account_id, site_id): site_id for site_id in site_ids}
    rows = LookDocument.raw().find({"_id": {"$in": sorted(sites)}})
    return dict(LookDocument.readable(rows, lambda raw: (sites[raw["_id"]], raw["at"])))


def _key(account_id: str, site_id: str) -> str:
    return f"{account_id}:{site_id}"
