"""Shapes of a site's texts of safety, of what is proposed in their place, and of their history."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.fields import Choice, InSchema, OutSchema, Text, Timestamp
from api.schemas.people import Person
from api.schemas.sites.policy import TextByLocale
from services.sites.safety_text_changes import TEXTS, SafetyTextEvent

_CRISIS = "by language tag: shown at once when a safety item asks for it"
_BREATHING = "by language tag: shown at once with an urgent answer on breathing: it says whom to call"
_LEFT = "; null: not about this text"


class SafetyTextDecision(StrEnum):
    """What a clinician says to a proposal."""

    AGREE = "agree"
    REFUSE = "refuse"


class SafetyProposalIn(InSchema):
    """Other texts of safety; what is left out stays as it is."""

    crisis_text = TextByLocale(metadata={"description": _CRISIS})
    breathing_text = TextByLocale(metadata={"description": _BREATHING})
    note = Text(required=True, maximum=500, metadata={"description": "why they are changed"})

    @validates_schema
    def _check(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not any(name in data for name in TEXTS):
            raise ValidationError("Name at least one text to change.")


class SafetyDecisionIn(InSchema):
    """Whether a clinician agrees to what is proposed."""

    decision = Choice(SafetyTextDecision, name="SafetyTextDecision", required=True)
    note = Text(required=True, maximum=500, metadata={"description": "why, or what was looked at"})


def _text(description: str, *, allow_none: bool = False) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        allow_none=allow_none,
        metadata={"description": description},
    )


class SafetyProposalOut(OutSchema):
    """What is proposed and waits for a clinician."""

    crisis_text = _text(_CRISIS + _LEFT, allow_none=True)
    breathing_text = _text(_BREATHING + _LEFT, allow_none=True)
    note = fields.String(required=True)
    by = Person(required=True)
    at = Timestamp(required=True)


class SafetyTextsOut(OutSchema):
    """What the patients of a site are shown in danger, and what is proposed in its place."""

    crisis_text = _text(_CRISIS)
    breathing_text = _text(_BREATHING)
    proposal = fields.Nested(SafetyProposalOut(), attribute="safety_proposal", required=True, allow_none=True)
    rev = fields.Integer(required=True, metadata={"description": "the number in the ETag"})


class SafetyTextStepOut(SafetyProposalOut):
    """A line of the history of a site's texts of safety."""

    event = Choice(SafetyTextEvent, name="SafetyTextEvent", required=True)
