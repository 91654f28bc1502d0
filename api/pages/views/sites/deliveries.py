"""The messages of a site: what could not be delivered, what waits, what arrived; and another try."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.pages.views import fields
from models.outbox.message import MessageState
from models.store.positions import text_of
from services import clock
from services.access.permissions import Operation
from services.accounts import people
from services.delivery import receipts
from services.errors import Conflict

blp = Blueprint("deliveries", __name__)
PER_PAGE = 50


@blp.get("/sites/<uuid:site_id>/messages")
@signed_in(Operation.MESSAGE_READ)
def show(site_id: UUID) -> Response:
    """List the messages in one state, those that were given up first."""
    return _page(str(site_id), done=request.args.get("done") == "retry")


@blp.post("/sites/<uuid:site_id>/messages/<uuid:message_id>/retry")
@signed_in(Operation.MESSAGE_RETRY)
def retry(site_id: UUID, message_id: UUID) -> Any:
    """Have a message tried again."""
    try:
        receipts.try_again(str(site_id), str(message_id), g.scope, now=clock.now())
    except Conflict as error:
        return _page(str(site_id), problem=_(error.detail))
    return redirect(url_for("pages.deliveries.show", site_id=site_id, done="retry"), 303)


def _page(site_id: str, *, done: bool = False, problem: str | None = None) -> Response:
    wanted = request.args.get("state", "")
    state = MessageState(wanted) if wanted in set(MessageState) else MessageState.DEAD
    found, following = receipts.of_site(site_id, state, g.scope, after=fields.after(), limit=PER_PAGE)
    return page(
        "deliveries.html",
        status=200 if problem is None else 409,
        site_id=site_id,
        state=state,
        states=(MessageState.DEAD, MessageState.WAITING, MessageState.DELIVERED, MessageState.DROPPED),
        messages=found,
        names={message.recipient: people.name_of(message.recipient) for message in found},
        following=following and text_of(following),
        done=done,
        problem=problem,
    )
