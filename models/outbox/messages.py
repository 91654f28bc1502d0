"""Messages as they are stored: made once, claimed by lease, finished with a receipt.

A message is a job (`models.store.jobs`): `free_at` is when it is due, while somebody carries it the end of
the lease, and gone once it is finished. Whoever lost the lease changes nothing any more. An attempt is
written together with the claim, as one whose outcome is unknown, so that a worker that dies leaves its trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from models.outbox.message import (
    ABOUT_NO_ALERT,
    Attempt,
    AttemptOutcome,
    Message,
    MessageKind,
    MessageState,
)
from models.store import jobs, removal
from models.store.base import milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.jobs import JobDocument
from models.store.mapping import DocumentMap, plain
from models.store.positions import Position
from scoring.decline import Level

MOST_ATTEMPTS = 30
"""Our choice: of so many attempts the receipts are kept, the latest ones."""
MOST_IN_DIGEST = 500
LONGEST_PAUSE = timedelta(hours=1)
"""Our choice: nothing that failed waits for longer until it is tried again."""
CLOCK_DIFFERENCE = timedelta(hours=1)
"""Our choice: what was made by a clock further ahead waits for no time of that clock."""
ONE_BATCH = 500


class MessageDocument(JobDocument):
    """Stored form of a message; `Message` says what. `lane` is what it is claimed by."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "outbox",
        "indexes": [
            *(("lane", "free_at"), "public_id", "alert_ids"),
            *(("site_id", "state", "created_at", "public_id"), ("recipient", "created_at", "public_id")),
            *(("state", "due_at"), ("state", "finished_at"), ("kind", "finished_at")),
        ],
    }
    _dynamic = True  # the fields stand in the dataclass


MESSAGES = DocumentMap(
    Message,
    unknown={
        Level: Level.URGENT,
        MessageKind: MessageKind.RAISED,
        MessageState: MessageState.WAITING,
        AttemptOutcome: AttemptOutcome.UNKNOWN,
    },
)


def insert(message: Message) -> bool:
    """Store a new message; return False when there is one with its key."""
    stored = {"_id": message.key, **MESSAGES.write(message, without=["key"]), "lane": message.lane}
    if message.state is MessageState.WAITING:
        stored |= jobs.opened(message.due_at)
    try:
        MessageDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True


def read(key: str) -> Message | None:
    """Return the message with this key."""
    raw = MessageDocument.raw().find_one({"_id": key})
    return None if raw is None else MessageDocument.one(raw, _message)


def read_public(public_id: str, site_id: str) -> Message | None:
    """Return the message of a site with this opaque id."""
    raw = MessageDocument.raw().find_one({"public_id": public_id, "site_id": site_id})
    return None if raw is None else MessageDocument.one(raw, _message)


def take_in(digest: Message, alert_id: str, about: str) -> bool:
    """Let a digest that is as it was read, and that nobody carries, tell of an alert too.

    Returns:
        Whether it was as read, and waits.
    """
    query = {"_id": digest.key, "state": MessageState.WAITING.value, "lease": "", "rev": digest.rev}
    values = {
        "alert_ids": list(dict.fromkeys((*digest.alert_ids, alert_id)))[-MOST_IN_DIGEST:],
        "about": [*digest.about, about][-MOST_IN_DIGEST:],
        "rev": digest.rev + 1,
    }
    return bool(MessageDocument.raw().update_one(query, {"$set": values}).matched_count)


def claim(lane: str, *, now: datetime, lasting: timedelta) -> Message | None:
    """Take up the message of a lane that has been due for the longest time; None when none is due."""
    attempt = {"$push": {"attempts": plain(Attempt(now, AttemptOutcome.UNKNOWN))}}
    raw = jobs.claim(MessageDocument, now, lasting, beside=attempt, among={"lane": lane}, void=_void(now))
    return None if raw is None else jobs.taken(MessageDocument, raw, _message)


def _void(now: datetime) -> list[dict[str, Any]]:
    """Of what waits until later: what was tried again or made by a clock that was ahead."""
    later = {"$gt": milliseconds(now + LONGEST_PAUSE + jobs.CLOCK_DIFFERENCE)}
    made = {"$gt": milliseconds(now + CLOCK_DIFFERENCE)}
    return [
        {"lease": "", "tries": {"$gt": 0}, "free_at": later},
        {"lease": "", "created_at": made, "free_at": {"$gt": milliseconds(now)}},
    ]


def finish(held: Message, state: MessageState, attempt: Attempt, *, now: datetime) -> bool:
    """Note what became of a message that is still held; return whether it was.

    Args:
        held: as it was claimed.
        state: delivered, or dead.
        attempt: the receipt.
        now: the present moment.
    """
    values = {
        **_with_receipt(held, attempt),
        "state": state.value,
        "reason": attempt.reason,
        "finished_at": milliseconds(now),
        "lease": "",
    }
    return jobs.finish(MessageDocument, jobs.held_by(held.key, held.lease), values) is not None


def drop(held: Message, reason: str, *, now: datetime) -> bool:
    """Note that a held message is not to be sent, and that nothing was sent this time."""
    values = {
        "attempts": [plain(attempt) for attempt in held.attempts[:-1]],
        "state": MessageState.DROPPED.value,
        "reason": reason,
        "finished_at": milliseconds(now),
        "lease": "",
    }
    return jobs.finish(MessageDocument, jobs.held_by(held.key, held.lease), values) is not None


def put_off(held: Message, due_at: datetime, attempt: Attempt) -> bool:
    """Note a failed attempt at a held message that is to be tried again; return whether it was held."""
    values = {**_with_receipt(held, attempt), "reason": attempt.reason, "lease": ""}
    update = {"$set": {**values, "free_at": milliseconds(due_at)}}
    return jobs.advance(MessageDocument, jobs.held_by(held.key, held.lease), update) is not None


def try_again(dead: Message, *, now: datetime, give_up_at: datetime) -> Message | None:
    """Have a dead message tried again; None when it is not dead any more."""
    values = {
        **jobs.opened(now),
        "state": MessageState.WAITING.value,
        "reason": "",
        "finished_at": None,
        "give_up_at": milliseconds(give_up_at),
    }
    raw = jobs.advance(MessageDocument, {"_id": dead.key, "state": MessageState.DEAD.value}, {"$set": values})
    return None if raw is None else MessageDocument.one(raw, _message)


def of_alert(public_id: str) -> list[Message]:
    """Return every message about an alert, the earliest first."""
    rows = MessageDocument.raw().find({"alert_ids": {"$in": [public_id]}}, batch_size=ONE_BATCH)
    return sorted(
        MessageDocument.readable(rows, _message), key=lambda message: (message.created_at, message.key)
    )


def of_site(site_id: str, state: MessageState, *, after: Position | None, limit: int) -> list[Message]:
    """Return messages of a site in this state, the latest made first.

    Args:
        site_id: the site.
        state: of the messages.
        after: the last one of the page before.
        limit: at most so many.
    """
    return _page({"site_id": site_id, "state": state.value}, after, limit)


def of_recipient(recipient: str, *, after: Position | None, limit: int) -> list[Message]:
    """Return messages to an account or a subscription, the latest made first.

    Args:
        recipient: as in `Message.recipient`; the site's second address is not one of its own.
        after: the last one of the page before.
        limit: at most so many.
    """
    return _page({"recipient": recipient}, after, limit)


def _page(wanted: dict[str, Any], after: Position | None, limit: int) -> list[Message]:
    """The latest first; those of one notice were made in the same moment, and are told apart by their ids."""
    if after is not None:
        at, public_id = milliseconds(after[0]), after[1]
        same = {"created_at": at, "public_id": {"$lt": public_id}}
        wanted = {**wanted, "$or": [{"created_at": {"$lt": at}}, same]}
    rows = MessageDocument.raw().find(wanted, batch_size=limit).limit(limit)
    latest = rows.sort([("created_at", -1), ("public_id", -1)])
    return list(MessageDocument.readable(latest, _message))


def remove_finished(before: datetime) -> int:
    """Remove messages about no alert that were finished before a moment; return how many, some at a time."""
    return sum(
        removal.remove(MessageDocument, {"kind": kind.value, "finished_at": {"$lt": milliseconds(before)}})
        for kind in sorted(ABOUT_NO_ALERT)
    )


def count(site_id: str, state: MessageState) -> int:
    """Return how many messages of a site are in this state."""
    query = {"site_id": site_id, "state": state.value}
    return int(MessageDocument.raw().count_documents(query))


def _with_receipt(held: Message, attempt: Attempt) -> dict[str, Any]:
    """The attempts with the last one, written by the claim, as it ended."""
    attempts = (*held.attempts[:-1], attempt)
    return {
        "attempts": [plain(entry) for entry in attempts[-MOST_ATTEMPTS:]],
        "first_attempt_at": milliseconds(held.first_attempt_at or attempts[0].at),
    }


def _message(raw: Mapping[str, Any]) -> Message:
    return MESSAGES.read({**raw, "key": raw["_id"]})
