"""Shapes of passkeys: what browsers take and send (Web Authentication Level 3, 5.1), and lists of them."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from api.schemas.accounts.auth import Password
from api.schemas.accounts.devices import DeviceIn
from api.schemas.fields import InSchema, Line, OutSchema, Pattern, Timestamp

_ID = 1364
"""A credential id has at most 1023 bytes."""
_CLIENT_DATA, _ATTESTATION, _SIGNED = 4000, 8000, 4000


class Base64Url(fields.String):
    """Bytes in base64url without padding, of bounded length."""

    def __init__(self, maximum: int, **kwargs: Any) -> None:
        bounds = [validate.Length(max=maximum), Pattern("^[A-Za-z0-9_-]*$")]
        super().__init__(validate=bounds, metadata={"contentEncoding": "base64url"}, **kwargs)


class BrowserSchema(Schema):
    """What a browser makes: members that come with newer browsers are left out."""

    class Meta:
        """Take what is not named, and leave it out."""

        unknown = EXCLUDE


class _CredentialIn(BrowserSchema):
    id = Base64Url(_ID, required=True)
    rawId = Base64Url(_ID, required=True)
    type = fields.String(required=True, validate=Pattern("^public-key$"))


class CreatedPartIn(BrowserSchema):
    """What a device made."""

    clientDataJSON = Base64Url(_CLIENT_DATA, required=True)
    attestationObject = Base64Url(_ATTESTATION, required=True)


class SignedPartIn(BrowserSchema):
    """What a device signed."""

    clientDataJSON = Base64Url(_CLIENT_DATA, required=True)
    authenticatorData = Base64Url(_SIGNED, required=True)
    signature = Base64Url(_SIGNED, required=True)
    userHandle = Base64Url(100, required=True)


class CreatedCredentialIn(_CredentialIn):
    """What `navigator.credentials.create` gave, by its `toJSON()`."""

    response = fields.Nested(CreatedPartIn(), required=True)


class SignedCredentialIn(_CredentialIn):
    """What `navigator.credentials.get` gave, by its `toJSON()`."""

    response = fields.Nested(SignedPartIn(), required=True)


class PasskeyBeginIn(InSchema):
    """The password of the account, where it has one and no second factor."""

    password = Password()


class PasskeyAddIn(InSchema):
    """A new passkey, and what the person calls it."""

    name = Line(required=True, maximum=80)
    credential = fields.Nested(CreatedCredentialIn(), required=True)


class PasskeyNameIn(InSchema):
    """What the person calls it."""

    name = Line(required=True, maximum=80)


class PasskeySignInIn(InSchema):
    """What the browser was asked to sign."""

    credential = fields.Nested(SignedCredentialIn(), required=True)
    device = fields.Nested(DeviceIn())


class PasskeyGiveIn(InSchema):
    """What the browser was asked to sign."""

    credential = fields.Nested(SignedCredentialIn(), required=True)


class PasskeyOut(OutSchema):
    """A passkey of the account."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    created_at = Timestamp(required=True)
    used_at = Timestamp(required=True)
    synced = fields.Boolean(
        required=True, metadata={"description": "kept by more devices than one, as its device says"}
    )


class PasskeyAddedOut(PasskeyOut):
    """A passkey that was added."""

    recovery_codes = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "shown this once, with the first second factor of the account: print them"},
    )


class _DescribedOut(OutSchema):
    id = fields.String(required=True)
    type = fields.String(required=True)


class _NamedOut(OutSchema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class _HolderOut(_NamedOut):
    displayName = fields.String(required=True)


class _AlgorithmOut(OutSchema):
    type = fields.String(required=True)
    alg = fields.Integer(required=True)


class _SelectionOut(OutSchema):
    residentKey = fields.String(required=True)
    requireResidentKey = fields.Boolean(required=True)
    userVerification = fields.String(required=True)


class CreationOptionsOut(OutSchema):
    """`PublicKeyCredentialCreationOptionsJSON` of the standard."""

    rp = fields.Nested(_NamedOut(), required=True)
    user = fields.Nested(_HolderOut(), required=True)
    challenge = fields.String(required=True)
    pubKeyCredParams = fields.List(fields.Nested(_AlgorithmOut()), required=True)
    timeout = fields.Integer(required=True, metadata={"description": "milliseconds"})
    excludeCredentials = fields.List(fields.Nested(_DescribedOut()), required=True)
    authenticatorSelection = fields.Nested(_SelectionOut(), required=True)
    attestation = fields.String(required=True)


class RequestOptionsOut(OutSchema):
    """`PublicKeyCredentialRequestOptionsJSON` of the standard."""

    challenge = fields.String(required=True)
    timeout = fields.Integer(required=True, metadata={"description": "milliseconds"})
    rpId = fields.String(required=True)
    allowCredentials = fields.List(fields.Nested(_DescribedOut()), required=True)
    userVerification = fields.String(required=True)


class CreationChallengeOut(OutSchema):
    """What a browser is asked to make; for `PublicKeyCredential.parseCreationOptionsFromJSON`."""

    public_key = fields.Nested(CreationOptionsOut(), required=True)


class RequestChallengeOut(OutSchema):
    """What a browser is asked to sign; for `PublicKeyCredential.parseRequestOptionsFromJSON`."""

    public_key = fields.Nested(RequestOptionsOut(), required=True)
