"""When a person last looked at a site's worklist, as far as the person said so.

What a process has read of it lately is remembered, for who only asks whether a list is still the same: a look
noted by another process is then seen a minute late, and until then more stands as new than is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, StringField

from models.store import removal
from models.store.base import BaseDocument, milliseconds
from models.store.remembered import Remembered

_known: Remembered[str, tuple[datetime | None]] = Remembered(20_000, seconds=60.0)


class LookDocument(BaseDocument):
    """Stored form of a look; the id is account and site."""

    meta: ClassVar[dict[str, Any]] = {"collection": "worklist_looks", "indexes": ["at"]}

    id = StringField(primary_key=True)
    at = DateTimeField(required=True)


def note(account_id: str, site_ids: Iterable[str], *, at: datetime) -> None:
    """Note that a person has looked at these sites' lists as they were at a moment; it never goes back."""
    for site_id in site_ids:
        key = {"_id": _key(account_id, site_id)}
        LookDocument.raw().update_one(key, {"$max": {"at": milliseconds(at)}}, upsert=True)
        _known.drop(key["_id"])


def read(account_id: str, site_ids: Iterable[str]) -> dict[str, datetime]:
    """Return when the person last looked at each of these sites' lists; who never did is not in it."""
    sites = {_key(account_id, site_id): site_id for site_id in site_ids}
    begun = _known.now()
    rows = LookDocument.raw().find({"_id": {"$in": sorted(sites)}})
    found = dict(LookDocument.readable(rows, lambda raw: (sites[raw["_id"]], raw["at"])))
    for key, site_id in sites.items():
        _known.put(key, (found.get(site_id),), read_at=begun)
    return found


def read_lately(account_id: str, site_ids: Iterable[str]) -> dict[str, datetime]:
    """Return the same, as of a minute ago at most."""
    wanted = list(site_ids)
    known = {site_id: _known.get(_key(account_id, site_id)) for site_id in wanted}
    if None in known.values():
        return read(account_id, wanted)
    return {site_id: look[0] for site_id, look in known.items() if look is not None and look[0] is not None}


def remove_before(moment: datetime) -> int:
    """Remove looks from before a moment; return how many, some at a time. To who looked so, all is new."""
    return removal.remove(LookDocument, {"at": {"$lt": milliseconds(moment)}})


def forget() -> None:
    """Forget what was read; between tests."""
    _known.clear()


def _key(account_id: str, site_id: str) -> str:
    return f"{account_id}:{site_id}"
