"""The `webhooks` of the OpenAPI document: what Slope sends, and what a receiver answers."""

from __future__ import annotations

from typing import Any

from api.examples.webhooks import ALERT_EVENT, TEST_EVENT
from api.schemas.sites.webhook_events import AlertEventOut, TestEventOut
from services.delivery.events import EventType

_SAID: dict[EventType, tuple[str, str]] = {
    EventType.RAISED: (
        "An alert was raised, or put before people again.",
        "Somebody at the clinic should look at it within the time of its level.",
    ),
    EventType.ESCALATED: (
        "Nobody has acted on an alert in time.",
        "The next people of the site's chain are told.",
    ),
    EventType.WITHDRAWN: (
        "What an alert rests on was withdrawn after people were told of it.",
        "A report was corrected or voided. The alert stays until somebody ends it.",
    ),
    EventType.TEST: ("A test, sent when an administrator asks for one.", "It is about nothing."),
}
_SIGNED = (
    "\n\nSigned as Standard Webhooks says (HMAC-SHA256): check `webhook-signature` over"
    " `{webhook-id}.{webhook-timestamp}.{body}`, and that the time is not older than five minutes. While the"
    " secret is being replaced the header holds two signatures, separated by a space; either will do."
    "\n\nAnswer with 2xx as soon as the event is stored, within ten seconds. It is sent again, with growing"
    " pauses for three days, until there is such an answer; so it may come more than once, and not in order."
    " Redirects are not followed."
)
_HEADERS = {
    "webhook-id": ("names the event; the same at each attempt", "01937c4e-9a1b-7c3d-8e5f-0123456789ab"),
    "webhook-timestamp": ("time of this attempt, seconds since 1970", "1795858200"),
    "webhook-signature": (
        "`v1,` and the signature in base 64; two of them while the secret is being replaced",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}
_RESPONSES = {
    "2XX": {"description": "It was taken."},
    "410": {"description": "Nobody is there any more: the webhook is switched off, and the site sees why."},
    "429": {"description": "Later; `Retry-After` is followed, up to an hour."},
    "503": {"description": "Later; `Retry-After` is followed, up to an hour."},
    "default": {"description": "It is sent again later."},
}


def register(spec: Any) -> None:
    """Give the document the schemas of the events."""
    spec.components.schema("AlertEventOut", schema=AlertEventOut)
    spec.components.schema("TestEventOut", schema=TestEventOut)


def document() -> dict[str, Any]:
    """Return every event by its type."""
    return {event.value: {"post": _operation(event)} for event in EventType}


def _operation(event: EventType) -> dict[str, Any]:
    summary, meaning = _SAID[event]
    schema, example = (
        ("TestEventOut", TEST_EVENT) if event is EventType.TEST else ("AlertEventOut", ALERT_EVENT)
    )
    body = {
        "schema": {"$ref": f"#/components/schemas/{schema}"},
        "example": {"type": event.value, **example},
    }
    return {
        "tags": ["webhooks"],
        "operationId": f"receive_{event.value.replace('.', '_')}",
        "summary": summary,
        "description": meaning + _SIGNED,
        "security": [],
        "parameters": [_header(name, *said) for name, said in _HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": _RESPONSES,
    }


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }
