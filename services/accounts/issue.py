"""Beginning a session, and the tokens that stand for it.

What a token carries is decided here, in one place: a device that is not confirmed may only send about the
person's own chart, a session that a clinic opened carries that clinic's roles only, and a role for which the
site asks for a second factor is not there without one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from models.accounts import accounts, sessions
from models.accounts.account import Account
from models.accounts.sessions import FULL, Device, EndReason, Session, Standing
from models.sites import sites
from services.access.actor import Actor, Role
from services.access.security import Security
from services.errors import NotAllowed, NotSignedIn


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account with fresh tokens.

    Attributes:
        expires_in: seconds that the access token lives.
        confirmed: the device may read; otherwise it may only send until somebody confirms it.
        waiting: other devices of the account that nobody has confirmed yet.
        recovery_code: the second way back, shown this once.
        session_id: of the session that the tokens stand for.
    """

    account: Account
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    confirmed: bool = True
    waiting: tuple[Session, ...] = ()
    recovery_code: str | None = field(default=None, repr=False)
    session_id: str = ""


def begin_session(
    security: Security, account: Account, device: Device, *, now: datetime, standing: Standing = FULL
) -> SignedIn:
    """Begin a session; an earlier one of the same device ends, if the person is known to hold it."""
    if standing.confirmed:
        sessions.end_all(account.id, EndReason.REPLACED, now=now, device_id=device.id)
    lifetime = security.session_lifetime if standing.ends_at is None else security.page_idle
    session = sessions.create(account.id, device, now=now, lifetime=lifetime, standing=standing)
    return tokens(security, account, session, now=now)


def tokens(
    security: Security, account: Account, session: Session, *, now: datetime, until: datetime | None = None
) -> SignedIn:
    """Return the tokens of the session's present generation; the access token ends at `until` at the latest.

    Raises:
        NotSignedIn: the account was closed.
    """
    if account.closed_at is not None:
        raise ended()
    second_factor = account.has_second_factor
    actor = Actor(
        account.id,
        session.id,
        _roles(account, session, second_factor=second_factor),
        account.patient_id,
        powers=account.powers,
        confirmed=session.confirmed,
        second_factor=second_factor,
        second_factor_at=session.second_factor_at,
    )
    waiting = waiting_devices(account.id, now) if session.confirmed else ()
    return SignedIn(
        account=as_seen(account, confirmed=session.confirmed),
        access_token=security.signer.issue(actor, now, until),
        refresh_token=security.refresh_tokens.of(session),
        expires_in=int(security.signer.lifetime.total_seconds()),
        confirmed=session.confirmed,
        waiting=waiting,
        session_id=session.id,
    )


def as_seen(account: Account, *, confirmed: bool) -> Account:
    """Return the account as its session sees it: one that is not confirmed learns nothing of it."""
    return account if confirmed else replace(account, email=None, roles=())


def waiting_devices(account_id: str, now: datetime) -> tuple[Session, ...]:
    """Return the account's devices that nobody has confirmed yet."""
    return tuple(session for session in sessions.active(account_id, now) if not session.confirmed)


def present_account(account_id: str) -> Account:
    """Return an account that may be used.

    Raises:
        NotSignedIn: it is gone, or it was closed.
    """
    account = accounts.read(account_id)
    if account is None or account.closed_at is not None:
        raise ended()
    return account


def check_whole(actor: Actor, account: Account) -> None:
    """Refuse a session that one clinic let in, where the account has roles at others too.

    What opens the whole account is made only by who has the whole of it.

    Raises:
        NotAllowed: the session carries a part of the account's roles.
        NotSignedIn: the session has ended.
    """
    session = sessions.read(actor.session_id)
    if session is None:
        raise ended()
    if session.site_id is not None and any(entry.site_id != session.site_id for entry in account.roles):
        detail = "A clinic confirmed this device. Use another one, the password or the recovery code first."
        raise NotAllowed("part_of_account", detail)


def standing_of(account: Account, now: datetime) -> Standing:
    """Return the standing of a session whose person gave all that signing in asks for."""
    return Standing(second_factor_at=now if account.has_second_factor else None)


def ended() -> NotSignedIn:
    """Return the error for a session that is over."""
    return NotSignedIn(
        "session_ended", "This session was ended. Sign in anew: by password, recovery code or a new code."
    )


def _roles(account: Account, session: Session, *, second_factor: bool) -> tuple[tuple[str, Role], ...]:
    held = [(site_id, Role(role)) for site_id, role in account.roles]
    if session.site_id is not None:
        held = [(site_id, role) for site_id, role in held if site_id == session.site_id]
    if not session.confirmed:
        held = [(site_id, role) for site_id, role in held if role is Role.PATIENT]
    return tuple(
        (site_id, role) for site_id, role in held if second_factor or not _asks_for_one(site_id, role)
    )


def _asks_for_one(site_id: str, role: Role) -> bool:
    site = sites.read(site_id)
    return site is not None and role.value in site.second_factor_for
