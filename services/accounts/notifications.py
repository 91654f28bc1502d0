"""How a person is told of alerts: what they choose, and a test message to see that it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.accounts import accounts
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.notifications import Notifications
from models.outbox import messages
from models.outbox.message import Message, MessageKind
from models.store.base import new_id
from services.access.actor import Actor
from services.accounts import issue
from services.delivery.channels.email import NAME
from services.delivery.hours import GIVE_UP_AFTER
from services.errors import not_found
from services.retry import FEW_ATTEMPTS, until_won

_OF_ACCOUNT = frozenset({"locale"})


@dataclass(frozen=True, slots=True)
class OwnNotifications:
    """How a person is told.

    Attributes:
        address: where messages go now; None when there is no address.
        locale: the language that they are written in; None: English.
    """

    chosen: Notifications
    address: str | None
    locale: str | None


def read(actor: Actor) -> OwnNotifications:
    """Return how the actor is told.

    Raises:
        NotSignedIn: the account is gone.
    """
    return _shown(issue.present_account(actor.account_id))


def change(actor: Actor, wanted: Mapping[str, Any], *, now: datetime) -> OwnNotifications:
    """Change what is named of how the actor is told; naming an address switches it on again.

    Args:
        actor: whose account.
        wanted: fields of `Notifications`, and locale.
        now: the present moment.

    Raises:
        NotSignedIn: the account is gone.
        Unavailable: the account was changed each time.
    """

    def attempt() -> OwnNotifications | None:
        account = issue.present_account(actor.account_id)
        own = {name: value for name, value in wanted.items() if name not in _OF_ACCOUNT}
        chosen = replace(account.notifications, **own)
        if "email" in own:
            chosen = replace(chosen, switched_off=None)
        values: dict[str, Any] = {name: wanted[name] for name in _OF_ACCOUNT & wanted.keys()}
        step = AccountStep(now, AccountEvent.NOTIFICATIONS_CHANGED, actor.of_own_account())
        after = accounts.change(account, step, notifications=chosen, **values)
        return None if after is None else _shown(after)

    return until_won(attempt, over="this account", attempts=FEW_ATTEMPTS)


def send_test(actor: Actor, *, now: datetime) -> Message:
    """Have a test message sent to the actor by e-mail, one a minute at most; return it.

    Raises:
        NotSignedIn: the account is gone.
    """
    account = issue.present_account(actor.account_id)
    key = f"test:{account.id}:{NAME}:{now:%Y%m%dT%H%M}"
    message = Message(
        key=key,
        public_id=new_id(),
        site_id="",
        channel=NAME,
        recipient=account.id,
        kind=MessageKind.TEST,
        created_at=now,
        due_at=now,
        give_up_at=now + GIVE_UP_AFTER / 72,
    )
    messages.insert(message)
    return messages.read(key) or message


def read_test(actor: Actor, message_id: str) -> Message:
    """Return what became of a test message of the actor.

    Raises:
        NotFound: there is none with this id.
    """
    found = messages.read_public(message_id, "")
    if found is None or found.recipient != actor.account_id:
        raise not_found("message")
    return found


def _shown(account: Account) -> OwnNotifications:
    return OwnNotifications(account.notifications, account.told_at, account.locale)
