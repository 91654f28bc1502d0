"""Shapes of the figures of a site's alerts."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.alert_parts import word_or_null
from api.schemas.fields import Choice, Day, InSchema, OutSchema
from scoring.decline import Level, Topic


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


class DurationsOut(OutSchema):
    """How long something took, of the alerts where it has happened."""

    count = fields.Integer(required=True, metadata={"description": "in how many it has"})
    half_within = fields.Float(required=True, metadata={"description": "seconds: the median"})
    most_within = fields.Float(required=True, metadata={"description": "seconds: nine of ten"})


def _durations(what: str) -> fields.Nested:
    return fields.Nested(
        DurationsOut(), required=True, allow_none=True, metadata={"description": f"from the opening {what}"}
    )


class AlertWaitsOut(OutSchema):
    """How long the alerts of one level and topic waited; null where it has not happened yet."""

    level = Choice(Level, required=True)
    topic = Choice(Topic, required=True)
    opened = fields.Integer(required=True)
    first_attempt = _durations("to the first attempt to tell somebody")
    delivery = _durations("to the first message that was delivered")
    first_action = _durations("to the first act of a person, an acknowledgement or another")
    closing = _durations("to its end by a person")


class RuleFiguresOut(OutSchema):
    """What people thought of the alerts that a version of a rule raised."""

    rule = fields.String(required=True)
    rule_version = fields.String(required=True)
    opened = fields.Integer(required=True)
    asked = fields.Integer(
        required=True, metadata={"description": "in how many somebody said whether it was worth a look"}
    )
    worth_a_look = fields.Integer(required=True)
    doubtful = fields.Boolean(
        required=True,
        metadata={"description": "more than half were not worth a look, of at least 10; 10 is our choice"},
    )


class SiteAlertFiguresOut(OutSchema):
    """Figures of a site's alerts, all levels together and by level; by topic and rule for clinicians only."""

    since = fields.Date(required=True)
    until = fields.Date(required=True)
    figures = fields.List(fields.Nested(AlertFiguresOut()), required=True)
    waits = fields.List(fields.Nested(AlertWaitsOut()), required=True)
    rules = fields.List(fields.Nested(RuleFiguresOut()), required=True)
