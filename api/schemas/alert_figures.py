"""Shapes of the figures of a site's alerts."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.alert_parts import word_or_null
from api.schemas.fields import Day, InSchema, OutSchema
from scoring.decline import Level


class AlertFiguresQuery(InSchema):
    """The period in which the alerts were opened, in days of the site's zone, both inclusive."""

    since = Day()
    until = Day()


class AlertFiguresOut(OutSchema):
    """Figures of the alerts of one level."""

    level = word_or_null(Level, "null: all levels together")
    opened = fields.Integer(required=True)
    looked_at_within_30_days = fields.Integer(
        required=True, metadata={"description": "a person acted on it within 30 days of its opening"}
    )
    ended_unseen = fields.Integer(required=True)
    closed_in_bulk = fields.Integer(required=True)
    came_back = fields.Integer(
        required=True, metadata={"description": "how often an acknowledgement or a snooze ran out"}
    )
    returned_worse = fields.Integer(
        required=True,
        metadata={
            "description": "how often one was raised again because of a higher level, a rule or a value"
        },
    )


class SiteAlertFiguresOut(OutSchema):
    """Figures of a site's alerts, all levels together and by level."""

    since = fields.Date(required=True)
    until = fields.Date(required=True)
    figures = fields.List(fields.Nested(AlertFiguresOut()), required=True)
