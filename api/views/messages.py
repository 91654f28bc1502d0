"""The shape of messages over HTTP: their recipients by name."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from models.outbox.message import SITE_ADDRESS, Message
from models.sites import webhooks
from services.accounts import people


def message(shown: Message) -> dict[str, Any]:
    """Return a message with its recipient."""
    name = _name(shown)
    return {**asdict(shown), "alert_id": shown.alert_id, "recipient": {"id": shown.recipient, "name": name}}


def _name(shown: Message) -> str | None:
    if shown.recipient == SITE_ADDRESS:
        return None
    found = people.name_of(shown.recipient)
    if found is not None:
        return found
    subscription = webhooks.read(shown.recipient)
    return None if subscription is None else subscription.description or None
