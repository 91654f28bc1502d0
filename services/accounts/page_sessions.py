"""Sessions of the pages: an ordinary family of sessions, with limits for computers that several people use.

It ends when nobody has done anything for some time, and some hours after signing in whatever was done; a
page that fetches news by itself keeps nobody signed in. The browser's token stays the same for the whole
session: it lies in a cookie that scripts cannot read, and an answer that got lost would sign people out in
the middle of their work. It is of no use at the JSON door.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from models.accounts import sessions
from models.accounts.account import Account
from models.accounts.sessions import Device, Session
from services.access.actor import STAFF, Actor
from services.access.refresh_tokens import MalformedRefreshToken, parse
from services.access.seals import InvalidSeal
from services.access.security import Security
from services.accounts import issue
from services.accounts.issue import SignedIn
from services.accounts.passkeys import passkeys
from services.accounts.sign_in import SignIn, check_password
from services.errors import NotAllowed, NotSignedIn

NOTED_WITHIN = timedelta(minutes=2)
"""An access token of the pages lives so long, so that activity is noted at most so late."""
TYPED_WITHIN = timedelta(minutes=5)
"""So long there is for the code after the password (our choice)."""
_TYPED = "typed at sign-in"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed to sign in; the code comes on a second page."""

    email: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)


def sign_in(security: Security, given: SignIn, *, now: datetime) -> SignedIn:
    """Begin a session of the pages with e-mail address, password and, where there is one, second factor.

    Raises:
        TooManyRequests: the last tries were wrong.
        NotSignedIn: as for `sign_in.sign_in`.
        NotAllowed: the account is not one of a clinic's staff.
    """
    return _begin(security, check_password(security, given, now=now), given.device, now)


def sign_in_by_passkey(
    security: Security, credential: Mapping[str, Any], device: Device, *, now: datetime
) -> SignedIn:
    """Begin a session of the pages by a passkey, which is both factors.

    Raises:
        NotSignedIn: as for `passkeys.sign_in`.
        NotAllowed: the account is not one of a clinic's staff.
    """
    return _begin(security, passkeys.check(security, credential, now=now), device, now)


def _begin(security: Security, account: Account, device: Device, now: datetime) -> SignedIn:
    if not any(entry.role in STAFF for entry in account.roles):
        raise NotAllowed("staff_only", "These pages are for the staff of a clinic.")
    standing = replace(issue.standing_of(account, now), ends_at=now + security.page_lifetime)
    begun = issue.begin_session(security, account, device, now=now, standing=standing)
    return go_on(security, begun.refresh_token, now=now, active=True)


def go_on(security: Security, token: str, *, now: datetime, active: bool) -> SignedIn:
    """Return a fresh access token of a session of the pages.

    Args:
        security: the parts that sign and verify.
        token: what the browser holds.
        now: the present moment.
        active: a person did something, so the time in which nothing was done begins anew.

    Raises:
        NotSignedIn: not a token of the pages, or its session has ended.
    """
    session = _session_of(security, token, now)
    until = session.expires_at
    if active:
        until = min(now + security.page_idle + NOTED_WITHIN, session.ends_at or until)
        if not sessions.extend(session, until):
            raise issue.ended()
    account = issue.present_account(session.account_id)
    return issue.tokens(security, account, session, now=now, until=min(until, now + NOTED_WITHIN))


def seal(security: Security, typed: Typed, now: datetime) -> str:
    """Return e-mail address and password sealed, for the page that asks for the code."""
    return security.seals.seal(json.dumps([_TYPED, typed.email, typed.password, now.timestamp()]))


def unseal(security: Security, ticket: str, code: str, now: datetime) -> Typed:
    """Return what was sealed, with the code of the second factor.

    Raises:
        NotSignedIn: it was not sealed here, or too long ago.
    """
    too_late = NotSignedIn("sign_in_again", "That took too long. Sign in again.")
    try:
        kind, email, password, at = json.loads(security.seals.unseal(ticket))
    except (InvalidSeal, ValueError, TypeError) as error:
        raise too_late from error
    if kind != _TYPED or not 0 <= now.timestamp() - at <= TYPED_WITHIN.total_seconds():
        raise too_late
    return Typed(email, password, code)


def is_of(session_id: str, account: Account) -> bool:
    """Return whether a session, which may have ended, was one of this account."""
    session = sessions.read(session_id)
    return session is not None and session.account_id == account.id


def ends_at(actor: Actor) -> datetime | None:
    """Return when the actor's session ends unless something is done; None when it has ended."""
    session = sessions.read(actor.session_id)
    return None if session is None else session.expires_at


def _session_of(security: Security, token: str, now: datetime) -> Session:
    try:
        presented = parse(token)
    except MalformedRefreshToken as error:
        raise issue.ended() from error
    session = sessions.read(presented.session_id)
    if session is None or session.ends_at is None or not session.usable(now):
        raise issue.ended()
    if not security.refresh_tokens.genuine(presented, session):
        raise issue.ended()
    return session
