"""Shapes of signing in, and of the account that is signed in."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.accounts.devices import DeviceIn, DeviceOut
from api.schemas.fields import (
    Choice,
    InSchema,
    NormalText,
    OutSchema,
    Pattern,
    Text,
    Timestamp,
)
from services import names
from services.access.actor import STAFF, Role

_AS_TYPED = {"description": "case, hyphens and spaces do not matter"}


class Language(StrEnum):
    """The languages that people read: those of `services.languages`."""

    ENGLISH = "en"
    SPANISH = "es"
    KOREAN = "ko"


class Email(Text):
    """An e-mail address; whether it exists is not asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(minimum=names.MIN_EMAIL, maximum=names.MAX_EMAIL, **kwargs)
        self.validators = [*self.validators, Pattern(names.EMAIL_PATTERN, error=names.NOT_AN_EMAIL)]


class Password(NormalText):
    """A password as typed, in NFC; never shown in an answer, a log or an error."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(minimum=1, maximum=1024, load_only=True, metadata={"format": "password"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ValidationError("Contains characters that cannot be typed.")
        return text


class OneTimeCode(Text):
    """A code of a second factor, or one of its recovery codes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(maximum=40, load_only=True, metadata={"format": "password"}, **kwargs)


class SignInIn(InSchema):
    """E-mail address and password; `second_factor` where the account has one."""

    email = Email(required=True)
    password = Password(required=True)
    second_factor = OneTimeCode()
    device = fields.Nested(DeviceIn())


class EnrolIn(InSchema):
    """A one-use code; address and password are needed to sign in on another device later.

    Staff have to give both, patients and caregivers both or none. `second_factor` is needed where the account
    with this address has one (401 `second_factor_needed` says so).
    """

    code = Text(required=True, maximum=40, metadata=_AS_TYPED)
    email = Email()
    password = Password()
    second_factor = OneTimeCode()
    device = fields.Nested(DeviceIn())


class RefreshIn(InSchema):
    """The refresh token received last."""

    refresh_token = Text(required=True, maximum=200)


class SecondFactorIn(InSchema):
    """A code of the second factor."""

    code = OneTimeCode(required=True)


class PasswordIn(InSchema):
    """The password of the account that is signed in."""

    password = Password(required=True)


class PasswordChangeIn(InSchema):
    """The password as it is, and as it is to be."""

    old = Password(required=True)
    password = Password(required=True)


class PasswordResetIn(InSchema):
    """A one-use code for a new password."""

    code = Text(required=True, maximum=40, metadata=_AS_TYPED)
    password = Password(required=True)


class RecoverIn(InSchema):
    """The recovery code that was shown last: at enrolment, or in place of an earlier one."""

    recovery_code = Text(required=True, maximum=60, load_only=True, metadata=_AS_TYPED)
    device = fields.Nested(DeviceIn())


class ConfirmIn(InSchema):
    """What the person has: either the password or the recovery code."""

    password = Password()
    recovery_code = Text(maximum=60, load_only=True, metadata=_AS_TYPED)

    @validates_schema
    def _one_of_the_two(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Send either the password or the recovery code.")


class SecondFactorOut(OutSchema):
    """What an authenticator app needs, shown this once."""

    secret = fields.String(required=True)
    uri = fields.String(required=True, metadata={"description": "for a QR code"})


class RecoveryCodesOut(OutSchema):
    """Codes that stand in for the second factor, each once; shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)


class RecoveryCodeOut(OutSchema):
    """The second way back, shown this once."""

    recovery_code = fields.String(required=True)


class RoleOut(OutSchema):
    """What the account is to a site."""

    site_id = fields.String(required=True)
    role = Choice(Role, required=True)


class AccountOut(OutSchema):
    """The signed-in account."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    patient_id = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "of a patient's own account; null for others: caregivers find whom they act for by"
            " `list_patients`"
        },
    )
    roles = fields.List(fields.Nested(RoleOut()), required=True)


class MySiteOut(OutSchema):
    """What the account is told by a site that it belongs to; a phone keeps it for when there is no signal.

    `crisis_text` and `breathing_text` are in the language of `Accept-Language` where the site has written
    them in it, else in the one that it wrote first; which it became is not told. `name` and `reads_reports`
    are as the site wrote them, in one language.
    """

    id = fields.String(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True, metadata={"description": "IANA name of its time zone"})
    reads_reports = fields.String(
        required=True,
        metadata={"description": "when the team reads reports, shown beside the box for a note"},
    )
    takes_notes = fields.Boolean(
        required=True, metadata={"description": "false: show no box for a note; none would be kept"}
    )
    crisis_text = fields.String(
        required=True, metadata={"description": "shown at once when an answer reaches `safety_from`"}
    )
    breathing_text = fields.String(
        required=True,
        metadata={
            "description": "shown at once when `dyspnea` or `orthopnea` of the ALSFRS-R is answered with 0;"
            " the server also sends it after a steep fall of one of them"
        },
    )


class MeOut(AccountOut):
    """The signed-in account about itself."""

    locale = fields.String(
        required=True, allow_none=True, metadata={"description": "language; null: none was chosen"}
    )


class MeIn(InSchema):
    """What a person may change of their account."""

    locale = Choice(
        Language, required=True, allow_none=True, metadata={"description": "language; null: none is chosen"}
    )


class TokensOut(OutSchema):
    """Fresh tokens of a session."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, dump_default="Bearer")
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})
    refresh_token = fields.String(required=True, metadata={"description": "use it once, keep its successor"})
    account = fields.Nested(AccountOut(), required=True)
    confirmed = fields.Boolean(
        required=True,
        metadata={"description": "false: this device may send, and reads nothing of the patient yet"},
    )
    waiting = fields.List(
        fields.Nested(DeviceOut()),
        required=True,
        metadata={"description": "other devices of the account that wait to be confirmed or ended"},
    )
    recovery_code = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "shown this once: print it; null: none was made, and one from before stays good"
        },
    )


class KeyOut(OutSchema):
    """A public Ed25519 key (RFC 8037)."""

    kty = fields.String(required=True)
    crv = fields.String(required=True)
    kid = fields.String(required=True)
    x = fields.String(required=True)
    alg = fields.String(required=True)
    use = fields.String(required=True)


class KeysOut(OutSchema):
    """A key set (RFC 7517)."""

    keys = fields.List(fields.Nested(KeyOut()), required=True)


class RoleIn(InSchema):
    """A role at the site, and why it is given."""

    role = Choice(sorted(STAFF), name="StaffRole", required=True)
    reason = Text(required=True, maximum=500)


class ReasonIn(InSchema):
    """Why it is done; it stays in the account's history."""

    reason = Text(required=True, maximum=500)


class MemberOut(OutSchema):
    """Somebody who works at the site."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.Nested(RoleOut()), required=True)
    second_factor = fields.Boolean(required=True)
    closed_at = Timestamp(required=True, allow_none=True)
    email_off_at = Timestamp(
        required=True,
        allow_none=True,
        metadata={"description": "since when nothing is sent to their address, because it is refused"},
    )
