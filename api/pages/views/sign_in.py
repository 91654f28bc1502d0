"""Signing in and out, and giving the second factor.

The second factor is asked for on a page of its own. Between the two pages what was typed travels sealed with
a key of the server's, for five minutes; the whole is then checked at once, where tries are counted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import security, settings
from api.pages import cookies, entering, guard, sign_in_page
from api.pages.texts import gettext as _
from api.rest.bodies import keep_small
from services import clock
from services.access import call_limits
from services.access.permissions import Operation
from services.accounts import page_sessions, second_factor
from services.accounts import sign_in as signing
from services.accounts.page_sessions import Typed
from services.accounts.sign_in import SignIn
from services.errors import Conflict, NotAllowed, NotSignedIn, TooManyRequests

blp = Blueprint("sign_in", __name__)
blp.before_request(keep_small)
_LONGEST = 1024
_ASKS_FOR_CODE = frozenset({"second_factor_needed", "second_factor_wrong"})


@blp.get("/sign-in")
def show() -> Response:
    """Ask who it is."""
    return sign_in_page.ask(back_to=entering.back_to(request.args.get("next", "")))


@blp.post("/sign-in")
def sign_in() -> Any:
    """Begin a session, or ask for what is missing."""
    now, typed = clock.now(), None
    address = request.remote_addr or ""
    try:
        with security().passwords.waiting():
            call_limits.claim(address, per_minute=settings().anonymous_per_minute, now=now)
            typed = _typed(now)
            given = SignIn(typed.email, typed.password, entering.this_device(), address, typed.code)
            signed = page_sessions.sign_in(security(), given, now=now)
    except (NotSignedIn, NotAllowed, TooManyRequests) as error:
        ticket = None
        if typed is not None and error.code in _ASKS_FOR_CODE:
            ticket = page_sessions.seal(security(), typed, now)
        said = None if error.code == "second_factor_needed" else error
        return entering.asked_again(said, ticket=ticket)
    return entering.went_on(signed)


@blp.post("/sign-out")
@guard.signed_in(Operation.SESSION_END)
def sign_out() -> Any:
    """End the session."""
    signing.sign_out(security(), g.actor, now=clock.now())
    g.pop("renewed", None)
    response = redirect(url_for("pages.sign_in.show"), 303)
    cookies.take_session(response)  # type: ignore[arg-type]
    return response


@blp.post("/second-factor")
@guard.signed_in(Operation.SESSION_END)
def give_second_factor() -> Any:
    """Take the second factor again, before something that asks for it."""
    now = clock.now()
    try:
        second_factor.give(security(), g.actor, request.form.get("code", "")[:_LONGEST], now=now)
    except (NotSignedIn, Conflict, TooManyRequests) as error:
        return entering.factor_asked_again(_(error.detail))
    renewed = page_sessions.go_on(security(), cookies.read(cookies.RENEWAL), now=now, active=True)
    return entering.after_factor(renewed)


def _typed(now: datetime) -> Typed:
    ticket = request.form.get("ticket", "")
    if ticket:
        return page_sessions.unseal(security(), ticket, request.form.get("code", "")[:_LONGEST], now)
    return Typed(request.form.get("email", "")[:320], request.form.get("password", "")[:_LONGEST])
