"""How the signed-in account is told of alerts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.examples import messages as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.messages import MessageOut, NotificationsIn, NotificationsOut
from api.views import messages as views
from models.accounts.notifications import QuietHours
from services import clock
from services.access.permissions import Operation
from services.accounts import notifications

blp = Blueprint(
    "notifications", __name__, url_prefix="/v1/me/notifications", description="How one is told of alerts"
)


@blp.route("")
class MyNotifications(MethodView):
    """What was chosen."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.response(200, NotificationsOut)
    def get(self) -> object:
        """Return how one is told of alerts, and whether the address was switched off.

        An address that its mail server refuses for good is switched off: nothing is sent there any more.
        """
        return notifications.read(g.actor)

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="change_my_notifications")
    @blp.arguments(NotificationsIn(), example=examples.NOTIFICATIONS)
    @blp.response(200, NotificationsOut)
    def patch(self, content: dict[str, Any]) -> object:
        """Change how one is told. What is urgent is told at once, whatever was chosen.

        Naming an address, or null for one's own, switches it on again. Sent twice, it means the same. When it
        fails, nothing was changed.
        """
        if content.get("quiet") is not None:
            content["quiet"] = QuietHours(**content["quiet"])
        if content.get("locale") is not None:
            content["locale"] = content["locale"].value
        return notifications.change(g.actor, content, now=clock.now())


@blp.route("/tests")
class MyTestMessages(MethodView):
    """Messages to oneself."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="send_test_message")
    @blp.response(202, MessageOut)
    def post(self) -> object:
        """Have a test message sent to oneself; `get_test_message` says what became of it.

        Sent twice within a minute, it is one message. When it fails, none is sent.
        """
        return views.message(notifications.send_test(g.actor, now=clock.now()))


@blp.route("/tests/<uuid:message_id>")
class MyTestMessage(MethodView):
    """One message to oneself."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="get_test_message")
    @blp.response(200, MessageOut)
    def get(self, message_id: UUID) -> object:
        """Return what became of a test message."""
        return views.message(notifications.read_test(g.actor, str(message_id)))
