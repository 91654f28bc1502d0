"""Shapes of a site's thresholds and of what its patients are told.

Which thresholds there are, and their ranges, is `scoring.decline.limits`' to say, not this module's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.fields import Choice, InSchema, Locale, OutSchema, StrictBoolean, Text, Timestamp
from api.schemas.limits import Limits
from api.schemas.people import Person
from services.access.actor import STAFF

_LANGUAGES = 50


class Shown(StrEnum):
    """What patients and caregivers see: of their reports, and of who works at the site."""

    TOTAL = "total"
    HISTORY = "history"
    STAFF_NAMES = "staff_names"


class PolicyIn(InSchema):
    """New thresholds of a site, and why."""

    limits = Limits(required=True)
    note = Text(required=True, maximum=500, metadata={"description": "why they are changed"})


class PolicyVersionOut(OutSchema):
    """A version of a site's thresholds."""

    site_id = fields.String(required=True)
    number = fields.Integer(required=True, metadata={"description": "0 is what the site began with"})
    version = fields.String(required=True, metadata={"description": "what evaluations call it"})
    limits = Limits(required=True, metadata={"description": "what differs from the defaults"})
    note = fields.String(required=True)
    changed_by = Person(required=True, allow_none=True, metadata={"description": "null for number 0"})
    changed_at = Timestamp(required=True)


class PolicyOut(PolicyVersionOut):
    """The thresholds in force."""

    in_force = Limits(
        whole=True, required=True, metadata={"description": "every threshold, the defaults too"}
    )
    reevaluating = StrictBoolean(
        required=True, metadata={"description": "some patients may still be judged by the version before"}
    )


def _some(texts: Mapping[str, str]) -> None:
    if not 1 <= len(texts) <= _LANGUAGES:
        raise ValidationError(f"Between 1 and {_LANGUAGES} languages.")


class TextByLocale(fields.Dict):
    """A text in one language or more; the first is for everybody who reads none of the others."""

    def __init__(self, **kwargs: Any) -> None:
        text = Text(minimum=20, maximum=1000)
        bounds = {"minProperties": 1, "maxProperties": _LANGUAGES}
        metadata = bounds | kwargs.pop("metadata", {})
        super().__init__(keys=Locale(), values=text, validate=_some, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            found = {
                name: [text for texts in by_part.values() for text in texts]
                for name, by_part in error.messages.items()
            }
            raise ValidationError(found) from error


class SitePatchIn(InSchema):
    """What patients are told; what is left out stays."""

    reads_reports = Text(maximum=300, metadata={"description": "when the team reads reports"})
    takes_notes = StrictBoolean(metadata={"description": "whether a note may stand with a report"})
    shows_patient = fields.List(
        Choice(Shown, name="ShownToPatient"), validate=validate.Length(max=len(Shown))
    )
    second_factor_for = fields.List(
        Choice(sorted(STAFF), name="StaffRole"),
        validate=validate.Length(max=len(STAFF)),
        metadata={"description": "roles that nobody has here without a second factor"},
    )

    @validates_schema
    def _check(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data:
            raise ValidationError("Name at least one thing to change.")
        for name in ("shows_patient", "second_factor_for"):
            if len(set(data.get(name, []))) < len(data.get(name, [])):
                raise ValidationError("Names a thing twice.", name)


class SiteOut(OutSchema):
    """A site, and what its patients are told."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True)
    reads_reports = fields.String(required=True)
    takes_notes = StrictBoolean(required=True)
    crisis_text = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "by language tag: shown at once when a safety item asks for it"},
    )
    breathing_text = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "by language tag: shown at once when an answer about breathing asks for it"},
    )
    shows_patient = fields.List(Choice(Shown, name="ShownToPatient"), required=True)
    second_factor_for = fields.List(Choice(sorted(STAFF), name="StaffRole"), required=True)
    rev = fields.Integer(required=True, metadata={"description": "the number in the ETag"})
