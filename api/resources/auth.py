"""Enrolling by code, signing in, refreshing and signing out; and the public keys of the access tokens."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask.views import MethodView

from api.application import security
from api.examples import auth as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.auth import EnrolIn, KeysOut, RefreshIn, SignInIn, TokensOut
from models.accounts.sessions import Device
from models.store.base import new_id
from services import clock
from services.access.permissions import Operation
from services.accounts import invitations, sign_in

blp = Blueprint("auth", __name__, url_prefix="/v1/auth", description="Enrolment, sign-in and sessions")
keys_blp = Blueprint("keys", __name__, url_prefix="/.well-known", description="Public keys")

_NO_STORE = {"Cache-Control": "no-store"}
_CACHEABLE = {"Cache-Control": "public, max-age=300"}


@blp.route("/enrol")
class AuthEnrol(MethodView):
    """Redeeming a one-use code."""

    @blp.doc(security=[], operationId="enrol")
    @blp.arguments(EnrolIn(), example=examples.ENROLMENT)
    @blp.response(201, TokensOut)
    @blp.fails(401, "wrong_credentials")
    @blp.fails(409, "email_taken", "account_closed", "changed_meanwhile")
    @blp.fails(429, "too_many_attempts", "too_many_requests")
    def post(self, content: dict[str, Any]) -> tuple[Any, dict[str, str]]:
        """Redeem a one-use code.

        Opens the account the code was made for, or adds to the account with this e-mail address and
        password, and begins a session on the device. A code works once; the same device may repeat the
        request for 15 minutes when the answer was lost. Without an address and a password the device is
        the only way into the account.

        Sent twice within 15 minutes by the same device, it gives the same session; later, or from
        another device, the code is used up. When it fails, nothing is stored and the code stays good;
        only tries with a password count towards a pause.
        """
        given = invitations.Enrolment(
            content["code"], _device(content), _address(), content.get("email"), content.get("password")
        )
        return invitations.enrol(security(), given, now=clock.now()), _NO_STORE


@blp.route("/sign-in")
class AuthSignIn(MethodView):
    """Signing in with a password."""

    @blp.doc(security=[], operationId="sign_in")
    @blp.arguments(SignInIn(), example=examples.SIGN_IN)
    @blp.response(200, TokensOut)
    @blp.fails(401, "wrong_credentials")
    @blp.fails(429, "too_many_attempts", "too_many_requests")
    def post(self, content: dict[str, Any]) -> tuple[Any, dict[str, str]]:
        """Sign in with e-mail address and password.

        After some wrong tries at one account from one address there are growing pauses (429, Retry-
        After); they hold nobody up who signs in from elsewhere.

        Sent twice, it begins two sessions, unless both name the same device: then the later one ends
        the earlier. When it fails, nothing is lost but a try.
        """
        given = sign_in.SignIn(content["email"], content["password"], _device(content), _address())
        return sign_in.sign_in(security(), given, now=clock.now()), _NO_STORE


@blp.route("/refresh")
class AuthRefresh(MethodView):
    """Continuing a session."""

    @blp.doc(security=[], operationId="refresh")
    @blp.arguments(RefreshIn(), example=examples.REFRESH)
    @blp.response(200, TokensOut)
    @blp.fails(401, "refresh_token_invalid", "session_ended")
    def post(self, content: dict[str, Any]) -> tuple[Any, dict[str, str]]:
        """Exchange a refresh token for its successor and an access token.

        When the answer is lost, the same token gives the same successor for 45 seconds. Used later than
        that, the session ends, because somebody else may hold the token.

        When it fails with 5xx, send the same token again; after 401 the person has to sign in, and what
        the device has not sent yet stays on the device.
        """
        return sign_in.refresh(security(), content["refresh_token"], now=clock.now()), _NO_STORE


@blp.route("/sign-out")
class AuthSignOut(MethodView):
    """Ending a session."""

    @signed_in(Operation.SESSION_END)
    @blp.doc(operationId="sign_out")
    @blp.response(204)
    def post(self) -> None:
        """End this session. Its access token stops working within five seconds.

        Sent twice, the second is refused with 401, because the session has ended. When it fails, the
        session goes on.
        """
        sign_in.sign_out(security(), g.actor, now=clock.now())


@keys_blp.route("/jwks.json")
class Keys(MethodView):
    """The key set."""

    @blp.doc(security=[], operationId="get_public_keys")
    @blp.response(200, KeysOut)
    def get(self) -> tuple[Any, dict[str, str]]:
        """Return the public keys that access tokens are signed with.

        A service that verifies tokens itself keeps them for five minutes, and asks again when it meets
        a `kid` that it does not know.
        """
        return security().signer.public_keys(), _CACHEABLE


def _device(content: dict[str, Any]) -> Device:
    named = content.get("device", {"id": new_id(), "name": "unnamed"})
    return Device(named["id"], named["name"])


def _address() -> str:
    return request.remote_addr or ""
