"""A password is changed by who knows it and reset by a one-use code; every other session ends with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from models.accounts.invitations import InvitationKind
from models.accounts.sessions import Device
from models.store.base import new_id
from services.access.actor import Role
from services.access.security import Security
from services.accounts import credentials, enrol, invitations, operator, sign_in
from services.accounts import refresh as refreshing
from services.accounts.enrol import Enrolment
from services.accounts.invitations import PatientInvitation
from services.accounts.sign_in import SignIn
from services.errors import AppError, Invalid
from tests.people import PASSWORD, People, Person

NEW = "another tabby cat of nine"


@pytest.fixture
def anna(people: People) -> Person:
    return people.signed_in(people.account((people.site(), Role.CLINICIAN), email="anna@example.org"))


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def with_password(password: str) -> SignIn:
    return SignIn("anna@example.org", password, Device(new_id(), "phone"), "192.0.2.1")


def test_changing_it_needs_the_old_one_and_ends_the_other_sessions(
    security: Security, people: People, anna: Person, now: datetime
) -> None:
    other = people.signed_in(anna.account)
    wrong = lambda: credentials.change_password(security, anna.actor, "wrong", NEW, now=now)  # noqa: E731
    assert refused(wrong) == "wrong_credentials"
    credentials.change_password(security, anna.actor, PASSWORD, NEW, now=now)
    assert sign_in.sign_in(security, with_password(NEW), now=now)
    assert refused(lambda: sign_in.sign_in(security, with_password(PASSWORD), now=now)) == "wrong_credentials"
    mine, others = (security.refresh_tokens.of(person.session) for person in (anna, other))
    assert refreshing.refresh(security, mine, now=now)
    assert refused(lambda: refreshing.refresh(security, others, now=now)) == "session_ended"


@pytest.mark.parametrize("weak", ["short", "anna@example.org", "password1234567"])
def test_a_weak_one_is_refused(security: Security, anna: Person, weak: str, now: datetime) -> None:
    with pytest.raises(Invalid):
        credentials.change_password(security, anna.actor, PASSWORD, weak, now=now)


def test_guessing_the_old_one_meets_a_pause(security: Security, anna: Person, now: datetime) -> None:
    outcomes = {
        refused(lambda: credentials.change_password(security, anna.actor, f"wrong {n}", NEW, now=now))  # noqa: B023
        for n in range(8)
    }
    assert outcomes == {"wrong_credentials", "too_many_attempts"}


def test_the_operators_code_sets_it_once(security: Security, anna: Person, now: datetime) -> None:
    code = operator.reset_password(security, "Anna@example.org", now=now).code
    assert (
        refused(lambda: credentials.reset_password(security, code, "short", address="192.0.2.1", now=now))
        == "weak_password"
    )
    credentials.reset_password(security, code, NEW, address="192.0.2.1", now=now)
    assert sign_in.sign_in(security, with_password(NEW), now=now)
    assert (
        refused(lambda: credentials.reset_password(security, code, NEW, address="192.0.2.1", now=now))
        == "code_not_usable"
    )
    token = security.refresh_tokens.of(anna.session)
    assert refused(lambda: refreshing.refresh(security, token, now=now)) == "session_ended"


def test_a_code_to_reset_expires_and_is_no_code_to_enrol(
    security: Security, anna: Person, now: datetime
) -> None:
    code = operator.reset_password(security, "anna@example.org", now=now).code
    late = now + operator.RESET_CODE_LIVES
    assert (
        refused(lambda: credentials.reset_password(security, code, NEW, address="192.0.2.1", now=late))
        == "code_not_usable"
    )


def test_who_has_no_password_makes_another_recovery_code(
    security: Security, people: People, now: datetime
) -> None:
    site = people.site()
    own = people.own(site, people.patient(site))
    first = credentials.make_own_recovery_code(security, own.actor, now=now)
    second = credentials.make_own_recovery_code(security, own.actor, now=now)
    given = credentials.Recovery(first, Device(new_id(), "phone"), "192.0.2.1")
    assert refused(lambda: credentials.recover(security, given, now=now)) == "recovery_code_wrong"
    given = credentials.Recovery(second.lower().replace("-", " "), Device(new_id(), "phone"), "192.0.2.1")
    assert credentials.recover(security, given, now=now).account.id == own.account.id


def changed(security: Security, person: Person, now: datetime) -> None:
    credentials.change_password(security, person.actor, PASSWORD, NEW, now=now)


def reset(security: Security, person: Person, now: datetime) -> None:
    code = operator.reset_password(security, person.account.email or "", now=now).code
    credentials.reset_password(security, code, NEW, address="192.0.2.1", now=now)


@pytest.mark.parametrize("set_anew", [changed, reset])
@pytest.mark.parametrize("used", [False, True])
def test_a_new_password_voids_the_recovery_code_and_its_repetition(
    security: Security,
    anna: Person,
    set_anew: Callable[[Security, Person, datetime], None],
    used: bool,
    now: datetime,
) -> None:
    code = credentials.make_own_recovery_code(security, anna.actor, now=now)
    codes, device = [code], Device(new_id(), "phone")
    if used:
        given = credentials.Recovery(code, device, "192.0.2.1")
        codes.append(credentials.recover(security, given, now=now).recovery_code or "")
    set_anew(security, anna, now)
    for known in codes:
        given = credentials.Recovery(known, device, "192.0.2.1")
        assert refused(lambda: credentials.recover(security, given, now=now)) == "recovery_code_wrong"  # noqa: B023


def test_a_password_that_comes_with_the_repetition_of_a_code_voids_the_recovery_code_shown_before(
    security: Security, people: People, now: datetime
) -> None:
    site = people.site()
    wanted, coordinator = PatientInvitation(InvitationKind.PATIENT), people.staff(site, Role.COORDINATOR)
    code = invitations.invite_to_patient(
        security, people.patient(site).id, wanted, actor=coordinator.actor, now=now
    ).code
    device = Device(new_id(), "phone")
    shown = enrol.enrol(security, Enrolment(code, device, "192.0.2.1"), now=now).recovery_code or ""
    later = now + timedelta(minutes=1)
    enrol.enrol(security, Enrolment(code, device, "192.0.2.1", "m@example.org", PASSWORD), now=later)
    given = credentials.Recovery(shown, Device(new_id(), "another"), "192.0.2.1")
    assert refused(lambda: credentials.recover(security, given, now=later)) == "recovery_code_wrong"
