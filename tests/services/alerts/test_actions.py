"""Clinicians act on alerts as they read them: what a state allows, an action needs, and it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.alerts.alert import CURRENT, ENDED, Alert, AlertDetail, Handled, State
from models.patients.patients import Patient
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts import actions as alert_actions
from services.alerts.actions import ALLOWED, Action, AlertAction, DismissReason, allowed
from services.alerts.lifecycle import MAX_STEPS
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid, NotFound
from tests.alert_samples import PATIENT, Told, make_alert, on_day, only, store
from tests.people import People, Person

NOW = on_day(5)
UNTIL = NOW + timedelta(hours=4)
ACTIONS = {
    Action.ACKNOWLEDGE: AlertAction(Action.ACKNOWLEDGE),
    Action.ASSIGN: AlertAction(Action.ASSIGN),
    Action.SNOOZE: AlertAction(Action.SNOOZE, until=UNTIL),
    Action.RESOLVE: AlertAction(Action.RESOLVE, note="Seen today."),
    Action.DISMISS: AlertAction(Action.DISMISS, reason=DismissReason.KNOWN),
    Action.REOPEN: AlertAction(Action.REOPEN),
    Action.COMMENT: AlertAction(Action.COMMENT, note="Phoned."),
}
AFTER = {
    Action.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Action.SNOOZE: State.SNOOZED,
    Action.RESOLVE: State.RESOLVED,
    Action.DISMISS: State.DISMISSED,
    Action.REOPEN: State.OPEN,
}


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def patient(people: People, site: Site) -> Patient:
    return people.patient(site)


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)


class Desk:
    """One clinician and one stored alert."""

    def __init__(self, alert: Alert, clinician: Person) -> None:
        store(alert)
        self.id = alert.id
        self.patient_id = alert.patient_id
        self.actor = clinician.actor
        self.scope = Scope(site_ids=frozenset({alert.site_id}))

    def act(self, wanted: AlertAction, rev: int | None = None, now: datetime = NOW) -> AlertDetail:
        rev = only(self.patient_id).rev if rev is None else rev
        return alert_actions.act(self.id, wanted, rev, self.scope, actor=self.actor, now=now)

    def refused(self, wanted: AlertAction, kind: type[AppError], **how: Any) -> AppError:
        with pytest.raises(kind) as caught:
            self.act(wanted, **how)
        return caught.value


@pytest.fixture
def desk_with(site: Site, clinician: Person) -> Any:
    """Puts an alert before a clinician of its site."""
    return lambda alert: Desk(replace(alert, site_id=site.id), clinician)


@pytest.mark.parametrize("state", [*CURRENT, *ENDED])
@pytest.mark.parametrize("action", Action)
def test_each_state_allows_what_the_table_says(desk_with: Any, state: State, action: Action) -> None:
    desk = desk_with(make_alert(state))
    if action in ALLOWED[state]:
        done = desk.act(ACTIONS[action])
        assert done.alert == only()
        assert done.alert.state is AFTER.get(action, state)
        assert done.history[-1].event == action.value
    else:
        error = desk.refused(ACTIONS[action], Conflict)
        assert error.code == "action_not_allowed"
        assert error.extra == {"state": state, "allowed": list(ALLOWED[state])}
        assert only().rev == 0


def test_the_table_gives_every_state_a_comment_and_every_end_a_way_back() -> None:
    assert all(Action.COMMENT in actions for actions in ALLOWED.values())
    assert {state for state, actions in ALLOWED.items() if Action.REOPEN in actions} == set(ENDED)
    assert set(ALLOWED) == {*CURRENT, *ENDED}


@pytest.mark.parametrize("action", [Action.ACKNOWLEDGE, Action.SNOOZE, Action.RESOLVE, Action.DISMISS])
def test_dealing_with_an_alert_remembers_who_when_and_what_was_seen(
    desk_with: Any, clinician: Person, action: Action
) -> None:
    desk = desk_with(make_alert())
    alert = desk.act(ACTIONS[action]).alert
    assert alert.handled == Handled(NOW, clinician.account.id, alert.grounds)
    assert (alert.since, alert.rev, alert.steps) == (NOW, 1, 2)


def test_the_history_says_what_was_done_and_why(desk_with: Any, clinician: Person) -> None:
    desk = desk_with(make_alert())
    desk.act(ACTIONS[Action.SNOOZE])
    detail = desk.act(AlertAction(Action.DISMISS, note="On holiday.", reason=DismissReason.EXPECTED))
    snooze, dismissal = detail.history[1:]
    assert snooze.details == {"until": UNTIL.isoformat()}
    assert (dismissal.note, dismissal.details) == ("On holiday.", {"reason": "expected"})
    assert {snooze.by.name, dismissal.by.name} == {clinician.account.id}
    assert detail.alert.snoozed_until is None


def test_who_read_an_older_state_changes_nothing(desk_with: Any) -> None:
    desk = desk_with(make_alert())
    desk.act(ACTIONS[Action.COMMENT])
    error = desk.refused(ACTIONS[Action.RESOLVE], ChangedMeanwhile, rev=0)
    assert error.code == "changed_meanwhile"
    assert (only().state, only().rev) == (State.OPEN, 1)


@pytest.mark.parametrize(
    "alert_id",
    [f"{PATIENT}:decline:2", f"{PATIENT}:decline", f"{PATIENT}:decline:01", "x", "\x00:decline:1", "a:b:c:1"],
)
def test_an_alert_that_is_not_there_is_not_found(desk_with: Any, alert_id: str) -> None:
    desk = desk_with(make_alert())
    desk.id = alert_id
    desk.refused(ACTIONS[Action.COMMENT], NotFound, rev=0)


def test_another_sites_alert_is_not_found(desk_with: Any, people: People) -> None:
    desk = desk_with(make_alert())
    desk.scope = Scope(site_ids=frozenset({people.site().id}))
    desk.refused(ACTIONS[Action.RESOLVE], NotFound)
    assert only().state is State.OPEN


@pytest.mark.parametrize(
    ("level", "hours", "code"),
    [
        (Level.URGENT, 4, None),
        (Level.URGENT, 4.01, "too_long"),
        (Level.SOON, 28 * 24, None),
        (Level.SOON, 28 * 24 + 1, "too_long"),
        (Level.INFORM, 28 * 24, None),
        (Level.INFORM, 0, "in_the_past"),
        (Level.INFORM, -1, "in_the_past"),
    ],
)
def test_a_snooze_has_an_end_that_the_level_allows(
    desk_with: Any, level: Level, hours: float, code: str | None
) -> None:
    desk = desk_with(make_alert(told=Told(level=level)))
    wanted = AlertAction(Action.SNOOZE, until=NOW + timedelta(hours=hours))
    if code is None:
        assert desk.act(wanted).alert.snoozed_until == wanted.until
    else:
        (found,) = desk.refused(wanted, Invalid).errors
        assert (found.pointer, found.code) == ("/until", code)


def test_what_has_woken_is_open_again(desk_with: Any) -> None:
    desk = desk_with(make_alert(State.SNOOZED))
    woken = on_day(9)
    assert allowed(only(), woken) == ALLOWED[State.OPEN]
    done = desk.act(ACTIONS[Action.COMMENT], now=woken).alert
    assert (done.state, done.snoozed_until) == (State.OPEN, None)


def test_an_alert_is_assigned_to_a_clinician_of_its_site(desk_with: Any, people: People, site: Site) -> None:
    desk = desk_with(make_alert())
    colleague = people.account((site, Role.CLINICIAN))
    assert desk.act(AlertAction(Action.ASSIGN, assigned_to=colleague.id)).alert.assigned_to == colleague.id
    assert desk.act(AlertAction(Action.ASSIGN)).alert.assigned_to is None


@pytest.mark.parametrize("who", ["nobody", "coordinator", "clinician elsewhere"])
def test_an_alert_is_assigned_to_nobody_else(desk_with: Any, people: People, site: Site, who: str) -> None:
    desk = desk_with(make_alert())
    account_id = {
        "nobody": new_id(),
        "coordinator": people.account((site, Role.COORDINATOR)).id,
        "clinician elsewhere": people.account((people.site(), Role.CLINICIAN)).id,
    }[who]
    (found,) = desk.refused(AlertAction(Action.ASSIGN, assigned_to=account_id), Invalid).errors
    assert (found.pointer, found.code) == ("/assigned_to", "not_a_clinician")


def test_what_a_later_episode_has_sealed_cannot_be_reopened(desk_with: Any) -> None:
    desk = desk_with(make_alert(State.RESOLVED, sealed=True))
    assert desk.refused(ACTIONS[Action.REOPEN], Conflict).extra["allowed"] == [Action.COMMENT]


def test_a_long_history_takes_no_more_than_an_end(desk_with: Any) -> None:
    desk = desk_with(make_alert(told=Told(Topic.SPEECH)))
    assert allowed(replace(only(), steps=MAX_STEPS), NOW) == (Action.RESOLVE, Action.DISMISS)
    assert allowed(replace(only(), steps=MAX_STEPS, state=State.RESOLVED), NOW) == ()
    assert desk.act(ACTIONS[Action.COMMENT]).alert.steps == 2


def test_reopening_forgets_that_it_was_dealt_with(desk_with: Any) -> None:
    desk = desk_with(make_alert(State.RESOLVED))
    alert = desk.act(ACTIONS[Action.REOPEN]).alert
    assert (alert.state, alert.handled, alert.since) == (State.OPEN, None, NOW)
