"""From an empty database to the first clinician, and the ways back for staff."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.accounts import accounts, sessions
from models.accounts.account import Totp
from models.accounts.sessions import Device
from models.sites import sites
from models.store.base import new_id
from services.access.actor import Role
from services.access.security import Security
from services.accounts import enrol, operator
from services.accounts.enrol import Enrolment
from services.errors import Invalid, NotFound
from tests.people import PASSWORD, People


def test_a_site_and_its_first_administrator(security: Security, now: datetime) -> None:
    site = operator.create_site("Clinic", "Europe/Lisbon", now=now)
    assert sites.read_anew(site.id) == site
    invited = operator.invite_admin(security, site.id, "Mia", Role.ADMIN, now=now)
    given = Enrolment(invited.code, Device(new_id(), "browser"), "192.0.2.1", "mia@example.org", PASSWORD)
    answer = enrol.enrol(security, given, now=now)
    assert answer.account.roles == ((site.id, "admin"),)


def test_an_administrator_becomes_a_clinician_by_the_operator_only(
    security: Security, people: People, now: datetime
) -> None:
    site = people.site()
    admin = people.staff(site, Role.ADMIN)
    invited = operator.invite_admin(security, site.id, "Mia", Role.CLINICIAN, now=now)
    given = Enrolment(invited.code, Device(new_id(), "browser"), "192.0.2.1", admin.account.email, PASSWORD)
    answer = enrol.enrol(security, given, now=now)
    assert set(answer.account.roles) == {(site.id, "admin"), (site.id, "clinician")}


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "localtime/.."])
def test_a_site_has_a_known_zone(zone: str, now: datetime) -> None:
    with pytest.raises(Invalid):
        operator.create_site("Clinic", zone, now=now)


def test_what_is_not_there_is_not_found(security: Security, people: People, now: datetime) -> None:
    with pytest.raises(NotFound):
        operator.invite_admin(security, new_id(), "Mia", Role.ADMIN, now=now)
    with pytest.raises(NotFound):
        operator.reset_password(security, "nobody@example.org", now=now)


def test_closing_and_removing_a_second_factor_end_the_sessions(people: People, now: datetime) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    email = person.account.email or ""
    assert accounts.use_factor(person.account, totp=Totp("sealed", confirmed=True))
    operator.remove_second_factor(email, "Lost the phone.", now=now)
    assert sessions.active(person.account.id, now) == []
    operator.close(email, "Left.", now=now)
    after = accounts.read(person.account.id)
    assert after is not None
    assert (after.totp, after.closed_at) == (None, now)
    assert [step.reason for step in accounts.steps(after.id)] == ["Lost the phone.", "Left."]
    assert {step.by.name for step in accounts.steps(after.id)} == {"operator"}


@pytest.mark.parametrize("name", ["", "\u200b", "Clinic\nof Lisbon", "\u202eClinic"], ids=ascii)
def test_places_and_people_have_names_that_can_be_read(
    security: Security, people: People, name: str, now: datetime
) -> None:
    with pytest.raises(Invalid):
        operator.create_site(name, "Europe/Lisbon", now=now)
    with pytest.raises(Invalid):
        operator.invite_admin(security, people.site().id, name, Role.ADMIN, now=now)
