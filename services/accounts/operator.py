"""What the operator does on the command line: the first site and administrator, and the ways back for staff.

Each code is for one use and printed once; who runs the command hands it over. Mail may carry it later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from models.accounts import accounts, sessions
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.invitations import Invitation, InvitationKind
from models.accounts.sessions import EndReason
from models.sites import sites
from models.sites.sites import Site
from models.store.base import new_id
from models.store.provenance import by_itself
from services import names
from services.access.actor import Role
from services.access.security import Security
from services.accounts.invitations import STAFF_CODE_LIVES, Invited, store
from services.errors import changed_meanwhile, not_found, wrong

OPERATOR = by_itself("operator")
RESET_CODE_LIVES = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Codes:
    """What every code of the operator has in common."""

    kind: InvitationKind
    lives: timedelta
    role: Role | None = None


def create_site(name: str, zone: str, *, now: datetime) -> Site:
    """Store a new site with the default texts and thresholds.

    Raises:
        Invalid: there is no such time zone, or the name is none.
    """
    name = names.checked(name, "/name")
    if zone not in available_timezones():
        raise wrong("/zone", "unknown_zone", "Must be an IANA time zone, such as Europe/Lisbon.")
    site = Site(id=new_id(), name=name, zone=zone)
    sites.create(site, now=now)
    return site


def invite_admin(security: Security, site_id: str, name: str, role: Role, *, now: datetime) -> Invited:
    """Make a one-use code for an administrator of a site, or for another role there.

    Raises:
        NotFound: there is no such site.
        Invalid: the name is none.
    """
    name = names.checked(name, "/name")
    if sites.read_anew(site_id) is None:
        raise not_found("site")
    codes = _Codes(InvitationKind.STAFF, STAFF_CODE_LIVES, role)
    return store(security, _invitation(site_id, new_id(), name, codes, now))


def reset_password(security: Security, email: str, *, now: datetime) -> Invited:
    """Make a one-use code with which somebody sets a new password; the second factor stays.

    Raises:
        NotFound: there is no account with this address.
    """
    account = _account(email)
    codes = _Codes(InvitationKind.PASSWORD_RESET, RESET_CODE_LIVES)
    return store(security, _invitation("", account.id, account.name, codes, now))


def remove_second_factor(email: str, reason: str, *, now: datetime) -> None:
    """Remove the second factors of somebody who lost the phone and the recovery codes; sessions end.

    Raises:
        NotFound: there is no account with this address.
    """
    account = _account(email)
    step = AccountStep(now, AccountEvent.SECOND_FACTOR_REMOVED, OPERATOR, reason=reason)
    if accounts.change(account, step, totp=None, passkeys=(), factor_codes=()) is None:
        raise changed_meanwhile()
    sessions.end_all(account.id, EndReason.CREDENTIALS_CHANGED, now=now, by=OPERATOR)


def close(email: str, reason: str, *, now: datetime) -> None:
    """Close an account, whatever its roles: its sessions end, and it cannot sign in.

    Raises:
        NotFound: there is no account with this address.
    """
    account = _account(email)
    step = AccountStep(now, AccountEvent.CLOSED, OPERATOR, reason=reason)
    if accounts.change(account, step, closed_at=now) is None:
        raise changed_meanwhile()
    sessions.end_all(account.id, EndReason.ACCOUNT_CLOSED, now=now, by=OPERATOR)


def _invitation(site_id: str, account_id: str, name: str, codes: _Codes, now: datetime) -> Invitation:
    return Invitation(
        digest="",
        kind=codes.kind,
        site_id=site_id,
        account_id=account_id,
        name=name,
        created_by=OPERATOR,
        created_at=now,
        expires_at=now + codes.lives,
        role=codes.role,
    )


def _account(email: str) -> Account:
    account = accounts.read_by_email(email)
    if account is None:
        raise not_found("account")
    return account
