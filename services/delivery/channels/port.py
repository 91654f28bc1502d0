"""What a channel is: it says whom it would carry a notice to, and carries messages.

A channel knows addresses and how to reach them. When, how often and for how long it is tried is
`services.delivery.outbox`'s; whom an alert is told to is `services.delivery.audience`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.alerts.alert import Alert
from models.alerts.notices import Notice
from models.outbox.message import Message
from services.delivery.audience import Recipient


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver took the message."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It may succeed later.

    Attributes:
        reason: a word, without anything that the receiver said.
        retry_at: when the receiver wants to be asked again; None leaves it to the outbox.
    """

    reason: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """No further attempt can succeed; an address that is gone was switched off by the channel."""

    reason: str


Outcome = Delivered | Failed | Gone


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel would carry a notice to.

    Attributes:
        recipient: an account's id, a subscription's, or `SITE_ADDRESS`; never an address itself.
        because: why; a word.
        due_at: not before then; None is at once.
        digest: the window of a digest that takes it in, as text that sorts by time; "" for a message of its
            own.
        unreachable: why nothing can be sent there, a word; the message is kept as dead, for all to see.
    """

    recipient: str
    because: str = ""
    due_at: datetime | None = None
    digest: str = ""
    unreachable: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice with the alert it is about and the people it is for."""

    alert: Alert
    notice: Notice
    recipients: tuple[Recipient, ...]


class Channel(Protocol):
    """A way to reach people."""

    @property
    def name(self) -> str:
        """Its name, part of a message's key."""

    def addresses(self, telling: Telling, *, now: datetime) -> Iterable[Address]:
        """Return where the channel carries this notice to; each recipient once."""

    def send(self, message: Message, *, now: datetime) -> Outcome:
        """Carry a message, within a minute; an exception counts as a failure."""
