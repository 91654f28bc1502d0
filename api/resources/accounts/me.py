"""The signed-in account about itself: its devices, its password, its second factor."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import g, request
from flask.views import MethodView

from api.application import security, settings
from api.examples import auth as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.preconditions import CACHE_TAG, cacheable
from api.schemas.accounts.auth import (
    MeIn,
    MeOut,
    MySiteOut,
    PasswordChangeIn,
    PasswordIn,
    RecoveryCodeOut,
    RecoveryCodesOut,
    SecondFactorIn,
    SecondFactorOut,
)
from api.schemas.accounts.devices import DeviceNameIn, MyDeviceOut
from models.accounts.account import Account
from models.accounts.sessions import Session
from services import clock
from services.access.permissions import Operation
from services.accounts import credentials, devices, notifications, second_factor, sign_in
from services.sites import site_texts

blp = Blueprint("me", __name__, url_prefix="/v1/me", description="The signed-in account")


@blp.route("")
class Me(MethodView):
    """The account."""

    @signed_in(Operation.ACCOUNT_READ)
    @blp.response(200, MeOut)
    def get(self) -> Account:
        """Return the signed-in account with its roles.

        The roles are those of the token: what was given since shows after `refresh`.
        """
        return sign_in.own_account(g.actor)

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="change_me")
    @blp.arguments(MeIn(), example=examples.ME)
    @blp.response(200, MeOut)
    def patch(self, content: dict[str, Any]) -> Account:
        """Choose the language in which one is written to.

        Sent twice, it means the same. When it fails, the language is as it was.
        """
        chosen = content["locale"]
        locale = None if chosen is None else chosen.value
        notifications.change(g.actor, {"locale": locale}, now=clock.now())
        return sign_in.own_account(g.actor)


@blp.route("/sites")
class MySites(MethodView):
    """The clinics that the account belongs to."""

    @cacheable
    @signed_in(Operation.ACCOUNT_READ)
    @blp.page(MySiteOut, headers=CACHE_TAG)
    def get(self) -> Any:
        """List the clinics of the account with what they tell: when they read reports, and the safety texts.

        The texts come in the language of `Accept-Language`, where the clinic has written them; those in the
        answer to a report in the `locale` of the account, else of the patient. Phones keep them, so that they
        can be shown without a signal.

        Which questionnaires the clinic wants is said nowhere yet, but for how often the ALSFRS-R: the
        patient's `report_interval_days` (`get_patient`), and `next_due_on` in a report's receipt.
        """
        sites = {site_id for site_id, _ in g.actor.roles}
        return site_texts.of_sites(sites, request.accept_languages.values())


@blp.route("/devices")
class MyDevices(MethodView):
    """The devices of the account."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.page(MyDeviceOut)
    def get(self) -> Any:
        """List the devices that the account is signed in on, those that wait to be confirmed too."""
        return [_shown(device) for device in devices.own(g.actor, now=clock.now())]


def _shown(device: Session) -> dict[str, Any]:
    return asdict(device) | {"current": device.id == g.actor.session_id}


@blp.route("/devices/<uuid:device_id>")
class MyDevice(MethodView):
    """One device of the account."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="rename_my_device")
    @blp.arguments(DeviceNameIn(), example=examples.DEVICE_NAME)
    @blp.response(200, MyDeviceOut)
    def patch(self, content: dict[str, Any], device_id: UUID) -> dict[str, Any]:
        """Give a device another name.

        Sent twice, it means the same. When it fails, the name is as it was.
        """
        return _shown(devices.rename(g.actor, str(device_id), content["name"], now=clock.now()))

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="end_my_device")
    @blp.response(204)
    def delete(self, device_id: UUID) -> None:
        """Sign a device out, such as a phone that was lost. It stops working within five seconds.

        Sent twice, the second finds no device. When it fails, the device is still signed in.
        """
        devices.end_own(security(), g.actor, str(device_id), now=clock.now())


@blp.route("/devices/<uuid:device_id>/confirm")
class MyDeviceConfirmation(MethodView):
    """The confirmation of another device."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="confirm_my_device")
    @blp.response(200, MyDeviceOut)
    @blp.fails(409, "confirmed_before")
    def post(self, device_id: UUID) -> dict[str, Any]:
        """Confirm from this device that another one is one's own; it reads from its next refresh on.

        Sent twice, the second is refused with 409. When it fails, the device waits as before.
        """
        return _shown(devices.confirm_own(g.actor, str(device_id), now=clock.now()))


@blp.route("/password")
class MyPassword(MethodView):
    """The password."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="change_my_password")
    @blp.arguments(PasswordChangeIn(), example=examples.PASSWORD_CHANGE)
    @blp.response(204)
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins")
    def post(self, content: dict[str, Any]) -> None:
        """Change the password; every other session of the account ends, and its recovery code is void.

        Sent twice, the second is refused. When it fails, the password is as it was.
        """
        credentials.change_password(security(), g.actor, content["old"], content["password"], now=clock.now())


@blp.route("/recovery-code")
class MyRecoveryCode(MethodView):
    """The second way back."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.response(201, RecoveryCodeOut)
    @blp.fails(409, "has_second_factor")
    def post(self) -> dict[str, str]:
        """Make a recovery code in place of the one before; the answer holds it, once.

        Sent twice, the later code counts. When it fails, the code before may still be the one.
        """
        code = credentials.make_own_recovery_code(security(), g.actor, now=clock.now())
        return {"recovery_code": code}


@blp.route("/second-factor")
class MySecondFactor(MethodView):
    """The second factor."""

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="begin_my_second_factor")
    @blp.arguments(PasswordIn(), example=examples.PASSWORD)
    @blp.response(201, SecondFactorOut)
    @blp.fails(409, "second_factor_set")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins")
    def post(self, content: dict[str, Any]) -> object:
        """Begin to set up an authenticator app; it counts from the first right code on.

        Who has a passkey has to have given the second factor within 15 minutes (403 `second_factor_needed`).

        Sent twice, the second secret counts. When it fails, nothing was set up.
        """
        issuer = settings().issuer
        return second_factor.begin(security(), g.actor, content["password"], issuer=issuer, now=clock.now())

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="set_my_second_factor")
    @blp.arguments(SecondFactorIn(), example=examples.SECOND_FACTOR)
    @blp.response(200, RecoveryCodesOut)
    @blp.fails(409, "second_factor_not_begun")
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins")
    def put(self, content: dict[str, Any]) -> dict[str, Any]:
        """Set the second factor by a first code of the app; the answer holds ten recovery codes, once.

        Who has a passkey has to have given the second factor within 15 minutes (403 `second_factor_needed`).

        Sent twice, the second is refused with 409. When it fails with 503, it may be set: begin anew.
        """
        codes = second_factor.confirm(security(), g.actor, content["code"], now=clock.now())
        return {"recovery_codes": codes}

    @signed_in(Operation.ACCOUNT_CHANGE)
    @blp.doc(operationId="remove_my_second_factor")
    @blp.arguments(SecondFactorIn(), example=examples.SECOND_FACTOR)
    @blp.response(204)
    @blp.fails(429, "too_many_attempts", "too_many_sign_ins")
    def delete(self, content: dict[str, Any]) -> None:
        """Remove the second factor; a code of it, or a recovery code, is needed for that.

        Sent twice, the second changes nothing. When it fails, it is still asked for.
        """
        second_factor.remove(security(), g.actor, content["code"], now=clock.now())
