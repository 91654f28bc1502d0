"""Shapes of what an operator asks: does the process live, can it serve."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import OutSchema


class LiveOut(OutSchema):
    """A sign of life."""

    live = fields.Boolean(required=True)


class ReadyOut(OutSchema):
    """The verdict of each check."""

    ready = fields.Boolean(required=True)
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={
            "description": "`ok`, or what is wrong; the worker is shown and not needed for being ready"
        },
    )
    age_seconds = fields.Float(
        required=True, metadata={"description": "how long ago the look began that found this"}
    )
