"""A code opens one account, once, for one device; whoever lost the answer may ask again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.accounts import accounts, sessions
from models.accounts.invitations import InvitationDocument, InvitationKind
from models.accounts.sessions import Device, SessionState
from models.patients import patients
from models.patients.grants import GrantScope
from models.patients.patient import Patient
from models.patients.steps import PatientStep
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.access.security import Security
from services.accounts import enrol, invitations
from services.accounts import refresh as refreshing
from services.accounts.enrol import Enrolment
from services.accounts.invitations import PatientInvitation
from services.accounts.issue import SignedIn
from services.errors import AppError, Conflict, Invalid, NotAllowed, NotFound
from services.patients import patients as changing
from tests.people import CLINIC, PASSWORD, People, Person

RACERS = 12
FOR_PATIENT = PatientInvitation(InvitationKind.PATIENT)
FOR_CAREGIVER = PatientInvitation(InvitationKind.CAREGIVER, name="Jo", grant_scope=GrantScope.REPORT)


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
def code_for(
    security: Security, patient: Patient, coordinator: Person, now: datetime
) -> Callable[[PatientInvitation], str]:
    """Makes a code for the patient or a caregiver."""

    def made(wanted: PatientInvitation) -> str:
        invited = invitations.invite_to_patient(
            security, patient.id, wanted, actor=coordinator.actor, now=now
        )
        return invited.code

    return made


CodeFor = Callable[[PatientInvitation], str]


def given(code: str, **fields: object) -> Enrolment:
    return replace(Enrolment(code, Device(new_id(), "phone"), "192.0.2.1"), **fields)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def reread(patient: Patient, now: datetime) -> Patient:
    found = patients.read(patient.id, Scope(site_ids=frozenset({patient.site_id})), now=now)
    assert found is not None
    return found


def test_a_patient_enrols_with_nothing_but_the_code(
    security: Security, code_for: CodeFor, patient: Patient, now: datetime
) -> None:
    result = enrol.enrol(security, given(code_for(FOR_PATIENT).lower()), now=now)
    actor, _ = security.signer.verify(result.access_token, now)
    assert (actor.patient_id, actor.roles) == (patient.id, ((patient.site_id, Role.PATIENT),))
    assert result.account.name == patient.name


def test_a_caregiver_gets_a_grant_for_this_patient(
    security: Security, code_for: CodeFor, patient: Patient, now: datetime
) -> None:
    ends_at = now + timedelta(days=30)
    code = code_for(replace(FOR_CAREGIVER, grant_scope=GrantScope.READ, grant_ends_at=ends_at))
    result = enrol.enrol(security, given(code, email="jo@example.org", password=PASSWORD), now=now)
    (grant,) = reread(patient, now).grants
    assert (grant.account_id, grant.scope, grant.ends_at) == (result.account.id, GrantScope.READ, ends_at)
    assert result.account.roles == ((patient.site_id, "caregiver"),)
    assert result.account.patient_id is None


def test_a_code_works_once(security: Security, code_for: CodeFor, now: datetime) -> None:
    code = code_for(FOR_PATIENT)
    enrol.enrol(security, given(code), now=now)
    assert refused(lambda: enrol.enrol(security, given(code), now=now)) == "code_not_usable"


def test_of_racing_devices_one_enrols(
    security: Security, code_for: CodeFor, patient: Patient, now: datetime
) -> None:
    code = code_for(FOR_CAREGIVER)

    def attempt(number: int) -> SignedIn | str:
        mine = given(code, email=f"racer{number}@example.org", password=PASSWORD, address=f"192.0.2.{number}")
        try:
            return enrol.enrol(security, mine, now=now)
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(RACERS) as pool:
        results = list(pool.map(attempt, range(RACERS)))
    won = [result for result in results if isinstance(result, SignedIn)]
    assert [result for result in results if isinstance(result, str)] == ["code_not_usable"] * (RACERS - 1)
    assert len(won) == 1
    assert [grant.account_id for grant in reread(patient, now).grants] == [won[0].account.id]
    assert [accounts.read_by_email(f"racer{n}@example.org") is not None for n in range(RACERS)].count(
        True
    ) == 1


def test_the_same_device_may_ask_again(
    security: Security, code_for: CodeFor, patient: Patient, now: datetime
) -> None:
    mine = given(code_for(FOR_CAREGIVER), email="jo@example.org", password=PASSWORD)
    first = enrol.enrol(security, mine, now=now)
    again = enrol.enrol(security, mine, now=now + timedelta(minutes=14))
    assert again.account.id == first.account.id
    assert len(reread(patient, now).grants) == 1
    late = now + enrol.REPEATABLE_FOR
    assert refused(lambda: enrol.enrol(security, mine, now=late)) == "code_not_usable"


def test_one_device_racing_itself_gets_one_account_and_one_grant(
    security: Security, code_for: CodeFor, patient: Patient, now: datetime
) -> None:
    mine = given(code_for(FOR_CAREGIVER))
    with ThreadPoolExecutor(6) as pool:
        ids = {
            result.account.id for result in pool.map(lambda _: enrol.enrol(security, mine, now=now), range(6))
        }
    assert len(ids) == 1
    assert len(reread(patient, now).grants) == 1


@pytest.mark.parametrize("code", ["", "0000-0000-0000", "not a code at all"])
def test_an_unknown_code_is_refused(security: Security, code: str, now: datetime) -> None:
    assert refused(lambda: enrol.enrol(security, given(code), now=now)) == "code_not_usable"


def test_an_expired_code_is_refused(security: Security, code_for: CodeFor, now: datetime) -> None:
    mine = given(code_for(FOR_PATIENT))
    late = now + invitations.PATIENTS_CODE_LIVES
    assert refused(lambda: enrol.enrol(security, mine, now=late)) == "code_not_usable"


def test_a_weak_password_does_not_use_up_the_code(
    security: Security, code_for: CodeFor, now: datetime
) -> None:
    mine = given(code_for(FOR_PATIENT), email="maria@example.org", password="password1234567")
    assert refused(lambda: enrol.enrol(security, mine, now=now)) == "weak_password"
    assert enrol.enrol(security, replace(mine, password=PASSWORD), now=now)


@pytest.mark.parametrize("half", [{"email": "maria@example.org"}, {"password": PASSWORD}])
def test_address_and_password_go_together(
    security: Security, code_for: CodeFor, half: dict[str, str], now: datetime
) -> None:
    with pytest.raises(Invalid) as caught:
        enrol.enrol(security, given(code_for(FOR_PATIENT), **half), now=now)
    assert [error.code for error in caught.value.errors] == ["missing"]


def test_another_accounts_address_does_not_use_up_the_code(
    security: Security, people: People, code_for: CodeFor, now: datetime
) -> None:
    people.account(email="taken@example.org")
    mine = given(code_for(FOR_PATIENT), email="Taken@example.org", password=PASSWORD)
    with pytest.raises(Conflict):
        enrol.enrol(security, mine, now=now)
    assert enrol.enrol(security, replace(mine, email="free@example.org"), now=now)


def test_a_code_is_no_way_to_find_out_addresses(
    security: Security, people: People, code_for: CodeFor, now: datetime
) -> None:
    code = code_for(FOR_PATIENT)
    emails = [people.account().email for _ in range(8)]
    outcomes = {
        refused(lambda: enrol.enrol(security, given(code, email=email, password=PASSWORD), now=now))  # noqa: B023
        for email in emails[-3:] + emails[:5]
    }
    assert "too_many_attempts" in outcomes


def test_a_caregiver_of_a_second_patient_keeps_the_account(
    security: Security, people: People, site: Site, patient: Patient, code_for: CodeFor, now: datetime
) -> None:
    carer = people.caregiver(site, people.patient(site))
    mine = given(code_for(FOR_CAREGIVER), email=carer.account.email, password=PASSWORD)
    assert enrol.enrol(security, mine, now=now).account.id == carer.account.id
    assert [grant.account_id for grant in reread(patient, now).grants] == [carer.account.id]


def test_joining_an_account_needs_its_password(
    security: Security, people: People, site: Site, patient: Patient, code_for: CodeFor, now: datetime
) -> None:
    carer = people.caregiver(site)
    mine = given(code_for(FOR_CAREGIVER), email=carer.account.email, password="another long password")
    assert refused(lambda: enrol.enrol(security, mine, now=now)) == "wrong_credentials"
    assert reread(patient, now).grants == ()


def test_a_code_for_somebody_who_has_a_phone_lets_another_one_send_and_read_nothing(
    security: Security, code_for: CodeFor, patient: Patient, now: datetime
) -> None:
    first = enrol.enrol(security, given(code_for(FOR_PATIENT)), now=now)
    second = enrol.enrol(security, given(code_for(FOR_PATIENT)), now=now)
    assert first.account.id == second.account.id == patient.id
    assert (first.confirmed, second.confirmed) == (True, False)
    assert second.account.email is None
    assert second.recovery_code is None
    actor, _ = security.signer.verify(second.access_token, now)
    assert actor.roles == ((patient.site_id, Role.PATIENT),)
    again = refreshing.refresh(security, first.refresh_token, now=now)
    assert [device.id for device in again.waiting] == [actor.session_id]


def test_a_code_for_a_patient_opens_no_role_elsewhere_and_ends_no_factor(
    security: Security, people: People, site: Site, patient: Patient, code_for: CodeFor, now: datetime
) -> None:
    elsewhere = people.site()
    account = people.account(
        (site, Role.PATIENT), (elsewhere, Role.CLINICIAN), id=patient.id, patient_id=patient.id
    )
    own = people.signed_in(account)
    coordinator_has = given(code_for(FOR_PATIENT), device=Device(own.session.device_id, "mine now"))
    taken = enrol.enrol(security, coordinator_has, now=now)
    assert sessions.read(own.session.id).state is SessionState.ACTIVE
    much_later = refreshing.refresh(security, taken.refresh_token, now=now + timedelta(days=30))
    for answer, moment in ((taken, now), (much_later, now + timedelta(days=30))):
        actor, _ = security.signer.verify(answer.access_token, moment)
        assert (actor.roles, actor.confirmed) == (((site.id, Role.PATIENT),), False)
    fresh = given(code_for(FOR_PATIENT), email="thief@example.org", password="another tabby cat of nine")
    assert refused(lambda: enrol.enrol(security, fresh, now=now)) == "confirm_first"


def test_the_own_password_confirms_a_new_phone_at_once(
    security: Security, people: People, site: Site, patient: Patient, code_for: CodeFor, now: datetime
) -> None:
    account = people.account((site, Role.PATIENT), id=patient.id, patient_id=patient.id)
    mine = given(code_for(FOR_PATIENT), email=account.email, password=PASSWORD)
    assert enrol.enrol(security, mine, now=now).confirmed


def test_older_codes_end_when_a_newer_one_is_redeemed(
    security: Security, code_for: CodeFor, now: datetime
) -> None:
    older, newer = code_for(FOR_PATIENT), code_for(FOR_PATIENT)
    enrol.enrol(security, given(newer), now=now)
    assert refused(lambda: enrol.enrol(security, given(older), now=now)) == "code_not_usable"


def test_a_caregiver_who_was_shut_out_does_not_return_with_an_older_code(
    security: Security, people: People, site: Site, patient: Patient, code_for: CodeFor, now: datetime
) -> None:
    older = code_for(FOR_CAREGIVER)
    carer = enrol.enrol(security, given(code_for(FOR_CAREGIVER)), now=now)
    (grant,) = reread(patient, now).grants
    assert grant.account_id == carer.account.id
    reach = Scope(site_ids=frozenset({site.id}))
    changing.revoke_grant(patient.id, grant.id, reach, actor=people.own(site, patient).actor, now=now)
    assert refused(lambda: enrol.enrol(security, given(older), now=now)) == "code_not_usable"
    assert enrol.enrol(security, given(code_for_later(security, people, site, patient, now)), now=now)


def code_for_later(security: Security, people: People, site: Site, patient: Patient, now: datetime) -> str:
    actor = people.staff(site, Role.COORDINATOR).actor
    later = now + timedelta(seconds=1)
    return invitations.invite_to_patient(security, patient.id, FOR_CAREGIVER, actor=actor, now=later).code


def test_codes_are_listed_and_cancelled(
    security: Security, people: People, site: Site, patient: Patient, coordinator: Person, now: datetime
) -> None:
    invited = invitations.invite_to_patient(
        security, patient.id, FOR_CAREGIVER, actor=coordinator.actor, now=now
    )
    reach = scope_for(coordinator.actor, Operation.GRANT_GIVE)
    (listed,) = invitations.listed_of_patient(patient.id, reach, now=now)
    assert listed.invitation_id == invited.invitation.invitation_id
    for _ in range(2):
        with pytest.raises(NotFound) if _ else nullcontext():
            invitations.cancel_of_patient(
                patient.id, listed.invitation_id, reach, actor=coordinator.actor, now=now
            )
    assert invitations.listed_of_patient(patient.id, reach, now=now) == []
    assert refused(lambda: enrol.enrol(security, given(invited.code), now=now)) == "code_not_usable"


def test_nobody_redeems_a_code_that_they_made(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    admin = people.staff(site, Role.ADMIN)
    wanted = ("Dr. Me", Role.CLINICIAN)
    invited = invitations.invite_staff(security, site.id, wanted, actor=admin.actor, now=now)
    mine = given(invited.code, email=admin.account.email, password=PASSWORD)
    assert refused(lambda: enrol.enrol(security, mine, now=now)) == "own_invitation"


def test_after_a_crash_between_code_and_account_the_device_finishes(
    security: Security, code_for: CodeFor, patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = given(code_for(FOR_CAREGIVER))
    with monkeypatch.context() as patched:
        patched.setattr(accounts, "create", lambda *_args, **_kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            enrol.enrol(security, mine, now=now)
    assert enrol.enrol(security, mine, now=now)
    assert len(reread(patient, now).grants) == 1


def test_staff_join_with_the_invited_role(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    admin = people.staff(site, Role.ADMIN)
    wanted = ("Dr. Okafor", Role.CLINICIAN)
    invited = invitations.invite_staff(security, site.id, wanted, actor=admin.actor, now=now)
    assert refused(lambda: enrol.enrol(security, given(invited.code), now=now)) == "invalid"
    mine = given(invited.code, email="okafor@example.org", password=PASSWORD)
    result = enrol.enrol(security, mine, now=now)
    assert (result.account.name, result.account.roles) == ("Dr. Okafor", ((site.id, "clinician"),))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_invites_staff(
    security: Security, people: People, site: Site, role: Role, now: datetime
) -> None:
    person = people.staff(site, role)
    with pytest.raises(NotAllowed):
        invitations.invite_staff(security, site.id, ("Me", Role.ADMIN), actor=person.actor, now=now)


def test_an_administrator_of_another_site_finds_no_site(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    other = people.staff(people.site(), Role.ADMIN)
    with pytest.raises(NotFound):
        invitations.invite_staff(security, site.id, ("Me", Role.ADMIN), actor=other.actor, now=now)


def test_a_patient_invites_caregivers_and_nobody_else(
    security: Security, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    own = people.own(site, patient)
    assert invitations.invite_to_patient(security, patient.id, FOR_CAREGIVER, actor=own.actor, now=now)
    with pytest.raises(NotAllowed):
        invitations.invite_to_patient(security, patient.id, FOR_PATIENT, actor=own.actor, now=now)
    stranger = people.patient(site)
    with pytest.raises(NotFound):
        invitations.invite_to_patient(security, stranger.id, FOR_CAREGIVER, actor=own.actor, now=now)


def test_nobody_is_invited_to_a_closed_patient(
    security: Security, site: Site, patient: Patient, coordinator: Person, now: datetime
) -> None:
    patients.change_profile(
        patient.id, Scope(site_ids=frozenset({site.id})), 0, step=PatientStep(now, CLINIC, {}), closed_at=now
    )
    with pytest.raises(Conflict):
        invitations.invite_to_patient(security, patient.id, FOR_PATIENT, actor=coordinator.actor, now=now)


def test_the_code_is_stored_nowhere(security: Security, code_for: CodeFor) -> None:
    code = code_for(FOR_PATIENT)
    stored = str(list(InvitationDocument.raw().find({})))
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_a_session_belongs_to_the_device_that_enrolled(
    security: Security, code_for: CodeFor, now: datetime
) -> None:
    mine = given(code_for(FOR_PATIENT))
    result = enrol.enrol(security, mine, now=now)
    actor, _ = security.signer.verify(result.access_token, now)
    session = sessions.read(actor.session_id)
    assert session is not None
    assert (session.device_id, session.state) == (mine.device.id, SessionState.ACTIVE)
