"""Shapes of the instruments that a site brings along."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, ValidationError, fields

from api.schemas.fields import OutSchema, Timestamp
from api.schemas.instruments import InstrumentOut
from api.schemas.people import Person


class SiteInstrumentIn(InstrumentOut):
    """A definition, in the form in which instruments are read (`get_instrument`).

    It is checked whole, by the check of definitions: its shape, and names, ranges and tables that do not fit
    together. So nothing is read here.
    """

    class Meta:
        """The language is the service's to say."""

        exclude = ("locale",)
        unknown = INCLUDE

    def load(self, data: Any, **_kwargs: Any) -> Any:
        """Return what was sent."""
        if not isinstance(data, dict):
            raise ValidationError("Invalid input type.")
        return data


class SiteInstrumentOut(OutSchema):
    """One version of an instrument that a site brought along; it is never changed."""

    site_id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.String(required=True)
    digest = fields.String(required=True, metadata={"description": "of the definition"})
    added_by = Person(required=True)
    added_at = Timestamp(required=True)
