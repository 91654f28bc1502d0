"""Shapes of signing in, and of the account that is signed in."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from api.schemas.fields import Choice, Identifier, InSchema, NormalText, OutSchema, Pattern, Text
from services.access.actor import Role

_EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"


class Email(Text):
    """An e-mail address; whether it exists is not asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(minimum=6, maximum=254, **kwargs)
        self.validators = [*self.validators, Pattern(_EMAIL_PATTERN, error="Not an e-mail address.")]


class Password(NormalText):
    """A password as typed, in NFC; never shown in an answer, a log or an error."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(minimum=1, maximum=1024, load_only=True, metadata={"format": "password"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ValidationError("Contains characters that cannot be typed.")
        return text


class DeviceIn(InSchema):
    """The phone or browser; with the same id again, its earlier session ends."""

    id = Identifier(required=True)
    name = Text(required=True, maximum=80)


class SignInIn(InSchema):
    """E-mail address and password."""

    email = Email(required=True)
    password = Password(required=True)
    device = fields.Nested(DeviceIn())


class EnrolIn(InSchema):
    """A one-use code; address and password are needed to sign in on another device later."""

    code = Text(required=True, maximum=40, metadata={"description": "case, hyphens and spaces do not matter"})
    email = Email()
    password = Password()
    device = fields.Nested(DeviceIn())


class RefreshIn(InSchema):
    """The refresh token received last."""

    refresh_token = Text(required=True, maximum=200)


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
        required=True, allow_none=True, metadata={"description": "for a patient's own account"}
    )
    roles = fields.List(fields.Nested(RoleOut()), required=True)


class TokensOut(OutSchema):
    """Fresh tokens of a session."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, dump_default="Bearer")
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})
    refresh_token = fields.String(required=True, metadata={"description": "use it once, keep its successor"})
    account = fields.Nested(AccountOut(), required=True)


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
