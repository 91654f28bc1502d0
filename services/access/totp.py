"""Time-based one-time passwords (RFC 6238): SHA-1, six digits and steps of thirty seconds, as apps expect.

The secret is stored encrypted with a key from the settings: the database alone makes no code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

from services.sealing import Sealer

STEP_SECONDS = 30
DIGITS = 6
_WINDOW = (0, -1, 1)
"""Steps around the present one that are taken too: clocks differ, and typing takes time (RFC 6238, 5.2)."""
_SECRET_BYTES = 20


class Secrets(Sealer):
    """Makes and encrypts the secrets that apps and we share."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret, b"slope second factor")

    def new(self) -> str:
        """Return a new secret in base 32, as apps take it."""
        return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def code_at(secret: str, step: int) -> str:
    """Return the code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(now: datetime) -> int:
    """Return the number of the time step."""
    return int(now.timestamp()) // STEP_SECONDS


def accepted_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """Return the step whose code this is, None when there is none.

    Args:
        secret: in base 32.
        code: six ASCII digits.
        now: the present moment.
        after: the last step that was taken; it and those before it are taken no more.
    """
    present = step_at(now)
    for step in (present + offset for offset in _WINDOW):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def setup_uri(secret: str, *, account: str, issuer: str) -> str:
    """Return what an app reads from a QR code."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
