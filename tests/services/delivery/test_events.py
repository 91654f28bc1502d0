"""What is told of an alert, and what never is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from models.alerts.alert import Alert, Audience
from models.alerts.notices import NoticeKind
from models.outbox.message import Message, MessageKind
from scoring.decline import Level, Topic
from services.delivery.events import OF_ALERTS, EventType, body_of, may_read_topic
from tests.alert_samples import SITE, Told, make_alert

AT = datetime(2076, 3, 2, 8, 30, 0, 250000, tzinfo=UTC)
LINK = "https://slope.example.org/pages/alerts/x"


def message(alert: Alert | None, kind: MessageKind = MessageKind.RAISED) -> Message:
    about = () if alert is None else (alert.public_id,)
    level = None if alert is None else alert.level
    return Message(
        "a key",
        "an-id",
        SITE,
        "webhook",
        "a subscription",
        kind,
        AT,
        AT,
        alert_ids=about,
        notice=3,
        level=level,
    )


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - {NoticeKind.ASSIGNED}))
def test_every_kind_of_notice_but_one_persons_is_an_event(kind: NoticeKind) -> None:
    assert OF_ALERTS[MessageKind(kind.value)].value == f"alert.{kind}"


def test_the_body_is_these_members_and_no_others() -> None:
    alert = make_alert(told=Told(Topic.RESPIRATORY, Level.URGENT))
    body = orjson.loads(body_of(message(alert), alert, topic=True, link=LINK))
    assert body == {
        "type": "alert.raised",
        "timestamp": "2076-03-02T08:30:00.250Z",
        "data": {
            "idempotency_key": "an-id",
            "alert_id": alert.public_id,
            "notice": 3,
            "level": "urgent",
            "link": LINK,
            "topic": "respiratory",
        },
    }


@pytest.mark.parametrize("topic", Topic)
def test_without_the_right_nothing_of_the_topic_or_the_patient_is_in_it(topic: Topic) -> None:
    alert = make_alert(told=Told(topic))
    text = body_of(message(alert), alert, topic=False, link=LINK).decode()
    assert topic.value not in text
    assert alert.patient_id not in text
    assert alert.headline not in text
    assert alert.sentence not in text


def test_the_level_is_that_of_the_notice_whatever_came_later() -> None:
    alert = make_alert(told=Told(level=Level.SOON))
    later = replace(alert, level=Level.URGENT)
    assert body_of(message(alert), alert, topic=True, link=LINK) == body_of(
        message(alert), later, topic=True, link=LINK
    )


def test_a_test_is_about_nothing() -> None:
    body = orjson.loads(body_of(message(None, MessageKind.TEST), None, topic=False, link=LINK))
    assert (body["type"], body["data"]) == (EventType.TEST, {"idempotency_key": "an-id"})


@pytest.mark.parametrize(("topic", "audience"), list(itertools.product(Topic, Audience)))
def test_coordination_is_told_the_topics_that_coordinators_read(topic: Topic, audience: Audience) -> None:
    alert = make_alert(told=Told(topic))
    expected = audience is Audience.CLINICAL or topic in {Topic.SILENCE, Topic.DATA_QUERY}
    assert may_read_topic(audience, alert) is expected


def test_an_audience_that_nobody_knows_is_told_no_topic() -> None:
    assert not may_read_topic("everybody", make_alert(told=Told(Topic.SILENCE)))
