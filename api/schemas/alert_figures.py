"""Shapes of the figures of a site's alerts."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from api.schemas.fields import YEARS, Choice, Day, InSchema, OutSchema, Timestamp
from scoring.decline import Level, Topic


class AlertFiguresQuery(InSchema):
    """The period in which the alerts were opened, in days of the site's zone, both inclusive."""

    since = Day()
    until = Day()


class Month(fields.String):
    """A calendar month `YYYY-MM`; its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"^[0-9]{4}-(0[1-9]|1[0-2])$"), **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the first day of the month."""
        text = super().deserialize(value, *args, **kwargs)
        if not isinstance(text, str):
            return text
        year, month = int(text[:4]), int(text[5:])
        if not YEARS[0] < year < YEARS[1]:
            raise ValidationError("Not a month of this or the last century.")
        return date(year, month, 1)


class MonthsQuery(InSchema):
    """Which months by the site's clock, both inclusive: 24 at most, without them the last six."""

    since = Month()
    until = Month()


class DurationsOut(OutSchema):
    """How long something took, of the alerts where it has happened."""

    count = fields.Integer(required=True, metadata={"description": "in how many it has"})
    half_within = fields.Float(required=True, metadata={"description": "seconds: the median"})
    most_within = fields.Float(required=True, metadata={"description": "seconds: nine of ten"})


def _durations(what: str) -> fields.Nested:
    return fields.Nested(
        DurationsOut(), required=True, allow_none=True, metadata={"description": f"from the report {what}"}
    )


class TimesOut(OutSchema):
    """How long alerts waited; null where it has not happened yet."""

    first_attempt = _durations("to the first attempt to tell somebody")
    delivery = _durations("to the first message that was delivered")
    first_action = _durations("to the first act of a person, an acknowledgement or another")
    acknowledgement = _durations("until a person acknowledged, snoozed or ended it for the first time")
    closing = _durations("to its end by a person")


def _level() -> Choice:
    told = {"description": "null: all levels together"}
    return Choice(Level, required=True, allow_none=True, metadata=told)


class AlertFiguresOut(TimesOut):
    """Figures of the alerts of one level."""

    level = _level()
    opened = fields.Integer(required=True)
    per_patient_month = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "opened for each month that a patient was followed; null without any"},
    )
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
    overdue_now = fields.Integer(
        required=True, metadata={"description": "have not ended and are past their due time now"}
    )


class AlertWaitsOut(TimesOut):
    """How long the alerts of one level and topic waited."""

    level = Choice(Level, required=True)
    topic = Choice(Topic, required=True)
    opened = fields.Integer(required=True)


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
    is_over = fields.Boolean(required=True, metadata={"description": "no more alerts will be opened in it"})
    patient_months = fields.Float(
        required=True,
        metadata={"description": "for how many months patients were followed, all together and until now"},
    )
    figures = fields.List(fields.Nested(AlertFiguresOut()), required=True)
    waits = fields.List(fields.Nested(AlertWaitsOut()), required=True)
    rules = fields.List(fields.Nested(RuleFiguresOut()), required=True)


class PresentAlertsOut(OutSchema):
    """How many alerts of one level have not ended at this moment, whenever they were opened."""

    level = _level()
    current = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class MonthlyAlertFiguresOut(OutSchema):
    """Figures of a site's alerts month by month, the earliest first; the last month may not be over."""

    as_of = Timestamp(required=True)
    present = fields.List(fields.Nested(PresentAlertsOut()), required=True)
    months = fields.List(fields.Nested(SiteAlertFiguresOut()), required=True)
    rules = fields.List(
        fields.Nested(RuleFiguresOut()),
        required=True,
        metadata={"description": "of all these months together; for clinicians only"},
    )
