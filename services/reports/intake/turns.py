"""Batches take turns: one is worked on at a time in a process, a few wait a little, the rest come again.

A batch can hold a hundred late reports, each of which concerns a whole history. Some of these at once
would take the process and the database from everybody who sends a single report.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from services.errors import TooManyRequests

WAITING = 4
"""Batches that a process has in hand: one at work, the others before it. Threads stay free for the rest."""
PATIENCE = 5.0
RETRY_AFTER_SECONDS = 10


class Turns:
    """The turns of a process."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._admitted = BoundedSemaphore(WAITING)
        self._working = Lock()

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
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._admitted.release()


def _come_again() -> TooManyRequests:
    detail = "Many batches came at this moment. Nothing of this one was taken: send it again soon."
    return TooManyRequests("come_again", detail, retry_after=RETRY_AFTER_SECONDS)


BATCHES = Turns()
"""Those of this process."""
