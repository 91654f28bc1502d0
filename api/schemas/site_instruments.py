"""Shapes of the instruments that a site brings along."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields

from api.schemas.fields import OutSchema, Timestamp


class SiteInstrumentIn(Schema):
    """A definition, in the form in which instruments are read (`/v1/instruments/{key}`).

    It is checked whole: its shape, and names, ranges and tables that do not fit together.
    """

    class Meta:
        """Take everything: what is wrong is named by the check of the definition."""

        unknown = INCLUDE


class SiteInstrumentOut(OutSchema):
    """One version of an instrument that a site brought along; it is never changed."""

    site_id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.String(required=True)
    digest = fields.String(required=True, metadata={"description": "of the definition"})
    added_by = fields.String(required=True, metadata={"description": "account"})
    added_at = Timestamp(required=True)
