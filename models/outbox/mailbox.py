"""The development mailbox: mails that would have gone out, kept where no mail server is set up. Bounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from models.store.base import BaseDocument
from models.store.mapping import DocumentMap

KEPT = 200
"""Our choice: so many mails are kept, the latest ones."""


class MailboxDocument(BaseDocument):
    """Stored form of a mail; the id is the message's, so that a repetition is one mail."""

    meta: ClassVar[dict[str, Any]] = {"collection": "mailbox", "indexes": ["at"]}
    _dynamic = True  # the fields stand in the dataclass


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that would have gone out.

    Attributes:
        message_id: the header.
    """

    at: datetime
    to: str
    subject: str
    text: str
    html: str
    message_id: str


_MAILS = DocumentMap(KeptMail)


def keep(mail: KeptMail) -> None:
    """Keep a mail in place of the oldest one."""
    MailboxDocument.raw().update_one({"_id": mail.message_id}, {"$set": _MAILS.write(mail)}, upsert=True)
    old = list(MailboxDocument.raw().find({}, {"_id": 1}).sort("at", -1).skip(KEPT).limit(KEPT))
    if old:
        MailboxDocument.raw().delete_many({"_id": {"$in": [raw["_id"] for raw in old]}})


def latest(limit: int = KEPT) -> list[KeptMail]:
    """Return the mails that are kept, the latest first."""
    rows = MailboxDocument.raw().find({}).sort("at", -1).limit(limit)
    return list(MailboxDocument.readable(rows, _MAILS.read))
