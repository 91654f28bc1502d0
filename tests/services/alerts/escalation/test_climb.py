"""Escalation by the clock: which step is due when, what stops it, and that nothing is lost or made twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.alerts import alerts
from models.alerts.alert import Alert, Escalation, State
from models.alerts.notices import NoticeKind
from models.sites.escalation_policy import EscalationPolicy, OutOfHours
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts import actions, align
from services.alerts.actions import Action, AlertAction
from services.alerts.escalation.chain import Rung, Team, told
from services.alerts.escalation.climb import climb, next_step
from services.alerts.moves import CLOCK, Cause
from services.alerts.terms import Terms
from services.delivery.audience import recipients
from tests.alert_samples import Told, make_alert, on_day, only, store
from tests.people import People
from tests.services.alerts.escalation.teams import (
    ANN,
    BOB,
    USUAL,
    alert_of,
    away,
    came_back,
    local,
    team,
)

TERMS = Terms(USUAL)
FULL = team(second_address=True, absences=away(ANN, BOB, today=False))
Walk = list[tuple[str, int, set[str | None]]]


def walk(alert: Alert, present: Team, until: datetime) -> Walk:
    """Every step up to a moment: when, to which rung, and who was told; each made when it is due."""
    found: Walk = []
    while (due := alert.escalates_at) is not None and due <= until:
        change = next_step(alert, present, Cause(0, due, TERMS, by=CLOCK))
        assert change is not None
        assert not change.read_again
        alert = change.after
        people = {recipient.account_id for recipient in told(alert, present, due)}
        found.append((f"{due.astimezone(USUAL.zone):%a %d %H:%M}", alert.escalation.step, people))
    return found


def waits(alert: Alert, at: str) -> Alert:
    return replace(alert, escalation=Escalation(alert.escalation.step, local(at)))


EVERYBODY = {ANN, BOB, "cleo"}


def test_urgent_climbs_at_any_hour_and_is_told_again_at_each_opening_and_closing() -> None:
    urgent = waits(alert_of(Level.URGENT), "2026-03-06 19:00")  # Friday
    assert walk(urgent, FULL, local("2026-03-10 09:00")) == [
        ("Fri 06 19:00", Rung.SECOND_ADDRESS, EVERYBODY | {None}),
        ("Mon 09 08:00", Rung.SECOND_ADDRESS, EVERYBODY | {None}),
        ("Mon 09 18:00", Rung.SECOND_ADDRESS, EVERYBODY | {None}),
        ("Tue 10 08:00", Rung.SECOND_ADDRESS, EVERYBODY | {None}),
    ]


def test_what_is_assigned_climbs_rung_by_rung_in_working_time() -> None:
    alert = waits(alert_of(assigned_to=ANN), "2026-03-06 12:00")
    assert walk(alert, FULL, local("2026-03-20 09:00")) == [
        ("Fri 06 12:00", Rung.DEPUTY, {ANN, BOB}),
        ("Mon 09 08:00", Rung.CARE_TEAM, EVERYBODY),
        ("Tue 10 08:00", Rung.SECOND_ADDRESS, EVERYBODY | {None}),
        ("Tue 17 08:00", Rung.SECOND_ADDRESS, EVERYBODY | {None}),
    ]


def test_what_came_back_goes_up_from_who_had_it() -> None:
    alert = waits(came_back(ANN), "2026-03-09 12:00")
    steps = walk(alert, team(), local("2026-03-12 09:00"))
    assert steps == [("Mon 09 12:00", Rung.CARE_TEAM, EVERYBODY)]


def test_where_there_is_one_rung_it_is_told_again() -> None:
    alert = waits(alert_of(), "2026-03-09 12:00")
    change = next_step(alert, team(ANN), Cause(0, local("2026-03-09 12:00"), TERMS, by=CLOCK))
    assert change is not None
    assert change.step is None
    assert change.after.notices.last == alert.notices.last + 1


def test_a_step_that_is_late_is_made_once() -> None:
    urgent = waits(alert_of(Level.URGENT), "2026-03-02 10:00")
    now = local("2026-03-06 12:00")
    change = next_step(urgent, FULL, Cause(0, now, TERMS, by=CLOCK))
    assert change is not None
    assert change.after.escalation == Escalation(Rung.SECOND_ADDRESS, local("2026-03-06 18:00"))
    assert next_step(change.after, FULL, Cause(0, now, TERMS, by=CLOCK)) is None


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.SNOOZED, State.ENDED, State.OPENING])
def test_only_what_is_open_climbs(state: State) -> None:
    alert = waits(replace(alert_of(Level.URGENT), state=state), "2026-03-02 10:00")
    assert alert.escalates_at is None
    assert next_step(alert, FULL, Cause(0, local("2026-03-06 12:00"), TERMS, by=CLOCK)) is None


# On the database


@pytest.fixture
def site(people: People) -> Site:
    contact = people.account(name="Contact")
    policy = EscalationPolicy(second_address="desk@example.org", out_of_hours=OutOfHours(contact.id, "+49 1"))
    return people.site(escalation=policy, zone="UTC")


DECLINE = Told(raised=1)


def stored_at(site: Site, told_of: Told = DECLINE, **fields: object) -> Alert:
    store(make_alert(told=told_of, site_id=site.id, **fields))
    return only()


def test_a_step_is_a_notice_and_nothing_to_read_again(people: People, site: Site) -> None:
    people.account((site, Role.CLINICIAN))
    before = stored_at(site)
    assert before.escalates_at == before.due_at == on_day(8)
    assert climb(on_day(8) - timedelta(seconds=1)) == 0
    assert climb(on_day(8)) == 1
    after = only()
    assert (after.rev, after.state, after.due_at) == (before.rev, State.OPEN, before.due_at)
    assert (after.escalation.step, after.notices.last) == (Rung.SECOND_ADDRESS, 2)
    assert [notice.kind for notice in after.notices.pending][-1] is NoticeKind.ESCALATED
    detail = alerts.read(after.public_id, Scope(site_ids=frozenset({site.id})))
    assert detail is not None
    line = detail.history[-1]
    assert (line.event, line.by.name, line.details) == ("escalated", "clock", {"to": "second_address"})
    assert any(recipient.site_address for recipient in recipients(after, now=on_day(8)))
    assert climb(on_day(8)) == 0


def test_the_next_step_follows_after_the_pause_of_the_site(people: People) -> None:
    policy = EscalationPolicy(minutes_between_steps={"soon": 90}, second_address="desk@example.org")
    site = people.site(escalation=policy, zone="UTC")
    ann, _ = people.account((site, Role.CLINICIAN)), people.account((site, Role.CLINICIAN))
    stored_at(site, assigned_to=ann.id)
    assert climb(on_day(8)) == 1
    assert only().escalation == Escalation(Rung.CARE_TEAM, on_day(8) + timedelta(minutes=90))


def test_many_workers_make_a_step_once(people: People, site: Site) -> None:
    people.account((site, Role.CLINICIAN))
    stored_at(site)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: climb(on_day(8)), range(16)))
    assert sum(made) == 1
    assert only().notices.last == 2


@pytest.mark.parametrize("action", [Action.ACKNOWLEDGE, Action.SNOOZE, Action.DISMISS])
def test_whoever_deals_with_it_stops_the_chain(people: People, site: Site, action: Action) -> None:
    clinician = people.staff(site, Role.CLINICIAN)
    alert, scope = stored_at(site), Scope(site_ids=frozenset({site.id}))
    wanted = AlertAction(action, until=on_day(9), outcome=actions.Outcome.KNOWN)
    actions.act(alert.public_id, wanted, alert.rev, scope, actor=clinician.actor, now=on_day(3))
    assert climb(on_day(8)) == 0
    assert only().notices.pending == ()


def test_the_machines_step_stands_in_no_click_s_way(people: People, site: Site) -> None:
    clinician = people.staff(site, Role.CLINICIAN)
    alert, scope = stored_at(site), Scope(site_ids=frozenset({site.id}))
    assert climb(on_day(8)) == 1
    done = actions.act(
        alert.public_id,
        AlertAction(Action.ACKNOWLEDGE),
        alert.rev,
        scope,
        actor=clinician.actor,
        now=on_day(8),
    )
    assert (done.alert.state, done.alert.escalates_at) == (State.ACKNOWLEDGED, None)


def test_an_acknowledgement_that_runs_out_comes_back_to_who_had_it_and_then_climbs(
    people: People, site: Site
) -> None:
    ann, bob = people.staff(site, Role.CLINICIAN), people.staff(site, Role.CLINICIAN)
    alert, scope = stored_at(site), Scope(site_ids=frozenset({site.id}))
    wanted = AlertAction(Action.ACKNOWLEDGE)
    actions.act(alert.public_id, wanted, alert.rev, scope, actor=ann.actor, now=on_day(2))
    assert climb(on_day(30)) == 0
    until = only().until
    assert until is not None
    align.go_by_clock(until)
    assert {recipient.account_id for recipient in recipients(only(), now=until)} == {ann.account.id}
    due = only().escalates_at
    assert due is not None
    assert climb(due) == 1
    assert {recipient.account_id for recipient in recipients(only(), now=due)} == {
        ann.account.id,
        bob.account.id,
    }


def test_a_site_without_anybody_still_climbs_to_its_address(site: Site) -> None:
    stored_at(site, Told(Topic.DECLINE, Level.URGENT))
    now = on_day(1) + timedelta(hours=1)
    assert climb(now) == 1
    assert [recipient.site_address for recipient in recipients(only(), now=now)] == [True]


def test_a_site_that_is_gone_costs_the_others_nothing(people: People, site: Site) -> None:
    people.account((site, Role.CLINICIAN))
    store(make_alert(told=DECLINE, site_id=new_id(), patient_id=new_id()))
    stored_at(site)
    assert climb(datetime(2076, 2, 1, tzinfo=UTC)) == 2
