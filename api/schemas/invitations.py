"""Shapes of invitations. The code is in the answer once, and nowhere else."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.fields import Choice, InSchema, OutSchema, Text, Timestamp
from models.accounts.invitations import InvitationKind
from models.patients.patients import GrantScope
from services.access.actor import STAFF

_FOR_CAREGIVERS = ("name", "grant_scope", "grant_ends_at")


class PatientInvitationIn(InSchema):
    """Whom to invite: the patient, or a caregiver with a grant."""

    kind = Choice(
        [InvitationKind.PATIENT, InvitationKind.CAREGIVER], name="PatientInvitationKind", required=True
    )
    name = Text(maximum=120, metadata={"description": "of the caregiver"})
    grant_scope = Choice(GrantScope)
    grant_ends_at = Timestamp()

    @validates_schema
    def _fits_kind(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("kind") == InvitationKind.CAREGIVER and "name" not in data:
            raise ValidationError("Missing data: a caregiver's name.", "name")
        if data.get("kind") == InvitationKind.PATIENT:
            surplus = [name for name in _FOR_CAREGIVERS if name in data]
            if surplus:
                raise ValidationError({name: ["Only for a caregiver."] for name in surplus})


class StaffInvitationIn(InSchema):
    """Whom to invite to which role at the site."""

    name = Text(required=True, maximum=120)
    role = Choice(sorted(STAFF), name="StaffRole", required=True)


class InvitationOut(OutSchema):
    """A one-use code, to be handed over in person or shown as a QR code."""

    code = fields.String(required=True)
    kind = Choice(InvitationKind, required=True)
    name = fields.String(required=True)
    expires_at = Timestamp(required=True)
