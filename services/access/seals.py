"""Texts that travel to a browser and back, and that only this service can read and have made."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class InvalidSeal(Exception):
    """The text was not sealed here."""


class Seals:
    """Seals and opens texts with a key from the settings."""

    def __init__(self, secret: str) -> None:
        key = hmac.digest(secret.encode(), b"slope sealed text", hashlib.sha256)
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> str:
        """Return the text so that others can neither read nor change it."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """Return the text that was sealed.

        Raises:
            InvalidSeal: it was not sealed here.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise InvalidSeal from error
