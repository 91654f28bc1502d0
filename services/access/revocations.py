"""Which sessions ended and whose powers changed lately: how an access token dies before its end.

Every process holds the ids of the sessions ended, and the accounts closed or given other roles, within the
life of an access token; so no request needs a read of its own. The list is read
again after three seconds and never believed for more than five: when the database is away so long,
nobody is let in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
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
        powers_since: reads the present count of powers of the accounts where it changed since a moment.
        lifetime: of an access token.
        ticks: seconds that never go back.
    """

    def __init__(
        self,
        ended_since: Callable[[datetime], Iterable[str]],
        powers_since: Callable[[datetime], Mapping[str, int]],
        lifetime: timedelta,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ended_since = ended_since
        self._powers_since = powers_since
        self._lifetime = lifetime
        self._ticks = ticks
        self._lock = Lock()
        self._ended: frozenset[str] = frozenset()
        self._powers: Mapping[str, int] = {}
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

    def outdated(self, account_id: str, powers: int, now: datetime) -> bool:
        """Return whether the account may do something else than when it had this count of powers.

        Raises:
            Unavailable: as for `contains`.
        """
        if self._age() >= REFRESH_SECONDS:
            self._refresh(now)
        return powers < self._powers.get(account_id, powers)

    def note_powers(self, account_id: str, powers: int) -> None:
        """Note a change that this process made itself, without waiting for the next reading."""
        with self._lock:
            self._powers = {**self._powers, account_id: powers}

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
                since = now - self._lifetime - CLOCK_DIFFERENCE
                ended, powers = frozenset(self._ended_since(since)), self._powers_since(since)
            except DRIVER_ERRORS:
                self._failed_at = self._ticks()
            else:
                self._ended, self._powers, self._read_at = ended, powers, begun
        if self._age() >= BELIEVE_SECONDS:
            raise database_away()

    def _age(self) -> float:
        return self._ticks() - self._read_at
