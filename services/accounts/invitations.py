"""Invitations: one-use codes for a patient's own phone, a caregiver, or somebody of the staff.

They are made, listed and cancelled here; what redeeming one sets up is `services.accounts.enrol`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.accounts import invitations
from models.accounts.invitations import Invitation, InvitationKind
from models.patients.grants import GrantScope
from models.store.base import new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.problems import Problem
from services import names
from services.access.actor import Actor, Role
from services.access.codes import new_code
from services.access.permissions import Operation, scope_for
from services.access.security import Security
from services.errors import Invalid, not_found, patient_closed
from services.patients import patients

PATIENTS_CODE_LIVES = timedelta(days=14)
STAFF_CODE_LIVES = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation with its code, which is shown this once."""

    invitation: Invitation
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PatientInvitation:
    """Whom to invite to a patient: the patient, or a caregiver with what the grant opens."""

    kind: InvitationKind
    name: str | None = None
    grant_scope: GrantScope = GrantScope.REPORT
    grant_ends_at: datetime | None = None
    relation: str | None = None


def invite_to_patient(
    security: Security, patient_id: str, wanted: PatientInvitation, *, actor: Actor, now: datetime
) -> Invited:
    """Invite the patient, or a caregiver of the patient.

    Raises:
        NotFound: no such patient within reach.
        NotAllowed: a patient invites caregivers only.
        Conflict: the patient is not followed any more.
    """
    for_patient = wanted.kind is InvitationKind.PATIENT
    operation = Operation.PATIENT_INVITE if for_patient else Operation.GRANT_GIVE
    scope = scope_for(actor, operation)
    patient = patients.read(patient_id, scope, now=now)
    if patient.closed_at is not None:
        raise patient_closed()
    invitation = Invitation(
        digest="",
        kind=wanted.kind,
        site_id=patient.site_id,
        account_id=patient.id if for_patient else new_id(),
        name=patient.name if for_patient else wanted.name or "",
        created_by=actor.provenance(scope.role_towards(patient.id, patient.site_id)),
        created_at=now,
        expires_at=now + PATIENTS_CODE_LIVES,
        patient_id=patient.id,
        grant_scope=None if for_patient else wanted.grant_scope,
        grant_ends_at=None if for_patient else wanted.grant_ends_at,
        relation=wanted.relation,
    )
    return store(security, invitation)


def invite_staff(
    security: Security, site_id: str, wanted: tuple[str, Role], *, actor: Actor, now: datetime
) -> Invited:
    """Invite somebody, by name, to a role at the site.

    Raises:
        NotFound: the site is not within reach.
        Invalid: the name is none.
    """
    scope = scope_for(actor, Operation.MEMBER_INVITE)
    if not scope.covers_site(site_id):
        raise not_found("site")
    name, role = names.checked(wanted[0], "/name"), wanted[1]
    invitation = Invitation(
        digest="",
        kind=InvitationKind.STAFF,
        site_id=site_id,
        account_id=new_id(),
        name=name,
        created_by=actor.provenance(scope.role_at(site_id)),
        created_at=now,
        expires_at=now + STAFF_CODE_LIVES,
        role=role,
    )
    return store(security, invitation)


def listed(site_id: str, scope: Scope, *, now: datetime) -> list[Invitation]:
    """Return the open invitations to a site's staff, the latest first.

    Raises:
        NotFound: the site is not within reach.
    """
    if not scope.covers_site(site_id):
        raise not_found("site")
    found = invitations.open_of_site(site_id, now)
    return [invitation for invitation in found if invitation.kind is InvitationKind.STAFF]


def listed_of_patient(patient_id: str, scope: Scope, *, now: datetime) -> list[Invitation]:
    """Return the open invitations to a patient, the latest first; a patient sees those to caregivers only.

    Raises:
        NotFound: no such patient within reach.
    """
    patient = patients.read(patient_id, scope, now=now)
    own = scope.is_own(patient.id)
    found = invitations.open_of_site(patient.site_id, now)
    return [
        invitation
        for invitation in found
        if invitation.patient_id == patient.id and not (own and invitation.kind is InvitationKind.PATIENT)
    ]


def cancel(site_id: str, invitation_id: str, scope: Scope, *, actor: Actor, now: datetime) -> None:
    """End an open invitation to a site's staff.

    Raises:
        NotFound: there is none within reach.
    """
    _cancel(listed(site_id, scope, now=now), invitation_id, actor.provenance(scope.role_at(site_id)), now)


def cancel_of_patient(
    patient_id: str, invitation_id: str, scope: Scope, *, actor: Actor, now: datetime
) -> None:
    """End an open invitation to a patient.

    Raises:
        NotFound: there is none within reach.
    """
    found = listed_of_patient(patient_id, scope, now=now)
    site_id = found[0].site_id if found else ""
    _cancel(found, invitation_id, actor.provenance(scope.role_towards(patient_id, site_id)), now)


def _cancel(found: Iterable[Invitation], invitation_id: str, by: Provenance, now: datetime) -> None:
    wanted = next((invitation for invitation in found if invitation.invitation_id == invitation_id), None)
    if wanted is None or not invitations.cancel(wanted, by=by, now=now):
        raise not_found("invitation")


def store(security: Security, invitation: Invitation) -> Invited:
    """Store an invitation with a new code, which is shown this once."""
    code = new_code()
    stored = replace(invitation, digest=security.codes.of(code))
    invitations.create(stored)
    return Invited(stored, code)


def code_not_usable() -> Invalid:
    """Return the error for a code that is mistyped, used, cancelled or too old, whichever it is."""
    return Invalid(
        "code_not_usable",
        "This code cannot be used: it was mistyped, used before, or it has expired. Ask for a new one.",
        errors=[Problem("/code", "code_not_usable", "Cannot be used.")],
    )
