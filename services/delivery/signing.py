"""Signatures of what webhooks are sent, by Standard Webhooks (standardwebhooks.com, scheme v1: HMAC-SHA256).

A receiver checks `webhook-signature` over the id, the time and the body as it came. While a secret is being
replaced there are two signatures, and either will do.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

import standardwebhooks
from cryptography.fernet import InvalidToken

from models.sites.webhooks import SigningSecret
from services.sealing import Sealer

PREFIX = "whsec_"
_SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""


class Unsealable(Exception):
    """The secrets were sealed with another secret of the settings: they have to be rotated."""


class Signing:
    """Makes, seals and uses the secrets that receivers and we share."""

    def __init__(self, secret: str) -> None:
        self._sealer = Sealer(secret, b"slope webhook signing")

    def new(self, now: datetime) -> tuple[str, SigningSecret]:
        """Return a new secret as receivers take it, and as it is stored."""
        text = PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")
        return text, SigningSecret(self._sealer.seal(text), now)

    def headers(
        self, message_id: str, body: bytes, stored: Iterable[SigningSecret], *, now: datetime
    ) -> dict[str, str]:
        """Return the headers that go with a body.

        Args:
            message_id: the same at each attempt.
            body: as it is sent.
            stored: the secrets of the subscription; those whose time is over are not used.
            now: the time of this attempt.

        Raises:
            Unsealable: a secret cannot be read any more.
        """
        used = [secret for secret in stored if secret.until is None or now < secret.until]
        try:
            keys = [self._sealer.unseal(secret.sealed) for secret in used]
        except InvalidToken as error:
            raise Unsealable from error
        at, text = now.astimezone(UTC), body.decode()
        signatures = [standardwebhooks.Webhook(key).sign(message_id, at, text) for key in keys]
        return {
            "content-type": "application/json",
            "user-agent": "slope-webhooks",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
