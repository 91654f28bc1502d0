"""Refresh tokens: opaque to the client, derived and never stored.

A token is `family.secret`; the secret holds the generation and a keyed digest over family, generation
and the family's seed. The server's secret is in the settings and the seed in the database, so neither
alone makes a token, and the same generation always has the same token: a lost answer can be repeated.
How families move on is `services.accounts.sign_in`.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace

from models.accounts.sessions import Session

MAX_TOKEN = 200
_GENERATION_BYTES = 4
_DIGEST_BYTES = 32


class MalformedRefreshToken(Exception):
    """The text is not a refresh token of ours."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A token as the client sent it; whether it is genuine is for `RefreshTokens.genuine` to say."""

    session_id: str
    generation: int
    digest: bytes

    def __repr__(self) -> str:
        """Name the family and the generation only."""
        return f"Presented(session_id={self.session_id!r}, generation={self.generation})"


class RefreshTokens:
    """Derives and checks refresh tokens with the secret of the settings."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"slope refresh token", hashlib.sha256)

    def of(self, session: Session) -> str:
        """Return the token of the session's present generation."""
        content = session.generation.to_bytes(_GENERATION_BYTES, "big") + self._digest(session)
        return f"{session.id}.{urlsafe_b64encode(content).decode('ascii')}"

    def genuine(self, presented: Presented, session: Session) -> bool:
        """Return whether we gave this token out, for whichever generation of the session it says."""
        expected = self._digest(replace(session, generation=presented.generation))
        return hmac.compare_digest(presented.digest, expected)

    def _digest(self, session: Session) -> bytes:
        message = f"{session.id}|{session.generation}|{session.seed}"
        return hmac.digest(self._key, message.encode(), hashlib.sha256)


def parse(token: str) -> Presented:
    """Take a token apart.

    Raises:
        MalformedRefreshToken: it does not have the form.
    """
    family, _, secret = token.partition(".")
    try:
        content = urlsafe_b64decode(secret.encode("ascii"))
    except ValueError as error:
        raise MalformedRefreshToken from error
    if not family or len(content) != _GENERATION_BYTES + _DIGEST_BYTES:
        raise MalformedRefreshToken
    return Presented(family, int.from_bytes(content[:_GENERATION_BYTES], "big"), content[_GENERATION_BYTES:])
