"""Secrets that have to be read again are stored encrypted with a key from the settings, each purpose its own.

The database alone gives none of them away. Another secret in the settings opens none of them any more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet


class Sealer:
    """Encrypts the secrets of one purpose."""

    def __init__(self, secret: str, purpose: bytes) -> None:
        key = hmac.digest(secret.encode(), purpose, hashlib.sha256)
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, secret: str) -> str:
        """Return the secret in the form in which it is stored."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """Return the secret that was sealed.

        Raises:
            InvalidToken: it was sealed with another key, or not at all.
        """
        return self._fernet.decrypt(sealed.encode()).decode()
