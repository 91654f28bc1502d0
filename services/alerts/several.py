"""The same done with several alerts, a verdict for each: never all or nothing, never against a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.store.scope import Scope
from services.access.actor import Actor
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.alerts.closures import MAX_AT_ONCE, Named
from services.errors import ChangedMeanwhile, Conflict, NotFound, Unavailable, wrong


class Verdict(StrEnum):
    """What became of one of them."""

    DONE = "done"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NOT_FOUND = "alert_not_found"
    NOT_ALLOWED = "action_not_allowed"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an alert that was named."""

    id: str
    verdict: Verdict


def acknowledge(named: Sequence[Named], scope: Scope, *, actor: Actor, now: datetime) -> list[Done]:
    """Acknowledge these alerts as they were read, in their order.

    Raises:
        Invalid: too many at once.
    """
    if len(named) > MAX_AT_ONCE:
        raise wrong("/alerts", "too_many", f"At most {MAX_AT_ONCE} at once.")
    return [Done(item.id, _verdict(item, scope, actor, now)) for item in named]


def _verdict(one: Named, scope: Scope, actor: Actor, now: datetime) -> Verdict:
    try:
        actions.act(one.id, AlertAction(Action.ACKNOWLEDGE), one.rev, scope, actor=actor, now=now)
    except NotFound:
        return Verdict.NOT_FOUND
    except Conflict:
        return Verdict.NOT_ALLOWED
    except (ChangedMeanwhile, Unavailable):
        return Verdict.CHANGED_MEANWHILE
    return Verdict.DONE
