"""Shapes of a site's escalation policy, and of its dry run."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from api.schemas.accounts.auth import Email
from api.schemas.fields import Choice, Identifier, InSchema, OutSchema, Pattern, Timestamp, WholeNumber
from api.schemas.people import Person
from models.sites.escalation_policy import EscalationPolicy, OutOfHours, ResponseTime, Span, Unit
from scoring.decline import Level, Topic
from services.alerts.escalation.chain import ToldAs
from services.alerts.escalation.dry_run import Occasion
from services.alerts.escalation.faults import Fault
from services.alerts.escalation.policy import SiteEscalation

_MOST = 100_000


class SpanIn(InSchema):
    """A length of time."""

    count = WholeNumber(1, 1000, required=True)
    unit = Choice(
        Unit,
        name="TimeUnit",
        required=True,
        metadata={"description": "1 working_days: to the end of the same working day"},
    )


class ResponseTimeIn(InSchema):
    """By when an alert is due, and after how long an acknowledgement runs out."""

    due = fields.Nested(SpanIn(), required=True)
    acknowledged = fields.Nested(SpanIn(), required=True)


class LevelTimesIn(InSchema):
    """Response times by level; a level that is left out has the usual ones."""

    inform = fields.Nested(ResponseTimeIn())
    soon = fields.Nested(ResponseTimeIn())
    urgent = fields.Nested(ResponseTimeIn())


class LevelMinutesIn(InSchema):
    """Minutes between two steps of the chain, by level; one that is left out has the usual ones."""

    inform = WholeNumber(1, _MOST)
    soon = WholeNumber(1, _MOST)
    urgent = WholeNumber(1, _MOST)


class TimesByTopic(fields.Dict):
    """Response times by topic; what is wrong is named by the topic alone."""

    def __init__(self, **kwargs: Any) -> None:
        keys = fields.String(validate=validate.OneOf([topic.value for topic in Topic]))
        super().__init__(keys=keys, values=fields.Nested(ResponseTimeIn()), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            found = {name: parts.get("value") or parts["key"] for name, parts in error.messages.items()}
            raise ValidationError(found) from error


class OutOfHoursIn(InSchema):
    """Who is told of urgent alerts out of hours, and may be rung up."""

    contact_id = Identifier(required=True, metadata={"description": "account of a clinician of the site"})
    telephone = fields.String(required=True, validate=Pattern(r"^[+(0-9][0-9 ()/.-]{3,30}$"))


class SiteEscalationIn(InSchema):
    """How a site answers its alerts."""

    levels = fields.Nested(LevelTimesIn(), load_default=dict)
    topics = TimesByTopic(
        load_default=dict,
        metadata={"description": "response times of topics that have their own"},
    )
    minutes_between_steps = fields.Nested(LevelMinutesIn(), load_default=dict)
    soon_ends_after_days = WholeNumber(
        1,
        365,
        load_default=None,
        allow_none=True,
        metadata={"description": "a `soon` that has passed ends by itself so many days later; null: never"},
    )
    second_address = Email(required=True, metadata={"description": "of the site: the last step"})
    out_of_hours = fields.Nested(OutOfHoursIn(), required=True)


class SpanOut(OutSchema):
    """A length of time."""

    count = fields.Integer(required=True)
    unit = Choice(Unit, name="TimeUnit", required=True)


class ResponseTimeOut(OutSchema):
    """By when an alert is due, and after how long an acknowledgement runs out."""

    due = fields.Nested(SpanOut(), required=True)
    acknowledged = fields.Nested(SpanOut(), required=True)


class OutOfHoursOut(OutSchema):
    """Who is told of urgent alerts out of hours, and may be rung up."""

    contact = Person(required=True, attribute="account_id")
    telephone = fields.String(required=True)


class FaultOut(OutSchema):
    """Something that is wrong with a site's escalation at this moment."""

    code = Choice(Fault, name="EscalationFault", required=True)
    detail = fields.String(required=True)


def _by(what: str, values: fields.Field[Any]) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(), values=values, required=True, metadata={"description": f"by {what}"}
    )


class SiteEscalationOut(OutSchema):
    """How a site answers its alerts, and what is wrong with it at this moment."""

    levels = _by("level: response times", fields.Nested(ResponseTimeOut()))
    topics = _by("topic: response times of those that have their own", fields.Nested(ResponseTimeOut()))
    minutes_between_steps = _by("level: so long after one step the next is told", fields.Integer())
    soon_ends_after_days = fields.Integer(required=True, allow_none=True)
    second_address = fields.String(required=True, allow_none=True)
    out_of_hours = fields.Nested(OutOfHoursOut(), required=True, allow_none=True)
    faults = fields.List(fields.Nested(FaultOut()), required=True)
    changed_by = Person(required=True, allow_none=True, metadata={"description": "null: never changed"})
    changed_at = Timestamp(required=True, allow_none=True)
    rev = fields.Integer(required=True, metadata={"description": "of the site: the number in the ETag"})


class TellingRecipientOut(OutSchema):
    """Somebody who would be told; without a person it is the site's second address."""

    person = Person(required=True, allow_none=True, attribute="account_id")
    because = Choice(ToldAs, name="ToldAs", required=True)


class TellingOut(OutSchema):
    """When who would be told."""

    at = Timestamp(required=True)
    recipients = fields.List(fields.Nested(TellingRecipientOut()), required=True)


class CourseOut(OutSchema):
    """What would become of an alert about which nobody does anything; the last notice repeats."""

    occasion = Choice(Occasion, name="DryRunOccasion", required=True)
    level = Choice(Level, required=True)
    topic = Choice(Topic, required=True)
    raised_at = Timestamp(required=True)
    due_at = Timestamp(required=True)
    tellings = fields.List(fields.Nested(TellingOut()), required=True)


class DryRunOut(OutSchema):
    """Who would be told when."""

    courses = fields.List(fields.Nested(CourseOut()), required=True)


def loaded(content: dict[str, Any]) -> EscalationPolicy:
    """Return the policy that a request wants."""
    contact = content["out_of_hours"]
    return EscalationPolicy(
        levels={name: _times(times) for name, times in content["levels"].items()},
        topics={name: _times(times) for name, times in content["topics"].items()},
        minutes_between_steps=dict(content["minutes_between_steps"]),
        soon_ends_after_days=content["soon_ends_after_days"],
        second_address=content["second_address"],
        out_of_hours=OutOfHours(contact["contact_id"], contact["telephone"]),
    )


def _times(content: dict[str, Any]) -> ResponseTime:
    return ResponseTime(Span(**content["due"]), Span(**content["acknowledged"]))


def dumped(found: SiteEscalation) -> dict[str, Any]:
    """Return the policy in the form of the answer."""
    policy = found.policy
    return {
        "levels": policy.levels,
        "topics": policy.topics,
        "minutes_between_steps": policy.minutes_between_steps,
        "soon_ends_after_days": policy.soon_ends_after_days,
        "second_address": policy.second_address,
        "out_of_hours": policy.out_of_hours,
        "faults": found.faults,
        "changed_by": found.changed_by,
        "changed_at": found.changed_at,
        "rev": found.rev,
    }
