"""Shapes of invitations. The code is in the answer once, and nowhere else."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.fields import Choice, InSchema, Line, OutSchema, Timestamp
from api.schemas.people import Person
from models.accounts.invitations import InvitationKind
from models.patients.grants import GrantScope
from services.access.actor import STAFF

_FOR_CAREGIVERS = ("name", "relation", "grant_scope", "grant_ends_at")


class PatientInvitationIn(InSchema):
    """Whom to invite: the patient, or a caregiver with a grant. `name` is needed for a caregiver.

    The other members are for a caregiver only.
    """

    kind = Choice(
        [InvitationKind.PATIENT, InvitationKind.CAREGIVER], name="PatientInvitationKind", required=True
    )
    name = Line(maximum=120, metadata={"description": "of the caregiver"})
    relation = Line(maximum=60, metadata={"description": "of the caregiver to the patient, such as daughter"})
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

    name = Line(required=True, maximum=120)
    role = Choice(sorted(STAFF), name="StaffRole", required=True)


class OpenInvitationOut(OutSchema):
    """An invitation whose code was not redeemed yet; the code itself is stored nowhere."""

    id = fields.String(required=True, attribute="invitation_id")
    kind = Choice(InvitationKind, required=True)
    name = fields.String(required=True)
    role = Choice(
        sorted(STAFF),
        name="StaffRole",
        required=True,
        allow_none=True,
        metadata={"description": "at the site, for staff"},
    )
    created_by = Person(required=True)
    created_at = Timestamp(required=True)
    expires_at = Timestamp(required=True)


class InvitationOut(OutSchema):
    """A one-use code, to be handed over in person or shown as a QR code."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    kind = Choice(InvitationKind, required=True)
    name = fields.String(required=True)
    expires_at = Timestamp(required=True)
