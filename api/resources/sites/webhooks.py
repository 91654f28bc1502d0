"""Webhook subscriptions of a site: where its alerts are told to another program."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.application import settings
from api.examples import webhooks as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Page, PlacedPosition, page_query
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.messages import MessageOut
from api.schemas.sites.webhooks import (
    NewWebhookOut,
    WebhookDetailOut,
    WebhookIn,
    WebhookOut,
    WebhookPatchIn,
    WebhookRotationIn,
    WebhookVerdictOut,
)
from api.views import messages as views
from models.sites import webhooks as stored
from models.sites.webhooks import WebhookSubscription
from models.store.positions import text_of
from services import clock
from services.access.permissions import Operation
from services.delivery.channels.webhook import WebhookChannel
from services.delivery.egress import Egress
from services.delivery.signing import Signing
from services.delivery.subscriptions import Webhooks

blp = Blueprint("webhooks", __name__, url_prefix="/v1/sites", description="Alerts told to other programs")


@blp.route("/<uuid:site_id>/webhooks")
class SiteWebhooks(MethodView):
    """All of a site."""

    @signed_in(Operation.WEBHOOK_READ)
    @blp.page(WebhookOut)
    def get(self, site_id: UUID) -> Any:
        """List the webhooks of a site, in the order in which they were made."""
        return _webhooks(site_id).all()

    @signed_in(Operation.WEBHOOK_CHANGE)
    @blp.doc(operationId="create_webhook")
    @blp.arguments(WebhookIn(), example=examples.NEW)
    @blp.stores(NewWebhookOut, headers=ETAG)
    @blp.fails(409, "id_used", "too_many_webhooks")
    def post(self, content: dict[str, Any], site_id: UUID) -> tuple[Any, int, dict[str, str]]:
        """Make a webhook: every notice of the site's alerts is posted to an address, signed.

        `webhooks` of this document says what is sent. The secret is in this answer and in no other. Sent
        twice, it makes one, and the second gets 200 without the secret. When it fails, send it again.
        """
        made, secret = _webhooks(site_id).create(content)
        status = HTTPStatus.OK if secret is None else HTTPStatus.CREATED
        return asdict(made) | {"secret": secret}, status, tag(made.rev)


@blp.route("/<uuid:site_id>/webhooks/<uuid:subscription_id>")
class SiteWebhook(MethodView):
    """One webhook."""

    @signed_in(Operation.WEBHOOK_READ)
    @blp.doc(operationId="get_webhook")
    @blp.response(200, WebhookDetailOut, headers=ETAG)
    def get(self, site_id: UUID, subscription_id: UUID) -> tuple[Any, dict[str, str]]:
        """Return a webhook, with who changed what and when.

        The tag in `ETag` is what its changes want as If-Match.
        """
        found = _webhooks(site_id).read(str(subscription_id))
        return asdict(found) | {"history": stored.history(found.id)}, tag(found.rev)

    @signed_in(Operation.WEBHOOK_CHANGE)
    @blp.doc(operationId="change_webhook", parameters=[IF_MATCH])
    @blp.arguments(WebhookPatchIn(), example=examples.CHANGE)
    @blp.response(200, WebhookOut, headers=ETAG)
    def patch(
        self, content: dict[str, Any], site_id: UUID, subscription_id: UUID
    ) -> tuple[Any, dict[str, str]]:
        """Change a webhook, switch it off or on again.

        Sent twice, the second is refused with 412. When it fails, nothing was changed.
        """
        webhooks, name = _webhooks(site_id), str(subscription_id)
        return _tagged(webhooks.change(name, _expected(webhooks, name), content))

    @signed_in(Operation.WEBHOOK_CHANGE)
    @blp.doc(operationId="remove_webhook", parameters=[IF_MATCH])
    @blp.response(204)
    def delete(self, site_id: UUID, subscription_id: UUID) -> None:
        """Remove a webhook and its secrets; nothing is sent to it any more.

        Sent twice, the second finds nothing. When it fails, the webhook is still there.
        """
        webhooks, name = _webhooks(site_id), str(subscription_id)
        webhooks.remove(name, _expected(webhooks, name))


@blp.route("/<uuid:site_id>/webhooks/<uuid:subscription_id>/secret")
class SiteWebhookSecret(MethodView):
    """Its secrets."""

    @signed_in(Operation.WEBHOOK_CHANGE)
    @blp.doc(operationId="rotate_webhook_secret", parameters=[IF_MATCH])
    @blp.arguments(WebhookRotationIn(), example=examples.ROTATION)
    @blp.response(200, NewWebhookOut, headers=ETAG)
    def post(
        self, content: dict[str, Any], site_id: UUID, subscription_id: UUID
    ) -> tuple[Any, dict[str, str]]:
        """Give a webhook a new secret, which is in this answer and in no other.

        For `keep_hours` messages carry the signatures of both secrets, so that the receiver can change over.
        Sent twice, the second is refused with 412. When it fails, the secret is as it was.
        """
        webhooks, name = _webhooks(site_id), str(subscription_id)
        after, secret = webhooks.rotate(name, _expected(webhooks, name), **content)
        return asdict(after) | {"secret": secret}, tag(after.rev)


@blp.route("/<uuid:site_id>/webhooks/<uuid:subscription_id>/test")
class SiteWebhookTest(MethodView):
    """Whether it works."""

    @signed_in(Operation.WEBHOOK_CHANGE)
    @blp.doc(operationId="test_webhook")
    @blp.response(200, WebhookVerdictOut)
    def post(self, site_id: UUID, subscription_id: UUID) -> Any:
        """Send a signed event `webhook.test` now, and say what the receiver answered.

        Sent twice, there are two events. When it fails, send it again.
        """
        return _webhooks(site_id).test(str(subscription_id), WebhookChannel(settings()))


@blp.route("/<uuid:site_id>/webhooks/<uuid:subscription_id>/deliveries")
class SiteWebhookDeliveries(MethodView):
    """What was sent to it."""

    @signed_in(Operation.WEBHOOK_READ)
    @blp.doc(operationId="list_webhook_deliveries")
    @blp.page(MessageOut, page_query(PlacedPosition, usual=20))
    def get(self, _query: dict[str, Any], page: Page, site_id: UUID, subscription_id: UUID) -> Any:
        """List the messages to a webhook, the latest first, with each attempt and why it failed."""
        found, following = _webhooks(site_id).deliveries(
            str(subscription_id), after=page.after, limit=page.limit
        )
        return [views.message(message) for message in found], following and text_of(following)


def _webhooks(site_id: UUID) -> Webhooks:
    given = settings()
    signing, egress = Signing(given.refresh_secret), Egress.of(given)
    return Webhooks(signing, egress, str(site_id), g.scope, g.actor, clock.now())


def _expected(webhooks: Webhooks, name: str) -> int:
    return expected_rev(lambda: webhooks.read(name).rev)


def _tagged(subscription: WebhookSubscription) -> tuple[Any, dict[str, str]]:
    return subscription, tag(subscription.rev)
