"""Challenges of passkeys that were used: each counts once.

A challenge carries its own purpose and end, sealed, so one that is asked for and never used is stored nowhere
(`services.accounts.passkeys.ceremonies`). Using it inserts its digest, which only one of many that race can
do; the TTL index removes what nobody could use any more.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, StringField

from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate


class UsedChallengeDocument(BaseDocument):
    """Stored form of a challenge that was used."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "used_challenges",
        "indexes": [{"fields": ["forgotten_at"], "expireAfterSeconds": 0}],
    }

    id = StringField(primary_key=True)
    forgotten_at = DateTimeField(required=True)


def use(challenge: str, *, until: datetime) -> bool:
    """Note that a challenge was used; return whether it was the first time.

    Args:
        challenge: the text.
        until: from when on it is refused for its age.
    """
    digest = hashlib.sha256(challenge.encode()).hexdigest()
    try:
        UsedChallengeDocument.raw().insert_one({"_id": digest, "forgotten_at": milliseconds(until)})
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True
