"""Which sessions were ended lately: how an access token dies before its end without a read for each request.

Every process holds the ids of the sessions ended within the life of an access token. The list is read
again after three seconds and never believed for more than five: when the database is away so long,
nobody is let in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from threading import Lock

from models.store.connection import DRIVER_ERRORS
from services.errors import database_away

REFRESH_SECONDS = 3.0
BELIEVE_SECONDS = 5.0
RETRY_SECONDS = 1.0
CLOCK_DIFFERENCE = timedelta(minutes=2)


class Revocations:
    """The process's list of ended sessions.

    Args:
        ended_since: reads from the database the ids of the sessions ended since a moment.
        lifetime: of an access token.
        ticks: seconds that never go back.
    """

    def __init__(
        self,
        ended_since: Callable[[datetime], Iterable[str]],
        lifetime: timedelta,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ended_since = ended_since
        self._lifetime = lifetime
        self._ticks = ticks
        self._lock = Lock()
        self._ended: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._failed_at = float("-inf")

    def contains(self, session_id: str, now: datetime) -> bool:
        """Return whether the session was ended.

        Raises:
            Unavailable: the database is away, and the list is too old to be believed.
        """
        if self._age() >= REFRESH_SECONDS:
            self._refresh(now)
        return session_id in self._ended

    def add(self, session_id: str) -> None:
        """Note a session that this process ended itself, without waiting for the next reading."""
        with self._lock:
            self._ended |= {session_id}

    def _refresh(self, now: datetime) -> None:
        # While one thread reads, the others go on with a list that can still be believed, and wait otherwise.
        believed = self._age() < BELIEVE_SECONDS
        if not self._lock.acquire(blocking=not believed):
            return
        try:
            if self._age() >= REFRESH_SECONDS:
                self._read(now)
        finally:
            self._lock.release()

    def _read(self, now: datetime) -> None:
        begun = self._ticks()
        if (
            begun - self._failed_at >= RETRY_SECONDS
        ):  # or requests would queue up for one timeout after another
            try:
                ended = frozenset(self._ended_since(now - self._lifetime - CLOCK_DIFFERENCE))
            except DRIVER_ERRORS:
                self._failed_at = self._ticks()
            else:
                self._ended, self._read_at = ended, begun
        if self._age() >= BELIEVE_SECONDS:
            raise database_away()

    def _age(self) -> float:
        return self._ticks() - self._read_at
