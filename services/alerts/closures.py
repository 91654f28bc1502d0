"""Closing several alerts at once, with a verdict for each: never all or nothing, never against a change.

Only what has passed or was withdrawn, below urgent, and no safety alert; of a patient who is not followed any
more, all. What ended unseen is marked as seen. Each is named with the `rev` that was read: what was raised
meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.alerts import alerts
from models.alerts.alert import Alert, Condition, End, EndedHow, State, Step
from models.store.scope import Scope
from scoring.decline import Level
from services.access.actor import Actor
from services.alerts import actions, align
from services.alerts.moves import with_end_by_clock
from services.alerts.outcomes import NOT_ACTED, Outcome
from services.alerts.terms import SAFETY, terms_of
from services.errors import wrong
from services.retry import FEW_ATTEMPTS

MAX_AT_ONCE = 200


class ClosureEvent(StrEnum):
    """What closing several does to one of them."""

    CLOSED_IN_BULK = "closed_in_bulk"
    SEEN = "seen"


class Verdict(StrEnum):
    """What became of one of them."""

    CLOSED = "closed"
    SEEN = "seen"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NOT_FOUND = "alert_not_found"
    NEEDS_ITS_OWN = "needs_its_own"
    NOTE_NEEDED = "note_needed"


@dataclass(frozen=True, slots=True)
class Named:
    """An alert as it was read."""

    id: str
    rev: int


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of an alert that was named."""

    id: str
    verdict: Verdict


def close(
    named: Sequence[Named],
    outcome: Outcome,
    note: str,
    scope: Scope,
    *,
    actor: Actor,
    now: datetime,
) -> list[Closed]:
    """Close these alerts, as far as that is possible; return a verdict for each, in their order.

    Args:
        named: which, as they were read.
        outcome: why nothing was done; of patients who are not followed any more it is always that.
        note: for the history; a safety alert needs one.
        scope: the caller's reach.
        actor: who closes.
        now: the present moment.

    Raises:
        Invalid: the outcome says that something was done, which each alert has to say for itself.
    """
    if outcome not in NOT_ACTED:
        raise wrong("/outcome", "not_an_outcome", f"Must be one of: {', '.join(NOT_ACTED)}.")
    known = alerts.read_several((item.id for item in named), scope)
    found: list[Closed] = []
    for item in named:
        alert = known.get(item.id)
        verdict = Verdict.NOT_FOUND
        if alert is not None:
            verdict = _closed(alert, item, _Closing(outcome, note, scope, actor, now))
        found.append(Closed(item.id, verdict))
    return found


@dataclass(frozen=True, slots=True)
class _Closing:
    outcome: Outcome
    note: str
    scope: Scope
    actor: Actor
    now: datetime


def _closed(alert: Alert, named: Named, closing: _Closing) -> Verdict:
    for _ in range(FEW_ATTEMPTS):
        if alert.rev != named.rev:
            return Verdict.CHANGED_MEANWHILE
        refused = _refusal(alert, closing)
        if refused is not None:
            return refused
        if not align.woke(alert, closing.now) and _write(alert, closing):
            return Verdict.SEEN if alert.state is State.ENDED else Verdict.CLOSED
        alert = alerts.read_several([named.id], closing.scope)[named.id]
    return Verdict.CHANGED_MEANWHILE


def _refusal(alert: Alert, closing: _Closing) -> Verdict | None:
    if alert.state is State.ENDED:
        return None
    if alert.not_followed is None and not _may_close_with_others(alert.at(closing.now)):
        return Verdict.NEEDS_ITS_OWN
    return Verdict.NOTE_NEEDED if alert.topic in SAFETY and not closing.note else None


def _may_close_with_others(alert: Alert) -> bool:
    holds = alert.condition is Condition.HOLDS
    return not holds and alert.level is not Level.URGENT and alert.topic not in SAFETY


def _write(alert: Alert, closing: _Closing) -> bool:
    now, by = closing.now, closing.actor.account_id
    after, event = actions.seen(alert, by, now), ClosureEvent.SEEN
    if alert.state is not State.ENDED:
        outcome = closing.outcome if alert.not_followed is None else Outcome.PATIENT_NOT_FOLLOWED
        end = End(EndedHow.DISMISSED, now, by, outcome.value, closing.note, in_bulk=True)
        after, event = actions.closed(after, end), ClosureEvent.CLOSED_IN_BULK
    who = closing.actor.provenance(closing.scope.role_at(alert.site_id))
    step = Step(now, event.value, who, after.state, closing.note)
    after = with_end_by_clock(after, terms_of(alert.site_id))
    return alerts.change(alert, after, step=step, read_again=True) is not None
