"""Texts that travel to a browser and back, and that only this service can read and have made."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from services.sealing import Sealer


class InvalidSeal(Exception):
    """The text was not sealed here."""


class Seals(Sealer):
    """Seals and opens such texts; what comes back may be anything."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret, b"slope sealed text")

    def unseal(self, sealed: str) -> str:
        """Return the text that was sealed.

        Raises:
            InvalidSeal: it was not sealed here.
        """
        try:
            return super().unseal(sealed)
        except InvalidToken as error:
            raise InvalidSeal from error
