"""Batches take turns: one is worked on at a time in a process, a few wait a little, the rest come again.

A batch can hold a hundred late reports, each of which concerns a whole history. Some of these at once
would take the process and the database from everybody who sends a single report.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from services.errors import TooManyRequests

WAITING = 4
"""Batches that a process has in hand: one at work, the others before it. Threads stay free for the rest."""
PATIENCE = 5.0
LONG = 0.25
MOST_REST = 2.0
"""Seconds: after a long batch the next one begins as much later as that took, so that batches take half of
a process's time at most."""
RETRY_AFTER_SECONDS = 10


class Turns:
    """The turns of a process."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._admitted = BoundedSemaphore(WAITING)
        self._working = Lock()
        self._rested_at = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the turn, once it has come.

        Raises:
            TooManyRequests: too many wait, or it did not come in time; nothing was taken.
        """
        if not self._admitted.acquire(blocking=False):
            raise _come_again()
        try:
            if not self._working.acquire(timeout=self._patience):
                raise _come_again()
            with self._resting():
                yield
        finally:
            self._admitted.release()

    @contextmanager
    def _resting(self) -> Iterator[None]:
        """Begin when the rest after the last batch is over; the turn is passed on afterwards."""
        try:
            time.sleep(max(0.0, self._rested_at - time.monotonic()))
            begun = time.monotonic()
            yield
            took = time.monotonic() - begun
            self._rested_at = time.monotonic() + (min(took, MOST_REST) if took > LONG else 0.0)
        finally:
            self._working.release()


def _come_again() -> TooManyRequests:
    detail = "Many batches came at this moment. Nothing of this one was taken: send it again soon."
    return TooManyRequests("come_again", detail, retry_after=RETRY_AFTER_SECONDS)


BATCHES = Turns()
"""Those of this process."""
