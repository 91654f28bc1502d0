"""Keeps the children alive: what dies or hangs is started again, with growing pauses, and not for ever.

A child that keeps dying soon after its start ends the whole launch with a sentence, because a service that
restarts for ever hides its fault. How a child is started and ended is `children`'s.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from launch import logs, places
from launch.children import Child
from launch.failure import CannotStart

_POLL_SECONDS = 0.2
_HEALTHY_SECONDS = 15.0
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_MOST_FAILURES = 6
ASKED_EVERY_SECONDS = 5.0
HUNG_AFTER_SECONDS = 30.0
"""Whoever has given no answer for so long is ended by force and started again (our choice)."""


@dataclass(slots=True)
class _Watched:
    child: Child
    started_at: float
    failures: int = 0
    due_at: float | None = None
    answered_at: float = 0.0
    asked_at: float = 0.0


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
        self._watched = [
            _Watched(child, clock(), answered_at=clock(), asked_at=clock()) for child in children
        ]
        self._say = say
        self._clock = clock

    def watch(self) -> None:
        """Watch for ever.

        Raises:
            CannotStart: a child died too often.
        """
        bounded_at = self._clock()
        while True:
            self.look()
            if self._clock() - bounded_at >= ASKED_EVERY_SECONDS:
                logs.bound_all()
                bounded_at = self._clock()
            time.sleep(_POLL_SECONDS)

    def look(self) -> None:
        """Look at each child once: end those that hang, note the dead, start those whose pause is over."""
        for watched in self._watched:
            if watched.due_at is None and self._hangs(watched):
                self._say(
                    f"the {watched.child.name} has not answered for {HUNG_AFTER_SECONDS:.0f} s, ending it"
                )
                watched.child.end(0)
            if watched.due_at is None and watched.child.exit_code() is not None:
                self._note_death(watched)
            if watched.due_at is not None and self._clock() >= watched.due_at:
                self._start_again(watched)

    def _hangs(self, watched: _Watched) -> bool:
        """Ask, once in a while, and say whether nothing was answered for too long."""
        ask, now = watched.child.answers, self._clock()
        if ask is None or now - watched.asked_at < ASKED_EVERY_SECONDS:
            return False
        if now - watched.asked_at > 2 * HUNG_AFTER_SECONDS:  # this process did not run itself
            watched.answered_at = now
        watched.asked_at = now
        if ask():
            watched.answered_at = self._clock()
        return self._clock() - watched.answered_at >= HUNG_AFTER_SECONDS

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
        watched.started_at = watched.answered_at = watched.asked_at = self._clock()
        with suppress(CannotStart):  # it is still dead then, which the next look notes
            watched.child.start()


def _how(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
