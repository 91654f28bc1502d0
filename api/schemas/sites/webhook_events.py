"""Shapes of what webhooks are sent: `services.delivery.events` writes it, and tests hold it to these."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Choice, OutSchema, Timestamp
from scoring.decline import Level, Topic
from services.delivery.events import OF_ALERTS, EventType

_KEY = "the same at each attempt, and the same as `webhook-id`: what was seen before has been dealt with"


class AlertEventDataOut(OutSchema):
    """What an event says of an alert; the rest is behind the link, for who may read it."""

    idempotency_key = fields.String(required=True, metadata={"description": _KEY})
    alert_id = fields.String(required=True, metadata={"description": "opaque; names nobody"})
    notice = fields.Integer(required=True, metadata={"description": "counts the alert's notices, from 1"})
    level = Choice(Level, required=True, metadata={"description": "of the alert, when it was told"})
    link = fields.String(required=True, metadata={"description": "to the alert's page, where one signs in"})
    topic = Choice(
        Topic, metadata={"description": "only where the webhook's `audience` may read alerts on this topic"}
    )


class AlertEventOut(OutSchema):
    """An event about an alert."""

    type = Choice(sorted(OF_ALERTS.values()), name="AlertEventType", required=True)
    timestamp = Timestamp(required=True, metadata={"description": "when the notice was decided"})
    data = fields.Nested(AlertEventDataOut(), required=True)


class TestEventDataOut(OutSchema):
    """What a test event says: nothing."""

    idempotency_key = fields.String(required=True, metadata={"description": _KEY})


class TestEventOut(OutSchema):
    """An event that an administrator had sent to see whether it arrives."""

    type = Choice([EventType.TEST], name="TestEventType", required=True)
    timestamp = Timestamp(required=True, metadata={"description": "when the test was asked for"})
    data = fields.Nested(TestEventDataOut(), required=True)
