"""What a clinician does with an alert: acknowledge, assign, snooze, resolve, dismiss, reopen, comment.

Each action is one guarded update of the alert as it was read, with a line in its history. Which actions a
state allows is one table. What evaluations do to alerts is in `alert_states`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from models.accounts import accounts
from models.accounts.account import Membership
from models.alerts import alerts
from models.alerts.alert import ENDED, Alert, AlertDetail, Handled, State, Step
from models.store.scope import Scope
from scoring.decline import Level
from services.access.actor import Actor, Role
from services.alerts.lifecycle import MAX_STEPS, QUIET
from services.errors import Conflict, changed_meanwhile, not_found, wrong

LONGEST_SNOOZE = {Level.URGENT: timedelta(hours=4), Level.SOON: QUIET, Level.INFORM: QUIET}
"""Our choice: an urgent alert wants somebody the same working day."""

_ID = re.compile(r"[0-9a-z-]{1,64}:[a-z_]{1,64}:[1-9][0-9]{0,8}")


class Action(StrEnum):
    """What can be done with an alert."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    COMMENT = "comment"


class DismissReason(StrEnum):
    """Why an alert needed nobody; how often, says how good its rule is."""

    KNOWN = "known"
    EXPECTED = "expected"
    WRONG_DATA = "wrong_data"
    NOT_RELEVANT = "not_relevant"
    OTHER = "other"


_A = Action
_AT_WORK = (_A.ASSIGN, _A.SNOOZE, _A.RESOLVE, _A.DISMISS, _A.COMMENT)
ALLOWED: dict[State, tuple[Action, ...]] = {
    State.OPEN: (_A.ACKNOWLEDGE, *_AT_WORK),
    State.ACKNOWLEDGED: _AT_WORK,
    State.SNOOZED: (_A.ACKNOWLEDGE, *_AT_WORK),
    **dict.fromkeys(ENDED, (_A.REOPEN, _A.COMMENT)),
}
_ALWAYS = frozenset({Action.RESOLVE, Action.DISMISS})


@dataclass(frozen=True, slots=True)
class AlertAction:
    """An action with what belongs to it.

    Attributes:
        note: free text for the history; a comment has one.
        until: the end of a snooze.
        reason: of a dismissal.
        assigned_to: whom to assign to; None takes the assignment away.
    """

    action: Action
    note: str = ""
    until: datetime | None = None
    reason: DismissReason | None = None
    assigned_to: str | None = None


def read(alert_id: str, scope: Scope) -> AlertDetail:
    """Return an alert with its evidence.

    Raises:
        NotFound: there is none within reach.
    """
    found = alerts.read(alert_id, scope) if _ID.fullmatch(alert_id) else None
    if found is None:
        raise not_found("alert")
    return found


def act(
    alert_id: str, wanted: AlertAction, rev: int, scope: Scope, *, actor: Actor, now: datetime
) -> AlertDetail:
    """Do something with an alert that is still at `rev`; return it as it is then.

    Raises:
        NotFound: there is none within reach.
        ChangedMeanwhile: it was changed since it was read.
        Conflict: its state does not allow the action; the problem names the actions that it does.
        Invalid: the end of the snooze or the assignee is not possible.
    """
    found = read(alert_id, scope)
    alert = found.alert
    if alert.rev != rev:
        raise changed_meanwhile()
    possible = allowed(alert, now)
    if wanted.action not in possible:
        extra = {"state": alert.at(now).state, "allowed": list(possible)}
        raise Conflict("action_not_allowed", "The alert's state does not allow this action.", extra=extra)
    _check(alert, wanted, now)
    after = _after(alert.at(now), wanted, actor, now)
    by = actor.provenance(scope.role_at(alert.site_id))
    step = Step(now, wanted.action.value, by, after.state, wanted.note, _details(wanted))
    stored = alerts.change(alert, after, step=step)
    if stored is None:
        raise changed_meanwhile()
    return AlertDetail(stored, found.flag, (*found.history, step))


def allowed(alert: Alert, now: datetime) -> tuple[Action, ...]:
    """Return the actions that the alert's state allows at this moment."""
    possible = ALLOWED[alert.at(now).state]
    if alert.sealed:
        possible = tuple(action for action in possible if action is not Action.REOPEN)
    if alert.steps >= MAX_STEPS:
        possible = tuple(action for action in possible if action in _ALWAYS)
    return possible


def _after(alert: Alert, wanted: AlertAction, actor: Actor, now: datetime) -> Alert:
    """The alert after the action; one that ends or waits remembers what the clinician had seen."""
    if wanted.action is Action.COMMENT:
        return alert
    if wanted.action is Action.ASSIGN:
        return replace(alert, assigned_to=wanted.assigned_to)
    if wanted.action is Action.REOPEN:
        return replace(alert, state=State.OPEN, since=now, handled=None)
    handled = Handled(now, actor.account_id, alert.grounds)
    return replace(
        alert, state=_STATES[wanted.action], since=now, handled=handled, snoozed_until=wanted.until
    )


_STATES = {
    Action.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Action.SNOOZE: State.SNOOZED,
    Action.RESOLVE: State.RESOLVED,
    Action.DISMISS: State.DISMISSED,
}


def _check(alert: Alert, wanted: AlertAction, now: datetime) -> None:
    if wanted.action is Action.SNOOZE:
        _check_until(alert, wanted.until or now, now)
    if wanted.action is Action.ASSIGN and wanted.assigned_to is not None:
        _check_assignee(alert, wanted.assigned_to)


def _check_until(alert: Alert, until: datetime, now: datetime) -> None:
    longest = LONGEST_SNOOZE[alert.level]
    if until <= now:
        raise wrong("/until", "in_the_past", "Must be in the future.")
    if until > now + longest:
        hours = int(longest.total_seconds() // 3600)
        raise wrong(
            "/until", "too_long", f"An alert of level {alert.level} can be snoozed for at most {hours} hours."
        )


def _check_assignee(alert: Alert, account_id: str) -> None:
    account = accounts.read(account_id)
    wanted = Membership(alert.site_id, Role.CLINICIAN.value)
    if account is None or account.closed_at is not None or wanted not in account.roles:
        raise wrong("/assigned_to", "not_a_clinician", "Must be the account of a clinician of this site.")


def _details(wanted: AlertAction) -> dict[str, str]:
    given = {
        "until": wanted.until and wanted.until.isoformat(),
        "reason": wanted.reason and wanted.reason.value,
        "assigned_to": wanted.assigned_to,
    }
    return {name: value for name, value in given.items() if value}
