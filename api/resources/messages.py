"""Messages about alerts: who was told and when, what cannot be delivered, and having it tried again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Page, PlacedPosition, page_query
from api.schemas.messages import MessageOut, SiteMessagesQuery
from api.views import messages as views
from models.store.positions import text_of
from services import clock
from services.access.permissions import Operation
from services.delivery import receipts

blp = Blueprint("messages", __name__, url_prefix="/v1", description="Who was told of alerts, and when")

_PAGE = page_query(PlacedPosition, base=SiteMessagesQuery)


@blp.route("/alerts/<uuid:alert_id>/messages")
class AlertMessages(MethodView):
    """The messages about one alert."""

    @signed_in(Operation.ALERT_READ)
    @blp.doc(operationId="list_alert_messages")
    @blp.page(MessageOut)
    def get(self, alert_id: UUID) -> Any:
        """List who was told of an alert, by which channel and when, with each attempt; the earliest first."""
        return [views.message(message) for message in receipts.of_alert(str(alert_id), g.scope)]


@blp.route("/sites/<uuid:site_id>/messages")
class SiteMessages(MethodView):
    """The messages of a site."""

    @signed_in(Operation.MESSAGE_READ)
    @blp.doc(operationId="list_site_messages")
    @blp.page(MessageOut, _PAGE)
    def get(self, query: dict[str, Any], page: Page, site_id: UUID) -> Any:
        """List a site's messages in one state, the latest first; without a state those that were given up."""
        found, following = receipts.of_site(
            str(site_id), query["state"], g.scope, after=page.after, limit=page.limit
        )
        return [views.message(message) for message in found], following and text_of(following)


@blp.route("/sites/<uuid:site_id>/messages/<uuid:message_id>/retry")
class SiteMessageRetry(MethodView):
    """Another try."""

    @signed_in(Operation.MESSAGE_RETRY)
    @blp.doc(operationId="retry_message")
    @blp.response(200, MessageOut)
    @blp.fails(409, "not_dead")
    def post(self, site_id: UUID, message_id: UUID) -> object:
        """Have a message that was given up tried again, for three days.

        What is not true any more is not sent then either. Sent twice, the second is refused with 409. When it
        fails, the message is as it was.
        """
        return views.message(receipts.try_again(str(site_id), str(message_id), g.scope, now=clock.now()))
