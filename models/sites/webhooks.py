"""Webhook subscriptions of sites: where a site's alerts are told to another program.

One document is one subscription, guarded by `rev`; its history says who changed what and when. One that was
removed stays without its secrets, so that what was sent to it can still be understood. Signing secrets are
stored sealed (`services.delivery.webhooks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from models.store import unreadable
from models.store.base import BaseDocument
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.mapping import DocumentMap, plain
from models.store.provenance import Provenance


class WebhookDocument(BaseDocument):
    """Where subscriptions are stored; `WebhookSubscription` and `WebhookStep` say what."""

    meta: ClassVar[dict[str, Any]] = {"collection": "webhooks", "indexes": ["site_id"]}
    _dynamic = True  # the fields stand in the dataclasses

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _subscription(raw)
        return {}


class WebhookEvent(StrEnum):
    """What happened to a subscription."""

    CREATED = "created"
    CHANGED = "changed"
    ROTATED = "rotated"
    SWITCHED_OFF = "switched_off"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A secret that messages are signed with.

    Attributes:
        sealed: encrypted with a key that is not in the database.
        since: when it was made.
        until: when it stops being used; None for the current one.
    """

    sealed: str = field(repr=False)
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookSubscription:
    """A subscription.

    Attributes:
        address: where messages are posted.
        audience: whose topics the receiver may read, of `models.alerts.alert.Audience`.
        events: the kinds of notices that are sent, of `models.alerts.alert.NoticeKind`.
        description: what it is for, in the site's own words.
        active: messages are sent.
        off_because: why it was switched off by itself, "" when it was not.
        secrets: the current one first, then the one before.
        removed_at: when it was removed; it is not listed any more.
        rev: changes with every change; `If-Match` names it.
    """

    id: str
    site_id: str
    address: str
    audience: str
    events: tuple[str, ...]
    created_at: datetime
    description: str = ""
    active: bool = True
    off_because: str = ""
    off_at: datetime | None = None
    secrets: tuple[SigningSecret, ...] = ()
    removed_at: datetime | None = None
    rev: int = 0


@dataclass(frozen=True, slots=True)
class WebhookStep:
    """One line of a subscription's history.

    Attributes:
        changed: the fields that were changed, with their values after it; never a secret.
    """

    at: datetime
    event: WebhookEvent
    by: Provenance
    changed: Mapping[str, Any] = field(default_factory=dict)


_SUBSCRIPTIONS = DocumentMap(WebhookSubscription)
_STEPS = DocumentMap(WebhookStep)
_WITHOUT_HISTORY = {"history": 0}
_NEVER_CHANGED = ("id", "site_id", "created_at")


def add(subscription: WebhookSubscription, step: WebhookStep) -> bool:
    """Store a new subscription; return False when there is one with its id."""
    stored = _SUBSCRIPTIONS.write(subscription, without=("id",))
    try:
        WebhookDocument.raw().insert_one({"_id": subscription.id, **stored, "history": [plain(step)]})
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True


def read(subscription_id: str) -> WebhookSubscription | None:
    """Return a subscription; None when there is none, or it was removed."""
    raw = WebhookDocument.raw().find_one({"_id": subscription_id}, _WITHOUT_HISTORY)
    return None if raw is None or raw.get("removed_at") else WebhookDocument.one(raw, _subscription)


def history(subscription_id: str) -> list[WebhookStep]:
    """Return what happened to a subscription, the oldest first."""
    raw = WebhookDocument.raw().find_one({"_id": subscription_id}, {"history": 1}) or {}
    return unreadable.entries(raw, "history", _STEPS.read, of="webhooks")


def of_site(site_id: str) -> list[WebhookSubscription]:
    """Return the subscriptions of a site that were not removed, in the order in which they were made."""
    rows = WebhookDocument.raw().find({"site_id": site_id}, _WITHOUT_HISTORY)
    found = WebhookDocument.readable((raw for raw in rows if not raw.get("removed_at")), _subscription)
    return sorted(found, key=lambda subscription: (subscription.created_at, subscription.id))


def change(before: WebhookSubscription, step: WebhookStep, **changes: Any) -> WebhookSubscription | None:
    """Change a subscription that is still as it was read.

    Args:
        before: as it was read.
        step: what happened.
        **changes: fields, with their new values.

    Returns:
        The subscription after it; None when somebody changed it meanwhile.
    """
    after = replace(before, rev=before.rev + 1, **changes)
    values = _SUBSCRIPTIONS.write(after, without=_NEVER_CHANGED)
    done = WebhookDocument.raw().update_one(
        {"_id": before.id, "rev": before.rev}, {"$set": values, "$push": {"history": plain(step)}}
    )
    return after if done.matched_count else None


def _subscription(raw: Mapping[str, Any]) -> WebhookSubscription:
    return _SUBSCRIPTIONS.read({**raw, "id": raw["_id"]})
