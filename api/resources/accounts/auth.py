"""Enrolling by code, signing in, refreshing and signing out; and the public keys of the access tokens."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from flask import g, request
from flask.views import MethodView

from api.application import security, settings
from api.examples import auth as examples
from api.rest.blueprint import Blueprint
from api.rest.bodies import keep_small
from api.rest.guard import signed_in
from api.rest.request_log import let_in
from api.schemas.accounts.auth import (
    ConfirmIn,
    EnrolIn,
    KeysOut,
    PasswordResetIn,
    RecoverIn,
    RefreshIn,
    SecondFactorIn,
    SignInIn,
    TokensOut,
)
from models.accounts.sessions import Device
from models.store.base import new_id
from services import clock
from services.access import call_limits
from services.access.permissions import Operation
from services.accounts import credentials, devices, enrol, refresh, second_factor, sign_in

blp = Blueprint("auth", __name__, url_prefix="/v1/auth", description="Enrolment, sign-in and sessions")
keys_blp = Blueprint("keys", __name__, url_prefix="/.well-known", description="Public keys")


@blp.before_request
def bounded() -> None:
    """Bound what one address sends, and how often; nothing here is answered without work for the service."""
    keep_small()
    if request.path.endswith("/auth/sign-in"):
        g.place = ExitStack()
        g.place.enter_context(security().passwords.waiting())
    call_limits.claim(address(), per_minute=settings().anonymous_per_minute, now=clock.now())


@blp.teardown_request
def leave(_error: BaseException | None) -> None:
    """Give back the place among those who wait for a password's hash."""
    if place := g.pop("place", None):
        place.close()


_NOT_SIGNED_IN = ("not_signed_in", "token_expired", "token_invalid", "session_ended")
_WRONG = ("wrong_credentials", "second_factor_needed", "second_factor_wrong")
_CACHEABLE = {"Cache-Control": "public, max-age=300"}


@blp.route("/enrol")
class AuthEnrol(MethodView):
    """Redeeming a one-use code."""

    @blp.doc(security=[], operationId="enrol")
    @blp.arguments(EnrolIn(), example=examples.ENROLMENT)
    @blp.response(201, TokensOut)
    @blp.fails(401, *_WRONG)
    @blp.fails(409, "email_taken", "account_closed", "changed_meanwhile")
    @blp.fails(422, "code_not_usable", "weak_password", "invalid")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins", "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Redeem a one-use code.

        Opens the account the code was made for, or adds to the account with this e-mail address and
        password, and begins a session on the device. A code works once; the same device may repeat the
        request for 15 minutes when the answer was lost. Where it opens an account without an address and a
        password, the answer holds a recovery code, once: it is the way back when the device is lost. In every
        other answer it is null, and one that was printed before stays good.

        For a patient who has an account already, the new device may send at once and reads nothing of the
        patient until it is confirmed: by another device, the password, the recovery code, or at the clinic;
        `confirmed` of its next refresh says so. Questionnaires, the texts of `list_my_sites` and the account
        (without roles until then) it reads at once: fetch them.

        A device that is signed in to this account already needs no code. Where it redeems one, its earlier
        session goes on until the new one is confirmed, and ends then: until then both stand in the list of
        devices, and the earlier one, if it is confirmed, can confirm the new one (`confirm_my_device`).

        Sent twice within 15 minutes by the same device, it begins the session anew: the later answer
        counts, and the tokens and the recovery code of the earlier one are dead (its access token within
        five seconds); later, or from another device, for another account, or after the device was signed out
        or the role was taken away, the code is used up (422 `code_not_usable`). When it fails, nothing is
        stored and the code stays good; only tries with a password count towards a pause.
        """
        given = enrol.Enrolment(
            content["code"],
            device_of(content),
            address(),
            content.get("email"),
            content.get("password"),
            content.get("second_factor"),
        )
        return let_in(enrol.enrol(security(), given, now=clock.now()))


@blp.route("/sign-in")
class AuthSignIn(MethodView):
    """Signing in with a password."""

    @blp.doc(security=[], operationId="sign_in")
    @blp.arguments(SignInIn(), example=examples.SIGN_IN)
    @blp.response(200, TokensOut)
    @blp.fails(401, *_WRONG)
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins", "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Sign in with e-mail address and password, and the code of the second factor if there is one.

        Where it is missing the answer is 401 `second_factor_needed`; a code that is wrong or was used is 401
        `second_factor_wrong`. After some wrong tries there are
        growing pauses (429, Retry-After); they hold nobody up who signs in on a device that the account
        knows.

        Sent twice, it begins two sessions, unless both name the same device: then the later one ends
        the earlier. When it fails, nothing is lost but a try.
        """
        given = sign_in.SignIn(
            content["email"],
            content["password"],
            device_of(content),
            address(),
            content.get("second_factor"),
        )
        return let_in(sign_in.sign_in(security(), given, now=clock.now()))


@blp.route("/refresh")
class AuthRefresh(MethodView):
    """Continuing a session."""

    @blp.doc(security=[], operationId="refresh")
    @blp.arguments(RefreshIn(), example=examples.REFRESH)
    @blp.response(200, TokensOut)
    @blp.fails(401, "refresh_token_invalid", "session_ended", "recovery_needed")
    @blp.fails(429, "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Exchange a refresh token for its successor and an access token.

        Refresh from one place at a time, and store the successor before you use it. When the answer is lost,
        the same token gives the same successor for 45 seconds, as long as that successor was not used.
        Repeated later than that, staff are signed out, because somebody else may hold the token; a phone of a
        patient or caregiver may repeat late twice a week, and the third time its session ends with
        `recovery_needed`. Any token older than that ends the session with `session_ended`, and its latest
        token with it.

        When it fails with 429 or 5xx, send the same token again; after 401 the person signs in anew (see
        *Signed out* above), and what the device has not sent yet stays on the device.
        """
        return let_in(refresh.refresh(security(), content["refresh_token"], now=clock.now()))


@blp.route("/sign-out")
class AuthSignOut(MethodView):
    """Ending a session."""

    @signed_in(Operation.SESSION_END)
    @blp.doc(operationId="sign_out")
    @blp.response(204)
    @blp.fails(429, "too_many_calls")
    def post(self) -> None:
        """End this session. Its access token stops working within five seconds.

        Sent twice, the second is refused with 401, because the session has ended. When it fails, the
        session goes on.
        """
        sign_in.sign_out(security(), g.actor, now=clock.now())


@blp.route("/recover")
class AuthRecover(MethodView):
    """The way back without a password."""

    @blp.doc(security=[], operationId="recover")
    @blp.arguments(RecoverIn(), example=examples.RECOVERY)
    @blp.response(200, TokensOut)
    @blp.fails(401, "recovery_code_wrong")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins", "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Begin a session with the recovery code; the answer holds the next one, once.

        For accounts without a second factor; staff with one have its recovery codes. Show the next one at
        once, to be printed: the one that was sent is used up. When both are lost, a device that is still
        signed in makes another (`create_my_recovery_code`), or the clinic makes a code for `enrol`.

        Other devices of the account stay signed in, a lost phone too: ask the person, and end that one
        (`list_my_devices`, `end_my_device`).

        Sent twice from the same device within 15 minutes, the second gets the same next code and begins the
        session anew, so an answer that was lost is no way out; from another device, or after this one was
        signed out, it is refused. When it fails, the code stays good.
        """
        given = credentials.Recovery(content["recovery_code"], device_of(content), address())
        return let_in(credentials.recover(security(), given, now=clock.now()))


@blp.route("/password-reset")
class AuthPasswordReset(MethodView):
    """A new password without the old one."""

    @blp.doc(security=[], operationId="reset_password")
    @blp.arguments(PasswordResetIn(), example=examples.PASSWORD_RESET)
    @blp.response(204)
    @blp.fails(422, "code_not_usable", "weak_password", "invalid")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins", "too_many_calls")
    def post(self, content: dict[str, Any]) -> None:
        """Set a new password with a one-use code; every session ends, and the recovery code is void.

        Sent twice, the second is refused. When it fails, the code stays good and the password is as it was.
        """
        credentials.reset_password(
            security(), content["code"], content["password"], address=address(), now=clock.now()
        )


@blp.route("/second-factor")
class AuthSecondFactor(MethodView):
    """The second factor, given again."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="give_second_factor")
    @blp.arguments(SecondFactorIn(), example=examples.SECOND_FACTOR)
    @blp.response(200, TokensOut)
    @blp.fails(409, "no_second_factor")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins", "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Give the second factor again; for a quarter of an hour what asks for it is allowed.

        Sent twice, the second is refused, because a code is taken once. When it fails, send the next code.
        """
        return second_factor.give(security(), g.actor, content["code"], now=clock.now())


@blp.route("/confirm")
class AuthConfirm(MethodView):
    """The confirmation of this device by what the person has."""

    @signed_in(Operation.SESSION_CONFIRM)
    @blp.doc(operationId="confirm_this_device")
    @blp.arguments(ConfirmIn(), example=examples.PASSWORD)
    @blp.response(200, TokensOut)
    @blp.fails(401, "wrong_credentials", "recovery_code_wrong", *_NOT_SIGNED_IN)
    @blp.fails(409, "confirmed_before")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins", "too_many_calls")
    def post(self, content: dict[str, Any]) -> Any:
        """Confirm this device by the account's password or recovery code.

        Store both tokens of the answer, as after `refresh`: the access token reads at once; the one from
        before does not. A recovery code is used up, and the answer holds the next one, once. When that answer
        is lost, nobody knows a code any more: `refresh`, and where `confirmed` is true then, make one
        (`create_my_recovery_code`) and tell the person that the printed one is void.

        The quickest of three ways, by what the person has: this one, another device of the account
        (`confirm_my_device`), or the clinic, where a clinician sees person and device
        (`confirm_patient_device`).

        Sent twice, the second is refused with 409, whatever it holds. When it fails with 4xx, the device
        waits as before.
        """
        return devices.confirm_this(
            security(),
            g.actor,
            password=content.get("password"),
            recovery_code=content.get("recovery_code"),
            now=clock.now(),
        )


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


def device_of(content: dict[str, Any]) -> Device:
    """Return the device that a body names, or a new one."""
    named = content.get("device", {"id": new_id(), "name": "unnamed"})
    return Device(named["id"], named["name"])


def address() -> str:
    """Return where the call comes from."""
    return request.remote_addr or ""
