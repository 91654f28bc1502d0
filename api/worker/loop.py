"""The loop of one group of steps: goes round them until it is told to end.

One step's failure stops no other step and is tried again in the next round; while something fails the
pauses grow, up to a bound that keeps the promise of finishing within a minute. Each round leaves a sign of
life, which `/readyz` shows. Several workers may run at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.worker.steps import Step
from models.store import connection, heartbeats
from models.store.connection import DRIVER_ERRORS
from services import clock, readiness
from services.logs import fault, log
from services.readiness import WorkerGroup

LONGEST_PAUSE_SECONDS = 15.0
BEAT_EVERY = timedelta(seconds=5)
"""A sign of life is left so often at most, or when other steps fail than before."""
_SLICE_SECONDS = 0.2


@dataclass(slots=True)
class Loop:
    """Goes round the steps of a group.

    Attributes:
        group: whose steps they are.
        steps: in this order.
        pause_seconds: between rounds in which nothing failed.
        sleep: waits for so many seconds.
    """

    group: WorkerGroup
    steps: Sequence[Step]
    pause_seconds: float
    sleep: Callable[[float], object] = time.sleep
    _ending: bool = False
    _failures: int = 0
    _done: dict[str, tuple[datetime, float]] = field(default_factory=dict)
    _beaten: tuple[datetime, list[str]] | None = None

    def run(self) -> None:
        """Go round until `end` is called."""
        while not self._ending:
            self.go_round()
            self._pause(self.next_pause())

    def end(self) -> None:
        """End after the step that runs now."""
        self._ending = True

    def go_round(self) -> list[str]:
        """Do what is due; return the names of the steps that failed."""
        failing = [step.name for step in self.steps if not self._ending and not self._try(step)]
        self._failures = self._failures + 1 if failing else 0
        self._beat(failing)
        return failing

    def next_pause(self) -> float:
        """Return the pause before the next round."""
        grown = self.pause_seconds * 2.0 ** min(self._failures, 10)
        return max(self.pause_seconds, min(grown, LONGEST_PAUSE_SECONDS))

    def _try(self, step: Step) -> bool:
        now = clock.now()
        if not self._is_due(step, now):
            return True
        try:
            if step.by_days and not readiness.clock_agrees():
                log.warning("clock_disagrees", step=step.name)
                return False
            step.run(now)
        except Exception as error:  # whatever it is, the other steps go on
            self._note(step, error)
            return False
        self._done[step.name] = now, time.monotonic()
        return True

    def _is_due(self, step: Step, now: datetime) -> bool:
        # Whichever clock says so: one that was put back must not keep a step waiting until it has caught up.
        done = self._done.get(step.name)
        if done is None:
            return True
        at, ticks = done
        passed = timedelta(seconds=time.monotonic() - ticks)
        return passed >= step.every or not timedelta(0) <= now - at < step.every

    def _note(self, step: Step, error: Exception) -> None:
        if isinstance(error, DRIVER_ERRORS) and connection.is_away(error):
            log.warning("database_away", step=step.name, exception=type(error).__qualname__)
        else:
            fault(error, step=step.name)

    def _beat(self, failing: list[str]) -> None:
        now = clock.now()
        if self._beaten_lately(failing, now):
            return
        try:
            heartbeats.beat(self.group.heartbeat, failing, now=now)
            self._beaten = now, failing
        except DRIVER_ERRORS as error:
            log.warning("database_away", step="heartbeat", exception=type(error).__qualname__)

    def _beaten_lately(self, failing: list[str], now: datetime) -> bool:
        if self._beaten is None:
            return False
        at, said = self._beaten
        return said == failing and timedelta(0) <= now - at < BEAT_EVERY

    def _pause(self, seconds: float) -> None:
        # In slices, because a wait that a signal interrupts is resumed.
        while seconds > 0 and not self._ending:
            self.sleep(min(seconds, _SLICE_SECONDS))
            seconds -= _SLICE_SECONDS
