"""How often one address may call without being signed in: sign-ins, codes, refreshes.

It bounds what somebody without an account can have the service do, in all processes together. A whole ward
behind one address stays far below; an outage of the count lets calls through, because guarding the door must
not close it. Who was refused is refused by this process until the minute is over, without another count.
"""

from __future__ import annotations

import math
from datetime import datetime

from models.store import call_counts
from models.store.connection import DRIVER_ERRORS
from models.store.remembered import Remembered
from services.access.addresses import network_of
from services.errors import TooManyRequests

_refused_until: Remembered[str, datetime] = Remembered(4096)


def claim(address: str, *, per_minute: int, now: datetime) -> None:
    """Count a call from the address.

    Raises:
        TooManyRequests: there were more than `per_minute` in this minute.
    """
    network = network_of(address)
    until = _refused_until.get(network)
    # A later moment than a minute ahead is one of a clock that was ahead.
    if until is None or not now < until <= now + call_counts.WINDOW:
        try:
            calls, left = call_counts.count(f"anonymous|{network}", now=now)
        except DRIVER_ERRORS:
            return
        if calls <= per_minute:
            return
        until = now + left
        _refused_until.put(network, until)
    wait = max(1, math.ceil((until - now).total_seconds()))
    raise TooManyRequests("too_many_calls", "Too many calls from this address.", retry_after=wait)


def forget() -> None:
    """Forget who was refused; between tests."""
    _refused_until.clear()
