"""Webhooks: each notice is posted to every active subscription of the alert's site, signed.

What a receiver answers decides: 2xx is done; 410 switches the subscription off; 429 and 503 may say when to
ask again; everything else, redirects too, is tried again. Of an answer its status is kept, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from models.alerts import alerts
from models.alerts.alert import Alert
from models.outbox.message import Message, MessageKind
from models.sites import webhooks
from models.sites.webhooks import WebhookSubscription
from services.delivery import events, outbound, site_notices, subscriptions
from services.delivery.channels.port import Address, Delivered, Failed, Gone, Outcome, Telling
from services.delivery.egress import Egress
from services.delivery.outbound import Answer, NoAnswer
from services.delivery.signing import Signing, Unsealable
from services.settings import Settings

NAME = "webhook"
_GONE, _TOO_MANY, _UNAVAILABLE = 410, 429, 503


class WebhookChannel:
    """Carries notices to the subscriptions of sites."""

    name = NAME

    def __init__(self, settings: Settings) -> None:
        self._signing = Signing(settings.refresh_secret)
        self._egress = Egress.of(settings)
        self._pages = f"{settings.public_url.rstrip('/')}/pages/alerts"

    def addresses(self, telling: Telling, *, now: datetime) -> Iterable[Address]:  # noqa: ARG002 (at once)
        """Return the subscriptions that want this kind of notice."""
        event = f"alert.{telling.notice.kind}"
        found = webhooks.of_site(telling.alert.site_id)
        return [
            Address(subscription.id)
            for subscription in found
            if subscription.active and event in subscription.events
        ]

    def send(self, message: Message, *, now: datetime) -> Outcome:
        """Post a message to its subscription, with an alert's topic where the receiver may read it."""
        to = webhooks.read(message.recipient)
        if to is None or to.site_id != message.site_id:
            return Gone("webhook_removed")
        tested = message.kind is MessageKind.TEST
        if not to.active and not tested:
            return Gone("webhook_off")
        alert = alerts.present(message.alert_ids).get(message.alert_id or "")
        if not tested and (alert is None or alert.site_id != to.site_id):
            return Gone("alert_not_found")
        try:
            answer = self._post(message, to, alert, now)
        except Unsealable:
            return Failed("secret_unreadable")
        except NoAnswer as error:
            return Failed(error.reason)
        return _outcome(answer, to, now)

    def _post(self, message: Message, to: WebhookSubscription, alert: Alert | None, now: datetime) -> Answer:
        topic = alert is not None and events.may_read_topic(to.audience, alert)
        body = events.body_of(message, alert, topic=topic, link=f"{self._pages}/{message.alert_id}")
        headers = self._signing.headers(message.public_id, body, to.secrets, now=now)
        return outbound.post(to.address, body, headers, egress=self._egress)


def _outcome(answer: Answer, to: WebhookSubscription, now: datetime) -> Outcome:
    if 200 <= answer.status < 300:
        return Delivered()
    reason = f"status_{answer.status}"
    if answer.status == _GONE:
        site_notices.webhook_off(to, now=now)
        subscriptions.switch_off(to.id, reason, now=now)
        return Gone(reason)
    waits = answer.status in {_TOO_MANY, _UNAVAILABLE} and answer.retry_after
    return Failed(reason, retry_at(answer.retry_after or "", now) if waits else None)


def retry_at(text: str, now: datetime) -> datetime | None:
    """Return when `Retry-After` wants to be asked again (RFC 9110, 10.2.3); None where it cannot be read.

    How far that is followed is the outbox's to say.
    """
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=int(text[:9]))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
