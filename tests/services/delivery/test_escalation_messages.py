"""Through the desk, the worker's steps and the outbox: who has a message of an urgent alert, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.accounts import absences, accounts
from models.accounts.absences import Absence
from models.accounts.account import Account, Membership
from models.alerts.alert import Alert
from models.outbox import messages
from models.outbox.message import SITE_ADDRESS, MessageKind, MessageState
from models.sites.escalation_policy import EscalationPolicy, OutOfHours
from models.sites.sites import Site
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.alerts import actions, align
from services.alerts.actions import Action, AlertAction
from services.alerts.escalation.climb import climb
from services.delivery.carry import carry_next
from services.delivery.outbox import make_messages
from tests.alert_samples import PATIENT, Told, evaluation, in_ledger, on_day, only
from tests.message_samples import Keeping
from tests.people import CLINIC, People

FRIDAY_NIGHT = on_day(5) + timedelta(hours=14)
URGENT = Told(Topic.RESPIRATORY, Level.URGENT)


@pytest.fixture
def contact(people: People) -> Account:
    return people.account(name="Contact")


@pytest.fixture
def site(people: People, contact: Account) -> Site:
    policy = EscalationPolicy(second_address="desk@example.org", out_of_hours=OutOfHours(contact.id, "+49 1"))
    site = people.site(escalation=policy, zone="UTC")
    accounts.add_role(contact.id, Membership(site.id, Role.CLINICIAN.value), by=CLINIC, now=on_day(0))
    return site


def raised(site: Site, at: datetime) -> Alert:
    in_ledger(1)
    align.align(PATIENT, site.id, evaluation(URGENT), 1, now=at)
    return only()


def work(channel: Keeping, now: datetime) -> None:
    align.go_by_clock(now)
    climb(now)
    make_messages({channel.name: channel}, now)
    while carry_next(channel, urgent=True, now=now) or carry_next(channel, urgent=False, now=now):
        pass


def delivered(alert: Alert) -> list[tuple[str, MessageKind]]:
    found = messages.of_alert(alert.public_id)
    return sorted(
        (message.recipient, message.kind) for message in found if message.state is MessageState.DELIVERED
    )


def test_an_urgent_alert_at_night_reaches_the_contact_and_the_site_s_address_long_before_it_is_due(
    people: People, site: Site, contact: Account
) -> None:
    ann = people.account((site, Role.CLINICIAN))
    away = Absence(ann.id, on_day(0), on_day(20))
    assert absences.change(Absence(ann.id), away)
    alert, channel = raised(site, FRIDAY_NIGHT), Keeping()
    assert alert.due_at == on_day(8) + timedelta(hours=10)  # Monday, at the end of the day
    work(channel, FRIDAY_NIGHT)
    assert delivered(alert) == [(contact.id, MessageKind.RAISED)]
    work(channel, FRIDAY_NIGHT + timedelta(hours=1))
    assert (SITE_ADDRESS, MessageKind.ESCALATED) in delivered(alert)
    assert FRIDAY_NIGHT + timedelta(hours=1) < alert.due_at


def test_a_worker_that_was_away_over_the_weekend_tells_everybody_when_it_is_back(
    people: People, site: Site, contact: Account
) -> None:
    people.account((site, Role.CLINICIAN))
    alert, channel = raised(site, FRIDAY_NIGHT), Keeping()
    monday = on_day(8)
    work(channel, monday)
    assert len({recipient for recipient, _ in delivered(alert)}) == 3
    assert monday < alert.due_at


def test_who_acknowledges_is_told_no_more(people: People, site: Site, contact: Account) -> None:
    clinician = people.staff(site, Role.CLINICIAN)
    alert, channel = raised(site, FRIDAY_NIGHT), Keeping()
    make_messages({channel.name: channel}, FRIDAY_NIGHT)
    scope = Scope(site_ids=frozenset({site.id}))
    wanted = AlertAction(Action.ACKNOWLEDGE)
    actions.act(alert.public_id, wanted, alert.rev, scope, actor=clinician.actor, now=FRIDAY_NIGHT)
    for hours in range(48):
        work(channel, FRIDAY_NIGHT + timedelta(hours=hours))
    assert delivered(alert) == []


def test_the_deputy_is_told_of_what_is_assigned_to_an_absent_person(
    people: People, site: Site, contact: Account
) -> None:
    ann, bob = people.account((site, Role.CLINICIAN)), people.account((site, Role.CLINICIAN))
    assert absences.change(Absence(ann.id), Absence(ann.id, on_day(0), on_day(20), bob.id))
    clinician = people.staff(site, Role.CLINICIAN)
    alert, channel = raised(site, FRIDAY_NIGHT), Keeping()
    work(channel, FRIDAY_NIGHT)
    wanted = AlertAction(Action.ASSIGN, assigned_to=ann.id)
    scope = Scope(site_ids=frozenset({site.id}))
    actions.act(alert.public_id, wanted, alert.rev, scope, actor=clinician.actor, now=FRIDAY_NIGHT)
    work(channel, FRIDAY_NIGHT + timedelta(minutes=1))
    assert [pair for pair in delivered(alert) if pair[1] is MessageKind.ASSIGNED] == [
        (bob.id, MessageKind.ASSIGNED)
    ]
