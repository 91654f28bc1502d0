"""Webhooks end to end: real receivers, signatures checked by the library, each answer with its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook

from models.alerts.alert import Alert, Audience
from models.alerts.notices import Notice, NoticeKind
from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from models.sites import webhooks
from models.sites.sites import Site
from models.sites.webhooks import WebhookSubscription
from models.store.base import new_id
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.delivery.carry import carry_next
from services.delivery.channels.port import Delivered, Failed, Gone, Outcome, Telling
from services.delivery.channels.webhook import WebhookChannel, retry_at
from services.delivery.egress import Egress
from services.delivery.events import may_read_topic
from services.delivery.outbox import make_messages
from services.delivery.signing import Signing
from services.delivery.subscriptions import Webhooks
from services.settings import Settings
from tests.alert_samples import Told, make_alert, store
from tests.people import People
from tests.receivers import Receiver, receiver

NOW = datetime.now(UTC)
SECOND = NOW.replace(microsecond=0)


def at_present() -> datetime:
    """Receivers compare with it, and take nothing that is five minutes old."""
    return datetime.now(UTC)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def given(settings: Settings) -> Settings:
    return replace(settings, webhook_networks="127.0.0.0/8", public_url="https://slope.example.org/")


@pytest.fixture
def channel(given: Settings) -> WebhookChannel:
    return WebhookChannel(given)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def of_site(people: People, site: Site, given: Settings) -> Webhooks:
    admin = people.staff(site, Role.ADMIN).actor
    reach = scope_for(admin, Operation.WEBHOOK_CHANGE)
    return Webhooks(Signing(given.refresh_secret), Egress.of(given), site.id, reach, admin, at_present())


def subscribed(of_site: Webhooks, there: Receiver, **fields: Any) -> tuple[WebhookSubscription, str]:
    wanted = {"id": new_id(), "address": there.url, "audience": "clinical", "description": ""}
    made, secret = of_site.create(wanted | {"events": ["alert.raised", "alert.withdrawn"]} | fields)
    assert secret is not None
    return made, secret


def alert_of(site: Site, topic: Topic = Topic.RESPIRATORY, level: Level = Level.URGENT) -> Alert:
    alert = make_alert(told=Told(topic, level), site_id=site.id, patient_id=new_id())
    store(alert)
    return alert


def message_to(subscription: WebhookSubscription, alert: Alert, **fields: Any) -> Message:
    values = {
        "key": f"{alert.public_id}:1:{subscription.id}:webhook",
        "public_id": new_id(),
        "site_id": alert.site_id,
        "channel": "webhook",
        "recipient": subscription.id,
        "kind": MessageKind.RAISED,
        "created_at": NOW,
        "due_at": NOW,
        "alert_ids": (alert.public_id,),
        "notice": 1,
        "level": alert.level,
    }
    return Message(**values | fields)


def test_a_notice_arrives_signed_with_the_link_and_the_topic_that_may_be_read(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site
) -> None:
    subscription, secret = subscribed(of_site, there)
    alert = alert_of(site)
    message = message_to(subscription, alert)
    assert channel.send(message, now=at_present()) == Delivered()
    (request,) = there.received
    event = Webhook(secret).verify(request.body, request.headers)
    assert request.headers["webhook-id"] == message.public_id
    assert request.headers["content-type"] == "application/json"
    assert event["type"] == "alert.raised"
    assert event["data"] == {
        "idempotency_key": message.public_id,
        "alert_id": alert.public_id,
        "notice": 1,
        "level": "urgent",
        "link": f"https://slope.example.org/pages/alerts/{alert.public_id}",
        "topic": "respiratory",
    }


def test_a_repetition_has_the_same_id_and_body_and_a_time_of_its_own(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site
) -> None:
    subscription, secret = subscribed(of_site, there)
    message = message_to(subscription, alert_of(site))
    there.statuses = [500]
    at = at_present()
    assert channel.send(message, now=at) == Failed("status_500")
    assert channel.send(message, now=at + timedelta(seconds=60)) == Delivered()
    first, second = there.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    Webhook(secret).verify(second.body, second.headers)


@pytest.mark.parametrize("topic", Topic)
def test_coordination_is_told_of_every_alert_and_the_topic_of_its_own_only(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site, topic: Topic
) -> None:
    subscription, _ = subscribed(of_site, there, audience="coordination")
    alert = alert_of(site, topic)
    assert channel.send(message_to(subscription, alert), now=NOW) == Delivered()
    sent = there.received[0]
    readable = topic in {Topic.SILENCE, Topic.DATA_QUERY}
    assert ("topic" in orjson.loads(sent.body)["data"]) is readable
    assert (topic.value.encode() in sent.body) is readable
    for text in (alert.patient_id, alert.headline, alert.sentence):
        assert text.encode() not in sent.body
        assert text not in str(sent.headers) + sent.path


def test_the_audience_at_the_time_of_sending_counts(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site
) -> None:
    subscription, _ = subscribed(of_site, there)
    message = message_to(subscription, alert_of(site))
    of_site.change(subscription.id, 0, {"audience": "coordination"})
    channel.send(message, now=NOW)
    assert "topic" not in orjson.loads(there.received[0].body)["data"]


ANSWERS: dict[int, Outcome] = {
    200: Delivered(),
    201: Delivered(),
    204: Delivered(),
    299: Delivered(),
    301: Failed("status_301"),
    307: Failed("status_307"),
    400: Failed("status_400"),
    401: Failed("status_401"),
    404: Failed("status_404"),
    429: Failed("status_429"),
    500: Failed("status_500"),
    503: Failed("status_503"),
}


@pytest.mark.parametrize("status", ANSWERS)
def test_what_the_receiver_answers_decides(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site, status: int
) -> None:
    subscription, _ = subscribed(of_site, there)
    there.status, there.extra = status, {"Location": there.url}
    assert channel.send(message_to(subscription, alert_of(site)), now=NOW) == ANSWERS[status]
    assert len(there.received) == 1
    assert of_site.read(subscription.id).active


def test_a_receiver_that_is_gone_is_asked_no_more(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site
) -> None:
    subscription, _ = subscribed(of_site, there)
    message = message_to(subscription, alert_of(site))
    there.status = 410
    assert channel.send(message, now=NOW) == Gone("status_410")
    off = of_site.read(subscription.id)
    assert (off.active, off.off_because) == (False, "status_410")
    there.status = 204
    assert channel.send(message, now=NOW) == Gone("webhook_off")
    assert len(there.received) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_may_say_when_to_ask_again(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site, status: int
) -> None:
    subscription, _ = subscribed(of_site, there)
    there.status, there.extra = status, {"Retry-After": "120"}
    outcome = channel.send(message_to(subscription, alert_of(site)), now=NOW)
    assert outcome == Failed(f"status_{status}", NOW + timedelta(seconds=120))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(minutes=2)),
        ("86400", timedelta(days=1)),
        ("9" * 5000, timedelta(seconds=999_999_999)),
        (format_datetime(SECOND + timedelta(minutes=5), usegmt=True), timedelta(minutes=5)),
        (format_datetime(SECOND - timedelta(days=5), usegmt=True), timedelta(days=-5)),
        *((text, None) for text in ("", "soon", "-5", "1.5", "٣", "Fri, 99 Foo 2026 00:00:00 GMT", "\x00")),
    ],
    ids=[*("at_once", "seconds", "a_day", "endless", "date", "past_date"), *(f"wrong_{n}" for n in range(7))],
)
def test_retry_after_is_read_in_both_forms(text: str, after: timedelta | None) -> None:
    assert retry_at(text, SECOND) == (None if after is None else SECOND + after)


def test_nothing_is_sent_to_what_was_removed_switched_off_or_is_another_sites(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site, people: People
) -> None:
    off, removed = (subscribed(of_site, there)[0] for _ in range(2))
    of_site.change(off.id, 0, {"active": False})
    of_site.remove(removed.id, 0)
    alert = alert_of(site)
    assert channel.send(message_to(off, alert), now=NOW) == Gone("webhook_off")
    assert channel.send(message_to(removed, alert), now=NOW) == Gone("webhook_removed")
    other = alert_of(people.site())
    present, _ = subscribed(of_site, there)
    assert channel.send(message_to(present, other), now=NOW) == Gone("webhook_removed")
    elsewhere = replace(message_to(present, other), site_id=site.id)
    assert channel.send(elsewhere, now=NOW) == Gone("alert_not_found")
    assert there.received == []


def test_what_cannot_be_reached_is_tried_again_with_a_word_why(
    channel: WebhookChannel, of_site: Webhooks, site: Site, given: Settings
) -> None:
    with receiver() as gone:
        subscription, _ = subscribed(of_site, gone)
    message = message_to(subscription, alert_of(site))
    assert channel.send(message, now=NOW) == Failed("no_connection")
    strict = WebhookChannel(replace(given, webhook_networks=""))
    assert strict.send(message, now=NOW) == Failed("address_refused")
    other = WebhookChannel(replace(given, refresh_secret="another secret of the settings, long enough"))
    assert other.send(message, now=NOW) == Failed("secret_unreadable")


def test_a_rotated_secret_and_the_one_before_both_verify(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site
) -> None:
    subscription, old = subscribed(of_site, there)
    _, new = of_site.rotate(subscription.id, 0, keep_hours=1)
    message = message_to(subscription, alert_of(site))
    channel.send(message, now=at_present())
    (request,) = there.received
    for secret in (old, new):
        Webhook(secret).verify(request.body, request.headers)


def test_a_notice_is_carried_to_each_active_subscription_that_wants_its_kind(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site, people: People
) -> None:
    wanting, other, off = (
        subscribed(of_site, there, events=events)[0]
        for events in (["alert.raised"], ["alert.withdrawn"], ["alert.raised"])
    )
    of_site.change(off.id, 0, {"active": False})
    alert = alert_of(site)

    def carried(kind: NoticeKind, alert: Alert = alert) -> list[str]:
        telling = Telling(alert, Notice(1, kind, NOW), ())
        return [address.recipient for address in channel.addresses(telling, now=NOW)]

    assert carried(NoticeKind.RAISED) == [wanting.id]
    assert carried(NoticeKind.WITHDRAWN) == [other.id]
    assert carried(NoticeKind.ASSIGNED) == []
    assert carried(NoticeKind.RAISED, alert_of(people.site())) == []


def test_a_test_event_is_signed_and_reaches_one_that_is_switched_off_too(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver
) -> None:
    subscription, secret = subscribed(of_site, there)
    of_site.change(subscription.id, 0, {"active": False})
    assert of_site.test(subscription.id, channel).delivered
    (request,) = there.received
    event = Webhook(secret).verify(request.body, request.headers)
    assert event["type"] == "webhook.test"
    assert event["data"] == {"idempotency_key": request.headers["webhook-id"]}
    assert webhooks.read(subscription.id) is not None


def carry_all(channel: WebhookChannel, now: datetime) -> None:
    for urgent in (True, False):
        while carry_next(channel, urgent=urgent, now=now):
            pass


@pytest.mark.parametrize("audience", Audience)
def test_every_alert_arrives_once_and_only_with_the_topics_that_may_be_read(
    channel: WebhookChannel, of_site: Webhooks, there: Receiver, site: Site, audience: Audience
) -> None:
    """From the mark on the alert through the outbox to the receiver, whatever fails on the way."""
    subscribed(of_site, there, audience=audience)
    made = [alert_of(site, topic, level) for topic in Topic for level in (Level.SOON, Level.URGENT)]
    there.statuses = [500] * 5 + [503] * 5
    for minutes in (0, 0, 10, 60, 120):
        later = NOW + timedelta(minutes=minutes)
        make_messages({channel.name: channel}, later)
        carry_all(channel, later)
    told = [orjson.loads(request.body)["data"] for request in there.received]
    by_key = {event["idempotency_key"]: event for event in told}
    assert sorted(event["alert_id"] for event in by_key.values()) == sorted(alert.public_id for alert in made)
    assert len(told) == len(made) + 10
    readable = {alert.public_id: alert for alert in made if may_read_topic(audience, alert)}
    assert {event["alert_id"] for event in told if "topic" in event} == readable.keys()
    for message in (sent for alert in made for sent in messages.of_alert(alert.public_id)):
        assert message.state is MessageState.DELIVERED
