"""What may be repeated when an answer was lost brings back nobody who was shut out since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from models.accounts import accounts, sessions
from models.accounts.invitations import InvitationKind
from models.accounts.sessions import Device
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.access.security import Security
from services.accounts import credentials, devices, enrol, invitations, operator, sign_in
from services.accounts.credentials import Recovery
from services.accounts.enrol import Enrolment
from services.accounts.invitations import PatientInvitation
from services.accounts.issue import SignedIn
from services.accounts.members import Members
from services.errors import AppError
from tests.people import PASSWORD, People, Person

NEW = "eleven quiet otters under a bridge"
WHILE_REPEATABLE = timedelta(minutes=5)


@dataclass
class Let:
    """Somebody who was let in by a code, and the staff of the site.

    Attributes:
        given: what was sent; the same is sent again.
        later: when that is, still within the quarter of an hour.
    """

    security: Security
    site: Site
    patient: Patient
    admin: Person
    coordinator: Person
    given: Enrolment
    now: datetime
    answer: SignedIn

    @property
    def later(self) -> datetime:
        return self.now + WHILE_REPEATABLE

    def again(self) -> SignedIn:
        return enrol.enrol(self.security, self.given, now=self.later)

    def end_by_clinic(self) -> None:
        scope = scope_for(self.coordinator.actor, Operation.DEVICE_END)
        devices.end_of_patient(
            self.security,
            self.patient.id,
            self.answer.session_id,
            scope,
            actor=self.coordinator.actor,
            now=self.now,
        )

    def end_from_another_device(self) -> None:
        actor, _ = self.security.signer.verify(self.answer.access_token, self.now)
        devices.end_own(self.security, actor, self.answer.session_id, now=self.now)

    def sign_out(self) -> None:
        actor, _ = self.security.signer.verify(self.answer.access_token, self.now)
        sign_in.sign_out(self.security, actor, now=self.now)

    def reset_password(self) -> None:
        code = operator.reset_password(self.security, self.answer.account.email or "", now=self.now).code
        credentials.reset_password(self.security, code, NEW, address="192.0.2.7", now=self.now)

    def members(self) -> Members:
        scope = Scope(site_ids=frozenset({self.site.id}))
        return Members(self.security, self.site.id, scope, self.admin.actor, self.now, "The wrong person.")

    def take_role(self) -> None:
        self.members().take_role(self.answer.account.id, Role.CLINICIAN)

    def close_and_reopen(self) -> None:
        self.members().close(self.answer.account.id)
        self.members().reopen(self.answer.account.id)


LetIn = Callable[[str], Let]


@pytest.fixture
def let_in(security: Security, people: People, now: datetime) -> LetIn:
    """Lets in a patient, another phone of one, a caregiver, or staff, who may join with their account."""
    site = people.site()
    patient = people.patient(site)
    admin, coordinator = people.staff(site, Role.ADMIN), people.staff(site, Role.COORDINATOR)

    def code_for(who: str) -> str:
        if who.startswith("staff"):
            wanted = ("Eve", Role.CLINICIAN)
            return invitations.invite_staff(security, site.id, wanted, actor=admin.actor, now=now).code
        kind = InvitationKind.CAREGIVER if who.startswith("caregiver") else InvitationKind.PATIENT
        wanted_by = PatientInvitation(kind, name="Eve")
        return invitations.invite_to_patient(
            security, patient.id, wanted_by, actor=coordinator.actor, now=now
        ).code

    def made(who: str) -> Let:
        email = password = None
        if who == "another phone":
            people.own(site, patient)
        if who.endswith("who joins"):
            email, password = people.account((people.site(), Role.CLINICIAN)).email, PASSWORD
        elif who.startswith("staff"):
            email, password = "eve@example.org", PASSWORD
        given = Enrolment(code_for(who), Device(new_id(), "phone"), "192.0.2.1", email, password)
        answer = enrol.enrol(security, given, now=now)
        return Let(security, site, patient, admin, coordinator, given, now, answer)

    return made


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


EVERYBODY = ("patient", "another phone", "caregiver", "caregiver who joins", "staff", "staff who joins")
SHUT_OUT = [
    *((who, Let.end_from_another_device) for who in EVERYBODY),
    *((who, Let.sign_out) for who in EVERYBODY),
    ("patient", Let.end_by_clinic),
    ("another phone", Let.end_by_clinic),
    ("staff", Let.take_role),
    ("staff who joins", Let.take_role),
    ("staff", Let.close_and_reopen),
    ("staff", Let.reset_password),
]


@pytest.mark.parametrize(("who", "shut"), SHUT_OUT, ids=lambda part: getattr(part, "__name__", part))
def test_a_code_that_is_repeated_brings_back_nobody_who_was_shut_out(
    let_in: LetIn, who: str, shut: Callable[[Let], None]
) -> None:
    let = let_in(who)
    shut(let)
    before = accounts.read(let.answer.account.id)
    assert refused(let.again) == "code_not_usable"
    assert accounts.read(let.answer.account.id) == before, "no role, password or recovery code came of it"
    active = [session.device_id for session in sessions.active(let.answer.account.id, let.later)]
    assert (let.given.device.id in active) is (shut is Let.take_role), "a role that is taken ends no session"


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_lost_answer_is_repeated_as_often_as_it_takes(let_in: LetIn, who: str) -> None:
    let = let_in(who)
    for _ in range(3):
        again = let.again()
        assert (again.account.id, again.confirmed) == (let.answer.account.id, let.answer.confirmed)
        assert again.account.roles == let.answer.account.roles


@pytest.mark.parametrize("who", ["patient", "staff", "staff who joins"])
def test_who_is_shut_out_while_the_repetition_is_under_way_is_not_in(
    let_in: LetIn, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let = let_in(who)
    let_through = enrol._go_in

    def meanwhile(*given: object) -> SignedIn:
        (Let.end_by_clinic if who == "patient" else Let.take_role)(let)
        return let_through(*given)

    monkeypatch.setattr(enrol, "_go_in", meanwhile)
    assert refused(let.again) == "code_not_usable"
    account = accounts.read(let.answer.account.id)
    assert account is not None
    if who == "patient":
        assert sessions.active(account.id, let.later) == []
    else:
        assert (let.site.id, "clinician") not in account.roles


@pytest.mark.parametrize("first", ["staff", "staff who joins"])
def test_one_code_lets_in_one_account(let_in: LetIn, people: People, first: str) -> None:
    let = let_in(first)
    other = people.account()
    for email in ("another@example.org", other.email):
        mine = replace(let.given, email=email, address="192.0.2.8")
        if first == "staff" and email == "another@example.org":
            continue  # the account that the code opened, with another address: one may have been mistyped
        assert refused(lambda: enrol.enrol(let.security, mine, now=let.later)) == "code_not_usable"  # noqa: B023
    assert accounts.read_by_email("another@example.org") is None
    present = accounts.read(other.id)
    assert present is not None
    assert present.roles == ()


def test_a_used_recovery_code_brings_back_no_phone_that_was_ended(let_in: LetIn) -> None:
    let = let_in("patient")
    given = Recovery(let.answer.recovery_code or "", Device(new_id(), "phone"), "192.0.2.1")
    recover = lambda: credentials.recover(let.security, given, now=let.later)  # noqa: E731
    recover()
    let.answer = recover()
    let.now = let.later
    let.end_by_clinic()
    assert refused(recover) == "recovery_code_wrong"
