"""Group commit: what threads of a process write at the same moment goes to the database with one call.

A round trip to the database costs more than what it carries. The first to submit works at once, alone;
whoever submits meanwhile waits and is served by the next run together with the others who waited. A run waits
a moment for as many as the one before it served. So one client waits for nobody, and the busier a process is,
the more it does with one call. A run begins after everything that it serves was submitted, so a read is never
older than its question. What a run does for each item is the caller's, and so is whose failure one is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

MOST = 64
LINGER = 0.014
"""Seconds; our choice, by measuring: about as long as three durable writes take."""

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Ticket(Generic[Item, Outcome]):
    """One item that waits; the lock is released when it was served, or when it is its turn to run."""

    item: Item
    turn: Lock = field(default_factory=_held)
    outcomes: tuple[Outcome, ...] = ()
    error: Exception | None = None

    @property
    def served(self) -> bool:
        return bool(self.outcomes) or self.error is not None


class GroupCommit(Generic[Item, Outcome]):
    """Group commit of what threads submit.

    Args:
        run: serves several items with one call and returns the outcome of each; what it raises is every
            item's.
    """

    def __init__(self, run: Callable[[Sequence[Item]], Sequence[Outcome]]) -> None:
        self._run = run
        self._lock = Lock()
        self._waiting: deque[_Ticket[Item, Outcome]] = deque()
        self._running = False
        self._wanted = 1
        self._enough = Event()

    def submit(self, item: Item) -> Outcome:
        """Return the item's outcome; raise what its run raised."""
        ticket: _Ticket[Item, Outcome] = _Ticket(item)
        with self._lock:
            self._waiting.append(ticket)
            first, self._running = not self._running, True
            if len(self._waiting) >= self._wanted:
                self._enough.set()
        if not first:
            ticket.turn.acquire()
        if not ticket.served:
            self._serve()
        if ticket.error is not None:
            raise ticket.error
        return ticket.outcomes[0]

    def _serve(self) -> None:
        """Run for everybody who waits, the caller among them, and hand the turn on."""
        self._enough.wait(LINGER)
        with self._lock:
            together = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            self._wanted = len(together)
            if len(self._waiting) < self._wanted:
                self._enough.clear()
        try:
            for ticket, outcome in zip(
                together, self._run([ticket.item for ticket in together]), strict=True
            ):
                ticket.outcomes = (outcome,)
        except Exception as error:
            for ticket in together:
                ticket.error = error
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._running = following is not None
        for ticket in together:
            ticket.turn.release()
        if following is not None:
            following.turn.release()
