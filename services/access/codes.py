"""One-use codes that people type: twelve characters without look-alikes, in groups of four.

Sixty random bits in Crockford's base 32 (no I, L, O, U; Crockford 2019). Only a keyed digest is stored,
so the database alone gives no code away. With sixty bits and an expiry, guessing needs no further
limit.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_code() -> str:
    """Return a new code, such as 7K3M-9QX2-TB4E."""
    return _in_groups("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def normalise(typed: str) -> str:
    """Return the code as it was made, whatever the case, the separators and the look-alikes typed."""
    return typed.upper().translate(_READ_AS)


def _in_groups(text: str) -> str:
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


class CodeDigests:
    """Makes the digests that codes are stored under, and the code that follows another."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"slope one-use code", hashlib.sha256)
        self._next_key = hmac.digest(secret.encode(), b"slope code that follows", hashlib.sha256)

    def of(self, typed: str) -> str:
        """Return the digest of a code, however it was typed."""
        return hmac.new(self._key, normalise(typed).encode(), hashlib.sha256).hexdigest()

    def following(self, typed: str, length: int) -> str:
        """Return the code that follows a code: always the same one, which nobody can tell without the secret.

        Args:
            typed: the code, however it was typed.
            length: characters of the code that follows, up to 32.
        """
        digest = hmac.digest(self._next_key, normalise(typed).encode(), hashlib.sha256)
        return _in_groups("".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:length]))
