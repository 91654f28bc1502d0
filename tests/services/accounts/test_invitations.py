"""Codes are made, listed and cancelled by whoever may; nobody sees or ends somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models.accounts.invitations import InvitationDocument, InvitationKind
from models.patients import patients
from models.patients.patient import Patient
from models.patients.steps import PatientStep
from models.sites.sites import Site
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.access.security import Security
from services.accounts import invitations
from services.accounts.invitations import Invited, PatientInvitation
from services.errors import AppError, Invalid
from tests.people import People

OF_PATIENT = PatientInvitation(InvitationKind.PATIENT)
OF_CARER = PatientInvitation(InvitationKind.CAREGIVER, name="Rui", relation="son")


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def patient(people: People, site: Site) -> Patient:
    return people.patient(site)


@pytest.fixture
def coordinator(people: People, site: Site) -> Actor:
    return people.staff(site, Role.COORDINATOR).actor


@pytest.fixture
def admin(people: People, site: Site) -> Actor:
    return people.staff(site, Role.ADMIN).actor


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def ids(found: list[invitations.Invitation]) -> list[str]:
    return [invitation.invitation_id for invitation in found]


@pytest.fixture
def invite(
    security: Security, patient: Patient, coordinator: Actor, now: datetime
) -> Callable[[PatientInvitation], Invited]:
    return lambda wanted: invitations.invite_to_patient(
        security, patient.id, wanted, actor=coordinator, now=now
    )


Invite = Callable[[PatientInvitation], Invited]


def test_the_code_is_shown_once_and_not_stored(invite: Invite) -> None:
    invited = invite(OF_PATIENT)
    stored = str(list(InvitationDocument.raw().find({})))
    assert invited.code not in stored
    assert invited.code.replace("-", "") not in stored
    assert invited.code not in repr(invited)


def test_a_patients_code_lives_two_weeks_and_one_for_staff_three_days(
    security: Security, site: Site, admin: Actor, invite: Invite, now: datetime
) -> None:
    assert invite(OF_PATIENT).invitation.expires_at - now == invitations.PATIENTS_CODE_LIVES
    made = invitations.invite_staff(security, site.id, ("Kim", Role.CLINICIAN), actor=admin, now=now)
    assert made.invitation.expires_at - now == invitations.STAFF_CODE_LIVES


def test_a_carers_invitation_says_what_the_grant_opens_and_the_relation(invite: Invite) -> None:
    made = invite(OF_CARER).invitation
    assert (made.name, made.relation, made.grant_scope) == ("Rui", "son", OF_CARER.grant_scope)
    of_patient = invite(OF_PATIENT).invitation
    assert (of_patient.grant_scope, of_patient.relation) == (None, None)


def test_the_clinic_lists_all_open_codes_of_a_patient_and_the_patient_those_of_carers(
    people: People, site: Site, patient: Patient, coordinator: Actor, invite: Invite, now: datetime
) -> None:
    own, carers = invite(OF_PATIENT).invitation, invite(OF_CARER).invitation
    scope = scope_for(coordinator, Operation.PATIENT_INVITE)
    assert set(ids(invitations.listed_of_patient(patient.id, scope, now=now))) == {
        own.invitation_id,
        carers.invitation_id,
    }
    mine = scope_for(people.own(site, patient).actor, Operation.GRANT_GIVE)
    assert ids(invitations.listed_of_patient(patient.id, mine, now=now)) == [carers.invitation_id]


def test_a_cancelled_or_expired_code_is_not_listed_any_more(
    patient: Patient, coordinator: Actor, invite: Invite, now: datetime
) -> None:
    scope = scope_for(coordinator, Operation.PATIENT_INVITE)
    made = invite(OF_PATIENT).invitation
    later = made.expires_at
    assert ids(invitations.listed_of_patient(patient.id, scope, now=later)) == []
    invitations.cancel_of_patient(patient.id, made.invitation_id, scope, actor=coordinator, now=now)
    assert ids(invitations.listed_of_patient(patient.id, scope, now=now)) == []


def test_what_is_not_open_cannot_be_cancelled(
    patient: Patient, coordinator: Actor, invite: Invite, now: datetime
) -> None:
    """Whether others are open or not, twice or never made: the same answer."""
    scope = scope_for(coordinator, Operation.PATIENT_INVITE)

    def cancel(invitation_id: str) -> None:
        invitations.cancel_of_patient(patient.id, invitation_id, scope, actor=coordinator, now=now)

    assert refused(lambda: cancel("none")) in {"site_not_found", "invitation_not_found"}
    made = invite(OF_PATIENT).invitation
    cancel(made.invitation_id)
    assert refused(lambda: cancel(made.invitation_id)) in {"site_not_found", "invitation_not_found"}
    invite(OF_CARER)
    assert refused(lambda: cancel(made.invitation_id)) in {"site_not_found", "invitation_not_found"}


def test_another_site_can_neither_see_nor_end_them(
    security: Security, people: People, site: Site, admin: Actor, now: datetime
) -> None:
    made = invitations.invite_staff(security, site.id, ("Kim", Role.CLINICIAN), actor=admin, now=now)
    foreign = people.staff(people.site(), Role.ADMIN).actor
    scope = scope_for(foreign, Operation.MEMBER_INVITE)
    invitation_id = made.invitation.invitation_id
    assert refused(lambda: invitations.listed(site.id, scope, now=now)) in {
        "site_not_found",
        "invitation_not_found",
    }
    assert refused(lambda: invitations.cancel(site.id, invitation_id, scope, actor=foreign, now=now)) in {
        "site_not_found",
        "invitation_not_found",
    }
    assert refused(
        lambda: invitations.invite_staff(security, site.id, ("Kim", Role.CLINICIAN), actor=foreign, now=now)
    ) in {"site_not_found", "invitation_not_found"}


def test_nobody_is_invited_to_a_patient_who_is_not_followed(
    security: Security, people: People, site: Site, coordinator: Actor, now: datetime
) -> None:
    closed = people.patient(site)
    scope = scope_for(coordinator, Operation.PATIENT_CHANGE)
    step = PatientStep(now, coordinator.provenance("coordinator"), {})
    assert patients.change_profile(closed.id, scope, closed.rev, step=step, closed_at=now) is not None
    assert (
        refused(
            lambda: invitations.invite_to_patient(security, closed.id, OF_PATIENT, actor=coordinator, now=now)
        )
        == "patient_closed"
    )


def test_a_patient_invites_carers_and_not_another_phone_of_themself(
    security: Security, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    own = people.own(site, patient).actor
    assert invitations.invite_to_patient(security, patient.id, OF_CARER, actor=own, now=now).code
    assert (
        refused(lambda: invitations.invite_to_patient(security, patient.id, OF_PATIENT, actor=own, now=now))
        == "not_allowed"
    )


@pytest.mark.parametrize("name", ["", "Eve\nX: y", "\u202eevE", "E\x00ve", "\u200b", "E" * 121], ids=ascii)
def test_nobody_is_invited_under_what_is_no_name(
    security: Security, people: People, site: Site, now: datetime, name: str
) -> None:
    admin = people.staff(site, Role.ADMIN).actor
    with pytest.raises(Invalid) as caught:
        invitations.invite_staff(security, site.id, (name, Role.CLINICIAN), actor=admin, now=now)
    assert [error.pointer for error in caught.value.errors] == ["/name"]
    reach = scope_for(admin, Operation.MEMBER_INVITE)
    assert invitations.listed(site.id, reach, now=now) == []
