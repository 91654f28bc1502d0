"""Receipts: who was told of an alert and when, what cannot be delivered, and having it tried again."""

from __future__ import annotations

from datetime import datetime

from models.alerts import alerts
from models.outbox import messages
from models.outbox.message import Message, MessageState
from models.store.positions import Position
from models.store.scope import Scope
from services.delivery.hours import GIVE_UP_AFTER
from services.errors import Conflict, not_found


def of_alert(public_id: str, scope: Scope) -> list[Message]:
    """Return every message about an alert, the earliest first, with each attempt to deliver it.

    Raises:
        NotFound: there is no such alert within reach.
    """
    if alerts.read(public_id, scope) is None:
        raise not_found("alert")
    return messages.of_alert(public_id)


def of_site(
    site_id: str, state: MessageState, scope: Scope, *, after: Position | None, limit: int
) -> tuple[list[Message], Position | None]:
    """Return a page of a site's messages in this state, the latest first, and where the next page begins.

    Raises:
        NotFound: the site is not within reach.
    """
    if not scope.covers_site(site_id):
        raise not_found("site")
    found = messages.of_site(site_id, state, after=after, limit=limit + 1)
    return found[:limit], found[limit - 1].position if len(found) > limit else None


def try_again(site_id: str, message_id: str, scope: Scope, *, now: datetime) -> Message:
    """Have a dead message tried again from now on, for as long as a new one.

    Raises:
        NotFound: the site or the message is not within reach.
        Conflict: it is not dead.
    """
    found = messages.read_public(message_id, site_id) if scope.covers_site(site_id) else None
    if found is None:
        raise not_found("message")
    again = None
    if found.state is MessageState.DEAD:
        again = messages.try_again(found, now=now, give_up_at=now + GIVE_UP_AFTER)
    if again is None:
        raise Conflict("not_dead", "Only a message that was given up can be tried again.")
    return again
