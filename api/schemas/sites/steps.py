"""Shape of a line of a site's history."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.schemas.fields import OutSchema, Timestamp
from api.schemas.people import Person


class SiteStepOut(OutSchema):
    """One change of a site."""

    at = Timestamp(required=True)
    by = Person(required=True)
    changed = fields.Method(
        "_names",
        required=True,
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "the fields that were changed, such as `hours`",
        },
    )

    def _names(self, step: Any) -> list[str]:
        return sorted(step.changed)
