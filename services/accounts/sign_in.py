"""Signing in with a password and, where there is one, a second factor; and signing out.

A try is counted before the password is looked at, in three ways (`models.accounts.sign_in_attempts`): account
and address, where wrong tries are soon told to wait; the address across accounts, and the account across
addresses, which are slowed and never shut. Somebody who signs in on a device that the account knows is
counted by that device alone, so nobody else's guessing holds them up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from models.accounts import accounts, sessions
from models.accounts.account import Account
from models.accounts.sessions import Device, EndReason
from services.access.actor import Actor
from services.access.addresses import network_of
from services.access.security import Security
from services.accounts import attempts, issue, second_factor
from services.accounts.issue import SignedIn
from services.errors import NotSignedIn


@dataclass(frozen=True, slots=True)
class SignIn:
    """A try to sign in.

    Attributes:
        address: where it comes from, as the server sees it.
        code: of the second factor, or one of its recovery codes.
    """

    email: str
    password: str = field(repr=False)
    device: Device
    address: str
    code: str | None = field(default=None, repr=False)


def sign_in(security: Security, given: SignIn, *, now: datetime) -> SignedIn:
    """Begin a session with e-mail address and password.

    Raises:
        TooManyRequests: the last tries were wrong, or too many people sign in at this moment.
        NotSignedIn: wrong, whichever of the two it is; or the second factor is missing.
    """
    account = check_password(security, given, now=now)
    standing = issue.standing_of(account, now)
    return issue.begin_session(security, account, given.device, now=now, standing=standing)


def check_password(security: Security, given: SignIn, *, now: datetime) -> Account:
    """Return the account if the password and the second factor are right; tries are counted and slowed down.

    Raises:
        TooManyRequests: as for `sign_in`.
        NotSignedIn: as for `sign_in`.
    """
    with security.passwords.waiting():
        return _checked(security, given, now)


def _checked(security: Security, given: SignIn, now: datetime) -> Account:
    account = accounts.read_by_email(given.email)
    keys = _claim_all(account, given, now)
    stored = None if account is None or account.closed_at is not None else account.password_hash
    if not security.passwords.verify(stored, given.password) or account is None or stored is None:
        raise NotSignedIn("wrong_credentials", "The e-mail address or the password is wrong.")
    account = second_factor.check(security, account, given.code, given.device.id, now=now)
    attempts.forget(keys[0])
    for key in keys[1:]:
        attempts.give_back(key)
    if security.passwords.outdated(stored):
        accounts.renew_hash(account, security.passwords.hash(given.password))
    return account


def sign_out(security: Security, actor: Actor, *, now: datetime) -> None:
    """End the actor's session: here at once, in other processes within five seconds."""
    sessions.end(actor.session_id, EndReason.SIGNED_OUT, now=now)
    security.revocations.add(actor.session_id)


def own_account(actor: Actor) -> Account:
    """Return the actor's account.

    Raises:
        NotSignedIn: it is gone.
    """
    return issue.as_seen(issue.present_account(actor.account_id), confirmed=actor.confirmed)


def _claim_all(account: Account | None, given: SignIn, now: datetime) -> list[str]:
    email, network = accounts.email_key(given.email), network_of(given.address)
    if account is not None and sessions.known_device(account.id, given.device.id):
        return [attempts.claim(f"device|{account.id}|{given.device.id}", now=now)]
    return [
        attempts.claim(f"{email}|{network}", now=now),
        attempts.claim(f"address|{network}", now=now, pauses=attempts.OF_ADDRESS),
        attempts.claim(f"account|{email}", now=now, pauses=attempts.OF_ACCOUNT),
    ]
