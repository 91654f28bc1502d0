"""What a browser is asked to do with a passkey, and whether its answer is right (Web Authentication Level 3).

Nothing is stored when somebody is asked: a challenge carries its purpose and its end, sealed. It counts once,
when the answer is right, and for five minutes. The answer has to come from the service's own address, and the
device has to have verified the person (a fingerprint, a face, its code), so a passkey is both factors by
itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from models.accounts import used_challenges
from models.accounts.account import Account, Passkey
from services.access.seals import InvalidSeal
from services.access.security import Security
from services.errors import NotSignedIn

CHALLENGE_LIVES = timedelta(minutes=5)
_KIND = "challenge of a passkey"
_NAME = "Slope"
_ATTESTATIONS = frozenset({AttestationFormat.NONE, AttestationFormat.PACKED})
"""No attestation is asked for, and browsers then send these; the others have large parsers of their own."""

Verified = TypeVar("Verified", VerifiedRegistration, VerifiedAuthentication)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The service as passkeys know it: its host name, which can never change, and its address."""

    id: str
    origin: str


def relying_party(public_url: str) -> RelyingParty:
    """Return what the service's address makes it."""
    address = urlsplit(public_url)
    return RelyingParty(address.hostname or "", f"{address.scheme}://{address.netloc}".lower())


def ask_to_create(security: Security, account: Account, purpose: str, *, now: datetime) -> dict[str, Any]:
    """Return what `navigator.credentials.create` takes, in JSON."""
    party = relying_party(security.public_url)
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=_NAME,
        user_id=account.passkey_handle.encode(),
        user_name=account.email or account.name,
        user_display_name=account.name,
        challenge=_challenge(security, purpose, now),
        timeout=_milliseconds(CHALLENGE_LIVES),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id))
            for passkey in account.passkeys
        ],
    )
    return options_to_json_dict(options)


def ask_to_sign(security: Security, purpose: str, *, now: datetime) -> dict[str, Any]:
    """Return what `navigator.credentials.get` takes, in JSON; it names no account."""
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(security.public_url).id,
        challenge=_challenge(security, purpose, now),
        timeout=_milliseconds(CHALLENGE_LIVES),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def created(
    security: Security, credential: Mapping[str, Any], purpose: str, *, now: datetime
) -> VerifiedRegistration:
    """Return what a browser made, once for each challenge.

    Raises:
        NotSignedIn: it does not answer a challenge of ours for this purpose, or is not right.
    """
    party = relying_party(security.public_url)

    def verify(challenge: bytes) -> VerifiedRegistration:
        attestation = base64url_to_bytes(credential["response"]["attestationObject"])
        if parse_attestation_object(attestation).fmt not in _ATTESTATIONS:
            raise ValueError("an attestation that was not asked for")
        return webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )

    return _once(security, credential, purpose, verify, now)


def signed(
    security: Security, credential: Mapping[str, Any], passkey: Passkey, purpose: str, *, now: datetime
) -> VerifiedAuthentication:
    """Return what a passkey signed, once for each challenge; whether its count has grown is for the caller.

    Raises:
        NotSignedIn: it does not answer a challenge of ours for this purpose, or is not right.
    """
    party = relying_party(security.public_url)

    def verify(challenge: bytes) -> VerifiedAuthentication:
        return webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )

    return _once(security, credential, purpose, verify, now)


def holder_handle(credential: Mapping[str, Any]) -> str:
    """Return the handle of the account that the passkey says it belongs to, "" when it says none.

    Raises:
        NotSignedIn: it cannot be read.
    """
    try:
        return base64url_to_bytes(credential["response"].get("userHandle") or "").decode("ascii")
    except ValueError as error:
        raise refused() from error


def refused() -> NotSignedIn:
    """Return the error for whatever is wrong with a passkey; which it is, is not told."""
    return NotSignedIn("passkey_refused", "This passkey cannot be used. Try again, or sign in another way.")


def as_text(content: bytes) -> str:
    """Return bytes in base64url, as passkeys are stored and sent."""
    return bytes_to_base64url(content)


def _once(
    security: Security,
    credential: Mapping[str, Any],
    purpose: str,
    verify: Callable[[bytes], Verified],
    now: datetime,
) -> Verified:
    try:
        challenge = parse_client_data_json(
            base64url_to_bytes(credential["response"]["clientDataJSON"])
        ).challenge
        ends_at = _end_of(security, challenge, purpose, now)
        verified = verify(challenge)
    except Exception as error:  # whatever the library makes of what was sent: it is refused
        raise refused() from error
    if not used_challenges.use(challenge.decode("ascii"), until=ends_at):
        raise refused()
    return verified


def _challenge(security: Security, purpose: str, now: datetime) -> bytes:
    content = [_KIND, purpose, (now + CHALLENGE_LIVES).timestamp()]
    return security.seals.seal(json.dumps(content)).encode("ascii")


def _end_of(security: Security, challenge: bytes, purpose: str, now: datetime) -> datetime:
    try:
        kind, wanted, end = json.loads(security.seals.unseal(challenge.decode("ascii")))
    except (InvalidSeal, ValueError, TypeError) as error:
        raise refused() from error
    ends_at = datetime.fromtimestamp(end, UTC)
    if (kind, wanted) != (_KIND, purpose) or not now < ends_at <= now + CHALLENGE_LIVES:
        raise refused()
    return ends_at


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
