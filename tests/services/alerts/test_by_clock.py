"""What time does to an alert: it comes back, grows old, leaves the glance list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.alerts.alert import Alert, Because, Condition, EndedHow, Escalation, NotFollowed, State
from models.alerts.changes import Change
from scoring.decline import Level, Topic
from services.alerts import by_clock
from services.alerts.moves import GLANCE, Terms, with_end_by_clock
from tests.alert_samples import EVENT, TERMS, Told, cause, ended_unseen, make_alert, on_day

INFORM_EVENT = Told(Topic.SPEECH, Level.INFORM, rule=EVENT)


def by(alert: Alert, day: float, terms: Terms = TERMS) -> Change | None:
    return by_clock.next_change(alert, cause(day, seq=0, by="clock", terms=terms))


@pytest.mark.parametrize(
    ("state", "because"),
    [(State.SNOOZED, Because.SNOOZE_ENDED), (State.ACKNOWLEDGED, Because.ACKNOWLEDGEMENT_EXPIRED)],
)
def test_what_waits_comes_back_at_its_time(state: State, because: Because) -> None:
    alert = make_alert(state)
    assert by(alert, 8.99) is None
    found = by(alert, 10)
    assert found is not None
    after = found.after
    assert (after.state, after.since, after.until, after.due_at) == (State.OPEN, on_day(9), None, on_day(9))
    assert (after.raised_because, after.counts) == (because, {because.value: 1})
    assert (after.seen_at, after.baseline) == (alert.seen_at, alert.baseline)
    assert after.escalation == Escalation(0, on_day(11))  # so long after it was told
    assert after.notices.last == 2
    assert not found.read_again
    assert alert.at(on_day(8.99)) is alert
    assert alert.at(on_day(9)).state is State.OPEN
    assert by(after, 900) is None


@pytest.mark.parametrize("alert", [make_alert(), make_alert(State.ENDED), make_alert(State.SNOOZED)])
def test_nothing_wakes_that_has_not_run_out(alert: Alert) -> None:
    assert by_clock.woken(alert, cause(8, seq=0, by="clock")) is None


def test_nobody_is_told_that_a_soon_which_has_passed_is_back() -> None:
    passed = replace(make_alert(State.SNOOZED), condition=Condition.PASSED)
    found = by(passed, 10)
    assert found is not None
    assert found.after.escalation.next_at is None


def test_nobody_is_told_that_an_alert_of_who_is_not_followed_is_back() -> None:
    found = by(replace(make_alert(State.SNOOZED), not_followed=NotFollowed.DIED), 10)
    assert found is not None
    assert found.after.notices.pending == ()


def test_an_inform_event_grows_old_and_stands_in_the_glance_list() -> None:
    alert = make_alert(told=INFORM_EVENT)
    assert by(alert, 28.9) is None
    found = by(alert, 30)
    assert found is not None
    assert found.after.end is not None
    assert (found.after.end.how, found.after.glance_until) == (EndedHow.AGED, on_day(30) + GLANCE)


def test_an_inform_event_that_was_acknowledged_ends_when_that_runs_out() -> None:
    alert = replace(make_alert(State.ACKNOWLEDGED, INFORM_EVENT), until=on_day(29))
    alert = with_end_by_clock(alert, TERMS)
    assert by(alert, 28) is None
    found = by(alert, 29.1)
    assert found is not None
    assert found.after.end is not None
    assert (found.after.end.how, found.after.end.unseen) == (EndedHow.AGED, False)


@pytest.mark.parametrize(
    "alert",
    [
        make_alert(told=Told(Topic.DECLINE, Level.INFORM, rule=EVENT)),
        make_alert(told=Told(Topic.ACCELERATION, Level.INFORM, rule=EVENT)),
        make_alert(told=Told(Topic.SELF_HARM, Level.INFORM, rule="self_harm")),
        make_alert(told=Told(Topic.SPEECH, Level.INFORM)),
        make_alert(told=Told(Topic.SPEECH, Level.SOON, rule=EVENT)),
        make_alert(told=Told(Topic.SPEECH, Level.URGENT, rule=EVENT)),
    ],
)
def test_nothing_else_grows_old(alert: Alert) -> None:
    assert by(alert, 900) is None


def test_a_soon_that_has_passed_ends_by_itself_only_where_the_site_wants_it() -> None:
    passed = replace(make_alert(), condition=Condition.PASSED, condition_at=on_day(5))
    terms = replace(TERMS, soon_ends_after=timedelta(days=14))
    assert with_end_by_clock(passed, TERMS).ends_at is None
    ends = with_end_by_clock(passed, terms)
    assert by(ends, 18.9, terms) is None
    found = by(ends, 19, terms)
    assert found is not None
    assert found.after.end is not None
    assert (found.after.end.how, found.after.end.unseen) == (EndedHow.AGED, True)
    for other in (
        replace(passed, condition=Condition.HOLDS),
        replace(passed, condition=Condition.WITHDRAWN),
        replace(passed, level=Level.URGENT),
        replace(passed, topic="self_harm"),
        replace(passed, held_open=True),
    ):
        assert with_end_by_clock(other, terms).ends_at is None


def test_what_ended_unseen_leaves_the_glance_list_after_30_days() -> None:
    alert = ended_unseen(day=3)
    assert by(alert, 32.9) is None
    found = by(alert, 33)
    assert found is not None
    assert (found.after.glance_until, found.step) == (None, None)
    assert found.after.end == alert.end


def test_a_mute_that_is_over_and_the_glance_list_are_two_times() -> None:
    muted = replace(ended_unseen(day=3), glance_until=on_day(33), muted_until=on_day(10))
    assert by(muted, 9.9) is None
    over = by(muted, 10)
    assert over is not None
    assert (over.after.muted_until, over.after.glance_until) == (None, on_day(33))
    alone = by(replace(muted, glance_until=None), 10)
    assert alone is not None
    assert (alone.after.muted_until, alone.after.glance_until) == (None, None)
    glanced = by(replace(muted, muted_until=on_day(40)), 33)
    assert glanced is not None
    assert (glanced.after.muted_until, glanced.after.glance_until) == (on_day(40), None)


def test_a_safety_alert_that_comes_back_climbs_as_fast_as_an_urgent_one() -> None:
    told = Told(Topic.SELF_HARM, Level.INFORM, rule="self_harm", reports=(1,))
    back, usual = by(make_alert(State.ACKNOWLEDGED, told), 10), by(make_alert(State.ACKNOWLEDGED), 10)
    assert back is not None
    assert usual is not None
    expected = TERMS.next_step_at(Level.URGENT, "decline", on_day(10))
    assert back.after.escalation.next_at == expected
    assert usual.after.escalation.next_at != expected
