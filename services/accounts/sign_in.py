"""Signing in, staying signed in, signing out.

Sessions are refresh families: each use of a refresh token moves the family on by one guarded update. A
phone that lost the answer may repeat the token for a short time and gets the same successor; an older
token ends the family, because two parties hold it. Joining by an invitation is
`services.accounts.invitations`.
"""

from __future__ import annotations

import hashlib
import logging
import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.accounts import accounts, sessions, sign_in_attempts
from models.accounts.accounts import Account
from models.accounts.sessions import Device, EndReason, Session
from services.access.actor import Actor, Role
from services.access.refresh_tokens import MalformedRefreshToken, Presented, parse
from services.access.security import Security
from services.errors import NotSignedIn, TooManyRequests

GRACE = timedelta(seconds=45)
"""How long a used refresh token still gives its successor (our choice, between 30 and 60 s)."""
MAX_ATTEMPTS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A try to sign in.

    Attributes:
        address: where it comes from, as the server sees it.
    """

    email: str
    password: str = field(repr=False)
    device: Device
    address: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account with fresh tokens; `expires_in` is the access token's life in seconds."""

    account: Account
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


def sign_in(security: Security, given: SignIn, *, now: datetime) -> SignedIn:
    """Begin a session with e-mail address and password.

    Raises:
        TooManyRequests: the last tries at this account from this address were wrong.
        NotSignedIn: wrong, whichever of the two it is.
    """
    account = check_password(security, given, now=now)
    return begin_session(security, account, given.device, now=now)


def check_password(security: Security, given: SignIn, *, now: datetime) -> Account:
    """Return the account if the password is right; tries are counted and slowed down.

    Raises:
        TooManyRequests: as for `sign_in`.
        NotSignedIn: as for `sign_in`.
    """
    key = claim_attempt(f"{accounts.email_key(given.email)}|{given.address}", now=now)
    account = accounts.read_by_email(given.email)
    stored = None if account is None or account.closed_at is not None else account.password_hash
    if not security.passwords.verify(stored, given.password) or account is None or stored is None:
        raise NotSignedIn("wrong_credentials", "The e-mail address or the password is wrong.")
    sign_in_attempts.forget(key)
    if security.passwords.outdated(stored):
        accounts.renew_hash(account, security.passwords.hash(given.password))
    return account


def claim_attempt(subject: str, *, now: datetime) -> str:
    """Count a try at the subject, an account or a code with the caller's address; return the key.

    Raises:
        TooManyRequests: the pause after the last tries is not over.
    """
    key = hashlib.sha256(subject.encode()).hexdigest()
    pause = sign_in_attempts.claim(key, now=now)
    if pause > sign_in_attempts.NO_PAUSE:
        wait = math.ceil(pause.total_seconds())
        raise TooManyRequests("too_many_attempts", "Wait before you try again.", retry_after=wait)
    return key


def begin_session(security: Security, account: Account, device: Device, *, now: datetime) -> SignedIn:
    """Begin a session on a device; an earlier one of the same device ends."""
    sessions.end_all(account.id, EndReason.REPLACED, now=now, device_id=device.id)
    session = sessions.create(account.id, device, now=now, lifetime=security.session_lifetime)
    return _tokens(security, account, session, now)


def refresh(security: Security, token: str, *, now: datetime) -> SignedIn:
    """Give the successor of a refresh token, and an access token.

    Raises:
        NotSignedIn: not a token of ours, its session ended or expired, or it was used before the grace.
    """
    presented, session = _session_of(security, token)
    session = _move_on(security, presented, session, now)
    account = accounts.read(session.account_id)
    if account is None or account.closed_at is not None:
        raise _ended()
    return _tokens(security, account, session, now)


def sign_out(security: Security, actor: Actor, *, now: datetime) -> None:
    """End the actor's session: here at once, in other processes within five seconds."""
    sessions.end(actor.session_id, EndReason.SIGNED_OUT, now=now)
    security.revocations.add(actor.session_id)


def own_account(actor: Actor) -> Account:
    """Return the actor's account.

    Raises:
        NotSignedIn: it is gone.
    """
    account = accounts.read(actor.account_id)
    if account is None:
        raise _ended()
    return account


def _move_on(security: Security, presented: Presented, session: Session, now: datetime) -> Session:
    for _ in range(MAX_ATTEMPTS):
        if not session.usable(now):
            raise _ended()
        if presented.generation == session.generation:
            if sessions.rotate(session, now=now, lifetime=security.session_lifetime):
                return replace(session, generation=session.generation + 1)
            session = sessions.read(session.id) or session
        elif presented.generation == session.generation - 1 and now - session.rotated_at <= GRACE:
            return session
        else:
            _end_reused(security, session, now)
    raise _ended()


def _end_reused(security: Security, session: Session, now: datetime) -> None:
    sessions.end(session.id, EndReason.REUSED, now=now)
    security.revocations.add(session.id)
    _log.warning("refresh token used again after the grace; session %s ended", session.id)
    raise _ended()


def _session_of(security: Security, token: str) -> tuple[Presented, Session]:
    invalid = NotSignedIn("refresh_token_invalid", "This refresh token cannot be used. Sign in again.")
    try:
        presented = parse(token)
    except MalformedRefreshToken as error:
        raise invalid from error
    session = sessions.read(presented.session_id)
    if session is None or not security.refresh_tokens.genuine(presented, session):
        raise invalid
    return presented, session


def _tokens(security: Security, account: Account, session: Session, now: datetime) -> SignedIn:
    roles = tuple((site_id, Role(role)) for site_id, role in account.roles)
    actor = Actor(account.id, session.id, roles, account.patient_id)
    return SignedIn(
        account=account,
        access_token=security.signer.issue(actor, now),
        refresh_token=security.refresh_tokens.of(session),
        expires_in=int(security.signer.lifetime.total_seconds()),
    )


def _ended() -> NotSignedIn:
    return NotSignedIn("session_ended", "This session was ended. Sign in again.")
