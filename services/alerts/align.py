"""The alert desk: brings a patient's alerts in step with an evaluation, and wakes what was snoozed.

May be called by several processes at once, again and again, with older and newer evaluations in any order,
and may be killed at any point. What has to happen is decided by `alert_states`; here it is written, one
guarded document at a time, until nothing is left to do:

- a changed alert is guarded by its `rev`; one that is on names the evaluation that it follows, and no older
  one changes it;
- before anything but evidence is changed, the ledger is asked whether the evaluation is still the newest;
- a new episode seals the one before, is inserted where nobody sees it, and is shown in the next round, which
  asks again: an entry stored before that is noticed, the alignment of one stored after it sees the insert.

What is left, that a newer entry comes between question and write, is noticed by whoever stored it: the older
entry was marked then (`evaluation`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from models.alerts import alerts
from models.alerts.alert import Alert, State
from models.ledger import ledger
from scoring.decline import Topic
from services.alerts.lifecycle import (
    NEVER_RAISED,
    Change,
    Event,
    Move,
    Occasion,
    Opening,
    Verdict,
    next_move,
    opened,
    verdicts_of,
    woken,
)

SILENCE = Topic.SILENCE.value
WAKE_BATCH = 500
_ROUNDS = 64


class BusyAlerts(Exception):
    """The patient's alerts were changed by others each time; the sweep comes back to them."""


Said = Callable[[Mapping[str, Alert]], Mapping[str, Verdict]]
"""Given the latest alerts by topic, what is said of each topic that is looked at."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The alerts of one patient, and by what they are looked at.

    Attributes:
        is_newest: whether nothing newer has come.
    """

    patient_id: str
    site_id: str
    occasion: Occasion
    is_newest: Callable[[], bool]

    def settle(self, said: Said) -> bool:
        """Make every move that is asked for, until none is left.

        Returns:
            False when something newer came after the first move: what was begun here is for an alignment
            with the newest entry to finish.

        Raises:
            BusyAlerts: others changed the same alerts each time.
        """
        for rounds in range(_ROUNDS):
            moves = self._next_moves(said)
            if any(_is_seen(move) for move, _, _ in moves) and not self.is_newest():
                return rounds == 0
            settled = True
            for move in moves:
                settled = self._make(*move) and settled
            if settled:
                return True
        raise BusyAlerts

    def _next_moves(self, said: Said) -> list[tuple[Move, Verdict, Occasion]]:
        """Return what has to happen next, with what is said of the topic and on which occasion."""
        latest = alerts.latest(self.site_id, [self.patient_id])[self.patient_id]
        moves = []
        for topic, verdict in said(latest).items():
            # Silence follows the calendar, whoever looks at it.
            occasion = replace(self.occasion, seq=0) if topic == SILENCE else self.occasion
            move = next_move(topic, latest.get(topic), verdict, occasion)
            if move is not None:
                moves.append((move, verdict, occasion))
        return moves

    def _make(self, move: Move, verdict: Verdict, occasion: Occasion) -> bool:
        """Make a move; return whether nothing more has to happen on its topic."""
        if isinstance(move, Change):
            return _changed(move)
        self._open(move, verdict, occasion)
        return False

    def _open(self, opening: Opening, verdict: Verdict, occasion: Occasion) -> None:
        """Seal the episode before and insert the new one; whoever is second leaves it to the first."""
        before = opening.seals
        if before is not None and alerts.change(before, replace(before, sealed=True)) is None:
            return
        alert = opened(opening, (self.patient_id, self.site_id), verdict, occasion)
        details = {"level": alert.level.value, "raised_by": alert.grounds.raised_by}
        alerts.insert(alert, verdict.flag or {}, occasion.step(Event.OPENED, State.OPEN, **details))


def align(patient_id: str, site_id: str, evaluation: Mapping[str, Any], seq: int, *, now: datetime) -> bool:
    """Bring the patient's alerts in step with the evaluation of ledger entry `seq`.

    An evaluation that is not the newest any more shows nothing to anybody; what it may have opened unseen
    is left for an alignment with the head of the ledger to end. Silence is not an evaluation's matter: where
    something else is flagged it is ended here, by a report observed since the due date that was missed, and
    otherwise by the silence watch.

    Returns:
        False when something is left in this way.

    Raises:
        BusyAlerts: others changed the same alerts each time.
    """
    verdicts = verdicts_of(evaluation)
    trajectory = evaluation["trajectory"]
    last_on = trajectory and date.fromisoformat(trajectory["last_on"])

    def said(latest: Mapping[str, Alert]) -> dict[str, Verdict]:
        known = {topic: verdicts.get(topic, NEVER_RAISED) for topic in {*verdicts, *latest} - {SILENCE}}
        silent = latest.get(SILENCE)
        if silent is not None and last_on is not None and last_on >= silent.grounds.raised_at.date():
            known[SILENCE] = ended(silent)
        return known

    desk = Desk(patient_id, site_id, Occasion(seq, now), is_newest=lambda: ledger.is_head(patient_id, seq))
    return desk.settle(said)


def ended(silent: Alert) -> Verdict:
    """Return what is said of a silence once it has ended."""
    return Verdict(grounds=silent.grounds)


def wake(now: datetime) -> int:
    """Open the alerts whose snooze has ended; return how many."""
    return sum(_changed(woken(alert, now)) for alert in alerts.awake(now, WAKE_BATCH))


def _is_seen(move: Move) -> bool:
    """Whether more than the evidence of an alert will change."""
    if isinstance(move, Opening) or move.step is not None:
        return True
    before, after = move.before, move.after
    return (before.state, before.condition, before.level) != (after.state, after.condition, after.level)


def _changed(change: Change) -> bool:
    """Write the change; return whether the alert was as it had been read."""
    return alerts.change(change.before, change.after, step=change.step, flag=change.flag) is not None
