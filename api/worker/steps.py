"""What the worker does, in groups: a slow step delays those of its own group and no others.

Each group goes round in a thread of its own, with a sign of life of its own. A new step is a line in one of
these tables; what it does is its service's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from api.worker.lanes import Lane
from models import soundness
from services.alerts.escalation import climb, faults, void_times
from services.delivery import carry, outbox, removal
from services.delivery.channels.port import Channel
from services.patients import caseload, silence
from services.readiness import WorkerGroup
from services.replays import replays
from services.reports import alert_clock, reconcile


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done from time to time.

    Attributes:
        name: word for it in the log and in the sign of life.
        run: does it, as of a moment; safe to repeat.
        every: how long after a success it is due again; nothing means each round.
        by_days: it goes by days or more, and waits while this host's clock and the database's differ.
    """

    name: str
    run: Callable[[datetime], object]
    every: timedelta = timedelta(0)
    by_days: bool = False


KEEP_IN_STEP = (
    Step("sweep", reconcile.sweep),
    Step("alert_clock", alert_clock.go_on),
    Step("escalation", climb.climb),
    Step("escalation_faults", faults.watch, timedelta(minutes=1)),
    Step("void_times", void_times.put_right, timedelta(minutes=5), by_days=True),
    Step("silence", silence.go_on, by_days=True),
    Step("caseload", caseload.keep_up, timedelta(minutes=1)),
    Step("silence_end", silence.look_again, timedelta(minutes=1)),
)
LONG_JOBS = (
    Step("replays", replays.go_on),
    Step("documents", soundness.look_through, timedelta(minutes=1)),
)
REMOVE_EVERY = timedelta(hours=1)

DELIVER_PAUSE_SECONDS = 0.5
"""Our choice, for an alert is to be on its way at once: the pause of the group that delivers, at most."""


def lanes_of(channels: Mapping[str, Channel]) -> list[Lane]:
    """Return the lanes in which messages are carried: two for each channel."""
    return [
        Lane(f"{channel.name}_urgent" if urgent else channel.name, partial(_carry, channel, urgent))
        for channel in channels.values()
        for urgent in (True, False)
    ]


def groups(
    channels: Mapping[str, Channel], lanes: Sequence[Lane], *, keep: timedelta
) -> dict[WorkerGroup, Sequence[Step]]:
    """Return the steps of each group; `keep` is how long what is removed at last is kept."""
    make = Step("make_messages", partial(outbox.make_messages, channels))
    remove = Step("removal", partial(removal.remove_old, keep), REMOVE_EVERY, by_days=True)
    return {
        WorkerGroup.KEEP_IN_STEP: KEEP_IN_STEP,
        WorkerGroup.DELIVER: (make, *(Step(lane.name, lane.go_on) for lane in lanes)),
        WorkerGroup.LONG_JOBS: (*LONG_JOBS, remove),
    }


def _carry(channel: Channel, urgent: bool, now: datetime) -> bool:
    return carry.carry_next(channel, urgent=urgent, now=now)
