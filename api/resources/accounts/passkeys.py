"""Passkeys: added, listed, named and removed by their person; and signing in by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.application import security
from api.examples import passkeys as examples
from api.resources.accounts.auth import bounded, device_of
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.request_log import let_in
from api.schemas.accounts.auth import TokensOut
from api.schemas.accounts.passkeys import (
    CreationChallengeOut,
    PasskeyAddedOut,
    PasskeyAddIn,
    PasskeyBeginIn,
    PasskeyGiveIn,
    PasskeyNameIn,
    PasskeyOut,
    PasskeySignInIn,
    RequestChallengeOut,
)
from services import clock
from services.access.permissions import Operation
from services.accounts.passkeys import passkeys

blp = Blueprint("passkeys", __name__, url_prefix="/v1/me/passkeys", description="Passkeys")
sign_in_blp = Blueprint(
    "passkey_sign_in", __name__, url_prefix="/v1/auth/passkey", description="Signing in by a passkey"
)
sign_in_blp.before_request(bounded)


@blp.route("")
class MyPasskeys(MethodView):
    """The passkeys of the account."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.page(PasskeyOut)
    def get(self) -> Any:
        """List the passkeys of the account, the first added first."""
        return passkeys.own(g.actor)

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="add_my_passkey")
    @blp.arguments(PasskeyAddIn(), example=examples.ADDED)
    @blp.response(201, PasskeyAddedOut)
    @blp.fails(409, "passkey_known", "too_many_passkeys")
    def post(self, content: dict[str, Any]) -> dict[str, Any]:
        """Add what the browser made.

        The first second factor of an account comes with ten recovery codes, shown this once.

        Sent twice, the second is refused with 401, because its challenge was used. When it fails, list the
        passkeys: it may have been added; begin anew if it was not.
        """
        added = passkeys.add(security(), g.actor, content["credential"], content["name"], now=clock.now())
        return {**_shown(added.passkey), "recovery_codes": added.recovery_codes}


@blp.route("/challenge")
class MyPasskeyChallenge(MethodView):
    """What a browser is asked to make."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="begin_my_passkey")
    @blp.arguments(PasskeyBeginIn(), example=examples.BEGUN)
    @blp.response(200, CreationChallengeOut)
    @blp.fails(409, "too_many_passkeys")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins")
    def post(self, content: dict[str, Any]) -> dict[str, Any]:
        """Begin to add a passkey: the answer is for `navigator.credentials.create`.

        Who has a second factor has to have given it within 15 minutes; otherwise the password is needed,
        where there is one.

        Sent twice, both answers can be used. When it fails, nothing was begun.
        """
        asked = passkeys.begin(security(), g.actor, content.get("password"), now=clock.now())
        return {"public_key": asked}


@blp.route("/<uuid:passkey_id>")
class MyPasskey(MethodView):
    """One passkey of the account."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="rename_my_passkey")
    @blp.arguments(PasskeyNameIn(), example=examples.NAME)
    @blp.response(200, PasskeyOut)
    def patch(self, content: dict[str, Any], passkey_id: UUID) -> object:
        """Give a passkey another name.

        Sent twice, it means the same. When it fails, the name is as it was.
        """
        return passkeys.rename(g.actor, str(passkey_id), content["name"])

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="remove_my_passkey")
    @blp.response(204)
    def delete(self, passkey_id: UUID) -> None:
        """Remove a passkey, such as that of a lost device. The second factor has to have been given lately.

        Sent twice, the second finds none. When it fails, it can still be used.
        """
        passkeys.remove(g.actor, str(passkey_id), now=clock.now())


@sign_in_blp.route("/challenge")
class PasskeyChallenge(MethodView):
    """What a browser is asked to sign."""

    @sign_in_blp.doc(security=[], operationId="begin_passkey_sign_in")
    @sign_in_blp.response(200, RequestChallengeOut)
    @sign_in_blp.fails(429, "too_many_calls")
    def post(self) -> dict[str, Any]:
        """Begin to sign in by a passkey: the answer is for `navigator.credentials.get`, and names nobody.

        Sent twice, both answers can be used. When it fails, nothing was begun.
        """
        return {"public_key": passkeys.ask(security(), now=clock.now())}


@sign_in_blp.route("/sign-in")
class PasskeySignIn(MethodView):
    """Signing in by a passkey."""

    @sign_in_blp.doc(security=[], operationId="sign_in_by_passkey")
    @sign_in_blp.arguments(PasskeySignInIn(), example=examples.SIGN_IN)
    @sign_in_blp.response(200, TokensOut)
    @sign_in_blp.fails(401, "passkey_refused")
    @sign_in_blp.fails(429, "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Sign in by what the browser signed; it is both factors.

        Sent twice, the second is refused, because its challenge was used: begin anew. When it fails, nothing
        is lost.
        """
        signed = passkeys.sign_in(security(), content["credential"], device_of(content), now=clock.now())
        return let_in(signed)


@sign_in_blp.route("/second-factor")
class PasskeySecondFactor(MethodView):
    """The second factor, given again by a passkey."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @sign_in_blp.doc(operationId="give_passkey")
    @sign_in_blp.arguments(PasskeyGiveIn(), example=examples.GIVEN)
    @sign_in_blp.response(200, TokensOut)
    @sign_in_blp.fails(429, "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Give the second factor again by a passkey; for a quarter of an hour what asks for it is allowed.

        Sent twice, the second is refused, because its challenge was used: begin anew. When it fails, the
        session is as it was.
        """
        return passkeys.give(security(), g.actor, content["credential"], now=clock.now())


def _shown(passkey: Any) -> dict[str, Any]:
    return {name: getattr(passkey, name) for name in ("id", "name", "created_at", "used_at", "synced")}
