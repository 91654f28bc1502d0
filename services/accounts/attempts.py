"""Tries with a password or a code: counted before they are looked at, and told to wait after wrong ones."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime

from models.accounts import sign_in_attempts
from models.accounts.sign_in_attempts import OF_ACCOUNT, OF_ADDRESS, STRICT, Pauses, forget, give_back
from services.errors import TooManyRequests

__all__ = ["OF_ACCOUNT", "OF_ADDRESS", "STRICT", "claim", "forget", "give_back"]


def claim(subject: str, *, now: datetime, pauses: Pauses = STRICT) -> str:
    """Count a try at the subject, such as an account with the caller's address; return the key.

    Raises:
        TooManyRequests: the pause after the last tries is not over.
    """
    key = hashlib.sha256(subject.encode()).hexdigest()
    pause = sign_in_attempts.claim(key, now=now, pauses=pauses)
    if pause > sign_in_attempts.NO_PAUSE:
        wait = math.ceil(pause.total_seconds())
        raise TooManyRequests("too_many_attempts", "Wait before you try again.", retry_after=wait)
    return key
