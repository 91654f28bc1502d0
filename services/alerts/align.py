"""The alert desk: brings a patient's alerts in step with an evaluation, and wakes what was snoozed.

May be called by several processes at once, again and again, with older and newer evaluations in any order,
and may be killed at any point. What has to happen is decided by `lifecycle`; here it is written, one guarded
document at a time, until nothing is left to do (optimistic concurrency):

| at | is looked at | so that |
|---|---|---|
| each write to an alert | its `rev` as it was read | what came between is seen, and decided anew |
| each move on a topic | `based_on` of its alert | an older evaluation changes nothing a newer one left |
| the first move people see | whether the entry is the ledger's head | what is not the newest opens nothing |
| a new episode | the one before, sealed first | that one cannot be reopened beside it |
| the insert of an episode | `patient:topic:episode` | one of many opens it, and nobody sees it yet |
| the round after an insert | the ledger's head, again | it is shown only while it follows the newest |

What is left, that a newer entry comes between question and write, is noticed by whoever stored it: the older
entry was marked then (`services.reports.reconcile`). How a call ended is its `Outcome`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from models.alerts import alerts
from models.alerts.alert import Alert, State
from models.ledger import ledger
from scoring.decline import Topic
from services.alerts.lifecycle import (
    NEVER_RAISED,
    Cause,
    Change,
    Event,
    Move,
    NewEpisode,
    Verdict,
    next_move,
    opened,
    verdicts_of,
    woken,
)

SILENCE = Topic.SILENCE.value
WAKE_BATCH = 500
MAX_ATTEMPTS = 64


class BusyAlerts(Exception):
    """The patient's alerts were changed by others each time; the sweep comes back to them."""


class Outcome(StrEnum):
    """How bringing alerts in step ended.

    SETTLED: nothing is left to do.
    OVERTAKEN: something newer had come before anything was changed; whoever brought it sees to the rest.
    LEFT: something newer came after the first change: an alignment with the newest has to finish it.
    """

    SETTLED = "settled"
    OVERTAKEN = "overtaken"
    LEFT = "left"


VerdictsFor = Callable[[Mapping[str, Alert]], Mapping[str, Verdict]]
"""Given the latest alerts by topic, the verdict on each topic that is looked at."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The alerts of one patient, and by what they are looked at.

    Attributes:
        is_newest: whether nothing newer has come.
    """

    patient_id: str
    site_id: str
    cause: Cause
    is_newest: Callable[[], bool]

    def bring_in_step(self, verdicts_for: VerdictsFor) -> Outcome:
        """Make every move that is asked for, until none is left.

        Raises:
            BusyAlerts: others changed the same alerts each time.
        """
        for attempt in range(MAX_ATTEMPTS):
            moves = self._next_moves(verdicts_for)
            if any(_is_seen(move) for move, _, _ in moves) and not self.is_newest():
                return Outcome.LEFT if attempt else Outcome.OVERTAKEN
            settled = True
            for move in moves:
                settled = self._make(*move) and settled
            if settled:
                return Outcome.SETTLED
        raise BusyAlerts

    def _next_moves(self, verdicts_for: VerdictsFor) -> list[tuple[Move, Verdict, Cause]]:
        """Return what has to happen next, with what is said of the topic and on which cause."""
        latest = alerts.latest(self.site_id, [self.patient_id])[self.patient_id]
        moves = []
        for topic, verdict in verdicts_for(latest).items():
            # Silence follows the calendar, whoever looks at it.
            cause = replace(self.cause, seq=0) if topic == SILENCE else self.cause
            move = next_move(topic, latest.get(topic), verdict, cause)
            if move is not None:
                moves.append((move, verdict, cause))
        return moves

    def _make(self, move: Move, verdict: Verdict, cause: Cause) -> bool:
        """Make a move; return whether nothing more has to happen on its topic."""
        if isinstance(move, Change):
            return _changed(move)
        self._open(move, verdict, cause)
        return False

    def _open(self, opening: NewEpisode, verdict: Verdict, cause: Cause) -> None:
        """Seal the episode before and insert the new one; whoever is second leaves it to the first."""
        before = opening.seals
        if before is not None and alerts.change(before, replace(before, sealed=True)) is None:
            return
        alert = opened(opening, (self.patient_id, self.site_id), verdict, cause)
        details = {"level": alert.level.value, "raised_by": alert.grounds.raised_by}
        alerts.insert(alert, verdict.flag or {}, cause.step(Event.OPENED, State.OPEN, **details))


def align(
    patient_id: str, site_id: str, evaluation: Mapping[str, Any], seq: int, *, now: datetime
) -> Outcome:
    """Bring the patient's alerts in step with the evaluation of ledger entry `seq`.

    An evaluation that is not the newest any more shows nothing to anybody; what it may have opened unseen
    is left for an alignment with the head of the ledger to end. Silence is not an evaluation's matter: where
    something else is flagged it is ended here, by a report observed since the due date that was missed, and
    otherwise by the silence watch.

    Raises:
        BusyAlerts: others changed the same alerts each time.
    """
    verdicts = verdicts_of(evaluation)
    trajectory = evaluation["trajectory"]
    last_on = trajectory and date.fromisoformat(trajectory["last_on"])

    def verdicts_for(latest: Mapping[str, Alert]) -> dict[str, Verdict]:
        known = {topic: verdicts.get(topic, NEVER_RAISED) for topic in {*verdicts, *latest} - {SILENCE}}
        silent = latest.get(SILENCE)
        if silent is not None and last_on is not None and last_on >= silent.grounds.raised_at.date():
            known[SILENCE] = ended(silent)
        return known

    desk = Desk(patient_id, site_id, Cause(seq, now), is_newest=lambda: ledger.is_head(patient_id, seq))
    return desk.bring_in_step(verdicts_for)


def ended(silent: Alert) -> Verdict:
    """Return what is said of a silence once it has ended."""
    return Verdict(grounds=silent.grounds)


def wake(now: datetime) -> int:
    """Open the alerts whose snooze has ended; return how many."""
    return sum(_changed(woken(alert, now)) for alert in alerts.awake(now, WAKE_BATCH))


def _is_seen(move: Move) -> bool:
    """Whether more than the evidence of an alert will change."""
    if isinstance(move, NewEpisode) or move.step is not None:
        return True
    before, after = move.before, move.after
    return (before.state, before.condition, before.level) != (after.state, after.condition, after.level)


def _changed(change: Change) -> bool:
    """Write the change; return whether the alert was as it had been read."""
    return alerts.change(change.before, change.after, step=change.step, flag=change.flag) is not None
