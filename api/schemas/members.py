"""Shapes of a site's staff."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.auth import RoleOut
from api.schemas.fields import Choice, InSchema, OutSchema, Text, Timestamp
from services.access.actor import STAFF


class RoleIn(InSchema):
    """A role at the site, and why it is given."""

    role = Choice(sorted(STAFF), name="StaffRole", required=True)
    reason = Text(required=True, maximum=500)


class ReasonIn(InSchema):
    """Why it is done; it stays in the account's history."""

    reason = Text(required=True, maximum=500)


class MemberOut(OutSchema):
    """Somebody who works at the site."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.Nested(RoleOut()), required=True)
    second_factor = fields.Boolean(required=True)
    closed_at = Timestamp(required=True, allow_none=True)
