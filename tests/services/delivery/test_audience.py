"""Who is told: people of the site who may read the alert, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.accounts import absences, accounts
from models.accounts.absences import Absence
from models.accounts.account import AccountEvent, AccountStep
from models.alerts.alert import Alert
from models.sites.sites import Site
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.delivery.audience import Recipient, ToldAs, assignees, recipients
from tests.alert_samples import Told, make_alert, on_day
from tests.people import CLINIC, People

NOW = on_day(5)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def alert_of(site: Site, topic: Topic = Topic.DECLINE, level: Level = Level.SOON, **fields: object) -> Alert:
    return replace(make_alert(told=Told(topic, level)), site_id=site.id, **fields)


def told(alert: Alert) -> set[tuple[str | None, ToldAs]]:
    found = recipients(alert, now=NOW)
    assert len({(recipient.account_id, recipient.site_address) for recipient in found}) == len(found)
    return {(recipient.account_id, recipient.because) for recipient in found}


def test_the_care_team_is_told_and_nobody_else(people: People, site: Site) -> None:
    first, second = people.account((site, Role.CLINICIAN)), people.account((site, Role.CLINICIAN))
    for role in (Role.COORDINATOR, Role.ADMIN, Role.RESEARCHER):
        people.account((site, role))
    people.account((people.site(), Role.CLINICIAN))
    expected = {(first.id, ToldAs.CARE_TEAM), (second.id, ToldAs.CARE_TEAM)}
    assert told(alert_of(site)) == expected
    at_once = {(first.id, ToldAs.RAISED), (second.id, ToldAs.RAISED)}
    assert told(alert_of(site, Topic.SELF_HARM)) == at_once


def test_a_closed_account_is_never_told(people: People, site: Site) -> None:
    account, left = people.account((site, Role.CLINICIAN)), people.account((site, Role.CLINICIAN))
    step = AccountStep(NOW, AccountEvent.CLOSED, CLINIC)
    assert accounts.change(left, step, closed_at=NOW)
    assert told(alert_of(site, assigned_to=left.id)) == {(account.id, ToldAs.CARE_TEAM)}


def test_coordinators_see_to_silence_and_where_there_are_none_the_clinicians_do(
    people: People, site: Site
) -> None:
    clinician = people.account((site, Role.CLINICIAN))
    silence = alert_of(site, Topic.SILENCE)
    assert told(silence) == {(clinician.id, ToldAs.CARE_TEAM)}
    coordinator = people.account((site, Role.COORDINATOR))
    assert told(silence) == {(coordinator.id, ToldAs.CARE_TEAM)}


def test_the_assigned_person_is_told_and_of_what_is_urgent_everybody(people: People, site: Site) -> None:
    assigned, other = people.account((site, Role.CLINICIAN)), people.account((site, Role.CLINICIAN))
    assert told(alert_of(site, assigned_to=assigned.id)) == {(assigned.id, ToldAs.ASSIGNED)}
    urgent = alert_of(site, level=Level.URGENT, assigned_to=assigned.id)
    assert told(urgent) == {(assigned.id, ToldAs.RAISED), (other.id, ToldAs.RAISED)}


def test_whoever_may_not_read_it_is_not_told_though_it_is_assigned_to_them(
    people: People, site: Site
) -> None:
    clinician, coordinator = people.account((site, Role.CLINICIAN)), people.account((site, Role.COORDINATOR))
    alert = alert_of(site, Topic.SELF_HARM, assigned_to=coordinator.id)
    assert told(alert) == {(clinician.id, ToldAs.RAISED)}


def test_a_recipient_is_an_account_or_the_site() -> None:
    assert Recipient(None, site_address=True, because=ToldAs.SECOND_ADDRESS).account_id is None


def test_an_assignment_is_told_to_the_person_or_to_who_stands_in(people: People, site: Site) -> None:
    ann, bob = people.account((site, Role.CLINICIAN)), people.account((site, Role.CLINICIAN))
    alert = alert_of(site, level=Level.URGENT, assigned_to=ann.id)
    assert assignees(alert, now=NOW) == (Recipient(ann.id, because=ToldAs.ASSIGNED),)
    away = Absence(ann.id, NOW, NOW + timedelta(days=1), bob.id)
    assert absences.change(Absence(ann.id), away)
    assert assignees(alert, now=NOW) == (Recipient(bob.id, because=ToldAs.DEPUTY),)
    assert assignees(replace(alert, assigned_to=None), now=NOW) == ()
    coordinator = people.account((site, Role.COORDINATOR))
    assert assignees(replace(alert, assigned_to=coordinator.id), now=NOW) == ()
