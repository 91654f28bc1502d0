"""Everything that holds a secret or remembers a verified token; one object per application."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from models.accounts import accounts, sessions
from models.store.remembered import Remembered
from services.access.actor import Actor
from services.access.codes import CodeDigests
from services.access.passwords import Passwords
from services.access.refresh_tokens import RefreshTokens
from services.access.revocations import Revocations
from services.access.seals import Seals
from services.access.tokens import LEEWAY_SECONDS, InvalidToken, Signer
from services.access.totp import Secrets
from services.errors import NotSignedIn
from services.settings import Environment, Settings

REMEMBERED_TOKENS = 4096


class Security:
    """The parts that sign, verify and remember; made once from the settings."""

    def __init__(self, settings: Settings) -> None:
        self.signer = Signer(settings)
        self.refresh_tokens = RefreshTokens(settings.refresh_secret)
        self.codes = CodeDigests(settings.refresh_secret)
        self.totp = Secrets(settings.refresh_secret)
        self.seals = Seals(settings.refresh_secret)
        self.passwords = Passwords(cheap=settings.env is Environment.TEST)
        self.revocations = Revocations(sessions.ended_since, accounts.powers_since, self.signer.lifetime)
        self.public_url = settings.public_url
        self.session_lifetime = timedelta(days=settings.refresh_days)
        self.page_idle = timedelta(minutes=settings.page_idle_minutes)
        self.page_lifetime = timedelta(hours=settings.page_hours)
        self._verified: Remembered[bytes, tuple[Actor, datetime]] = Remembered(REMEMBERED_TOKENS)

    def authenticate(self, authorization: str, now: datetime) -> Actor:
        """Return who sent the header.

        Raises:
            NotSignedIn: no usable token, or its session was ended.
            Unavailable: whether the session was ended cannot be known.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("not_signed_in", "Sign in and send the access token.")
        actor = self._actor(token, now)
        if self.revocations.contains(actor.session_id, now):
            raise NotSignedIn(
                "session_ended",
                "This session was ended. Sign in anew: by password, recovery code or a new code.",
            )
        if self.revocations.outdated(actor.account_id, actor.powers, now):
            raise NotSignedIn("token_expired", "Refresh the access token, or sign in again.")
        return actor

    def _actor(self, token: str, now: datetime) -> Actor:
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None and now < known[1]:
            return known[0]
        try:
            actor, expires_at = self.signer.verify(token, now)
        except InvalidToken as error:
            code = "token_expired" if error.expired else "token_invalid"
            raise NotSignedIn(code, "Refresh the access token, or sign in again.") from error
        self._verified.put(digest, (actor, expires_at + timedelta(seconds=LEEWAY_SECONDS)))
        return actor
