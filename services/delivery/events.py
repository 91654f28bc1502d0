"""What webhooks are told: kinds of events, and their bodies. No patient, no name, no answer.

The body of an event is the same at each attempt, so that a receiver may compare it. The topic of an alert is
health data: it is there only for a receiver that may read it.
"""

from __future__ import annotations

from datetime import UTC
from enum import StrEnum
from typing import Any

import orjson

from models.alerts.alert import Alert, Audience
from models.outbox.message import Message, MessageKind


class EventType(StrEnum):
    """The kinds of events."""

    RAISED = "alert.raised"
    ESCALATED = "alert.escalated"
    WITHDRAWN = "alert.withdrawn"
    TEST = "webhook.test"


OF_ALERTS: dict[MessageKind, EventType] = {
    MessageKind.RAISED: EventType.RAISED,
    MessageKind.ESCALATED: EventType.ESCALATED,
    MessageKind.WITHDRAWN: EventType.WITHDRAWN,
}
"""What a notice of an alert is to a receiver. Assignments and digests are one person's matter."""


def body_of(message: Message, alert: Alert | None, *, topic: bool, link: str) -> bytes:
    """Return the body of the event that a message is.

    Args:
        message: the message.
        alert: the alert it is about, None for a test.
        topic: whether the receiver is told the alert's topic.
        link: to the alert's page.
    """
    event, data = EventType.TEST, dict[str, Any](idempotency_key=message.public_id)
    if alert is not None:
        event = OF_ALERTS[message.kind]
        data |= {
            "alert_id": alert.public_id,
            "notice": message.notice,
            "level": (message.level or alert.level).value,
            "link": link,
        }
        if topic:
            data["topic"] = str(alert.topic)
    timestamp = message.created_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return orjson.dumps({"type": event, "timestamp": timestamp.replace("+00:00", "Z"), "data": data})


def may_read_topic(audience: str, alert: Alert) -> bool:
    """Return whether a receiver of this audience is told what an alert is about."""
    if audience == Audience.COORDINATION:
        return alert.audience is Audience.COORDINATION
    return audience == Audience.CLINICAL
