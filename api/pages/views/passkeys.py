"""Passkeys on the pages: signing in by one, giving the second factor by one, adding and removing them.

A browser makes and signs by a script, so these need one; whoever has none signs in with the password. What
the browser is asked comes as JSON, and its answer as a field of a form.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, redirect, request, url_for
from marshmallow import Schema, ValidationError

from api.application import security, settings
from api.pages import cookies, entering
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.pages.views import fields
from api.schemas.accounts.passkeys import CreatedCredentialIn, SignedCredentialIn
from services import clock, names
from services.access import call_limits
from services.access.permissions import Operation
from services.accounts import page_sessions
from services.accounts.passkeys import passkeys
from services.errors import AppError, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, TooManyRequests

blp = Blueprint("passkeys", __name__)
_LONGEST, _LONGEST_NAME = 20_000, 60
_REFUSED = (NotSignedIn, NotAllowed, Invalid, Conflict, NotFound, TooManyRequests)


@blp.post("/passkey/challenge")
def challenge() -> Response:
    """Say what a browser is to sign; it names nobody."""
    _bound()
    return jsonify(passkeys.ask(security(), now=clock.now()))


@blp.post("/passkey/sign-in")
def sign_in() -> Any:
    """Begin a session by what the browser signed."""
    _bound()
    try:
        signed = page_sessions.sign_in_by_passkey(
            security(), _credential(SignedCredentialIn()), entering.this_device(), now=clock.now()
        )
    except (NotSignedIn, NotAllowed, TooManyRequests) as error:
        return entering.asked_again(error)
    return entering.went_on(signed)


@blp.post("/second-factor/passkey")
@signed_in(Operation.SESSION_END)
def give() -> Any:
    """Take the second factor again by a passkey, before something that asks for it."""
    now = clock.now()
    try:
        passkeys.give(security(), g.actor, _credential(SignedCredentialIn()), now=now)
    except _REFUSED as error:
        return entering.factor_asked_again(_(error.detail))
    renewed = page_sessions.go_on(security(), cookies.read(cookies.RENEWAL), now=now, active=True)
    return entering.after_factor(renewed)


@blp.post("/mine/passkeys/challenge")
@signed_in(Operation.ACCOUNT_CHANGE)
def begin() -> Response:
    """Say what the browser is to make; who has a second factor gives it first, who has none the password."""
    password = request.form.get("password", "")[:1024] or None
    return jsonify(passkeys.begin(security(), g.actor, password, now=clock.now()))


@blp.post("/mine/passkeys")
@signed_in(Operation.ACCOUNT_CHANGE)
def add() -> Any:
    """Add what the browser made."""
    try:
        name = names.checked(fields.text("name", _LONGEST_NAME) or _("Passkey"), "/name")
        made = _credential(CreatedCredentialIn())
        added = passkeys.add(security(), g.actor, made, name, now=clock.now())
    except _REFUSED as error:
        return _mine(error)
    if added.recovery_codes:
        return page("mine_codes.html", codes=added.recovery_codes)
    return redirect(url_for("pages.mine.show", done="passkey_added"), 303)


@blp.post("/mine/passkeys/<uuid:passkey_id>/remove")
@signed_in(Operation.ACCOUNT_CHANGE)
def remove(passkey_id: UUID) -> Any:
    """Remove a passkey, such as that of a lost device."""
    try:
        passkeys.remove(g.actor, str(passkey_id), now=clock.now())
    except NotAllowed:
        raise
    except _REFUSED as error:
        return _mine(error)
    return redirect(url_for("pages.mine.show", done="passkey_removed"), 303)


def _mine(error: AppError) -> Response:
    said = " ".join(_(problem.detail) for problem in error.errors) or _(error.detail)
    return page("error.html", status=422, number=422, sentence=said, code=error.code, form=None)


def _credential(shape: Schema) -> dict[str, Any]:
    """What the browser made or signed, in the shape of the JSON door."""
    text = request.form.get("credential", "")
    try:
        found: Any = json.loads(text) if len(text) <= _LONGEST else None
        return dict(shape.load(found))
    except (ValueError, RecursionError, ValidationError) as error:
        raise NotSignedIn("passkey_refused", "This passkey cannot be used.") from error


def _bound() -> None:
    call_limits.claim(request.remote_addr or "", per_minute=settings().anonymous_per_minute, now=clock.now())
