"""What a message consists of: what it is about, whom it is for, what became of it. Plain data.

Stored and read by `models.outbox.messages`. A message carries no name, no topic and no answer: who reads it
follows a link and signs in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.store.positions import Position
from scoring.decline import Level

SITE_ADDRESS = "site"
"""The recipient that stands for a site's second address."""


class MessageKind(StrEnum):
    """What a message says: of an alert, what `models.alerts.alert.NoticeKind` says, or something of its own.

    DIGEST: several alerts, told once a day. TEST: somebody asked whether messages arrive. WEBHOOK_OFF,
    ADDRESS_OFF: a site's webhook, or the address of one of its staff, was switched off.
    """

    RAISED = "raised"
    WITHDRAWN = "withdrawn"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    DIGEST = "digest"
    TEST = "test"
    WEBHOOK_OFF = "webhook_off"
    ADDRESS_OFF = "address_off"


ABOUT_NO_ALERT = frozenset({MessageKind.TEST, MessageKind.WEBHOOK_OFF, MessageKind.ADDRESS_OFF})


class MessageState(StrEnum):
    """What became of a message.

    DROPPED: it was not true any more when it was to be sent. DEAD: it cannot be delivered; somebody may have
    it tried again.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"
    DEAD = "dead"


class AttemptOutcome(StrEnum):
    """How an attempt to carry a message ended; UNKNOWN: who made it was stopped before it could say."""

    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to carry a message: its receipt.

    Attributes:
        at: when it began.
        reason: why it failed, a word; "" when it did not.
    """

    at: datetime
    outcome: AttemptOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be carried to one recipient by one channel.

    Attributes:
        key: what makes it one: `alert:notice:recipient:channel`, with the alert's public id; of a digest
            `recipient:channel:window`. Made twice, it is stored once.
        public_id: opaque, and the same at every attempt, so that a receiver recognizes a repetition.
        channel: its name in `services.delivery.channels`.
        recipient: an account's id, a webhook subscription's, or `SITE_ADDRESS`.
        because: why the recipient is told; a word of `services.delivery.audience.ToldAs`, or "".
        alert_ids: public ids of what it is about; several for a digest, none for a test.
        about: the notices it is about, as `alert:number`.
        notice: number of the alert's notice; 0 when it is not about one.
        level: of the alert at that time.
        due_at: not before then.
        reason: why it is dropped or dead, or why the last attempt failed; a word.
        attempts: the latest ones, the earliest of them first.
        first_attempt_at: when the first attempt began.
        finished_at: when it was delivered, dropped or given up.
        tries: how often it was taken up since it was made, or was to be tried again.
        give_up_at: it is not tried again after that.
        lease: of the worker that has taken it up; "" when none has.
        rev: counts the alerts that a digest took in, for conditional writes.
    """

    key: str
    public_id: str
    site_id: str
    channel: str
    recipient: str
    kind: MessageKind
    created_at: datetime
    due_at: datetime
    because: str = ""
    alert_ids: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    notice: int = 0
    level: Level | None = None
    state: MessageState = MessageState.WAITING
    reason: str = ""
    attempts: tuple[Attempt, ...] = ()
    first_attempt_at: datetime | None = None
    finished_at: datetime | None = None
    give_up_at: datetime | None = None
    tries: int = 0
    lease: str = ""
    rev: int = 0

    @property
    def position(self) -> Position:
        """Where it stands in a list of messages."""
        return self.created_at, self.public_id

    @property
    def lane(self) -> str:
        """What it is claimed by: its channel, and what is urgent apart, so that nothing else delays it."""
        return lane_of(self.channel, urgent=self.level is Level.URGENT)

    @property
    def alert_id(self) -> str | None:
        """The public id of the alert it is about, None when it is not about exactly one."""
        return self.alert_ids[0] if len(self.alert_ids) == 1 else None


def lane_of(channel: str, *, urgent: bool) -> str:
    """Return what the messages of a channel are claimed by."""
    return f"{channel}:urgent" if urgent else channel
