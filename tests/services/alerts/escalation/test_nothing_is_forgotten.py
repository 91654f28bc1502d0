"""What went wrong at other desks: a test for each.

A late acknowledgement that re-opened what was resolved; notices that went on after an acknowledgement; steps
lost in a restart; what was acknowledged and forgotten for months; a snooze or a mute that ended in silence;
steps that can never be reached.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.alerts.alert import Alert, Because, State
from models.alerts.alerts import AlertDocument
from models.alerts.notices import NoticeKind
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts import actions, align
from services.alerts.actions import Action, AlertAction
from services.alerts.escalation.chain import Rung
from services.alerts.escalation.climb import climb
from services.alerts.outcomes import Outcome
from services.delivery.audience import recipients
from services.errors import AppError, ChangedMeanwhile, Conflict
from tests.alert_samples import (
    PATIENT,
    SITE,
    Told,
    evaluation,
    in_ledger,
    make_alert,
    on_day,
    only,
    store,
    stored,
)
from tests.people import People, Person

ACKNOWLEDGE = AlertAction(Action.ACKNOWLEDGE)
RESOLVE = AlertAction(Action.RESOLVE, outcome=Outcome.CALLED)
URGENT = Told(Topic.DECLINE, Level.URGENT)


@pytest.fixture
def site(people: People) -> Site:
    return people.site(zone="UTC")


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)


class Desk:
    """One stored alert of a site, and who acts on it."""

    def __init__(self, site: Site, clinician: Person, told: Told) -> None:
        self.scope, self.clinician = Scope(site_ids=frozenset({site.id})), clinician
        store(make_alert(told=told, site_id=site.id))

    def act(self, wanted: AlertAction, now: datetime, rev: int | None = None) -> Alert:
        alert = only()
        rev = alert.rev if rev is None else rev
        who = self.clinician.actor
        return actions.act(alert.public_id, wanted, rev, self.scope, actor=who, now=now).alert

    def work(self, now: datetime) -> None:
        """What the worker does in a round."""
        align.go_by_clock(now)
        climb(now)


@pytest.fixture
def desk(site: Site, clinician: Person) -> Desk:
    return Desk(site, clinician, URGENT)


def told_now(now: datetime) -> set[str | None]:
    return {recipient.account_id for recipient in recipients(only(), now=now)}


# A late acknowledgement


def test_a_late_acknowledgement_reopens_nothing(desk: Desk) -> None:
    rev, resolved = only().rev, desk.act(RESOLVE, on_day(2))
    with pytest.raises(ChangedMeanwhile):
        desk.act(ACKNOWLEDGE, on_day(2), rev)
    with pytest.raises(Conflict):
        desk.act(ACKNOWLEDGE, on_day(2))
    desk.work(on_day(60))
    assert (only().state, only().end) == (State.ENDED, resolved.end)


def test_of_an_acknowledgement_and_an_end_at_the_same_time_the_end_stays(desk: Desk) -> None:
    rev = only().rev

    def act(wanted: AlertAction) -> bool:
        try:
            desk.act(wanted, on_day(2), rev)
        except AppError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(act, [ACKNOWLEDGE, RESOLVE] * 8))
    assert sum(done) == 1
    assert only().state is (State.ENDED if any(done[1::2]) else State.ACKNOWLEDGED)


# Notices after an acknowledgement


def test_no_notice_follows_an_acknowledgement_however_many_workers_are_about(desk: Desk) -> None:
    due = only().escalates_at
    assert due is not None

    def work(number: int) -> None:
        if number == 5:
            desk.act(ACKNOWLEDGE, due)
        else:
            climb(due)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    after = only()
    assert (after.state, after.notices.pending, after.escalates_at) == (State.ACKNOWLEDGED, (), None)
    assert climb(due + timedelta(days=30)) == 0
    assert only().notices.last == after.notices.last <= 2


# Restarts


@pytest.mark.parametrize("step", ["climb", "go_by_clock"])
def test_a_worker_killed_at_any_round_trip_loses_no_step_and_makes_none_twice(
    step: str, mortal: Callable[[str, int], bool], database: Any
) -> None:
    run = {"climb": climb, "go_by_clock": align.go_by_clock}[step]
    state = State.OPEN if step == "climb" else State.ACKNOWLEDGED
    for round_trip in itertools.count():
        AlertDocument.raw().delete_many({})
        waiting = [make_alert(state, told=URGENT, patient_id=new_id(), site_id=SITE) for _ in range(3)]
        store(*waiting)
        killed = mortal(step, round_trip)
        run(on_day(40))
        for alert in waiting:
            (after,) = stored(alert.patient_id).values()
            assert after.notices.last == alert.notices.last + 1
            assert after.state is State.OPEN
        if not killed:
            break
    assert round_trip >= 3


# Acknowledged and forgotten


def test_what_is_acknowledged_and_forgotten_comes_back_each_time(desk: Desk, clinician: Person) -> None:
    now = on_day(2)
    desk.act(ACKNOWLEDGE, now)
    for returns in range(1, 7):
        until = only().until
        assert until is not None
        assert until - now <= timedelta(days=4)
        desk.work(until)
        assert (only().state, only().raised_because) == (State.OPEN, Because.ACKNOWLEDGEMENT_EXPIRED)
        assert only().counts["acknowledgement_expired"] == returns
        assert told_now(until) == {clinician.account.id}
        now = until + timedelta(hours=1)
        desk.work(now)  # nobody acts for an hour: further people
        assert only().notices.pending[-1].kind is NoticeKind.ESCALATED
        desk.act(ACKNOWLEDGE, now)


def test_what_nobody_opens_for_months_is_told_about_for_months(desk: Desk) -> None:
    days = set()
    now = on_day(1)
    while now < on_day(60):
        due, before = only().escalates_at, only().notices.last
        assert due is not None
        assert due > now
        now = due
        assert climb(now) == 1
        assert only().notices.last == before + 1
        days.add(now.date())
    assert len(days) >= 40
    assert (only().state, only().seen_at) == (State.OPEN, None)


# Snoozes and mutes


def test_a_snooze_does_not_end_in_silence(site: Site, clinician: Person) -> None:
    desk = Desk(site, clinician, Told(Topic.DECLINE, Level.SOON))
    desk.act(AlertAction(Action.SNOOZE, until=on_day(5)), on_day(2))
    until = only().until
    assert until is not None
    desk.work(until)
    after = only()
    assert (after.state, after.raised_because) == (State.OPEN, Because.SNOOZE_ENDED)
    assert [notice.kind for notice in after.notices.pending] == [NoticeKind.RAISED]
    assert after.escalates_at is not None


def test_a_mute_does_not_end_in_silence(site: Site, people: People) -> None:
    people.account((site, Role.CLINICIAN))
    told = Told(Topic.SPEECH, Level.SOON)
    mute = {"topic": "speech", "starts_on": "2076-01-01", "ends_on": "2076-01-20"}
    for seq, day, mutes in ((1, 2, []), (2, 3, [mute]), (3, 20, [])):
        in_ledger(seq)
        done = align.align(PATIENT, site.id, evaluation(told, mutes=mutes), seq, now=on_day(day))
        assert done.outcome is align.Outcome.SETTLED
    first, second = (stored()[f"{PATIENT}:speech:{episode}"] for episode in (1, 2))
    assert (first.state, first.sealed) == (State.ENDED, True)
    assert (second.state, second.raised_because) == (State.OPEN, Because.MUTE_ENDED)
    assert [notice.kind for notice in second.notices.pending] == [NoticeKind.RAISED]
    assert second.escalates_at is not None


# Steps that can never be reached


def test_every_rung_with_somebody_on_it_is_reached(site: Site, clinician: Person) -> None:
    desk = Desk(site, clinician, Told(Topic.DECLINE, Level.SOON))
    desk.act(AlertAction(Action.ASSIGN, assigned_to=clinician.account.id), on_day(2))
    reached = {Rung.ASSIGNED}
    for day in range(2, 30):
        climb(on_day(day))
        reached.add(Rung(only().escalation.step))
    assert reached == {Rung.ASSIGNED, Rung.CARE_TEAM}  # no deputy is named, and the site has no address
