"""Devices are ended by whoever may, and a new one reads only once the person is known to hold it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.accounts import sessions
from models.accounts.invitations import InvitationKind
from models.accounts.sessions import Device, SessionDocument, Standing
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Actor, Role
from services.access.permissions import Operation, check_session, scope_for
from services.access.security import Security
from services.accounts import credentials, devices, enrol, invitations, issue
from services.accounts import refresh as refreshing
from services.accounts.credentials import Recovery
from services.accounts.enrol import Enrolment
from services.accounts.invitations import PatientInvitation
from services.accounts.issue import SignedIn
from services.errors import AppError, NotAllowed, NotFound
from tests.people import PASSWORD, People, Person


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def patient(people: People, site: Site) -> Patient:
    return people.patient(site)


@pytest.fixture
def coordinator(people: People, site: Site) -> Person:
    return people.staff(site, Role.COORDINATOR)


@pytest.fixture
def enrolled(
    security: Security, patient: Patient, coordinator: Person, now: datetime
) -> Callable[..., SignedIn]:
    """Redeems a new code of the coordinator's on a new phone, or on this one."""

    def made(phone: Device | None = None) -> SignedIn:
        wanted = PatientInvitation(InvitationKind.PATIENT)
        code = invitations.invite_to_patient(
            security, patient.id, wanted, actor=coordinator.actor, now=now
        ).code
        return enrol.enrol(
            security, Enrolment(code, phone or Device(new_id(), "phone"), "192.0.2.1"), now=now
        )

    return made


Enrolled = Callable[..., SignedIn]


def actor_of(security: Security, answer: SignedIn, now: datetime) -> Actor:
    return security.signer.verify(answer.access_token, now)[0]


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def reads(security: Security, answer: SignedIn, now: datetime) -> bool:
    """Whether the phone may read after it has refreshed."""
    fresh = refreshing.refresh(security, answer.refresh_token, now=now)
    try:
        check_session(actor_of(security, fresh, now), Operation.REPORT_READ, now)
    except NotAllowed:
        return False
    return True


def test_an_unconfirmed_phone_sends_and_does_nothing_else(
    security: Security, enrolled: Enrolled, now: datetime
) -> None:
    enrolled()
    actor = actor_of(security, enrolled(), now)
    allowed = set()
    for operation in Operation:
        try:
            check_session(actor, operation, now)
        except NotAllowed as error:
            assert error.code == "confirm_first"  # noqa: PT017 (the others are collected)
        else:
            allowed.add(operation)
    own = {Operation.ACCOUNT_READ, Operation.SESSION_END, Operation.SESSION_CONFIRM}
    assert allowed == {Operation.REPORT_SUBMIT, Operation.INSTRUMENT_READ} | own


def test_time_alone_opens_nothing(security: Security, enrolled: Enrolled, now: datetime) -> None:
    enrolled()
    assert not reads(security, enrolled(), now + timedelta(days=60))


def test_the_old_phone_confirms_the_new_one(security: Security, enrolled: Enrolled, now: datetime) -> None:
    old, new = enrolled(), enrolled()
    waiting = refreshing.refresh(security, old.refresh_token, now=now).waiting
    assert [session.id for session in waiting] == [actor_of(security, new, now).session_id]
    devices.confirm_own(actor_of(security, old, now), waiting[0].id, now=now)
    assert reads(security, new, now)
    assert refreshing.refresh(security, old.refresh_token, now=now).waiting == ()


def test_the_recovery_code_confirms_it_once_and_is_replaced(
    security: Security, enrolled: Enrolled, now: datetime
) -> None:
    first = enrolled()
    new = actor_of(security, enrolled(), now)

    def confirm(code: str | None) -> SignedIn:
        return devices.confirm_this(security, new, password=None, recovery_code=code, now=now)

    assert refused(lambda: confirm("0000-0000")) == "recovery_code_wrong"
    answer = confirm(first.recovery_code)
    assert answer.confirmed
    assert answer.recovery_code not in {None, first.recovery_code}
    for code in (first.recovery_code, answer.recovery_code):
        assert refused(lambda: confirm(code)) == "confirmed_before"  # noqa: B023
    again = Recovery(first.recovery_code or "", Device(new_id(), "phone"), "192.0.2.1")
    assert refused(lambda: credentials.recover(security, again, now=now)) == "recovery_code_wrong"


def test_the_recovery_code_is_a_way_back_without_the_clinic(
    security: Security, enrolled: Enrolled, now: datetime
) -> None:
    first = enrolled()
    given = Recovery(first.recovery_code or "", Device(new_id(), "new phone"), "192.0.2.1")
    back = credentials.recover(security, given, now=now)
    assert (back.account.id, back.confirmed) == (first.account.id, True)
    elsewhere = replace(given, device=Device(new_id(), "another phone"))
    assert refused(lambda: credentials.recover(security, elsewhere, now=now)) == "recovery_code_wrong"
    assert credentials.recover(security, replace(given, code=back.recovery_code or ""), now=now)
    assert refused(lambda: credentials.recover(security, given, now=now)) == "recovery_code_wrong"


def test_a_device_whose_answer_was_lost_recovers_again_and_learns_the_same_next_code(
    security: Security, enrolled: Enrolled, now: datetime
) -> None:
    given = Recovery(enrolled().recovery_code or "", Device(new_id(), "new phone"), "192.0.2.1")
    lost = credentials.recover(security, given, now=now)
    almost = now + credentials.REPEATABLE_FOR - timedelta(seconds=1)
    again = credentials.recover(security, given, now=almost)
    assert again.recovery_code == lost.recovery_code
    assert reads(security, again, almost)
    assert refused(lambda: refreshing.refresh(security, lost.refresh_token, now=almost)) == "session_ended"
    late = now + credentials.REPEATABLE_FOR
    assert refused(lambda: credentials.recover(security, given, now=late)) == "recovery_code_wrong"


def test_after_a_crash_before_the_session_the_device_recovers_again(
    security: Security, enrolled: Enrolled, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = Recovery(enrolled().recovery_code or "", Device(new_id(), "new phone"), "192.0.2.1")

    def dies(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError("killed")

    monkeypatch.setattr(issue, "begin_session", dies)
    with pytest.raises(RuntimeError):
        credentials.recover(security, given, now=now)
    monkeypatch.undo()
    assert credentials.recover(security, given, now=now).confirmed


@pytest.mark.parametrize("by_confirming", [False, True], ids=["recovering", "confirming"])
def test_of_many_devices_at_once_one_uses_the_recovery_code(
    security: Security, enrolled: Enrolled, now: datetime, by_confirming: bool
) -> None:
    code = enrolled().recovery_code or ""
    waiting = [actor_of(security, enrolled(), now) for _ in range(4)] if by_confirming else [None] * 8

    def use(place: int) -> str:
        actor = waiting[place]
        try:
            if actor is not None:
                devices.confirm_this(security, actor, password=None, recovery_code=code, now=now)
            else:
                given = Recovery(code, Device(new_id(), "phone"), f"192.0.2.{place}")
                credentials.recover(security, given, now=now)
        except AppError as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(len(waiting)) as pool:
        outcomes = list(pool.map(use, range(len(waiting))))
    assert sorted(outcomes) == ["in", *["recovery_code_wrong"] * (len(waiting) - 1)]


def test_a_clinician_who_did_not_make_the_code_confirms_it_for_the_own_clinic_only(
    security: Security, people: People, site: Site, patient: Patient, enrolled: Enrolled, now: datetime
) -> None:
    enrolled()
    new = enrolled()
    session_id = actor_of(security, new, now).session_id
    clinician = people.staff(site, Role.CLINICIAN)
    scope = scope_for(clinician.actor, Operation.DEVICE_CONFIRM)
    seen = devices.confirm_of_patient(patient.id, session_id, scope, actor=clinician.actor, now=now)
    assert (seen.confirmed, seen.site_id) == (True, site.id)
    stored = SessionDocument.raw().find_one({"_id": session_id})["confirmed_by"]
    assert (stored["account_id"], stored["role"]) == (clinician.account.id, "clinician")
    assert reads(security, new, now)


def test_a_new_code_on_a_phone_that_is_signed_in_ends_the_earlier_session_once_it_is_confirmed(
    security: Security, enrolled: Enrolled, now: datetime
) -> None:
    """Not before: a phone names its own id, so whoever holds a code could name the person's phone."""
    phone = Device(new_id(), "phone")
    before, after = (actor_of(security, enrolled(phone), now) for _ in range(2))
    listed = {session.id for session in devices.own(before, now=now)}
    assert listed == {before.session_id, after.session_id}
    devices.confirm_own(before, after.session_id, now=now)
    assert [session.id for session in devices.own(after, now=now)] == [after.session_id]


def test_whoever_made_the_code_does_not_confirm_the_phone(
    security: Security, people: People, site: Site, patient: Patient, enrolled: Enrolled, now: datetime
) -> None:
    enrolled()
    clinician = people.staff(site, Role.CLINICIAN)
    wanted = PatientInvitation(InvitationKind.PATIENT)
    code = invitations.invite_to_patient(security, patient.id, wanted, actor=clinician.actor, now=now).code
    given = Enrolment(code, Device(new_id(), "phone"), "192.0.2.1")
    session_id = actor_of(security, enrol.enrol(security, given, now=now), now).session_id
    scope = scope_for(clinician.actor, Operation.DEVICE_CONFIRM)
    attempt = lambda: devices.confirm_of_patient(  # noqa: E731
        patient.id, session_id, scope, actor=clinician.actor, now=now
    )
    assert refused(attempt) == "second_person_needed"


def test_a_lost_phone_is_ended_by_the_patient_and_by_the_clinic(
    security: Security, patient: Patient, coordinator: Person, enrolled: Enrolled, now: datetime
) -> None:
    first, second = enrolled(), enrolled()
    own = actor_of(security, first, now)
    devices.end_own(security, own, actor_of(security, second, now).session_id, now=now)
    scope = scope_for(coordinator.actor, Operation.DEVICE_END)
    assert [session.id for session in devices.of_patient(patient.id, scope, now=now)] == [own.session_id]
    devices.end_of_patient(security, patient.id, own.session_id, scope, actor=coordinator.actor, now=now)
    for answer in (first, second):
        assert security.revocations.contains(actor_of(security, answer, now).session_id, now)
        token = answer.refresh_token
        assert refused(lambda: refreshing.refresh(security, token, now=now)) == "session_ended"  # noqa: B023


def test_nobody_reaches_the_devices_of_others(
    security: Security, people: People, site: Site, patient: Patient, enrolled: Enrolled, now: datetime
) -> None:
    session_id = actor_of(security, enrolled(), now).session_id
    stranger = people.own(site, people.patient(site))
    for attempt in (
        lambda: devices.end_own(security, stranger.actor, session_id, now=now),
        lambda: devices.confirm_own(stranger.actor, session_id, now=now),
        lambda: devices.rename(stranger.actor, session_id, "mine", now=now),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_device_is_given_a_name(security: Security, enrolled: Enrolled, now: datetime) -> None:
    own = actor_of(security, enrolled(), now)
    devices.rename(own, own.session_id, "Old phone", now=now)
    assert [session.device_name for session in devices.own(own, now=now)] == ["Old phone"]


def test_the_password_confirms_a_phone_that_waits(
    security: Security, people: People, site: Site, now: datetime, coordinator: Person
) -> None:
    patient = people.patient(site)
    account = people.account((site, Role.PATIENT), id=patient.id, patient_id=patient.id)
    wanted = PatientInvitation(InvitationKind.PATIENT)
    code = invitations.invite_to_patient(security, patient.id, wanted, actor=coordinator.actor, now=now).code
    new = enrol.enrol(security, Enrolment(code, Device(new_id(), "phone"), "192.0.2.1"), now=now)
    actor = actor_of(security, new, now)
    wrong = lambda: devices.confirm_this(  # noqa: E731
        security, actor, password="not the password", recovery_code=None, now=now
    )
    assert refused(wrong) == "wrong_credentials"
    assert devices.confirm_this(security, actor, password=PASSWORD, recovery_code=None, now=now).confirmed
    assert refused(wrong) == "confirmed_before"
    assert sessions.known_device(account.id, sessions.read(actor.session_id).device_id)


def test_a_device_confirmed_from_one_that_a_clinic_let_in_gets_no_more_roles(
    security: Security, people: People, now: datetime
) -> None:
    north, south = people.site(), people.site()
    account = people.account((north, Role.PATIENT), (south, Role.CAREGIVER))
    life = timedelta(days=9)
    of_north, waiting = (
        sessions.create(account.id, Device(new_id(), "phone"), now=now, lifetime=life, standing=standing)
        for standing in (Standing(site_id=north.id), Standing(confirmed=False, site_id=north.id))
    )
    actor = Actor(account.id, of_north.id)
    confirmed = devices.confirm_own(actor, waiting.id, now=now)
    answer = issue.tokens(security, account, confirmed, now=now)
    assert security.signer.verify(answer.access_token, now)[0].roles == ((north.id, Role.PATIENT),)
