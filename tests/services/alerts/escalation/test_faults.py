"""What is wrong with a site's escalation: seen when it is saved, and when people leave or are away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models.accounts import absences, accounts
from models.accounts.account import Account, AccountEvent, AccountStep, Membership
from models.accounts.notifications import Notifications, SwitchedOff
from models.sites.escalation_policy import EscalationPolicy, OutOfHours
from models.sites.sites import Site
from models.sites.working_hours import WorkingHours
from models.store import heartbeats, unreadable
from services import readiness
from services.access.actor import Role
from services.alerts.escalation import faults
from services.alerts.escalation.faults import Fault, escalation_faults
from services.readiness import Check
from tests.people import CLINIC, People

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 12, 2, 9, tzinfo=UTC)


@pytest.fixture
def contact(people: People) -> Account:
    return people.account(name="Ann")


@pytest.fixture
def site(people: People, contact: Account) -> Site:
    """A site with a contact who is a clinician."""
    policy = EscalationPolicy(second_address="desk@example.org", out_of_hours=OutOfHours(contact.id, "+49 1"))
    site = people.site(escalation=policy)
    assert accounts.add_role(contact.id, Membership(site.id, Role.CLINICIAN.value), by=CLINIC, now=NOW)
    return site


def away(account: Account, deputy: str | None = None) -> None:
    before = absences.read(account.id)
    after = replace(before, away_from=NOW, away_until=LATER, deputy_id=deputy, by=CLINIC, at=NOW)
    assert absences.change(before, after)


def found(site: Site, now: datetime = NOW) -> set[Fault]:
    listed = escalation_faults(site, now=now)
    assert all(fault.detail for fault in listed)
    return {fault.code for fault in listed}


def test_a_site_without_a_policy_has_everything_wrong(people: People) -> None:
    assert found(people.site()) == {Fault.NO_CONTACT, Fault.NO_SECOND_ADDRESS, Fault.NOBODY_THERE}


def test_a_policy_that_can_be_relied_on_has_no_fault(site: Site) -> None:
    assert found(site) == set()


def test_a_contact_who_left_is_seen(site: Site, contact: Account) -> None:
    present = accounts.read(contact.id)
    assert present is not None
    assert accounts.change(present, AccountStep(NOW, AccountEvent.CLOSED, CLINIC), closed_at=NOW)
    assert found(site) == {Fault.CONTACT_CANNOT_READ, Fault.NOBODY_THERE}


def test_a_contact_who_is_no_clinician_any_more_is_seen(people: People, site: Site, contact: Account) -> None:
    people.account((site, Role.CLINICIAN))
    present = accounts.read(contact.id)
    assert present is not None
    assert accounts.change(present, AccountStep(NOW, AccountEvent.ROLE_TAKEN, CLINIC), roles=())
    assert found(site) == {Fault.CONTACT_CANNOT_READ}


def test_a_contact_who_is_away_is_seen_unless_a_deputy_is_there(
    people: People, site: Site, contact: Account
) -> None:
    other = people.account((site, Role.CLINICIAN))
    away(contact)
    assert found(site) == {Fault.CONTACT_AWAY}
    assert found(site, LATER) == set()
    away(contact, other.id)
    assert found(site) == set()
    away(other)
    assert found(site) == {Fault.CONTACT_AWAY, Fault.NOBODY_THERE}


def told_at(account: Account, **fields: Any) -> None:
    present = accounts.read(account.id)
    assert present is not None
    step = AccountStep(NOW, AccountEvent.NOTIFICATIONS_CHANGED, CLINIC)
    assert accounts.change(present, step, notifications=Notifications(**fields))


def test_who_takes_no_mail_is_not_there(people: People, site: Site, contact: Account) -> None:
    other = people.account((site, Role.CLINICIAN), email=None)
    assert found(site) == set()
    off = SwitchedOff(str(contact.email), NOW, "address_refused")
    told_at(contact, switched_off=off)
    assert found(site) == {Fault.NOBODY_THERE}
    assert faults.watch(NOW) == 1, "the operator sees it"
    told_at(contact, switched_off=off, email="elsewhere@example.org")
    assert found(site) == set()
    told_at(contact, switched_off=off)
    told_at(other, email="other@example.org")
    assert found(site) == set()
    away(other)
    assert found(site) == {Fault.NOBODY_THERE}


def test_a_calendar_that_became_closed_is_seen(site: Site) -> None:
    closed = replace(site, hours=WorkingHours(weekly=(None,) * 7))
    assert found(closed) == {Fault.CLOSED_TOO_LONG}
    (fault,) = escalation_faults(closed, now=NOW)
    assert "2026-11-02 to 2026-11-29" in fault.detail, "it says which days"


def test_the_operator_sees_how_many_sites_have_something_wrong(people: People, site: Site) -> None:
    assert faults.watch(NOW) == 0
    assert readiness.look((), now=NOW).checks[Check.ESCALATION] == readiness.OK
    broken = people.site()
    assert faults.watch(NOW) == 1
    seen = heartbeats.read(readiness.ESCALATION)
    assert seen is not None
    assert seen.failing == (broken.id,)
    shown = readiness.look((), now=NOW)
    assert "1 sites" in shown.checks[Check.ESCALATION]
    assert broken.id not in shown.checks[Check.ESCALATION]


def test_a_site_that_cannot_be_looked_at_counts_as_wrong_and_hides_no_other(
    people: People, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, read = people.site(), faults.sites.read

    def failing(site_id: str) -> Site | None:
        if site_id == site.id:
            raise ValueError
        return read(site_id)

    monkeypatch.setattr(faults.sites, "read", failing)
    assert faults.watch(NOW) == 2
    sign = heartbeats.read(readiness.ESCALATION)
    assert sign is not None
    assert set(sign.failing) == {site.id, other.id}
    assert unreadable.named() == {("sites", site.id)}
