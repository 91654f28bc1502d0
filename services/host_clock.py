"""Whether this host's clock agrees with the database's: what goes by days ends and removes nothing when not.

Where the database runs on this host both have one clock, and nothing can be told.
"""

from __future__ import annotations

from datetime import timedelta

from models.store import connection
from models.store.remembered import Remembered
from services import clock

SAID_BEYOND = timedelta(minutes=1)
"""By how much two hosts' clocks may differ before it is said (our choice)."""
AGREES_WITHIN = timedelta(hours=1)
"""By how much they may differ before what goes by days waits (our choice)."""
_lately: Remembered[str, timedelta] = Remembered(1, seconds=10.0)


def ahead() -> timedelta:
    """Return by how much this host is ahead of the database's; nothing where that does not say its time."""
    said = connection.clock_of_server()
    return timedelta(0) if said is None else clock.of_host() - said


def agrees() -> bool:
    """Return whether both clocks show about the same time, as of some seconds ago at most."""
    known = _lately.get("")
    if known is None:
        known = ahead()
        _lately.put("", known)
    return abs(known) <= AGREES_WITHIN


def forget() -> None:
    """Forget what was found lately; between tests."""
    _lately.clear()
