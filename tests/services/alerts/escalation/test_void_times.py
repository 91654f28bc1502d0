"""A clock that was ahead for a minute puts no chain and nothing that was put off to sleep for a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import Alert, Because, Escalation, State
from models.alerts.alerts import AlertDocument
from models.sites.escalation_policy import EscalationPolicy, ResponseTime, Span, Unit
from models.sites.sites import Site
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts import actions, align
from services.alerts.actions import Action, AlertAction
from services.alerts.escalation.climb import climb
from services.alerts.escalation.void_times import TOLERANCE, put_right
from tests.alert_samples import PATIENT, Told, evaluation, in_ledger, make_alert, on_day, only, store
from tests.people import People

URGENT = Told(Topic.DECLINE, Level.URGENT)
AHEAD = timedelta(days=30)


@pytest.fixture
def site(people: People) -> Site:
    site = people.site(escalation=EscalationPolicy(second_address="desk@example.org"), zone="UTC")
    people.account((site, Role.CLINICIAN))
    return site


def stored_at(site: Site, alert: Alert) -> Alert:
    store(replace(alert, site_id=site.id))
    return only()


@pytest.mark.parametrize("told", [URGENT, Told(raised=1)], ids=["urgent", "soon"])
def test_a_chain_that_climbed_by_a_clock_that_was_ahead_goes_on_now(site: Site, told: Told) -> None:
    stored_at(site, make_alert(told=told))
    assert climb(on_day(8) + AHEAD) == 1
    ahead = only()
    assert ahead.escalates_at is not None
    assert ahead.escalates_at > on_day(8) + AHEAD
    assert climb(on_day(8)) == 0
    assert put_right(on_day(8)) == 1
    after = only()
    assert after.escalates_at is not None
    assert after.escalates_at < on_day(20)
    assert after.notices.last == ahead.notices.last + 1
    assert put_right(on_day(8)) == 0


@pytest.mark.parametrize("day", [1, 4, 5, 6.7], ids=str)
@pytest.mark.parametrize("told", [URGENT, Told(raised=1), Told(Topic.SELF_HARM, Level.SOON)], ids=str)
def test_a_time_that_may_be_given_now_is_left_alone(site: Site, told: Told, day: float) -> None:
    """Whatever the hour and the day of the week: the times that are given now are never taken for void."""
    stored_at(site, make_alert(told=told))
    for number in range(4):
        climb(on_day(day + 7 * number))
        assert put_right(on_day(day + 7 * number)) == 0


SAFETY = Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm", reports=(1,))


@pytest.mark.parametrize("told", [URGENT, SAFETY, Told(), Told(level=Level.INFORM)], ids=str)
@pytest.mark.parametrize("hours", range(0, 7 * 24, 17))
def test_what_is_reopened_waits_until_it_is_due(people: People, told: Told, hours: int) -> None:
    """Tuesday afternoon or Friday night: nobody is told before."""
    site = people.site(zone="UTC")
    clinician = people.staff(site, Role.CLINICIAN)
    stored_at(site, make_alert(State.ENDED, told))
    now = on_day(8) + timedelta(hours=hours)
    scope = Scope(site_ids=frozenset({site.id}))
    wanted = AlertAction(Action.REOPEN)
    actions.act(only().public_id, wanted, only().rev, scope, actor=clinician.actor, now=now)
    before = only()
    assert before.escalates_at is not None
    for minutes in (0, 5, 60):
        assert put_right(now + timedelta(minutes=minutes)) == 0
    assert only() == before


def test_what_was_reopened_by_a_clock_that_was_ahead_goes_on_now(site: Site) -> None:
    ahead = on_day(8) + AHEAD
    due = ahead + timedelta(hours=2)
    fields = {"raised_at": ahead, "raised_because": Because.REOPENED, "due_at": due}
    stored_at(site, make_alert(told=URGENT, escalation=Escalation(0, due), **fields))
    assert put_right(on_day(8)) == 1


def days(count: int) -> EscalationPolicy:
    span = Span(count, Unit.DAYS)
    levels = {level: ResponseTime(span, span) for level in ("soon", "inform")}
    return EscalationPolicy(second_address="a@example.org", levels=levels)


@pytest.mark.parametrize("level", [Level.SOON, Level.INFORM])
def test_a_policy_that_gives_less_time_makes_nothing_void_that_was_raised_before(
    people: People, monkeypatch: pytest.MonkeyPatch, level: Level
) -> None:
    site = people.site(zone="UTC", escalation=days(14))
    people.account((site, Role.CLINICIAN))
    in_ledger(4)
    align.align(PATIENT, site.id, evaluation(Told(level=level)), 4, now=on_day(1))
    before = only()
    assert before.escalates_at == on_day(15)
    shorter = replace(site, escalation=days(3))
    monkeypatch.setattr("services.alerts.terms.sites.read", lambda _: shorter)
    assert put_right(on_day(1.1)) == 0
    assert only() == before
    stored_later = replace(before.escalation, next_at=on_day(15) + timedelta(hours=2))
    alerts.change(before, replace(before, escalation=stored_later))
    assert put_right(on_day(1.1)) == 1, "later than it is due"


@pytest.mark.parametrize("damaged", ["due_at", "raised_at", "raised_because"])
def test_what_cannot_be_read_of_an_alert_keeps_no_void_time(site: Site, damaged: str) -> None:
    stored_at(site, make_alert(told=Told(raised=1)))
    climb(on_day(8) + AHEAD)
    AlertDocument.raw().update_one({}, {"$set": {damaged: 7}})
    assert put_right(on_day(8)) == 1


def test_a_pause_that_is_longer_than_the_time_in_which_it_is_due_is_no_void_time(people: People) -> None:
    policy = EscalationPolicy(second_address="a@example.org", minutes_between_steps={"soon": 20 * 24 * 60})
    site = people.site(escalation=policy, zone="UTC")
    ann, _ = people.account((site, Role.CLINICIAN)), people.account((site, Role.CLINICIAN))
    stored_at(site, make_alert(told=Told(raised=1), assigned_to=ann.id))
    assert climb(on_day(8)) == 1
    assert only().escalates_at == on_day(29)  # the Monday after 20 days
    assert put_right(on_day(8)) == 0


def test_of_what_is_about_safety_a_time_that_others_may_have_is_void(site: Site) -> None:
    told = Told(Topic.SELF_HARM, Level.SOON)
    stored_at(site, replace(make_alert(told=told), escalation=Escalation(0, on_day(12))))
    assert put_right(on_day(8)) == 1
    after = only()
    assert after.escalates_at is not None
    assert after.escalates_at < on_day(9)


@pytest.mark.parametrize(
    ("state", "because"),
    [(State.SNOOZED, Because.SNOOZE_ENDED), (State.ACKNOWLEDGED, Because.ACKNOWLEDGEMENT_EXPIRED)],
)
def test_what_was_put_off_by_a_clock_that_was_ahead_comes_back_now(
    site: Site, state: State, because: Because
) -> None:
    acted = on_day(3) + AHEAD
    stored_at(site, make_alert(state, since=acted, until=acted + timedelta(days=5)))
    assert put_right(on_day(3)) == 1
    after = only()
    assert (after.state, after.raised_because, after.due_at) == (State.OPEN, because, on_day(3))
    detail = alerts.read(after.public_id, Scope(site_ids=frozenset({site.id})))
    assert detail is not None
    line = detail.history[-1]
    assert (line.event, line.by.name, line.details) == ("woke", "clock", {"because": because.value})
    assert put_right(on_day(3)) == 0


def test_what_was_put_off_now_and_by_little_too_far_ahead_is_left_alone(site: Site) -> None:
    for since in (on_day(3), on_day(3) + TOLERANCE):
        AlertDocument.raw().delete_many({})
        stored_at(site, make_alert(State.SNOOZED, since=since, until=on_day(60)))
        assert put_right(on_day(3)) == 0


def test_less_than_the_tolerance_too_far_ahead_is_left_alone(site: Site) -> None:
    waits = on_day(8) + timedelta(minutes=30)
    stored_at(site, replace(make_alert(told=URGENT), escalation=Escalation(0, waits)))
    assert put_right(on_day(8)) == 0


def test_one_that_cannot_be_read_costs_the_others_nothing(site: Site) -> None:
    stored_at(site, make_alert(told=URGENT))
    climb(on_day(8) + AHEAD)
    broken: dict[str, Any] = dict(AlertDocument.raw().find_one({}))
    broken |= {"_id": "x:decline:1", "level": None}
    broken.pop("public_id")
    AlertDocument.raw().insert_one(broken)
    assert put_right(on_day(8)) == 1
