"""Readiness as a thread of this process found it a moment ago: to be asked costs no call to the database.

One for each process, begun after the fork and ended with the process. A look that does not come back (the
database hangs, or the thread) grows old, and one that is too old is not ready.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Protocol

from services import logs, readiness
from services.machine import OK
from services.readiness import UNKNOWN, Check, Readiness

EVERY_SECONDS = 2.0
"""Our choice: what goes wrong is said within five seconds, and so is that it is well again."""
TOO_OLD_SECONDS = 10.0
"""Our choice, longer than the longest look (`readiness.look` has limits of its own) and its pause."""
FIRST_WITHIN_SECONDS = 1.0
"""A process that begins waits so long for its first look; it takes requests afterwards in any case."""

_NONE_YET = "nothing was looked at yet"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        readiness: the verdicts, with that on the age of the look.
        age_seconds: since the look began; 0 before the first has ended.
    """

    readiness: Readiness
    age_seconds: float


class Look(Protocol):
    """Looks at everything; what is only shown may be some seconds old unless it is wanted anew."""

    def __call__(self, *, anew: bool) -> Readiness:
        """Return what is found."""


class BackgroundLook:
    """Looks every few seconds in a thread of its own, once it has begun; before, at each question.

    Args:
        look: looks at everything.
        ticks: seconds that never go back.
    """

    def __init__(self, look: Look, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._ticks = ticks
        self._last: tuple[float, Readiness] | None = None
        self._thread: Thread | None = None
        self._looked, self._ended = Event(), Event()

    def begin(self) -> None:
        """Begin to look; after the fork, because a thread does not cross it."""
        self._thread = Thread(target=self._go_round, name="readiness", daemon=True)
        self._thread.start()
        self._looked.wait(FIRST_WITHIN_SECONDS)

    def end(self) -> None:
        """Look no more; a look that hangs is left behind."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(FIRST_WITHIN_SECONDS)

    def found(self) -> Found:
        """Return what was found last, with what requests have met since."""
        if self._thread is None:
            return Found(readiness.with_refusals(self._look(anew=True)), 0.0)
        if self._last is None:
            return Found(Readiness(dict.fromkeys(Check, UNKNOWN) | {Check.LOOK: _NONE_YET}), 0.0)
        begun, last = self._last
        age = self._ticks() - begun
        verdict = OK if age <= TOO_OLD_SECONDS else f"the last look is {age:.0f} seconds old: something hangs"
        aged = replace(last, checks={**last.checks, Check.LOOK: verdict})
        return Found(readiness.with_refusals(aged), age)

    def _go_round(self) -> None:
        while not self._ended.is_set():
            begun = self._ticks()
            try:
                self._last = begun, self._look(anew=False)
            except Exception as error:  # the thread must not end; what was found grows old meanwhile
                logs.fault(error)
            self._looked.set()
            self._ended.wait(EVERY_SECONDS)
