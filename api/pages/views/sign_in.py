"""Signing in and out, and giving the second factor.

The second factor is asked for on a page of its own. Between the two pages what was typed travels sealed with
a key of the server's, for five minutes; the whole is then checked at once, where tries are counted.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import security
from api.pages import cookies, guard, held, sign_in_page
from api.pages.browsers import browser_named
from api.pages.errors import by_script
from api.pages.held import HeldForm
from api.pages.rendering import page
from api.pages.texts import gettext as _
from models.accounts.sessions import Device
from services import clock, languages
from services.access.permissions import Operation
from services.accounts import page_sessions, second_factor
from services.accounts import sign_in as signing
from services.accounts.issue import SignedIn
from services.accounts.page_sessions import Typed
from services.accounts.sign_in import SignIn
from services.errors import AppError, NotAllowed, NotSignedIn, TooManyRequests

blp = Blueprint("sign_in", __name__)
_FIRST_PAGE = "/pages/"
_LONGEST = 1024
_ASKS_FOR_CODE = frozenset({"second_factor_needed", "second_factor_wrong"})


@blp.get("/sign-in")
def show() -> Response:
    """Ask who it is."""
    return sign_in_page.ask(back_to=_next(request.args.get("next", "")))


@blp.post("/sign-in")
def sign_in() -> Any:
    """Begin a session, or ask for what is missing."""
    now, typed = clock.now(), None
    try:
        typed = _typed(now)
        signed = page_sessions.sign_in(security(), _try(typed), now=now)
    except (NotSignedIn, NotAllowed, TooManyRequests) as error:
        ticket = None
        if typed is not None and error.code in _ASKS_FOR_CODE:
            ticket = page_sessions.seal(security(), typed, now)
        return _asked_again(None if error.code == "second_factor_needed" else error, ticket=ticket)
    return _went_on(signed)


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
    except (NotSignedIn, TooManyRequests) as error:
        return page("second_factor.html", status=422, form=held.given(), problem=_(error.detail))
    renewed = page_sessions.go_on(security(), cookies.read(cookies.RENEWAL), now=now, active=True)
    g.pop("renewed", None)
    return _with_session(renewed, _after(held.given(), renewed))


def _typed(now: datetime) -> Typed:
    ticket = request.form.get("ticket", "")
    if ticket:
        return page_sessions.unseal(security(), ticket, request.form.get("code", "")[:_LONGEST], now)
    return Typed(request.form.get("email", "")[:320], request.form.get("password", "")[:_LONGEST])


def _try(typed: Typed) -> SignIn:
    device = Device(
        cookies.read(cookies.DEVICE) or str(uuid.uuid4()), browser_named(request.user_agent.string)
    )
    g.device_id = device.id
    return SignIn(typed.email, typed.password, device, request.remote_addr or "", typed.code)


def _asked_again(error: AppError | None = None, *, ticket: str | None = None) -> Response:
    problem = None if error is None else _(error.detail)
    status = 200 if error is None else 429 if isinstance(error, TooManyRequests) else 422
    if by_script() and error is not None:
        return Response(problem, status=status, mimetype="text/plain")
    response = sign_in_page.ask(
        status=status,
        form=held.given(),
        back_to=_next(request.form.get("next", "")),
        problem=problem,
        email=request.form.get("email", ""),
        ticket=ticket,
    )
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _went_on(signed: SignedIn) -> Any:
    if by_script():
        return _with_session(signed, Response(signed.account.id, mimetype="text/plain"))
    return _with_session(signed, _after(held.given(), signed))


def _after(form: HeldForm | None, signed: SignedIn) -> Any:
    """What comes after signing in: the form that was being sent, or the page that was asked for."""
    if form is not None and page_sessions.is_of(form.session, signed.account):
        return page("held.html", form=form)
    return redirect(_next(request.form.get("next", "")) or _FIRST_PAGE, 303)


def _with_session(signed: SignedIn, response: Response) -> Response:
    guard.keep(signed, response)
    if "device_id" in g:
        cookies.put(response, cookies.DEVICE, g.device_id, remembered=True)
    if signed.account.locale:
        chosen = languages.choose([signed.account.locale])
        cookies.put(response, cookies.LANGUAGE, chosen, remembered=True)
    return response


def _next(path: str) -> str:
    return path if held.is_a_page(path) else ""
