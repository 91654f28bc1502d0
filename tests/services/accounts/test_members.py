"""Somebody can be shut out: roles are taken, accounts closed, and every process knows within five seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from models.accounts import accounts
from models.accounts.account import AccountEvent
from models.sites.sites import Site
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.access.revocations import BELIEVE_SECONDS
from services.access.security import Security
from services.accounts import refresh as refreshing
from services.accounts.members import Members
from services.errors import AppError, Conflict, NotAllowed, NotFound, NotSignedIn
from services.settings import Settings
from tests.people import People, Person


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def members(security: Security, site: Site, admin: Person, now: datetime) -> Members:
    scope = scope_for(admin.actor, Operation.MEMBER_CHANGE)
    return Members(security, site.id, scope, admin.actor, now, "As agreed.")


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def test_the_directory_names_who_works_here_and_nobody_else(
    people: People, site: Site, members: Members, admin: Person
) -> None:
    clinician = people.account((site, Role.CLINICIAN), name="Anna Weiss")
    people.own(site, people.patient(site))
    people.staff(people.site(), Role.CLINICIAN)
    assert {member.id for member in members.everybody()} == {clinician.id, admin.account.id}


@pytest.mark.parametrize("act", ["close", "take_role"])
def test_in_every_process_somebody_is_out_within_five_seconds(
    settings: Settings, people: People, site: Site, members: Members, act: str, now: datetime
) -> None:
    """The other process is a `Security` of its own, which shares nothing but the database."""
    person = people.staff(site, Role.CLINICIAN)
    elsewhere, ticks = Security(settings), [0.0]
    elsewhere.revocations._ticks = lambda: ticks[0]
    header = person.headers["Authorization"]
    assert elsewhere.authenticate(header, now)
    getattr(members, act)(person.account.id, *([Role.CLINICIAN] if act == "take_role" else []))
    ticks[0] += BELIEVE_SECONDS
    for process in (members.security, elsewhere):
        assert refused(lambda: process.authenticate(header, now)) in {"session_ended", "token_expired"}  # noqa: B023


def test_a_role_that_was_taken_is_not_in_the_next_token(
    security: Security, people: People, site: Site, members: Members, now: datetime
) -> None:
    person = people.signed_in(people.account((site, Role.CLINICIAN), (site, Role.RESEARCHER)))
    members.take_role(person.account.id, Role.CLINICIAN)
    token = security.refresh_tokens.of(person.session)
    actor, _ = security.signer.verify(refreshing.refresh(security, token, now=now).access_token, now)
    assert actor.roles == ((site.id, Role.RESEARCHER),)
    assert security.authenticate(f"Bearer {security.signer.issue(actor, now)}", now)


def test_a_closed_account_is_not_continued_and_returns_as_it_was(
    security: Security, people: People, site: Site, members: Members, now: datetime
) -> None:
    person = people.staff(site, Role.CLINICIAN)
    members.close(person.account.id)
    members.close(person.account.id)
    with pytest.raises(NotSignedIn):
        refreshing.refresh(security, security.refresh_tokens.of(person.session), now=now)
    members.reopen(person.account.id)
    again = people.signed_in(accounts.read(person.account.id))
    assert accounts.read(person.account.id).closed_at is None
    events = [(step.event, step.reason) for step in accounts.steps(person.account.id)]
    assert events == [(AccountEvent.CLOSED, "As agreed."), (AccountEvent.REOPENED, "As agreed.")]
    assert again.account.roles == person.account.roles


def test_nobody_changes_their_own_account(members: Members, admin: Person) -> None:
    for attempt in (
        lambda: members.give_role(admin.account.id, Role.CLINICIAN),
        lambda: members.take_role(admin.account.id, Role.ADMIN),
        lambda: members.close(admin.account.id),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_one_site_does_not_close_an_account_that_works_elsewhere(
    people: People, site: Site, members: Members
) -> None:
    both = people.account((site, Role.CLINICIAN), (people.site(), Role.CLINICIAN))
    with pytest.raises(Conflict):
        members.close(both.id)
    members.take_role(both.id, Role.CLINICIAN)
    with pytest.raises(NotFound):
        members.close(both.id)


def test_patients_and_staff_of_other_sites_are_not_there(
    people: People, site: Site, members: Members
) -> None:
    patient = people.own(site, people.patient(site)).account
    stranger = people.staff(people.site(), Role.CLINICIAN).account
    for account in (patient, stranger):
        with pytest.raises(NotFound):
            members.give_role(account.id, Role.CLINICIAN)


def test_a_role_is_given_and_taken_once_and_stands_in_the_history(
    people: People, site: Site, members: Members, admin: Person, now: datetime
) -> None:
    person = people.staff(site, Role.CLINICIAN)
    for _ in range(2):
        members.give_role(person.account.id, Role.RESEARCHER)
    for _ in range(2):
        members.take_role(person.account.id, Role.RESEARCHER)
    given, taken = accounts.steps(person.account.id)
    assert (given.event, taken.event) == (AccountEvent.ROLE_GIVEN, AccountEvent.ROLE_TAKEN)
    assert given.detail == taken.detail == f"researcher@{site.id}"
    assert (given.by.account_id, given.by.role, given.at) == (admin.account.id, "admin", now)
    assert timedelta(0) <= taken.at - given.at
