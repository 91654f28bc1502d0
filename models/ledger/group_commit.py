"""One piece of work for all threads of a process that ask at the same moment.

A round trip to the database costs more than what it carries. The first to ask works at once, alone; whoever
asks meanwhile waits and is served by the next run together with the others who waited. A run waits a moment
for as many as the one before it served. So one client waits for nobody, and the busier a process is, the more
it does with one call. A run begins after everything that it serves was asked, so a read is never older than
its question. What a run does for each item is the caller's; one item's failure is its own.
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
Answer = TypeVar("Answer")


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Asked(Generic[Item, Answer]):
    """One who asked; the lock is released when there is an answer, or when it is this one's turn to run."""

    item: Item
    turn: Lock = field(default_factory=_held)
    answer: Answer | Exception | None = None
    served: bool = False


class Gathering(Generic[Item, Answer]):
    """Gathers what threads ask for.

    Args:
        run: answers several items with one call, each with its answer or with the exception that is its own;
            what it raises is every item's.
    """

    def __init__(self, run: Callable[[Sequence[Item]], Sequence[Answer | Exception]]) -> None:
        self._run = run
        self._lock = Lock()
        self._waiting: deque[_Asked[Item, Answer]] = deque()
        self._running = False
        self._wanted = 1
        self._enough = Event()

    def ask(self, item: Item) -> Answer:
        """Return the answer for the item; raise what its run raised, or its own exception."""
        asked: _Asked[Item, Answer] = _Asked(item)
        with self._lock:
            self._waiting.append(asked)
            first, self._running = not self._running, True
            if len(self._waiting) >= self._wanted:
                self._enough.set()
        if not first:
            asked.turn.acquire()
        if not asked.served:
            self._serve()
        if isinstance(asked.answer, Exception):
            raise asked.answer
        return asked.answer  # type: ignore[return-value]

    def _serve(self) -> None:
        """Run for everybody who waits, the caller among them, and hand the turn on."""
        self._enough.wait(LINGER)
        with self._lock:
            together = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            self._wanted = len(together)
            if len(self._waiting) < self._wanted:
                self._enough.clear()
        try:
            answers = self._run([asked.item for asked in together])
        except Exception as error:
            answers = [error] * len(together)
        for asked, answer in zip(together, answers, strict=True):
            asked.answer, asked.served = answer, True
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._running = following is not None
        for asked in together:
            asked.turn.release()
        if following is not None:
            following.turn.release()
