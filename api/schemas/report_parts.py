"""Parts of a report that is shown: its clock, and what its total rests on."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Choice, OutSchema, Timestamp
from services.reports.intake.times import Certainty, Doubt


class ClockOut(OutSchema):
    """When a report was answered and sent by the phone's own clock, and what was made of it."""

    answered_at = Timestamp(required=True, metadata={"description": "by the phone's clock"})
    sent_at = Timestamp(required=True, allow_none=True, metadata={"description": "by the phone's clock"})
    shift_seconds = fields.Integer(
        required=True, metadata={"description": "added to the phone's times; positive: its clock was behind"}
    )
    certainty = Choice(
        Certainty,
        required=True,
        metadata={
            "description": (
                "of `observed_at`. confirmed: the clock was right at sending; shifted: it was put right;"
                " unchecked: the phone did not say; received: the time could not be, so it is that of"
                " receipt; stated: by a person"
            )
        },
    )
    doubts = fields.List(Choice(Doubt), required=True)


class RestsOnOut(OutSchema):
    """What a total rests on; with fewer answered than there are items it was scaled up."""

    answered = fields.Integer(required=True)
    items = fields.Integer(required=True)
