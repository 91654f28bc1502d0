"""Keeps the children alive: what dies is started again, with growing pauses, and not for ever.

A child that keeps dying soon after its start ends the whole launch with a sentence, because a service that
restarts for ever hides its fault. How a child is started and ended is `children`'s.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from launch import places
from launch.children import Child
from launch.failure import CannotStart

_POLL_SECONDS = 0.2
_HEALTHY_SECONDS = 15.0
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_MOST_FAILURES = 6


@dataclass(slots=True)
class _Watched:
    child: Child
    started_at: float
    failures: int = 0
    due_at: float | None = None


class Supervisor:
    """Watches running children until it is interrupted.

    Args:
        children: in the order in which they were started.
        say: tells the person at the terminal what happened.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        children: Sequence[Child],
        say: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watched = [_Watched(child, clock()) for child in children]
        self._say = say
        self._clock = clock

    def watch(self) -> None:
        """Watch for ever.

        Raises:
            CannotStart: a child died too often.
        """
        while True:
            self.look()
            time.sleep(_POLL_SECONDS)

    def look(self) -> None:
        """Look at each child once: note the dead, start those whose pause is over."""
        for watched in self._watched:
            if watched.due_at is None and watched.child.exit_code() is not None:
                self._note_death(watched)
            if watched.due_at is not None and self._clock() >= watched.due_at:
                self._start_again(watched)

    def _note_death(self, watched: _Watched) -> None:
        if self._clock() - watched.started_at >= _HEALTHY_SECONDS:
            watched.failures = 0
        watched.failures += 1
        if watched.failures >= _MOST_FAILURES:
            raise CannotStart(
                f"The {watched.child.name} died {watched.failures} times in a row "
                f"({places.last_line(watched.child.log)}): see {watched.child.log.relative_to(places.ROOT)}."
            )
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** (watched.failures - 1), _LONGEST_PAUSE_SECONDS)
        watched.due_at = self._clock() + pause
        self._say(f"the {watched.child.name} ended ({_how(watched.child.exit_code())}), starting it again")

    def _start_again(self, watched: _Watched) -> None:
        watched.due_at = None
        watched.started_at = self._clock()
        with suppress(CannotStart):  # it is still dead then, which the next look notes
            watched.child.start()


def _how(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
