"""Access tokens: signed with Ed25519, checked against our own key set, short-lived.

A token carries ids and roles, never health data. The key set holds the active key first and earlier
ones for as long as their tokens live; its public side is at /.well-known/jwks.json. Refresh tokens are
`services.access.refresh_tokens`.
"""

from __future__ import annotations

import json
import secrets
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.access.actor import Actor, Role
from services.settings import Settings

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
USE = "access"
LEEWAY_SECONDS = 10
MAX_TOKEN = 8192
_REQUIRED = ["exp", "iat", "nbf", "sub", "jti", "iss", "aud", "sid", "token_use", "roles", "pow", "sf"]
_PRIVATE_MEMBERS = frozenset({"d"})


class InvalidToken(Exception):
    """The token is not one of ours, or not usable now.

    Attributes:
        expired: it was usable once; a new one can be had with the refresh token.
    """

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "invalid")
        self.expired = expired


class _Compact(jwt.PyJWS):
    """Reads the parts of a token at once; the library looks at each character, a fifth of a verification.

    Of an unpadded part the canonical text of its bytes is the part itself, and of nothing else.
    """

    @staticmethod
    def _decode_base64url_segment(segment: bytes, name: str) -> bytes:
        content = urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
        if urlsafe_b64encode(content).rstrip(b"=") != segment:
            raise jwt.DecodeError(f"Invalid {name} padding")
        return content


class _Tokens(jwt.PyJWT):
    def __init__(self) -> None:
        super().__init__()
        self._jws = _Compact()


_TOKENS = _Tokens()


class Signer:
    """Issues and verifies access tokens with the keys of the settings."""

    def __init__(self, settings: Settings) -> None:
        keys = settings.private_keys()
        self.lifetime = timedelta(minutes=settings.access_minutes)
        self._issuer = settings.issuer
        self._private = [jwt.PyJWK(key, algorithm=ALGORITHM) for key in keys]
        self._active = self._private[0]
        self._public = {key["kid"]: _public_part(key) for key in keys}
        self._verifying = {kid: jwt.PyJWK(key, algorithm=ALGORITHM) for kid, key in self._public.items()}

    def issue(self, actor: Actor, now: datetime, until: datetime | None = None) -> str:
        """Return an access token for the actor, valid from now for the lifetime, or until an earlier end."""
        issued = int(now.timestamp())
        end = now + self.lifetime if until is None else min(until, now + self.lifetime)
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": actor.account_id,
            "sid": actor.session_id,
            "jti": str(uuid.uuid4()),
            "iat": issued,
            "nbf": issued,
            "exp": int(end.timestamp()),
            "token_use": USE,
            "roles": [f"{role}@{site_id}" for site_id, role in actor.roles],
        }
        claims |= {"pow": actor.powers, "sf": actor.second_factor}
        if actor.patient_id is not None:
            claims["patient"] = actor.patient_id
        if not actor.confirmed:
            claims["waits"] = True
        if actor.second_factor_at is not None:
            claims["sfa"] = int(actor.second_factor_at.timestamp())
        return jwt.encode(
            claims, self._active, algorithm=ALGORITHM, headers={"kid": self._active.key_id, "typ": TYPE}
        )

    def verify(self, token: str, now: datetime) -> tuple[Actor, datetime]:
        """Return who the token speaks for, and when it ends.

        Raises:
            InvalidToken: forged, foreign, malformed, expired, or not an access token.
        """
        if len(token) > MAX_TOKEN:
            raise InvalidToken
        try:
            claims = self._claims(token)
            actor = _actor(claims)
        except (jwt.InvalidTokenError, ValueError) as error:
            raise InvalidToken from error
        self._check_times(claims, now)
        return actor, datetime.fromtimestamp(claims["exp"], UTC)

    def broken_keys(self) -> list[str]:
        """Return the ids of the keys that do not verify what they sign."""
        return [str(key.key_id) for key in self._private if not self._is_usable(key)]

    def _is_usable(self, key: jwt.PyJWK) -> bool:
        try:
            signed = jwt.encode({"try": 1}, key, algorithm=ALGORITHM)
            jwt.decode(signed, self._verifying[str(key.key_id)], algorithms=[ALGORITHM])
        except (jwt.PyJWTError, ValueError, TypeError):
            return False
        return True

    def public_keys(self) -> dict[str, Any]:
        """Return the key set that others verify our tokens with."""
        return {"keys": list(self._public.values())}

    def _claims(self, token: str) -> dict[str, Any]:
        # The active key first; that the header names the one which fits is looked at afterwards.
        for kid, key in self._verifying.items():
            with suppress(jwt.InvalidSignatureError):
                decoded = self._decoded(token, key)
                header, claims = decoded["header"], decoded["payload"]
                if header.get("kid") != kid or header.get("typ") != TYPE or claims["token_use"] != USE:
                    raise InvalidToken
                return dict(claims)
        raise InvalidToken

    def _decoded(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        return _TOKENS.decode_complete(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self._issuer,
            issuer=self._issuer,
            options={
                "require": _REQUIRED,
                "enforce_minimum_key_length": True,
                # The moments are checked against the injected clock below, not against the library's.
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )

    @staticmethod
    def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
        moments = [claims["exp"], claims["nbf"], claims["iat"]]
        if any(type(moment) is not int for moment in moments):
            raise InvalidToken
        present = now.timestamp()
        if max(claims["nbf"], claims["iat"]) > present + LEEWAY_SECONDS:
            raise InvalidToken
        if claims["exp"] <= present - LEEWAY_SECONDS:
            raise InvalidToken(expired=True)


def new_key_set() -> str:
    """Return a new JWKS with one private Ed25519 key, as JSON for the settings."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    entry = {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": ALGORITHM,
        "use": "sig",
        "kid": secrets.token_hex(8),
        "x": _base64(public),
        "d": _base64(private),
    }
    return json.dumps({"keys": [entry]})


def _actor(claims: Mapping[str, Any]) -> Actor:
    entries = claims["roles"]
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise InvalidToken
    roles = []
    for entry in entries:
        role, _, site_id = entry.partition("@")
        roles.append((site_id, Role(role)))
    second_factor_at = claims.get("sfa")
    return Actor(
        claims["sub"],
        claims["sid"],
        tuple(roles),
        claims.get("patient"),
        powers=claims["pow"],
        confirmed=not claims.get("waits"),
        second_factor=claims["sf"],
        second_factor_at=None if second_factor_at is None else datetime.fromtimestamp(second_factor_at, UTC),
    )


def _public_part(key: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in key.items() if name not in _PRIVATE_MEMBERS}


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
