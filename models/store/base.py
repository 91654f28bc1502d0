"""What every document shares: strict storage, no lazy indexes, time-ordered text ids, millisecond times.

Identifiers are text because binary UUIDs do not survive every engine, and version 7 because keys that
grow with time keep inserts at one end of the index. Collections are listed in `models.indexes`, which
creates and checks their indexes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from mongoengine import Document
from uuid_utils import uuid7


class BaseDocument(Document):
    """Abstract document: indexes are made by an explicit command, unknown stored keys are ignored.

    Unknown keys are ignored so that the previous release can still read what a newer one wrote.
    """

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False, "strict": False}

    @classmethod
    def raw(cls) -> Any:
        """Return the driver's collection: reads and guarded updates without building documents."""
        return cls._get_collection()


def new_id() -> str:
    """Return a new UUIDv7 as text."""
    return str(uuid7())


def milliseconds(moment: datetime) -> datetime:
    """Return the moment in UTC cut to the milliseconds that the database keeps."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
