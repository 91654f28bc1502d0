"""Shapes of the instruments that a site brings along."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, ValidationError, fields

from api.schemas.fields import InSchema, OutSchema, Timestamp
from api.schemas.instruments import InstrumentOut
from api.schemas.people import Person


class SiteInstrumentIn(InstrumentOut):
    """A definition, in the form in which instruments are read (`get_instrument`).

    It is checked whole, by the check of definitions: its shape, and names, ranges and tables that do not fit
    together. So nothing is read here.
    """

    class Meta:
        """Nothing is read here."""

        unknown = INCLUDE

    locale = fields.String(metadata={"description": "language of the texts; en"})

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
    retired_by = Person(allow_none=True)
    retired_at = Timestamp(
        allow_none=True,
        metadata={"description": "since when phones are not sent it; reports in it are still taken"},
    )


class ItemTextsIn(InSchema):
    """What is read of one item: what the definition has, no more and no less."""

    label = fields.String(required=True)
    text = fields.String()
    stem = fields.String()
    options = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "texts of the codes"}
    )


class TranslationIn(InSchema):
    """The texts of a version in another language; whole, so that nobody is asked in two at once.

    It is checked whole against the definition, so nothing is read here.
    """

    class Meta:
        """Nothing is read here."""

        unknown = INCLUDE

    title = fields.String(required=True)
    recall = fields.String(required=True)
    instruction = fields.String()
    credit = fields.String(metadata={"description": "who translated it, where that has to stand beside it"})
    domains = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "labels by key"}
    )
    items = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(ItemTextsIn()),
        required=True,
        metadata={"description": "by the item's key"},
    )
    scores = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "labels by key"}
    )

    def load(self, data: Any, **_kwargs: Any) -> Any:
        """Return what was sent."""
        if not isinstance(data, dict):
            raise ValidationError("Invalid input type.")
        return data


class TranslationOut(OutSchema):
    """A translation that a site brought along."""

    site_id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.String(required=True)
    locale = fields.String(required=True)
    digest = fields.String(required=True, metadata={"description": "of the texts"})
    changed_by = Person(required=True)
    changed_at = Timestamp(required=True)
