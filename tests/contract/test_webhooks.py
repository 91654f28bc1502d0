"""What is sent to webhooks is what the document says, and nothing besides."""

from __future__ import annotations

import itertools
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import jsonschema
import orjson
import pytest

from models.outbox.message import Message, MessageKind
from models.store.base import new_id
from scoring.decline import Level, Topic
from services.delivery.events import OF_ALERTS, EventType, body_of
from services.delivery.signing import Signing
from tests.alert_samples import SITE, Told, make_alert
from tests.checked_client import document

WEBHOOKS = document()["webhooks"]
NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
KINDS = [*OF_ALERTS, MessageKind.TEST]


def operation(event: str) -> Any:
    return WEBHOOKS[event]["post"]


def check(event: str, body: Any) -> None:
    """Hold a body to the schema of its event, with every object closed."""
    schema = operation(event)["requestBody"]["content"]["application/json"]["schema"]
    components = deepcopy(document()["components"])
    for name in ("AlertEventOut", "AlertEventDataOut", "TestEventOut", "TestEventDataOut"):
        components["schemas"][name]["additionalProperties"] = False
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    whole = {**schema, "components": components}
    jsonschema.Draft202012Validator(whole, format_checker=checker).validate(body)


def sent(
    kind: MessageKind, *, topic: Topic = Topic.DECLINE, level: Level = Level.SOON, told: bool = True
) -> Any:
    alert = None if kind is MessageKind.TEST else make_alert(told=Told(topic, level))
    to = ("a key", new_id(), SITE, "webhook", "a subscription")
    message = Message(*to, kind, NOW, NOW, notice=1, level=level)
    return orjson.loads(body_of(message, alert, topic=told, link="https://slope.example.org/pages/alerts/x"))


def test_every_event_is_documented_and_no_other() -> None:
    assert list(WEBHOOKS) == [event.value for event in EventType]
    for event in EventType:
        said = operation(event)
        assert said["summary"].endswith(".")
        assert said["security"] == []
        assert {"2XX", "410", "429", "503"} <= said["responses"].keys()


@pytest.mark.parametrize("event", EventType)
def test_the_example_of_an_event_fits_it(event: str) -> None:
    example = operation(event)["requestBody"]["content"]["application/json"]["example"]
    check(event, example)
    assert example["type"] == event


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_fits_its_event_and_is_what_the_example_shows(kind: MessageKind) -> None:
    body = sent(kind, told=False)
    check(body["type"], body)
    example = operation(body["type"])["requestBody"]["content"]["application/json"]["example"]
    assert (body.keys(), body["data"].keys()) == (example.keys(), example["data"].keys())


@pytest.mark.parametrize(("topic", "level"), list(itertools.product(Topic, Level)))
def test_every_topic_and_level_is_documented(topic: Topic, level: Level) -> None:
    body = sent(MessageKind.RAISED, topic=topic, level=level)
    check(body["type"], body)
    assert body["data"]["topic"] == topic


def test_a_member_that_is_not_documented_would_be_noticed() -> None:
    body = sent(MessageKind.RAISED)
    for spoilt in (body | {"patient": "x"}, body | {"data": body["data"] | {"name": "x"}}):
        with pytest.raises(jsonschema.ValidationError):
            check(body["type"], spoilt)


def test_the_headers_that_are_sent_are_those_that_are_documented() -> None:
    signing = Signing("a secret of the tests")
    _, secret = signing.new(NOW)
    headers = signing.headers("an-id", b"{}", [secret], now=NOW)
    for event in EventType:
        documented = {parameter["name"] for parameter in operation(event)["parameters"]}
        assert documented == headers.keys() - {"content-type", "user-agent"}
