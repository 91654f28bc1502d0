"""Shapes of a site's thresholds and of what its patients are told.

Which thresholds there are, and their ranges, is `scoring.decline.limits`' to say, not this module's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.fields import Choice, InSchema, Locale, OutSchema, StrictBoolean, Text, Timestamp


class Shown(StrEnum):
    """What the answer to a patient's own report shows."""

    TOTAL = "total"
    HISTORY = "history"


class Limits(fields.Dict):
    """Thresholds by group and name; values are checked by the rules."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": ["number", "boolean"]},
            },
            "description": "thresholds by group and name; what is left out keeps its default",
            **kwargs.pop("metadata", {}),
        }
        super().__init__(keys=fields.String(), metadata=metadata, **kwargs)


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
    changed_by = fields.String(required=True, metadata={"description": "account; empty for number 0"})
    changed_at = Timestamp(required=True)


class PolicyOut(PolicyVersionOut):
    """The thresholds in force."""

    in_force = Limits(required=True, metadata={"description": "every threshold, the defaults too"})
    reevaluating = StrictBoolean(
        required=True, metadata={"description": "some patients may still be judged by the version before"}
    )


class TextByLocale(fields.Dict):
    """A text in one language or more; the first is for everybody who reads none of the others."""

    def __init__(self, **kwargs: Any) -> None:
        text = Text(minimum=20, maximum=1000)
        length = validate.Length(min=1, max=50)
        super().__init__(keys=Locale(), values=text, validate=length, **kwargs)

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
    crisis_text = TextByLocale(metadata={"description": "shown at once when a safety item asks for it"})
    breathing_text = TextByLocale(
        metadata={"description": "shown at once with an urgent answer on breathing: it says whom to call"}
    )
    shows_patient = fields.List(Choice(Shown), validate=validate.Length(max=len(Shown)))

    @validates_schema
    def _check(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data:
            raise ValidationError("Name at least one thing to change.")
        shown = data.get("shows_patient", [])
        if len(set(shown)) < len(shown):
            raise ValidationError("Names a thing twice.", "shows_patient")


class SiteOut(OutSchema):
    """A site, and what its patients are told."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True)
    reads_reports = fields.String(required=True)
    crisis_text = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    breathing_text = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    shows_patient = fields.List(fields.String(), required=True)
    rev = fields.Integer(required=True, metadata={"description": "the number in the ETag"})
