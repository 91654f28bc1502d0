"""What a site is told of its own doors: a webhook that was switched off, an address that was.

Told are its administrators, who can mend it, and its second address. Whoever switches something off makes
these messages first: the one who dies between the two meets the same answer again, and makes them anew under
the same keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.accounts import accounts
from models.accounts.account import Account
from models.outbox import messages
from models.outbox.message import SITE_ADDRESS, Message, MessageKind
from models.sites import sites
from models.sites.webhooks import WebhookSubscription
from models.store.base import new_id
from services.access.actor import STAFF, Role
from services.delivery.hours import GIVE_UP_AFTER

CHANNEL = "email"


def webhook_off(webhook: WebhookSubscription, *, now: datetime) -> None:
    """Have a site told that its webhook, as it was read, is switched off: the receiver is gone."""
    about = f"{webhook.id}:{webhook.rev}"
    _tell(webhook.site_id, MessageKind.WEBHOOK_OFF, about, _administrators(webhook.site_id), now)


def address_off(account: Account, *, now: datetime) -> None:
    """Have the sites where somebody works told that their address, as it was read, is switched off."""
    for site_id in sorted({entry.site_id for entry in account.roles if entry.role in STAFF}):
        others = (account_id for account_id in _administrators(site_id) if account_id != account.id)
        _tell(site_id, MessageKind.ADDRESS_OFF, f"{account.id}:{account.rev}:{site_id}", others, now)


def _administrators(site_id: str) -> list[str]:
    found = accounts.of_site(site_id, [Role.ADMIN])
    return [account.id for account in found if account.closed_at is None]


def _tell(site_id: str, kind: MessageKind, about: str, people: Iterable[str], now: datetime) -> None:
    site = sites.read(site_id)
    second = () if site is None or site.escalation.second_address is None else (SITE_ADDRESS,)
    for recipient in (*people, *second):
        message = Message(
            key=f"{kind}:{about}:{recipient}:{CHANNEL}",
            public_id=new_id(),
            site_id=site_id,
            channel=CHANNEL,
            recipient=recipient,
            kind=kind,
            created_at=now,
            due_at=now,
            give_up_at=now + GIVE_UP_AFTER,
        )
        messages.insert(message)
