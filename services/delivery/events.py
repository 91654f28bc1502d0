"""What webhooks are told: kinds of events, and their bodies. No patient, no name, no answer.

The body of an event is the same at each attempt, so that a receiver may compare it. The topic of an alert is
health data: it is there only for a receiver that may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from models.alerts.alert import Alert, Audience, NoticeKind


class EventType(StrEnum):
    """The kinds of events; those about alerts are the kinds of notices."""

    RAISED = "alert.raised"
    WITHDRAWN = "alert.withdrawn"
    ASSIGNED = "alert.assigned"
    TEST = "webhook.test"


OF_NOTICES: Mapping[NoticeKind, EventType] = {
    NoticeKind.RAISED: EventType.RAISED,
    NoticeKind.WITHDRAWN: EventType.WITHDRAWN,
    NoticeKind.ASSIGNED: EventType.ASSIGNED,
}


def test_body(message_id: str, *, at: datetime) -> bytes:
    """Return the body of a test event."""
    return _body(EventType.TEST, at, {"idempotency_key": message_id})


def alert_body(
    event: EventType, message_id: str, alert: Alert, *, topic: bool, link: str, at: datetime
) -> bytes:
    """Return the body of an event about an alert.

    Args:
        event: its kind.
        message_id: the key by which a receiver knows a repetition.
        alert: the alert.
        topic: whether the receiver is told the topic.
        link: to the alert's page.
        at: when the notice became due.
    """
    data = {
        "idempotency_key": message_id,
        "alert_id": alert.public_id,
        "level": alert.level.value,
        "notice": alert.notices.last,
        "link": link,
    }
    return _body(event, at, data | ({"topic": str(alert.topic)} if topic else {}))


def may_read_topic(audience: str, alert: Alert) -> bool:
    """Return whether a receiver of this audience is told what an alert is about."""
    return audience == Audience.CLINICAL or (
        audience == Audience.COORDINATION and alert.audience is Audience.COORDINATION
    )


def _body(event: EventType, at: datetime, data: Mapping[str, Any]) -> bytes:
    timestamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"type": event.value, "timestamp": timestamp, "data": data})
