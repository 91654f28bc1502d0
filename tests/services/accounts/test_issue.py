"""What a token carries: the roles that its session was opened for, and no more than its device may."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.accounts import accounts, sessions
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.sessions import Device, Standing
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Actor, Role
from services.access.security import Security
from services.accounts import issue
from services.accounts.issue import SignedIn
from services.errors import NotSignedIn
from tests.people import CLINIC, People


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def begun(security: Security, account: Account, now: datetime, **standing: object) -> SignedIn:
    device = Device(new_id(), "phone")
    return issue.begin_session(security, account, device, now=now, standing=Standing(**standing))


def actor_of(security: Security, signed_in: SignedIn, now: datetime) -> Actor:
    return security.signer.verify(signed_in.access_token, now)[0]


def test_a_session_carries_all_roles_of_the_account(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    account = people.account((site, Role.CLINICIAN), (people.site(), Role.ADMIN))
    signed_in = begun(security, account, now)
    actor = actor_of(security, signed_in, now)
    assert actor.roles_anywhere == {Role.CLINICIAN, Role.ADMIN}
    assert signed_in.expires_in == security.signer.lifetime.total_seconds()


def test_one_that_a_clinic_opened_carries_that_clinics_roles_only(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    account = people.account((site, Role.CAREGIVER), (people.site(), Role.CLINICIAN))
    actor = actor_of(security, begun(security, account, now, site_id=site.id), now)
    assert actor.roles == ((site.id, Role.CAREGIVER),)


def test_a_device_that_nobody_confirmed_sends_as_the_patient_and_learns_nothing(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    account = people.account((site, Role.PATIENT), (site, Role.CLINICIAN))
    signed_in = begun(security, account, now, confirmed=False)
    assert actor_of(security, signed_in, now).roles == ((site.id, Role.PATIENT),)
    assert (signed_in.account.email, signed_in.account.roles, signed_in.waiting) == (None, (), ())


def test_a_confirmed_device_is_shown_those_that_wait(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    account = people.account((site, Role.PATIENT))
    waiting = begun(security, account, now, confirmed=False)
    shown = begun(security, account, now)
    assert [session.id for session in shown.waiting] == [actor_of(security, waiting, now).session_id]


def test_a_role_that_asks_for_a_second_factor_is_not_there_without_one(
    security: Security, people: People, now: datetime
) -> None:
    strict = people.site(second_factor_for=("clinician",))
    account = people.account((strict, Role.CLINICIAN), (strict, Role.COORDINATOR))
    assert actor_of(security, begun(security, account, now), now).roles == ((strict.id, Role.COORDINATOR),)


def test_a_new_session_of_a_device_ends_its_earlier_one(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    account, device = people.account((site, Role.PATIENT)), Device(new_id(), "phone")
    first = issue.begin_session(security, account, device, now=now)
    second = issue.begin_session(security, account, device, now=now)
    assert [session.id for session in sessions.active(account.id, now)] == [
        actor_of(security, second, now).session_id
    ]
    assert first.access_token != second.access_token


def test_an_unconfirmed_one_ends_nothing(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    account, device = people.account((site, Role.PATIENT)), Device(new_id(), "phone")
    issue.begin_session(security, account, device, now=now)
    issue.begin_session(security, account, device, now=now, standing=Standing(confirmed=False))
    assert len(sessions.active(account.id, now)) == 2


def test_a_closed_account_gets_no_tokens(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    account = people.account((site, Role.CLINICIAN))
    step = AccountStep(now, AccountEvent.CLOSED, CLINIC)
    closed = accounts.change(account, step, closed_at=now)
    assert closed is not None
    with pytest.raises(NotSignedIn) as caught:
        begun(security, closed, now)
    assert caught.value.code == "session_ended"
    with pytest.raises(NotSignedIn):
        issue.present_account(account.id)
    with pytest.raises(NotSignedIn):
        issue.present_account(new_id())


def test_tokens_and_codes_stand_in_no_repr(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    signed_in = begun(security, people.account((site, Role.CLINICIAN)), now)
    assert signed_in.access_token not in repr(signed_in)
    assert signed_in.refresh_token not in repr(signed_in)
