"""People act on alerts as they read them: what a state allows, an action needs, and it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import (
    CURRENT,
    Alert,
    AlertDetail,
    Baseline,
    Because,
    Condition,
    End,
    EndedHow,
    State,
    Step,
)
from models.alerts.notices import Notice, NoticeKind, Notices
from models.patients.patient import Patient
from models.sites.escalation_policy import EscalationPolicy
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts import actions as alert_actions
from services.alerts.actions import ALLOWED, Action, AlertAction, allowed
from services.alerts.moves import MAX_STEPS
from services.alerts.outcomes import ACTED, Outcome
from services.alerts.terms import at_once
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid, NotFound
from tests.alert_samples import EVENT, PATIENT, Told, by_now, ended_unseen, make_alert, on_day, only, store
from tests.people import People, Person

NOW = on_day(5)  # Friday, 8 o'clock
UNTIL = NOW + timedelta(hours=4)
ACTIONS = {
    Action.ACKNOWLEDGE: AlertAction(Action.ACKNOWLEDGE),
    Action.ASSIGN: AlertAction(Action.ASSIGN),
    Action.SNOOZE: AlertAction(Action.SNOOZE, until=UNTIL),
    Action.RESOLVE: AlertAction(Action.RESOLVE, note="Rang.", outcome=Outcome.CALLED),
    Action.DISMISS: AlertAction(Action.DISMISS, outcome=Outcome.KNOWN),
    Action.REOPEN: AlertAction(Action.REOPEN),
    Action.COMMENT: AlertAction(Action.COMMENT, note="Phoned."),
}
AFTER = {
    Action.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Action.SNOOZE: State.SNOOZED,
    Action.RESOLVE: State.ENDED,
    Action.DISMISS: State.ENDED,
    Action.REOPEN: State.OPEN,
}
SHOWN = [*CURRENT, State.ENDED]
DEALS_WITH_IT = [Action.ACKNOWLEDGE, Action.SNOOZE, Action.RESOLVE, Action.DISMISS]
SAFETY = Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm", reports=(1,))
URGENT = Told(level=Level.URGENT, raised=5)  # opened at 8 today, due at 18 o'clock


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
        self.id = alert.public_id
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


@pytest.mark.parametrize("state", SHOWN)
@pytest.mark.parametrize("action", Action)
def test_each_state_allows_what_the_table_says(desk_with: Any, state: State, action: Action) -> None:
    desk = desk_with(make_alert(state))
    if action in ALLOWED[state]:
        done = desk.act(ACTIONS[action])
        assert done.alert == only()
        assert done.alert.state is AFTER.get(action, state)
        assert done.history[-1].event == action.value
        assert done.alert.rev == 1
    else:
        error = desk.refused(ACTIONS[action], Conflict)
        assert error.code == "action_not_allowed"
        assert error.extra == {"state": state, "allowed": list(ALLOWED[state])}
        assert only().rev == 0


def test_the_table_gives_every_state_a_comment_and_every_current_one_two_ends() -> None:
    assert set(ALLOWED) == set(SHOWN)
    assert all(Action.COMMENT in possible for possible in ALLOWED.values())
    for state in CURRENT:
        assert {Action.RESOLVE, Action.DISMISS} <= set(ALLOWED[state])


@pytest.mark.parametrize("action", Action)
def test_whoever_acts_has_seen_it(desk_with: Any, clinician: Person, action: Action) -> None:
    desk = desk_with(ended_unseen() if action is Action.REOPEN else make_alert())
    alert = desk.act(ACTIONS[action]).alert
    assert (alert.seen_at, alert.seen_by, alert.first_seen_at) == (NOW, clinician.account.id, NOW)
    assert (alert.fresh, alert.glance_until) == ((), None)


@pytest.mark.parametrize("action", DEALS_WITH_IT)
def test_dealing_with_an_alert_sets_the_baseline_and_stops_notices(
    desk_with: Any, clinician: Person, action: Action
) -> None:
    marked = make_alert(told=Told(mark={"loss_now": 1.5}), standing={"fast_decline": {"x": 2.0}})
    alert = desk_with(marked).act(ACTIONS[action]).alert
    expected = Baseline(NOW, clinician.account.id, Level.SOON, True, {"fast_decline": {"x": 2.0}})
    assert alert.baseline == expected
    assert (alert.notices.pending, alert.escalation.next_at) == ((), None)
    assert (alert.since, alert.steps) == (NOW, 2)


@pytest.mark.parametrize("state", CURRENT)
@pytest.mark.parametrize("action", [Action.COMMENT, Action.ASSIGN])
def test_a_comment_or_an_assignment_stops_no_clock(desk_with: Any, state: State, action: Action) -> None:
    before = make_alert(state)
    alert = desk_with(before).act(ACTIONS[action]).alert
    for name in ("state", "due_at", "until", "escalation", "baseline", "notices", "since", "raised_at"):
        assert getattr(alert, name) == getattr(before, name)


def test_an_acknowledgement_runs_out(desk_with: Any) -> None:
    assert desk_with(make_alert()).act(ACTIONS[Action.ACKNOWLEDGE]).alert.until == NOW + timedelta(days=7)


def test_an_urgent_acknowledgement_runs_out_after_four_working_hours(desk_with: Any) -> None:
    desk = desk_with(make_alert(told=URGENT))
    alert = desk.act(ACTIONS[Action.ACKNOWLEDGE], now=NOW + timedelta(hours=8)).alert
    assert alert.until == on_day(8) + timedelta(hours=2)  # an hour of Friday, three of Monday, in Berlin


def test_an_end_says_what_came_of_it(desk_with: Any, clinician: Person) -> None:
    desk = desk_with(make_alert())
    wanted = AlertAction(Action.RESOLVE, "Rang.", outcome=Outcome.EQUIPMENT, worth_a_look=True)
    detail = desk.act(wanted)
    end = End(EndedHow.RESOLVED, NOW, clinician.account.id, "equipment", "Rang.", worth_a_look=True)
    assert detail.alert.end == end
    assert detail.history[-1].details == {"outcome": "equipment", "worth_a_look": "true"}
    assert desk.act(ACTIONS[Action.REOPEN]).alert.end is None
    dismissed = desk.act(AlertAction(Action.DISMISS, outcome=Outcome.KNOWN, worth_a_look=False)).alert
    assert dismissed.end == End(EndedHow.DISMISSED, NOW, clinician.account.id, "known", worth_a_look=False)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("action", [Action.RESOLVE, Action.DISMISS])
def test_what_was_done_resolves_and_what_was_not_dismisses(
    desk_with: Any, action: Action, outcome: Outcome
) -> None:
    desk, wanted = desk_with(make_alert()), AlertAction(action, outcome=outcome)
    if (outcome in ACTED) is (action is Action.RESOLVE):
        assert desk.act(wanted).alert.state is State.ENDED
    else:
        (found,) = desk.refused(wanted, Invalid).errors
        assert (found.pointer, found.code) == ("/outcome", "not_an_outcome")


@pytest.mark.parametrize("action", [Action.RESOLVE, Action.DISMISS])
def test_a_safety_alert_ends_with_a_note_only(desk_with: Any, action: Action) -> None:
    desk = desk_with(make_alert(told=SAFETY))
    outcome = Outcome.CALLED if action is Action.RESOLVE else Outcome.KNOWN
    (found,) = desk.refused(AlertAction(action, outcome=outcome), Invalid).errors
    assert (found.pointer, found.code) == ("/note", "note_needed")
    assert desk.act(AlertAction(action, "Rang at once.", outcome=outcome)).alert.state is State.ENDED


def test_a_safety_alert_is_never_snoozed(desk_with: Any) -> None:
    desk = desk_with(make_alert(told=SAFETY))
    assert Action.SNOOZE not in desk.refused(ACTIONS[Action.SNOOZE], Conflict).extra["allowed"]


def test_the_history_says_what_was_done_and_why(desk_with: Any, clinician: Person) -> None:
    desk = desk_with(make_alert())
    desk.act(ACTIONS[Action.SNOOZE])
    detail = desk.act(AlertAction(Action.DISMISS, note="On holiday.", outcome=Outcome.NOT_RELEVANT))
    snooze, dismissal = detail.history[1:]
    assert snooze.details == {"until": UNTIL.isoformat()}
    assert (dismissal.note, dismissal.details) == ("On holiday.", {"outcome": "not_relevant"})
    assert {snooze.by.name, dismissal.by.name} == {clinician.account.id}
    assert detail.alert.until is None


def test_who_read_an_older_state_changes_nothing(desk_with: Any) -> None:
    desk = desk_with(make_alert())
    desk.act(ACTIONS[Action.COMMENT])
    error = desk.refused(ACTIONS[Action.RESOLVE], ChangedMeanwhile, rev=0)
    assert error.code == "changed_meanwhile"
    assert (only().state, only().rev) == (State.OPEN, 1)


def test_what_the_service_changes_without_news_stands_in_nobodys_way(desk_with: Any) -> None:
    desk = desk_with(make_alert())
    alerts.change(only(), replace(only(), based_on=9))
    assert desk.act(ACTIONS[Action.RESOLVE], rev=0).alert.state is State.ENDED
    assert only().version == 2


def test_what_the_service_changes_at_that_moment_is_read_and_the_action_done(
    desk_with: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, change = desk_with(make_alert()), alerts.change

    def after_another(before: Alert, after: Alert, **how: Any) -> Alert | None:
        monkeypatch.setattr(alerts, "change", change)
        change(only(), replace(only(), based_on=9))
        return change(before, after, **how)

    monkeypatch.setattr(alerts, "change", after_another)
    assert desk.act(ACTIONS[Action.RESOLVE]).alert == only()
    assert (only().state, only().based_on) == (State.ENDED, 9)


@pytest.mark.parametrize(
    "alert_id", ["019ab1c2-0000-7000-8000-0000000000ff", f"{PATIENT}:decline:1", "x", "\x00"]
)
def test_an_alert_that_is_not_there_is_not_found(desk_with: Any, alert_id: str) -> None:
    desk = desk_with(make_alert())
    desk.id = alert_id
    assert desk.refused(ACTIONS[Action.COMMENT], NotFound, rev=0).code == "alert_not_found"


def test_another_sites_alert_is_not_found(desk_with: Any, people: People) -> None:
    desk = desk_with(make_alert())
    desk.scope = Scope(site_ids=frozenset({people.site().id}))
    desk.refused(ACTIONS[Action.RESOLVE], NotFound)
    assert only().state is State.OPEN


@pytest.mark.parametrize(
    ("told", "hours", "code"),
    [
        (URGENT, 4, None),
        (URGENT, 4.01, "too_long"),
        (Told(), 28 * 24, None),
        (Told(), 28 * 24 + 1, "too_long"),
        (Told(level=Level.INFORM), 28 * 24, None),
        (Told(level=Level.INFORM), 0, "in_the_past"),
        (Told(level=Level.INFORM), -1, "in_the_past"),
    ],
)
def test_a_snooze_has_an_end_that_the_level_allows(
    desk_with: Any, told: Told, hours: float, code: str | None
) -> None:
    desk = desk_with(make_alert(told=told))
    wanted = AlertAction(Action.SNOOZE, until=NOW + timedelta(hours=hours))
    if code is None:
        assert desk.act(wanted).alert.until == wanted.until
    else:
        (found,) = desk.refused(wanted, Invalid).errors
        assert (found.pointer, found.code) == ("/until", code)


def test_an_urgent_alert_is_not_snoozed_past_its_due_time(desk_with: Any) -> None:
    alert = make_alert(told=URGENT)
    desk, late = desk_with(alert), alert.due_at - timedelta(hours=1)
    too_late = AlertAction(Action.SNOOZE, until=alert.due_at + timedelta(seconds=1))
    (found,) = desk.refused(too_late, Invalid, now=late).errors
    assert found.code == "too_long"
    assert desk.act(replace(too_late, until=alert.due_at), now=late).alert.until == alert.due_at
    assert Action.SNOOZE not in allowed(alert, alert.due_at)


@pytest.mark.parametrize("state", [State.SNOOZED, State.ACKNOWLEDGED])
def test_what_has_come_back_is_open_again(desk_with: Any, state: State) -> None:
    desk = desk_with(make_alert(state))
    assert allowed(only(), on_day(9)) == ALLOWED[State.OPEN]
    done = desk.act(ACTIONS[Action.COMMENT], now=on_day(9)).alert
    assert (done.state, done.until) == (State.OPEN, None)


@pytest.mark.parametrize(
    "told", [Told(), Told(level=Level.URGENT), Told(level=Level.INFORM), SAFETY], ids=str
)
@pytest.mark.parametrize("state", [State.SNOOZED, State.ACKNOWLEDGED])
@pytest.mark.parametrize("action", [action for action in Action if action is not Action.REOPEN])
@pytest.mark.parametrize("condition", [Condition.HOLDS, Condition.PASSED])
def test_what_has_run_out_is_dealt_with_as_if_the_worker_had_come_by(
    desk_with: Any, state: State, action: Action, told: Told, condition: Condition
) -> None:
    now = on_day(9) + timedelta(seconds=1)
    desk = desk_with(make_alert(state, told, condition=condition))
    woken = by_now(only(), now)
    if action not in allowed(only(), now):
        desk.refused(ACTIONS[action], Conflict, now=now)
        assert only().state is state
        return
    wanted = replace(ACTIONS[action], note="A note.", until=now + timedelta(hours=4))
    detail = desk.act(wanted, now=now)
    after = detail.alert
    assert [(step.event, step.by.name) for step in detail.history[1:]] == [
        ("woke", "clock"),
        (action.value, desk.actor.account_id),
    ]
    assert (after.counts, after.rev, after.raised_because) == (woken.counts, 1, woken.raised_because)
    if action in {Action.COMMENT, Action.ASSIGN}:
        assert [notice.kind for notice in after.notices.pending] == [NoticeKind.RAISED]
        for name in ("state", "due_at", "until", "escalation", "baseline", "notices", "raised_at"):
            assert getattr(after, name) == getattr(woken, name), name
        tells = condition is Condition.HOLDS or at_once(after.level, after.topic)
        assert (after.escalates_at is not None) is tells
    else:
        assert (after.notices.pending, after.escalation.next_at) == ((), None)
        assert after.state is AFTER[action]


def test_what_cannot_be_done_wakes_nothing(desk_with: Any) -> None:
    desk = desk_with(make_alert(State.ACKNOWLEDGED))
    desk.refused(AlertAction(Action.RESOLVE), Invalid, now=on_day(9))
    assert (only().state, only().version) == (State.ACKNOWLEDGED, 0)


def test_who_is_assigned_gets_a_notice(desk_with: Any, people: People, site: Site) -> None:
    desk = desk_with(make_alert())
    colleague = people.account((site, Role.CLINICIAN))
    alert = desk.act(AlertAction(Action.ASSIGN, assigned_to=colleague.id)).alert
    assert alert.assigned_to == colleague.id
    assert alert.notices.pending[-1] == Notice(2, NoticeKind.ASSIGNED, NOW)
    assert [notice.kind for notice in alert.notices.pending] == ["raised", "assigned"]
    assert desk.act(AlertAction(Action.ASSIGN)).alert.assigned_to is None


@pytest.mark.parametrize("action", DEALS_WITH_IT)
def test_dealing_with_an_alert_stops_what_looks_for_somebody_and_ending_it_stops_all(
    desk_with: Any, action: Action
) -> None:
    """Who has just been given it is told, and who was told what is withdrawn now."""
    notices = Notices()
    for kind in NoticeKind:
        notices = notices.after(kind, NOW)
    after = desk_with(make_alert(notices=notices)).act(ACTIONS[action]).alert.notices
    stays = [] if action in alert_actions.OUTCOMES else [NoticeKind.WITHDRAWN, NoticeKind.ASSIGNED]
    assert ([notice.kind for notice in after.pending], after.last) == (stays, notices.last)


def test_silence_is_assigned_to_a_coordinator(desk_with: Any, people: People, site: Site) -> None:
    desk = desk_with(make_alert(told=Told(Topic.SILENCE)))
    coordinator = people.account((site, Role.COORDINATOR))
    done = desk.act(AlertAction(Action.ASSIGN, assigned_to=coordinator.id))
    assert done.alert.assigned_to == coordinator.id


@pytest.mark.parametrize("who", ["nobody", "coordinator", "clinician elsewhere"])
def test_an_alert_is_assigned_to_nobody_else(desk_with: Any, people: People, site: Site, who: str) -> None:
    desk = desk_with(make_alert())
    account_id = {
        "nobody": new_id(),
        "coordinator": people.account((site, Role.COORDINATOR)).id,
        "clinician elsewhere": people.account((people.site(), Role.CLINICIAN)).id,
    }[who]
    (found,) = desk.refused(AlertAction(Action.ASSIGN, assigned_to=account_id), Invalid).errors
    assert (found.pointer, found.code) == ("/assigned_to", "cannot_read")


def test_what_a_later_episode_has_sealed_cannot_be_reopened(desk_with: Any) -> None:
    desk = desk_with(make_alert(State.ENDED, sealed=True))
    assert desk.refused(ACTIONS[Action.REOPEN], Conflict).extra["allowed"] == [Action.COMMENT]


AT_WORK = (Action.ASSIGN, Action.RESOLVE, Action.DISMISS, Action.COMMENT)


@pytest.mark.parametrize(
    ("alert", "possible"),
    [
        (make_alert(), ALLOWED[State.OPEN]),
        (make_alert(State.ENDED, sealed=True), (Action.COMMENT,)),
        (make_alert(sealed=True), ALLOWED[State.OPEN]),
        (make_alert(told=Told(Topic.SELF_HARM, Level.INFORM)), (Action.ACKNOWLEDGE, *AT_WORK)),
        (make_alert(told=URGENT, due_at=NOW), (Action.ACKNOWLEDGE, *AT_WORK)),
        (make_alert(told=URGENT, due_at=NOW + timedelta(seconds=1)), ALLOWED[State.OPEN]),
        (make_alert(due_at=NOW), ALLOWED[State.OPEN]),
        (make_alert(steps=MAX_STEPS - 1), ALLOWED[State.OPEN]),
        (make_alert(steps=MAX_STEPS), (Action.RESOLVE, Action.DISMISS)),
    ],
)
def test_what_can_be_done_with_an_alert(alert: Alert, possible: tuple[Action, ...]) -> None:
    assert allowed(alert, NOW) == possible


def test_a_line_of_the_history_says_who_did_what_when_and_in_which_role(
    desk_with: Any, people: People, site: Site, clinician: Person
) -> None:
    desk = desk_with(make_alert())
    desk.scope = replace(desk.scope, roles=((site.id, "clinician"),))
    colleague = people.account((site, Role.CLINICIAN))
    step = desk.act(AlertAction(Action.ASSIGN, "Yours.", assigned_to=colleague.id)).history[-1]
    by = clinician.actor.provenance("clinician")
    assert step == Step(NOW, "assign", by, State.OPEN, "Yours.", {"assigned_to": colleague.id})


def test_what_is_dealt_with_ends_by_itself_as_the_policy_of_its_site_says(
    desk_with: Any, people: People
) -> None:
    site = people.site(escalation=EscalationPolicy(soon_ends_after_days=14))
    desk = desk_with(make_alert(condition=Condition.PASSED))
    alert = replace(make_alert(condition=Condition.PASSED, patient_id=new_id()), site_id=site.id)
    elsewhere = Desk(alert, people.staff(site, Role.CLINICIAN))
    assert desk.act(ACTIONS[Action.COMMENT]).alert.ends_at is None
    assert elsewhere.act(ACTIONS[Action.COMMENT]).alert.ends_at == on_day(15)


def test_a_long_history_takes_no_more_than_an_end(desk_with: Any) -> None:
    desk = desk_with(make_alert(told=Told(Topic.SPEECH)))
    assert allowed(replace(only(), steps=MAX_STEPS), NOW) == (Action.RESOLVE, Action.DISMISS)
    assert allowed(replace(only(), steps=MAX_STEPS, state=State.ENDED), NOW) == ()
    assert desk.act(ACTIONS[Action.COMMENT]).alert.steps == 2


def test_a_reopened_alert_is_due_anew_and_escalates_from_then_on(desk_with: Any) -> None:
    alert = desk_with(ended_unseen()).act(ACTIONS[Action.REOPEN]).alert
    due = NOW + timedelta(days=28)
    assert (alert.state, alert.since, alert.due_at, alert.end) == (State.OPEN, NOW, due, None)
    assert (alert.escalation.next_at, alert.raised_because) == (due, Because.REOPENED)
    assert (alert.held_open, alert.ends_at) == (True, None)
    assert alert.counts == {"ended_unseen": 1}


def test_an_event_holds_only_while_it_is_unseen(desk_with: Any) -> None:
    event = Told(Topic.SPEECH, rule=EVENT)
    gone = replace(make_alert(told=event), standing={})
    assert desk_with(gone).act(ACTIONS[Action.COMMENT]).alert.condition is Condition.PASSED
