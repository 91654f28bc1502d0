"""Shapes of an absence."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Identifier, InSchema, OutSchema, Timestamp
from api.schemas.people import Person


class AbsenceIn(InSchema):
    """When somebody is away, and who stands in."""

    away_from = Timestamp(required=True, allow_none=True, metadata={"description": "null: none is planned"})
    away_until = Timestamp(required=True, allow_none=True)
    deputy_id = Identifier(
        required=True,
        allow_none=True,
        metadata={
            "description": "account of the deputy, who also counts while nobody is away: as the step after"
            " the person; null: nobody"
        },
    )


class AbsenceOut(OutSchema):
    """When somebody is away, and who stands in."""

    away_from = Timestamp(required=True, allow_none=True)
    away_until = Timestamp(required=True, allow_none=True)
    deputy = Person(required=True, allow_none=True, attribute="deputy_id")
    changed_by = Person(required=True, allow_none=True, attribute="by")
    changed_at = Timestamp(required=True, allow_none=True, attribute="at")
    rev = fields.Integer(required=True, metadata={"description": "the number in the ETag"})
