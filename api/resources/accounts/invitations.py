"""Invitations: to a patient (the patient's own account, or a caregiver), and to a site's staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.application import security
from api.examples import invitations as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.accounts.invitations import (
    InvitationOut,
    OpenInvitationOut,
    PatientInvitationIn,
    StaffInvitationIn,
)
from api.views.invitations import invitations_for
from models.patients.grants import GrantScope
from services import clock
from services.access.permissions import Operation
from services.accounts import invitations
from services.accounts.invitations import Invited, PatientInvitation
from services.patients import patients

blp = Blueprint("invitations", __name__, url_prefix="/v1", description="One-use codes")


@blp.route("/patients/<uuid:patient_id>/invitations")
class PatientInvitations(MethodView):
    """Invitations to a patient."""

    @signed_in(Operation.GRANT_GIVE)
    @blp.page(OpenInvitationOut)
    def get(self, patient_id: UUID) -> Any:
        """List the codes that can still be redeemed; a patient sees those for caregivers."""
        patient = patients.read(str(patient_id), g.scope, now=clock.now())
        found = invitations.listed_of_patient(patient.id, g.scope, now=clock.now())
        return invitations_for(found, patient, g.scope)

    @signed_in(Operation.GRANT_GIVE)
    @blp.doc(operationId="invite_to_patient")
    @blp.arguments(PatientInvitationIn(), example=examples.CAREGIVER)
    @blp.response(201, InvitationOut)
    @blp.fails(409, "patient_closed")
    def post(self, content: dict[str, Any], patient_id: UUID) -> Any:
        """Invite the patient or a caregiver; the answer holds the code, once.

        A patient may invite caregivers only. A code for a patient who has an account already lets another
        device in, which sends at once and reads once it is confirmed. Reports are refused until the
        patient's consent is recorded (`consent_at`), whoever sends them.

        Sent twice, it makes two codes, and each works once. When it fails, there may be a code that
        nobody knows; it expires unused.
        """
        wanted = PatientInvitation(
            kind=content["kind"],
            name=content.get("name"),
            relation=content.get("relation"),
            grant_scope=content.get("grant_scope", GrantScope.REPORT),
            grant_ends_at=content.get("grant_ends_at"),
        )
        invited = invitations.invite_to_patient(
            security(), str(patient_id), wanted, actor=g.actor, now=clock.now()
        )
        return _shown(invited)


@blp.route("/patients/<uuid:patient_id>/invitations/<uuid:invitation_id>")
class PatientInvitationItem(MethodView):
    """One invitation to a patient."""

    @signed_in(Operation.GRANT_GIVE)
    @blp.doc(operationId="cancel_patient_invitation")
    @blp.response(204)
    def delete(self, patient_id: UUID, invitation_id: UUID) -> None:
        """Cancel a code that was not redeemed yet.

        Sent twice, the second finds none. When it fails, the code can still be redeemed.
        """
        invitations.cancel_of_patient(
            str(patient_id), str(invitation_id), g.scope, actor=g.actor, now=clock.now()
        )


@blp.route("/sites/<uuid:site_id>/invitations")
class StaffInvitations(MethodView):
    """Invitations to a site's staff."""

    @signed_in(Operation.MEMBER_INVITE)
    @blp.page(OpenInvitationOut)
    def get(self, site_id: UUID) -> Any:
        """List the codes that can still be redeemed."""
        return invitations.listed(str(site_id), g.scope, now=clock.now())

    @signed_in(Operation.MEMBER_INVITE)
    @blp.doc(operationId="invite_staff")
    @blp.arguments(StaffInvitationIn(), example=examples.STAFF)
    @blp.response(201, InvitationOut)
    def post(self, content: dict[str, Any], site_id: UUID) -> Any:
        """Invite somebody to the site's staff; the answer holds the code, once.

        Sent twice, it makes two codes, and each works once. When it fails, there may be a code that
        nobody knows; it expires unused.
        """
        wanted = (content["name"], content["role"])
        invited = invitations.invite_staff(security(), str(site_id), wanted, actor=g.actor, now=clock.now())
        return _shown(invited)


@blp.route("/sites/<uuid:site_id>/invitations/<uuid:invitation_id>")
class StaffInvitation(MethodView):
    """One invitation to a site's staff."""

    @signed_in(Operation.MEMBER_INVITE)
    @blp.doc(operationId="cancel_staff_invitation")
    @blp.response(204)
    def delete(self, site_id: UUID, invitation_id: UUID) -> None:
        """Cancel a code that was not redeemed yet.

        Sent twice, the second finds none. When it fails, the code can still be redeemed.
        """
        invitations.cancel(str(site_id), str(invitation_id), g.scope, actor=g.actor, now=clock.now())


def _shown(invited: Invited) -> dict[str, Any]:
    invitation = invited.invitation
    return {
        "id": invitation.invitation_id,
        "code": invited.code,
        "kind": invitation.kind,
        "name": invitation.name,
        "expires_at": invitation.expires_at,
    }
