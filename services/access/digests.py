"""Keyed digests of what people send, to tell a repetition from something else under the same id.

Answers are few and short, so a plain hash of them can be undone by trying: the key is in the settings and not
in the database, and no digest is ever told to a client. The process takes the key once, when the application
is made.
"""

from __future__ import annotations

import hashlib
import hmac

_PURPOSE = b"slope digest of what was sent"
_keys: list[bytes] = []


def use(secret: str) -> None:
    """Take the key from the settings' secret; the last one taken counts."""
    _keys[:] = [hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)]


def of(text: str) -> str:
    """Return the digest of a text.

    Raises:
        LookupError: no application was made in this process.
    """
    if not _keys:
        raise LookupError("digests have no key: make the application first")
    return hmac.digest(_keys[0], text.encode(), hashlib.sha256).hex()
