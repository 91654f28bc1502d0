"""Shapes of webhook subscriptions. A secret is in an answer once, and nowhere else."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.fields import (
    Choice,
    Identifier,
    InSchema,
    OutSchema,
    StrictBoolean,
    Text,
    Timestamp,
    WholeNumber,
)
from api.schemas.people import Person
from models.alerts.alert import Audience
from models.sites.webhooks import WebhookEvent
from services.delivery.events import OF_ALERTS
from services.delivery.outbound import LONGEST_ADDRESS, Reason

_REASON = (
    "why it was not delivered: " + ", ".join(Reason) + ", secret_unreadable, or `status_` and what the"
    " receiver answered; empty when it was"
)
_EVENTS = sorted(OF_ALERTS.values())
_ADDRESS = "where messages are posted: https, not inside but where the operator permits it"
_AUDIENCE = (
    "whose topics the receiver may read: `clinical` all, `coordination` silence and questions about the data;"
    " of other alerts it is told the level, and not what they are about"
)
_EVENTS_TEXT = "the kinds of events that are sent"


def _address(**kwargs: Any) -> Text:
    return Text(minimum=8, maximum=LONGEST_ADDRESS, metadata={"description": _ADDRESS}, **kwargs)


def _audience(**kwargs: Any) -> Choice:
    return Choice(Audience, name="AlertAudience", metadata={"description": _AUDIENCE}, **kwargs)


def _events(**kwargs: Any) -> fields.List[Any]:
    several = validate.Length(1, len(_EVENTS))
    choice = Choice(_EVENTS, name="AlertEventType")
    return fields.List(choice, validate=several, metadata={"description": _EVENTS_TEXT}, **kwargs)


class WebhookIn(InSchema):
    """A new subscription."""

    id = Identifier(required=True, metadata={"description": "made by the client"})
    address = _address(required=True)
    audience = _audience(required=True)
    events = _events(load_default=lambda: list(_EVENTS))
    description = Text(minimum=0, maximum=200, load_default="", metadata={"description": "what it is for"})


class WebhookPatchIn(InSchema):
    """What is changed of a subscription."""

    address = _address()
    audience = _audience()
    events = _events()
    description = Text(minimum=0, maximum=200, metadata={"description": "what it is for"})
    active = StrictBoolean(metadata={"description": "messages are sent"})

    @validates_schema
    def _check(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data:
            raise ValidationError("Name at least one thing to change.")


class WebhookRotationIn(InSchema):
    """How long the present secret goes on signing beside the new one."""

    keep_hours = WholeNumber(
        0, 168, required=True, metadata={"description": "0 when somebody else may know it"}
    )


class SigningSecretOut(OutSchema):
    """A secret that messages are signed with; what it is was shown when it was made."""

    since = Timestamp(required=True)
    until = Timestamp(required=True, allow_none=True, metadata={"description": "null: the current one"})


class WebhookOut(OutSchema):
    """A subscription."""

    id = fields.String(required=True)
    site_id = fields.String(required=True)
    address = fields.String(required=True, metadata={"description": _ADDRESS})
    audience = _audience(required=True)
    events = fields.List(
        Choice(_EVENTS, name="AlertEventType"), required=True, metadata={"description": _EVENTS_TEXT}
    )
    description = fields.String(required=True, metadata={"description": "what it is for"})
    active = StrictBoolean(required=True, metadata={"description": "messages are sent"})
    off_because = fields.String(
        required=True, metadata={"description": "why it was switched off by itself; empty when it was not"}
    )
    off_at = Timestamp(required=True, allow_none=True)
    secrets = fields.List(
        fields.Nested(SigningSecretOut()),
        required=True,
        metadata={"description": "the current one first; the one before signs too until its time is over"},
    )
    created_at = Timestamp(required=True)


class WebhookChangesOut(OutSchema):
    """What was changed, with the values after it."""

    address = fields.String()
    audience = _audience()
    events = fields.List(Choice(_EVENTS, name="AlertEventType"))
    description = fields.String()
    active = StrictBoolean()
    keep_hours = fields.Integer()
    because = fields.String()


class WebhookStepOut(OutSchema):
    """One change of a subscription."""

    at = Timestamp(required=True)
    event = Choice(WebhookEvent, name="WebhookStepEvent", required=True)
    by = Person(required=True)
    changed = fields.Nested(WebhookChangesOut(), required=True)


class WebhookDetailOut(WebhookOut):
    """A subscription with its history."""

    history = fields.List(
        fields.Nested(WebhookStepOut()), required=True, metadata={"description": "the oldest first"}
    )


class NewWebhookOut(WebhookOut):
    """A subscription with its secret, which is shown this once."""

    secret = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "as Standard Webhooks writes it; null when it was shown before"},
    )


class WebhookVerdictOut(OutSchema):
    """What became of a test event."""

    delivered = StrictBoolean(required=True)
    at = Timestamp(required=True)
    reason = fields.String(required=True, metadata={"description": _REASON})
