"""What the script asks about the session: when it ends, and to let it go on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify

from api.application import security
from api.pages import cookies, guard
from api.pages.rendering import page
from services import clock
from services.access.permissions import Operation
from services.accounts import page_sessions

blp = Blueprint("session", __name__)


@blp.get("/session")
@guard.signed_in(Operation.SESSION_END, passive=True)
def show() -> Response:
    """Say whose session this is, and in how many seconds it ends if nothing is done."""
    return _state(g.actor)


@blp.post("/session")
@guard.signed_in(Operation.SESSION_END)
def go_on() -> Response:
    """Let the session go on, because somebody is there."""
    token = cookies.read(cookies.RENEWAL)
    g.renewed = page_sessions.go_on(security(), token, now=clock.now(), active=True)
    return _state(g.actor)


@blp.get("/signed-in")
@guard.signed_in(Operation.SESSION_END)
def signed_in() -> Response:
    """Say that one can go back to the tab where one was working."""
    return page("signed_in.html")


def _state(actor: Any) -> Response:
    end = page_sessions.ends_at(actor)
    left = 0 if end is None else int((end - clock.now()).total_seconds())
    return jsonify(account=actor.account_id, seconds=max(0, left))
