"""Factories for the tests of delivery: messages, and a channel that keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from models.outbox import messages
from models.outbox.message import Attempt, AttemptOutcome, Message, MessageKind, MessageState
from models.store.base import new_id
from scoring.decline import Level
from services.delivery.channels.port import Address, Delivered, Outcome, Telling
from tests.alert_samples import SITE, on_day

NOON = on_day(5)


def make_message(**fields: Any) -> Message:
    """A message about one alert, due at noon."""
    alert_id = fields.pop("alert_id", "alert-1")
    notice, recipient = fields.get("notice", 1), fields.get("recipient", "someone")
    values: dict[str, Any] = {
        "key": f"{alert_id}:{notice}:{recipient}:{fields.get('channel', 'test')}",
        "public_id": new_id(),
        "site_id": SITE,
        "channel": "test",
        "recipient": recipient,
        "kind": MessageKind.RAISED,
        "created_at": NOON,
        "due_at": NOON,
        "alert_ids": (alert_id,),
        "about": (f"{alert_id}:{notice}",),
        "notice": 1,
        "level": Level.SOON,
        "give_up_at": NOON + timedelta(days=3),
    }
    return Message(**{**values, **fields})


@dataclass
class Keeping:
    """A channel that reaches everybody, and keeps what it carried.

    Attributes:
        outcomes: what becomes of the next messages; afterwards all are delivered. Exceptions are raised.
        addressed: how each person is addressed, by account.
    """

    name: str = "test"
    outcomes: list[Outcome | Exception] = field(default_factory=list)
    addressed: dict[str, Address] = field(default_factory=dict)
    carried: list[Message] = field(default_factory=list)

    def addresses(self, telling: Telling, *, now: datetime) -> Iterable[Address]:
        for person in telling.recipients:
            recipient = person.account_id or "site"
            yield self.addressed.get(recipient, Address(recipient, person.because))

    def send(self, message: Message, *, now: datetime) -> Outcome:
        self.carried.append(message)
        outcome = self.outcomes.pop(0) if self.outcomes else Delivered()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def dead_message(site_id: str, account_id: str, now: datetime) -> Message:
    """A message to a person's address that was given up."""
    made = Message(
        key=f"{new_id()}:1:{account_id}:email",
        public_id=new_id(),
        site_id=site_id,
        channel="email",
        recipient=account_id,
        kind=MessageKind.RAISED,
        created_at=now,
        due_at=now,
        alert_ids=(new_id(),),
        give_up_at=now + timedelta(days=3),
    )
    assert messages.insert(made)
    held = messages.claim(made.lane, now=now, lasting=timedelta(minutes=1))
    assert held is not None
    attempt = Attempt(now, AttemptOutcome.GONE, "address_refused")
    assert messages.finish(held, MessageState.DEAD, attempt, now=now)
    return replace(made, state=MessageState.DEAD)
