"""One's own account: password, the browsers and phones one is signed in on, the second factor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import security, settings
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from services import clock
from services.access.permissions import Operation
from services.accounts import credentials, devices, second_factor, sign_in
from services.errors import AppError, Conflict, Invalid, NotFound, NotSignedIn, TooManyRequests, wrong

blp = Blueprint("mine", __name__)
_LONGEST = 1024
_SAID = {
    "password": "The password was changed. Every other session of yours has ended.",
    "device_ended": "That device is signed out.",
    "device_confirmed": "That device is confirmed.",
    "factor_removed": "The second factor was removed.",
    "passkey_added": "The passkey was added.",
    "passkey_removed": "The passkey was removed.",
}
_REFUSED = (NotSignedIn, Invalid, Conflict, TooManyRequests, NotFound)


@blp.get("/mine")
@signed_in(Operation.ACCOUNT_READ)
def show() -> Response:
    """Show one's own account."""
    return _page(done=_SAID.get(request.args.get("done", ""), ""))


@blp.post("/mine/password")
@signed_in(Operation.ACCOUNT_CHANGE)
def change_password() -> Any:
    """Change the password."""
    new = _given("password_new")
    try:
        if new != _given("password_again"):
            raise wrong("/password", "not_the_same", "The two new passwords are not the same.")
        credentials.change_password(security(), g.actor, _given("password_old"), new, now=clock.now())
    except _REFUSED as error:
        return _page(problem=error, of="password")
    return _done("password")


@blp.post("/mine/devices/<uuid:session_id>/<deed>")
@signed_in(Operation.ACCOUNT_CHANGE)
def change_device(session_id: UUID, deed: str) -> Any:
    """Sign a device out, or confirm that it is one's own."""
    try:
        if deed == "confirm":
            devices.confirm_own(g.actor, str(session_id), now=clock.now())
            return _done("device_confirmed")
        devices.end_own(security(), g.actor, str(session_id), now=clock.now())
    except _REFUSED as error:
        return _page(problem=error, of="devices")
    if str(session_id) == g.actor.session_id:
        return redirect(url_for("pages.sign_in.show"), 303)
    return _done("device_ended")


@blp.post("/mine/second-factor/begin")
@signed_in(Operation.ACCOUNT_CHANGE)
def begin_second_factor() -> Response:
    """Show what an app needs to make codes, this once."""
    try:
        made = second_factor.begin(
            security(), g.actor, _given("password"), issuer=settings().issuer, now=clock.now()
        )
    except _REFUSED as error:
        return _page(problem=error, of="factor")
    picture = segno.make(made.uri, error="m").svg_inline(scale=4, border=2, omitsize=True)
    return page("mine_factor.html", secret=made.secret, picture=picture, problem=None)


@blp.post("/mine/second-factor/set")
@signed_in(Operation.ACCOUNT_CHANGE)
def set_second_factor() -> Response:
    """Set the second factor by a first code, and show the recovery codes, this once."""
    try:
        codes = second_factor.confirm(security(), g.actor, _given("code"), now=clock.now())
    except _REFUSED as error:
        return page("mine_factor.html", status=422, secret="", picture="", problem=_(error.detail))
    return page("mine_codes.html", codes=codes)


@blp.post("/mine/second-factor/remove")
@signed_in(Operation.ACCOUNT_CHANGE)
def remove_second_factor() -> Any:
    """Remove the second factor."""
    try:
        second_factor.remove(security(), g.actor, _given("code"), now=clock.now())
    except _REFUSED as error:
        return _page(problem=error, of="factor")
    return _done("factor_removed")


def _page(*, done: str = "", problem: AppError | None = None, of: str = "") -> Response:
    account = sign_in.own_account(g.actor)
    said = None
    if problem is not None:
        said = " ".join(_(error.detail) for error in problem.errors) or _(problem.detail)
    return page(
        "mine.html",
        status=200 if problem is None else 422,
        account=account,
        devices=devices.own(g.actor, now=clock.now()),
        this=g.actor.session_id,
        factor=account.has_totp,
        codes_left=len(account.factor_codes),
        done=_(done) if done else "",
        problem=said,
        of=of,
    )


def _done(what: str) -> Any:
    return redirect(url_for("pages.mine.show", done=what), 303)


def _given(name: str) -> str:
    return request.form.get(name, "")[:_LONGEST]
