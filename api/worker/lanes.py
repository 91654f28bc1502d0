"""Threads that carry messages: a few for each lane, so that a slow receiver holds up its own lane only.

A lane is a channel with or without what is urgent. In each round of the worker a lane gets one thread more,
up to a bound; a thread carries messages until none is due, and an idle lane costs one look a round. Nobody
waits for the threads but the end of the process: then each finishes the message that it carries.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from threading import Event

from services import clock

THREADS = 4
"""Our choice: so many messages of a lane are carried at once by one worker."""


class Lane:
    """The threads of one lane.

    Attributes:
        name: of the step that keeps it going.
    """

    def __init__(self, name: str, carry_next: Callable[[datetime], bool], threads: int = THREADS) -> None:
        self.name = name
        self._carry_next = carry_next
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._running: list[Future[None]] = []
        self._ending = Event()

    def go_on(self, now: datetime) -> None:  # noqa: ARG002 (each thread looks at the clock for each message)
        """Start a further thread where there is room; raise what ended one of the earlier ones."""
        ended = [thread for thread in self._running if thread.done()]
        self._running = [thread for thread in self._running if not thread.done()]
        if len(self._running) < self._threads and not self._ending.is_set():
            self._running.append(self._pool.submit(self._carry))
        for thread in ended:
            thread.result()

    def end(self) -> None:
        """Take up no further message."""
        self._ending.set()

    def join(self) -> None:
        """Wait for the messages that are being carried."""
        self._pool.shutdown(wait=True)

    def _carry(self) -> None:
        while not self._ending.is_set() and self._carry_next(clock.now()):
            pass
