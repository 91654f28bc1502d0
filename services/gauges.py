"""What an operator watches: lags of the worker, what waits, messages, alerts; no ids, names or topics.

Read at most every few seconds in each process, however often it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.alerts import alerts, figures
from models.ledger import ledger
from models.outbox import backlog
from models.patients import patient_lists
from models.store import heartbeats
from models.store.remembered import Remembered
from services import readiness
from services.readiness import WorkerGroup

MOST_COUNTED = 1000
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Gauges:
    """How the service does at a moment.

    Attributes:
        worker_seconds: by group of steps, since when it was last seen; one that never was is not in it.
        failing_steps: by group, how many steps failed in its last round.
        backlog: how much waits, `MOST_COUNTED` at most: `entries` whose alerts are not in step, `patients` to
            be evaluated anew.
        lag_seconds: how long the oldest has been due: `alert_clock`, `escalation`, `notices`, `messages`.
        delivery_ok: whether messages go out.
        outbox: messages by state, those that wait or are dead.
        alerts: those that have not ended, by level and state.
    """

    worker_seconds: Mapping[str, float]
    failing_steps: Mapping[str, int]
    backlog: Mapping[str, int]
    lag_seconds: Mapping[str, float]
    delivery_ok: bool
    outbox: Mapping[str, int]
    alerts: Mapping[tuple[str, str], int]


_seen: Remembered[str, Gauges] = Remembered(1, seconds=_SECONDS)


def look(now: datetime) -> Gauges:
    """Return how the service does, as of some seconds ago at most."""
    known = _seen.get("")
    if known is None:
        begun = _seen.now()
        known = _look(now)
        _seen.put("", known, read_at=begun)
    return known


def forget() -> None:
    """Drop what this process remembers; between tests."""
    _seen.clear()


def _look(now: datetime) -> Gauges:
    beats = {group: heartbeats.read(group.heartbeat) for group in WorkerGroup}
    alive = {group.value: beat for group, beat in beats.items() if beat is not None}
    return Gauges(
        worker_seconds={name: (now - beat.at).total_seconds() for name, beat in alive.items()},
        failing_steps={name: len(beat.failing) for name, beat in alive.items()},
        backlog={
            "entries": ledger.count_pending(MOST_COUNTED),
            "patients": patient_lists.count_changed(MOST_COUNTED),
        },
        lag_seconds=_lags(now),
        delivery_ok=readiness.delivery(now).ok,
        outbox=backlog.counts(),
        alerts=figures.current(),
    )


def _lags(now: datetime) -> dict[str, float]:
    since = {
        "alert_clock": alerts.due_since("clock_at"),
        "escalation": alerts.due_since("escalates_at"),
        "notices": alerts.due_since("notice_at"),
        "messages": backlog.waiting_since(now),
    }
    return {
        what: max((now - moment).total_seconds(), 0.0) if moment else 0.0 for what, moment in since.items()
    }
