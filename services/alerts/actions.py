"""What a person does with an alert: acknowledge, assign, snooze, resolve, dismiss, reopen, comment.

Each action is one guarded update of the alert as it was read, with a line in its history. Which actions a
state allows is one table. Whoever acts has seen the alert; only acknowledging, snoozing and ending deal with
it, so a comment or an assignment stops no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from models.accounts import accounts
from models.alerts import alerts
from models.alerts.alert import (
    Alert,
    AlertDetail,
    Baseline,
    Because,
    Condition,
    End,
    EndedHow,
    Escalation,
    State,
    Step,
)
from models.alerts.notices import NoticeKind
from models.store.scope import Scope
from scoring.decline import Level
from services.access.actor import Actor
from services.alerts import align
from services.alerts.current import with_present_numbers
from services.alerts.moves import MAX_STEPS, with_end_by_clock
from services.alerts.outcomes import ACTED, NOT_ACTED, Outcome
from services.alerts.readers import may_read
from services.alerts.terms import SAFETY, Terms, terms_of
from services.errors import Conflict, changed_meanwhile, not_found, wrong
from services.retry import FEW_ATTEMPTS, until_won


class Action(StrEnum):
    """What can be done with an alert."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    COMMENT = "comment"


_A = Action
_AT_WORK = (_A.ASSIGN, _A.SNOOZE, _A.RESOLVE, _A.DISMISS, _A.COMMENT)
ALLOWED: dict[State, tuple[Action, ...]] = {
    State.OPEN: (_A.ACKNOWLEDGE, *_AT_WORK),
    State.ACKNOWLEDGED: _AT_WORK,
    State.SNOOZED: (_A.ACKNOWLEDGE, *_AT_WORK),
    State.ENDED: (_A.REOPEN, _A.COMMENT),
}
_ALWAYS = frozenset({Action.RESOLVE, Action.DISMISS})
OUTCOMES = {Action.RESOLVE: ACTED, Action.DISMISS: NOT_ACTED}


@dataclass(frozen=True, slots=True)
class AlertAction:
    """An action with what belongs to it.

    Attributes:
        note: free text for the history; a comment has one, and the end of a safety alert.
        until: the end of a snooze.
        outcome: of an end: what was done, or why nothing was.
        worth_a_look: of an end: whether the alert was worth it, None when not said.
        assigned_to: whom to assign to; None takes the assignment away.
    """

    action: Action
    note: str = ""
    until: datetime | None = None
    outcome: Outcome | None = None
    worth_a_look: bool | None = None
    assigned_to: str | None = None


def read(public_id: str, scope: Scope) -> AlertDetail:
    """Return an alert with its evidence.

    Raises:
        NotFound: there is none within reach.
    """
    found = alerts.read(public_id, scope)
    if found is None:
        raise not_found("alert")
    return found


def act(
    public_id: str, wanted: AlertAction, rev: int, scope: Scope, *, actor: Actor, now: datetime
) -> AlertDetail:
    """Do something with an alert that is still at `rev`; return it as it is then.

    What the service itself changes meanwhile without anything new to read stands in nobody's way.

    Raises:
        NotFound: there is none within reach.
        ChangedMeanwhile: it was changed since it was read.
        Conflict: its state does not allow the action; the problem names the actions that it does.
        Invalid: the end of the snooze, the outcome or the assignee is not possible, or a note is missing.
        Unavailable: it was changed by the service each time.
    """

    def attempt() -> AlertDetail | None:
        found = read(public_id, scope)
        if found.alert.rev != rev:
            raise changed_meanwhile()
        return _acted(found, wanted, scope, actor, now)

    return until_won(attempt, over="this alert", attempts=FEW_ATTEMPTS)


def allowed(alert: Alert, now: datetime) -> tuple[Action, ...]:
    """Return the actions that the alert's state allows at this moment."""
    alert = alert.at(now)
    refused = {Action.REOPEN} if alert.sealed else set()
    if alert.topic in SAFETY or (alert.level is Level.URGENT and alert.due_at <= now):
        refused.add(Action.SNOOZE)
    possible = tuple(action for action in ALLOWED[alert.state] if action not in refused)
    if alert.steps >= MAX_STEPS:
        possible = tuple(action for action in possible if action in _ALWAYS)
    return possible


def seen(alert: Alert, by: str, now: datetime) -> Alert:
    """Return the alert after a person acted: seen, and no longer in the glance list."""
    # An event holds only while it is unseen.
    passed = alert.condition is Condition.HOLDS and not alert.standing and bool(alert.fresh)
    return replace(
        alert,
        seen_at=now,
        seen_by=by,
        first_seen_at=alert.first_seen_at or now,
        fresh=(),
        glance_until=None,
        condition=Condition.PASSED if passed else alert.condition,
        condition_at=now if passed else alert.condition_at,
    )


def dealt_with(alert: Alert, by: str, now: datetime) -> Alert:
    """Return the alert after a person dealt with it: the chain stops, and news is what differs from now."""
    before, known = alert.baseline, alert.baseline.occurrences
    occurrences = (
        *known,
        *(occurrence for occurrence in alert.grounds.occurrences if occurrence not in known),
    )
    marks = {**before.marks, **alert.standing}
    return replace(
        alert,
        since=now,
        acknowledged_at=alert.acknowledged_at or now,
        baseline=Baseline(now, by, alert.level, dealt_with=True, marks=marks, occurrences=occurrences),
        notices=alert.notices.dealt_with(),
        escalation=Escalation(alert.escalation.step),
    )


def _acted(
    found: AlertDetail, wanted: AlertAction, scope: Scope, actor: Actor, now: datetime
) -> AlertDetail | None:
    alert, terms = found.alert, terms_of(found.alert.site_id)
    possible = allowed(alert, now)
    if wanted.action not in possible:
        extra = {"state": alert.at(now).state, "allowed": list(possible)}
        raise Conflict("action_not_allowed", "The alert's state does not allow this action.", extra=extra)
    wanted = _checked(alert.at(now), wanted, now, terms)
    if align.woke(alert, now):
        return None
    # What is dealt with is what the reports say now.
    present = with_present_numbers(found, now)
    after = _after(present.alert, wanted, actor.account_id, now, terms)
    after = with_end_by_clock(after, terms)
    by = actor.provenance(scope.role_at(alert.site_id))
    step = Step(now, wanted.action.value, by, after.state, wanted.note, _details(wanted))
    flag = None if present is found else present.flag
    stored = alerts.change(alert, after, step=step, flag=flag, read_again=True)
    return None if stored is None else AlertDetail(stored, present.flag, (*found.history, step))


def _after(alert: Alert, wanted: AlertAction, by: str, now: datetime, terms: Terms) -> Alert:
    alert = seen(alert, by, now)
    match wanted.action:
        case Action.COMMENT:
            return alert
        case Action.ASSIGN:
            assigned = replace(alert, assigned_to=wanted.assigned_to)
            told = alert.notices.after(NoticeKind.ASSIGNED, now)
            return assigned if wanted.assigned_to is None else replace(assigned, notices=told)
        case Action.REOPEN:
            return _reopened(alert, now, terms)
        case Action.ACKNOWLEDGE:
            until = terms.acknowledged_until(alert.level, alert.topic, now)
            return replace(dealt_with(alert, by, now), state=State.ACKNOWLEDGED, until=until)
        case Action.SNOOZE:
            return replace(dealt_with(alert, by, now), state=State.SNOOZED, until=wanted.until)
        case Action.RESOLVE | Action.DISMISS:
            return closed(alert, _end(wanted, by, now))


def closed(alert: Alert, end: End) -> Alert:
    """Return the alert after a person ended it."""
    after = replace(dealt_with(alert, end.by, end.at), notices=alert.notices.stopped())
    return replace(after, state=State.ENDED, until=None, end=end, held_open=False)


def _reopened(alert: Alert, now: datetime, terms: Terms) -> Alert:
    due = terms.due_at(alert.level, alert.topic, now)
    return replace(
        alert,
        state=State.OPEN,
        since=now,
        raised_at=now,
        raised_because=Because.REOPENED,
        due_at=due,
        escalation=Escalation(0, terms.calendar.next_moment(due)),
        end=None,
        muted_until=None,
        held_open=True,
    )


def _end(wanted: AlertAction, by: str, now: datetime) -> End:
    how = EndedHow.RESOLVED if wanted.action is Action.RESOLVE else EndedHow.DISMISSED
    outcome = None if wanted.outcome is None else wanted.outcome.value
    return End(how, now, by, outcome, wanted.note, wanted.worth_a_look)


def _checked(alert: Alert, wanted: AlertAction, now: datetime, terms: Terms) -> AlertAction:
    """Return the action as it will be done: a snooze ends in working time."""
    if wanted.action is Action.SNOOZE:
        wanted = replace(wanted, until=_until(alert, wanted.until or now, now, terms))
    if wanted.action is Action.ASSIGN and wanted.assigned_to is not None:
        _check_assignee(alert, wanted.assigned_to)
    if wanted.action in OUTCOMES:
        _check_end(alert, wanted)
    return wanted


def _check_end(alert: Alert, wanted: AlertAction) -> None:
    possible = OUTCOMES[wanted.action]
    if wanted.outcome not in possible:
        raise wrong("/outcome", "not_an_outcome", f"Must be one of: {', '.join(possible)}.")
    if alert.topic in SAFETY and not wanted.note:
        raise wrong("/note", "note_needed", "Say in a note what was done: it is a safety alert.")


def _until(alert: Alert, until: datetime, now: datetime, terms: Terms) -> datetime:
    if until <= now:
        raise wrong("/until", "in_the_past", "Must be in the future.")
    latest = terms.latest_snooze(alert.level, alert.due_at, now)
    if until > latest:
        raise wrong("/until", "too_long", f"This alert can be snoozed until {latest.isoformat()} at most.")
    return terms.snoozed_until(until, latest)


def _check_assignee(alert: Alert, account_id: str) -> None:
    account = accounts.read(account_id)
    if account is None or not may_read(account, alert.site_id, alert.audience):
        raise wrong("/assigned_to", "cannot_read", "Must be somebody of this site who may read the alert.")


def _details(wanted: AlertAction) -> dict[str, str]:
    given = {
        "until": wanted.until and wanted.until.isoformat(),
        "outcome": wanted.outcome and wanted.outcome.value,
        "worth_a_look": None if wanted.worth_a_look is None else str(wanted.worth_a_look).lower(),
        "assigned_to": wanted.assigned_to,
    }
    return {name: value for name, value in given.items() if value}
