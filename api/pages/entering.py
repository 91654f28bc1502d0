"""What comes after somebody said who they are: a session in the cookies, and the page that was asked for.

It is the same whether the password, a code or a passkey said it.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, g, redirect, request

from api.pages import cookies, guard, held, sign_in_page
from api.pages.browsers import browser_named
from api.pages.errors import by_script
from api.pages.held import HeldForm
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.rest.request_log import let_in
from models.accounts.sessions import Device
from services import languages
from services.accounts import page_sessions
from services.accounts.issue import SignedIn
from services.errors import AppError, TooManyRequests

_FIRST_PAGE = "/pages/"


def this_device() -> Device:
    """Return the browser that asks; it keeps an id, by which wrong tries elsewhere do not hold it up."""
    device = Device(
        cookies.read(cookies.DEVICE) or str(uuid.uuid4()), browser_named(request.user_agent.string)
    )
    g.device_id = device.id
    return device


def back_to(path: str) -> str:
    """Return the path if it is that of one of our pages, else ""."""
    return path if held.is_a_page(path) else ""


def asked_again(error: AppError | None = None, *, ticket: str | None = None) -> Response:
    """Ask again who it is, and say why."""
    problem = None if error is None else _(error.detail)
    status = 200 if error is None else 429 if isinstance(error, TooManyRequests) else 422
    if by_script() and error is not None:
        return Response(problem, status=status, mimetype="text/plain")
    response = sign_in_page.ask(
        status=status,
        form=held.given(),
        back_to=back_to(request.form.get("next", "")),
        problem=problem,
        email=request.form.get("email", ""),
        ticket=ticket,
    )
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def went_on(signed: SignedIn) -> Any:
    """Begin with the page that was asked for, in the session that has begun."""
    return _with_session(let_in(signed), _after(held.given(), signed))


def factor_asked_again(problem: str) -> Response:
    """Ask again for the second factor, and say why."""
    return page("second_factor.html", status=422, form=held.given(), problem=problem)


def after_factor(renewed: SignedIn) -> Any:
    """Go on after the second factor was given again, in the renewed session."""
    g.pop("renewed", None)
    return _with_session(renewed, _after(held.given(), renewed))


def _after(form: HeldForm | None, signed: SignedIn) -> Any:
    """What comes after signing in: the form that was being sent, or the page that was asked for."""
    if form is not None and page_sessions.is_of(form.session, signed.account):
        return page("held.html", form=form)
    return redirect(back_to(request.form.get("next", "")) or _FIRST_PAGE, 303)


def _with_session(signed: SignedIn, response: Response) -> Response:
    guard.keep(signed, response)
    if "device_id" in g:
        cookies.put(response, cookies.DEVICE, g.device_id, remembered=True)
    if signed.account.locale:
        chosen = languages.choose([signed.account.locale])
        cookies.put(response, cookies.LANGUAGE, chosen, remembered=True)
    return response
