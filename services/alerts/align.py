"""The alert desk: brings a patient's alerts in step with an evaluation.

May be called by several processes at once, again and again, with older and newer evaluations in any order,
and may be killed at any point. What has to happen is decided by `lifecycle`; here it is written, one guarded
document at a time, until nothing is left to do (optimistic concurrency):

| at | is looked at | so that |
|---|---|---|
| each write to an alert | its `version` as it was read | what came between is seen, and decided anew |
| each move on a topic | `based_on` of its alert | an older evaluation changes nothing a newer one left |
| the first move people see | whether the entry was the head after that | the newest alone opens anything |
| a new episode | the one before, sealed first | that one cannot be reopened beside it |
| the insert of an episode | `patient:topic:episode` | one of many opens it, and nobody sees it yet |
| the round after an insert | both, again | it is shown only while it follows the newest |

What is left, that a newer entry comes between question and write, is noticed by whoever stored it: the older
entry was marked then (`services.reports.reconcile`). How a call ended is its `Outcome`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from models.alerts import alerts
from models.alerts.alert import Alert, State
from models.alerts.changes import Change
from models.ledger import alerts_at_head
from models.ledger.entries import Marks
from models.store import unreadable
from models.store.base import new_id
from scoring.decline import Topic
from services.alerts import by_clock
from services.alerts.lifecycle import next_move
from services.alerts.marks import mildest_of
from services.alerts.moves import CLOCK, Cause, Event, Move, NewEpisode
from services.alerts.news import (
    NEVER_RAISED,
    Verdict,
    flag_of,
    not_followed,
    verdicts_of,
)
from services.alerts.opening import opened
from services.alerts.terms import terms_of

SILENCE = Topic.SILENCE.value
CLOCK_BATCH = 500
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


@dataclass(frozen=True, slots=True)
class Alignment:
    """How bringing alerts in step ended.

    Attributes:
        mildest: of those that were settled, what the next entry of the ledger is compared with (`Entry`).
    """

    outcome: Outcome
    mildest: Marks = field(default_factory=dict)


Look = Callable[[], tuple[Mapping[str, Alert], bool]]
"""Reads the latest alerts by topic, and whether nothing newer than the cause has come since."""
VerdictsFor = Callable[[Mapping[str, Alert]], Mapping[str, Verdict]]
"""Given the latest alerts by topic, the verdict on each topic that is looked at."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The alerts of one patient, and by what they are looked at.

    Attributes:
        look: the latest alerts by topic, and whether nothing newer has come since they were read.
    """

    patient_id: str
    site_id: str
    cause: Cause
    look: Look

    def bring_in_step(self, verdicts_for: VerdictsFor) -> Alignment:
        """Make every move that is asked for, until none is left.

        Raises:
            BusyAlerts: others changed the same alerts each time.
        """
        for attempt in range(MAX_ATTEMPTS):
            latest, is_newest = self.look()
            verdicts = verdicts_for(latest)
            moves = self._next_moves(latest, verdicts)
            if any(_is_seen(move) for move, _, _ in moves) and not is_newest:
                return Alignment(Outcome.LEFT if attempt else Outcome.OVERTAKEN)
            if self._make_all(moves):
                changed = {move.after.topic: move.after for move, _, _ in moves if isinstance(move, Change)}
                return Alignment(Outcome.SETTLED, mildest_of({**latest, **changed}, verdicts))
        raise BusyAlerts

    def _next_moves(
        self, latest: Mapping[str, Alert], verdicts: Mapping[str, Verdict]
    ) -> list[tuple[Move, Verdict, Cause]]:
        """Return what has to happen next, with what is said of the topic and for which cause."""
        moves = []
        for topic, verdict in verdicts.items():
            # Silence follows the calendar, whoever looks at it.
            cause = replace(self.cause, seq=0) if topic == SILENCE else self.cause
            move = next_move(topic, latest.get(topic), verdict, cause)
            if move is not None:
                moves.append((move, verdict, cause))
        return moves

    def _make_all(self, moves: Sequence[tuple[Move, Verdict, Cause]]) -> bool:
        """Make these moves; return whether nothing more has to happen."""
        settled = alerts.change_all([move for move, _, _ in moves if isinstance(move, Change)])
        for move, verdict, cause in moves:
            if isinstance(move, NewEpisode):
                self._open(move, verdict, cause)
                settled = False
            elif move.before.state is State.OPENING:
                # It is shown as it was inserted: what has come since is the next move.
                settled = settled and next_move(move.after.topic, move.after, verdict, cause) is None
        return settled

    def _open(self, episode: NewEpisode, verdict: Verdict, cause: Cause) -> None:
        """Seal the episode before and insert the new one; whoever is second leaves it to the first."""
        before = episode.before
        if before is not None and not before.sealed and not _sealed(before):
            return
        alert = opened(episode, (self.patient_id, self.site_id), new_id(), verdict, cause)
        details = {"level": alert.level.value, "by": alert.grounds.began_by, "because": episode.because.value}
        alerts.insert(alert, flag_of(before, verdict) or {}, cause.step(Event.OPENED, State.OPEN, **details))


def align(
    patient_id: str,
    site_id: str,
    evaluation: Mapping[str, Any],
    seq: int,
    *,
    now: datetime,
    received_at: datetime | None = None,
) -> Alignment:
    """Bring the patient's alerts in step with the evaluation of ledger entry `seq`.

    An evaluation that is not the newest any more shows nothing to anybody; what it may have opened unseen
    is left for an alignment with the head of the ledger to end. Silence is not an evaluation's matter: where
    something else is flagged it is ended here, by a report observed since the due date that was missed, and
    otherwise by the silence watch. `received_at` is since when the alerts have not been in step, where that
    is known: for the figures of how soon people were told.

    Raises:
        BusyAlerts: others changed the same alerts each time.
    """
    terms = terms_of(site_id)
    verdicts = verdicts_of(evaluation, now.astimezone(terms.zone).date())
    trajectory, unfollowed = evaluation["trajectory"], not_followed(evaluation)
    last_on = trajectory and date.fromisoformat(trajectory["last_on"])

    def verdicts_for(latest: Mapping[str, Alert]) -> dict[str, Verdict]:
        known = {topic: verdicts.get(topic, NEVER_RAISED) for topic in {*verdicts, *latest} - {SILENCE}}
        silent = latest.get(SILENCE)
        if silent is not None and unfollowed is not None:
            known[SILENCE] = NEVER_RAISED
        elif silent is not None and last_on is not None and last_on >= silent.grounds.began_at.date():
            known[SILENCE] = ended(silent)
        if unfollowed is None:
            return known
        return {topic: replace(verdict, not_followed=unfollowed) for topic, verdict in known.items()}

    cause = Cause(seq, now, terms, received_at=received_at)
    desk = Desk(patient_id, site_id, cause, look=lambda: alerts_at_head.read(site_id, patient_id, seq))
    return desk.bring_in_step(verdicts_for)


def ended(silent: Alert) -> Verdict:
    """Return what is said of a silence once it has ended."""
    return Verdict(grounds=silent.grounds)


def go_by_clock(now: datetime, *, ending: bool = True, unmuted: Collection[str] = ()) -> int:
    """Do what the passing of time asks for, found by stored times; return how many alerts changed.

    Args:
        now: the present moment.
        ending: end also what has grown old.
        unmuted: the patients whose alerts were brought in step since a mute ended: it may be forgotten.
    """

    def moved(alert: Alert) -> bool:
        change = by_clock.next_change(alert, Cause(0, now, terms_of(alert.site_id), by=CLOCK))
        return change is not None and written(change)

    due = alerts.due_by_clock(now, CLOCK_BATCH, ending=ending, unmuted=unmuted)
    return unreadable.count_done(due, moved, of="alerts", called="public_id")


def woke(alert: Alert, now: datetime) -> bool:
    """Wake an alert whose `until` was reached, before a person acts on it: the worker has not come by yet.

    Return whether there was something to do, by whomever it was done: then the alert is to be read anew.
    """
    change = by_clock.woken(alert, Cause(0, now, terms_of(alert.site_id), by=CLOCK))
    if change is not None:
        written(change)
    return change is not None


def written(change: Change) -> bool:
    """Write the change; return whether the alert was as it had been read."""
    after = alerts.change(
        change.before, change.after, step=change.step, flag=change.flag, read_again=change.read_again
    )
    return after is not None


def _sealed(before: Alert) -> bool:
    return alerts.change(before, replace(before, sealed=True)) is not None


def _is_seen(move: Move) -> bool:
    """Whether more than the evidence of a current alert will change."""
    if isinstance(move, NewEpisode) or move.step is not None or move.before.state is State.ENDED:
        return True
    before, after = move.before, move.after
    return (before.state, before.condition, before.level) != (after.state, after.condition, after.level)
