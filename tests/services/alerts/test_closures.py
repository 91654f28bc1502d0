"""Several alerts are closed at once: only what may be, each by the revision that was read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import Alert, Condition, NotFollowed, State, Step
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Actor, Role
from services.alerts import closures
from services.alerts.closures import Named, Verdict
from services.alerts.outcomes import ACTED, NOT_ACTED, Outcome
from services.errors import Invalid
from tests.alert_samples import EVENT, SITE, Told, ended_unseen, make_alert, on_day, only, store

REACH = Scope(site_ids=frozenset({SITE}))
ACTOR = Actor("clinician", "session", ((SITE, Role.CLINICIAN),))
PASSED = {"condition": Condition.PASSED, "standing": {}}
SAFETY = Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm", reports=(1,))
URGENT = Told(level=Level.URGENT)

pytestmark = pytest.mark.usefixtures("database")


def close(*made: Alert, scope: Scope = REACH, note: str = "", **how: Any) -> list[Verdict]:
    named = [Named(alert.public_id, alert.rev) for alert in made]
    outcome = how.get("outcome", Outcome.NO_ACTION_NEEDED)
    done = closures.close(named, outcome, note, scope, actor=ACTOR, now=on_day(12))
    assert [result.id for result in done] == [alert.id for alert in named]
    return [result.verdict for result in done]


@pytest.mark.parametrize("condition", [Condition.PASSED, Condition.WITHDRAWN])
@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.SNOOZED])
@pytest.mark.parametrize("level", [Level.INFORM, Level.SOON])
def test_what_has_passed_or_was_withdrawn_is_closed(condition: Condition, state: State, level: Level) -> None:
    alert = make_alert(state, Told(level=level), condition=condition)
    store(alert)
    assert close(alert) == [Verdict.CLOSED]
    ended = only()
    assert ended.end is not None
    assert (ended.state, ended.end.outcome, ended.end.in_bulk) == (State.ENDED, "no_action_needed", True)
    assert (ended.end.by, ended.baseline.dealt_with, ended.rev) == ("clinician", True, 1)


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.SNOOZED])
def test_what_has_run_out_is_woken_before_it_is_closed_with_others(state: State) -> None:
    alert = make_alert(state, **PASSED)
    store(alert)
    assert close(alert) == [Verdict.CLOSED]
    detail = alerts.read(alert.public_id, REACH)
    assert detail is not None
    assert [step.event for step in detail.history[1:]] == ["woke", "closed_in_bulk"]
    assert sum(detail.alert.counts.values()) == 1
    assert (detail.alert.notices.pending, detail.alert.escalation.next_at) == ((), None)


@pytest.mark.parametrize(
    "alert",
    [
        make_alert(),
        make_alert(told=Told(level=Level.INFORM, rule=EVENT)),
        make_alert(told=URGENT, **PASSED),
        make_alert(told=SAFETY, condition=Condition.WITHDRAWN),
        make_alert(told=replace(SAFETY, level=Level.INFORM), condition=Condition.WITHDRAWN),
    ],
)
def test_what_holds_is_urgent_or_about_safety_needs_its_own_action(alert: Alert) -> None:
    store(alert)
    assert close(alert) == [Verdict.NEEDS_ITS_OWN]
    assert only().state is State.OPEN


@pytest.mark.parametrize("told", [Told(), URGENT, SAFETY])
def test_alerts_of_who_is_not_followed_are_closed_at_any_level(told: Told) -> None:
    alert = make_alert(told=told, not_followed=NotFollowed.DIED, condition=Condition.WITHDRAWN)
    store(alert)
    assert close(alert, note="Died on Sunday.") == [Verdict.CLOSED]
    end = only().end
    assert end is not None
    assert (end.outcome, end.note) == ("patient_not_followed", "Died on Sunday.")


def test_a_safety_alert_needs_a_note_also_then() -> None:
    alert = make_alert(told=SAFETY, not_followed=NotFollowed.DIED, condition=Condition.WITHDRAWN)
    store(alert)
    assert close(alert) == [Verdict.NOTE_NEEDED]
    assert only().state is State.OPEN


def test_what_ended_unseen_is_marked_as_seen() -> None:
    alert = ended_unseen()
    store(alert)
    assert close(alert) == [Verdict.SEEN]
    seen = only()
    assert (seen.glance_until, seen.seen_by, seen.end) == (None, "clinician", alert.end)
    assert seen.counts == {"ended_unseen": 1}


def test_each_has_its_own_verdict_and_none_holds_up_another() -> None:
    passed, holds = make_alert(**PASSED), make_alert(told=Told(Topic.SPEECH))
    changed = make_alert(told=Told(Topic.WALKING), **PASSED)
    elsewhere = make_alert(told=Told(Topic.MOOD), site_id="elsewhere", **PASSED)
    store(passed, holds, changed, elsewhere)
    stored = alerts.read_several([changed.public_id], REACH)[changed.public_id]
    alerts.change(stored, stored, read_again=True)
    verdicts = close(holds, elsewhere, changed, passed)
    assert verdicts == [
        Verdict.NEEDS_ITS_OWN,
        Verdict.NOT_FOUND,
        Verdict.CHANGED_MEANWHILE,
        Verdict.CLOSED,
    ]


def test_what_changed_without_anything_new_to_read_is_closed() -> None:
    alert = make_alert(**PASSED)
    store(alert)
    alerts.change(only(), replace(only(), based_on=9))
    assert close(alert) == [Verdict.CLOSED]


@pytest.mark.parametrize("outcome", ACTED)
def test_what_was_done_each_alert_says_for_itself(outcome: Outcome) -> None:
    with pytest.raises(Invalid) as refused:
        close(outcome=outcome)
    (found,) = refused.value.errors
    assert (found.pointer, found.code) == ("/outcome", "not_an_outcome")
    assert found.detail == "Must be one of: " + ", ".join(NOT_ACTED) + "."


@pytest.mark.parametrize(
    ("alert", "event"),
    [(make_alert(State.SNOOZED, **PASSED), "closed_in_bulk"), (ended_unseen(), "seen")],
    ids=["closed", "seen"],
)
def test_its_history_says_who_closed_it_when_why_and_in_which_role(alert: Alert, event: str) -> None:
    store(alert)
    close(alert, scope=replace(REACH, roles=((SITE, "clinician"),)), note="Known.")
    detail = alerts.read(alert.public_id, REACH)
    assert detail is not None
    by = ACTOR.provenance("clinician")
    assert detail.history[-1] == Step(on_day(12), event, by, State.ENDED, "Known.")
    assert (detail.alert.seen_at, detail.alert.ends_at) == (on_day(12), None)


def test_a_change_that_came_between_is_read_and_closed_if_it_left_nothing_to_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alert = make_alert(**PASSED)
    store(alert)
    change = alerts.change

    def after_another(before: Alert, after: Alert, **how: Any) -> Alert | None:
        monkeypatch.setattr(alerts, "change", change)
        change(only(), replace(only(), based_on=9))
        return change(before, after, **how)

    monkeypatch.setattr(alerts, "change", after_another)
    assert close(alert) == [Verdict.CLOSED]
    assert (only().state, only().based_on) == (State.ENDED, 9)


def test_a_coordinator_closes_what_a_coordinator_sees() -> None:
    alert, query = make_alert(**PASSED), make_alert(told=Told(Topic.DATA_QUERY), **PASSED)
    store(alert, query)
    scope = Scope(query_site_ids=frozenset({SITE}))
    assert close(alert, query, scope=scope) == [Verdict.NOT_FOUND, Verdict.CLOSED]
