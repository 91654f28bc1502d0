"""Staying signed in: each use of a refresh token moves its family on by one guarded update.

The states of a family at generation n, and what a presented token does (docs/security.md has the table):

- token n: the family moves to n + 1;
- token n - 1, so the answer that held n was lost, or two parties hold the token: within the grace its
  successor again. Later than that, staff are signed out. A phone of a patient or caregiver may have lost the
  answer days ago, with reports waiting in it: it gets the successor too, but only twice a week. The third
  time ends the family and asks for the recovery code, so a thief who takes turns with the owner is out;
- anything older ends the family.

The successor is derived and never stored, so however often it is given again it is the same one: there are
never two.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from models.accounts import sessions
from models.accounts.account import Account
from models.accounts.sessions import EndReason, Session
from services.access.actor import STAFF
from services.access.refresh_tokens import MalformedRefreshToken, Presented, parse
from services.access.security import Security
from services.accounts import issue
from services.accounts.issue import SignedIn
from services.errors import NotSignedIn

GRACE = timedelta(seconds=45)
"""How long a used refresh token still gives its successor (our choice, between 30 and 60 s)."""
LATE_REPEATS = 2
"""How often a phone may repeat later than that within `LATE_WITHIN` (our choice: two lost answers a week)."""
LATE_WITHIN = timedelta(days=7)
MAX_ATTEMPTS = 5

_log = logging.getLogger(__name__)


def refresh(security: Security, token: str, *, now: datetime) -> SignedIn:
    """Give the successor of a refresh token, and an access token.

    Raises:
        NotSignedIn: not a token of ours, its session ended or expired, or it was used too long before.
    """
    presented, session = _session_of(security, token)
    account = issue.present_account(session.account_id)
    session = _move_on(security, presented, session, account, now)
    return issue.tokens(security, account, session, now=now)


def _move_on(
    security: Security, presented: Presented, session: Session, account: Account, now: datetime
) -> Session:
    for _ in range(MAX_ATTEMPTS):
        if not session.usable(now):
            raise issue.ended()
        if presented.generation == session.generation:
            if sessions.rotate(session, now=now, lifetime=security.session_lifetime):
                return replace(session, generation=session.generation + 1)
        elif presented.generation != session.generation - 1:
            _end(security, session, EndReason.REUSED, now)
        elif _within_grace(session, now) or _repeated_late(security, session, account, now):
            return session
        session = sessions.read(session.id) or session
    raise issue.ended()


def _within_grace(session: Session, now: datetime) -> bool:
    # Ten requests of one phone that wakes repeat together: they are one repetition.
    return now - max((session.rotated_at, *session.late_repeats)) <= GRACE


def _repeated_late(security: Security, session: Session, account: Account, now: datetime) -> bool:
    """Count a late repetition; return False when the session changed meanwhile."""
    if any(entry.role in STAFF for entry in account.roles):
        _end(security, session, EndReason.REUSED, now)
    lately = tuple(moment for moment in session.late_repeats if now - moment < LATE_WITHIN)
    if len(lately) >= LATE_REPEATS:
        _end(security, session, EndReason.REPEATED_LATE, now)
    return sessions.change(session, late_repeats=(*lately, now))


def _end(security: Security, session: Session, reason: EndReason, now: datetime) -> None:
    sessions.end(session.id, reason, now=now)
    security.revocations.add(session.id)
    _log.warning("refresh token used again: %s; session %s ended", reason.value, session.id)
    if reason is EndReason.REPEATED_LATE:
        detail = (
            "This phone was signed out to be safe. Enter the recovery code, or ask the clinic for a new code."
        )
        raise NotSignedIn("recovery_needed", detail)
    raise issue.ended()


def _session_of(security: Security, token: str) -> tuple[Presented, Session]:
    invalid = NotSignedIn("refresh_token_invalid", "This refresh token cannot be used. Sign in anew.")
    try:
        presented = parse(token)
    except MalformedRefreshToken as error:
        raise invalid from error
    session = sessions.read(presented.session_id)
    if (
        session is None
        or session.ends_at is not None
        or not security.refresh_tokens.genuine(presented, session)
    ):
        raise invalid
    return presented, session
