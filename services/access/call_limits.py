"""How often one address may call without being signed in: sign-ins, codes, refreshes.

It bounds what somebody without an account can have the service do, in all processes together. A whole ward
behind one address stays far below; an outage of the count lets calls through, because guarding the door must
not close it.
"""

from __future__ import annotations

import math
from datetime import datetime

from models.store import call_counts
from models.store.connection import DRIVER_ERRORS
from services.access.addresses import network_of
from services.errors import TooManyRequests


def claim(address: str, *, per_minute: int, now: datetime) -> None:
    """Count a call from the address.

    Raises:
        TooManyRequests: there were more than `per_minute` in this minute.
    """
    try:
        calls, left = call_counts.count(f"anonymous|{network_of(address)}", now=now)
    except DRIVER_ERRORS:
        return
    if calls > per_minute:
        wait = max(1, math.ceil(left.total_seconds()))
        raise TooManyRequests("too_many_calls", "Too many calls from this address.", retry_after=wait)
