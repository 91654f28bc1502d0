"""Digests: what one person is told of once a day, as one message under `recipient:channel:window`."""

from __future__ import annotations

from dataclasses import replace

from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from services.retry import until_won

_WINDOWS = 8


def tell_of(message: Message, window: str) -> Message:
    """Put what a message would tell into the recipient's digest, once; return the digest.

    A digest that is being sent, or was, takes in nothing more: then the next one of its window does.

    Args:
        message: of one alert, due when the digest is.
        window: which digest, as text.
    """
    return until_won(lambda: _told_of(message, window), over="this digest")


def _told_of(message: Message, window: str) -> Message | None:
    """Return the digest that tells of it now; None when somebody was first."""
    for number in range(_WINDOWS):
        key = f"{message.recipient}:{message.channel}:{window}" + (f":{number}" if number else "")
        digest = messages.read(key)
        if digest is None:
            made = replace(message, key=key, kind=MessageKind.DIGEST, notice=0, level=None, because="")
            return made if messages.insert(made) else None
        if message.about[0] in digest.about:
            return digest
        if digest.state is MessageState.WAITING and not digest.lease:
            return digest if messages.take_in(digest, message.alert_ids[0], message.about[0]) else None
    raise ValueError("every digest of the window was sent")
