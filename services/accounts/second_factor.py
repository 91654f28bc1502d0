"""The second factor of staff: setting it up, giving it at sign-in and again before what matters, removing it.

A code is taken once: the time step that was taken is stored by a guarded update and has to grow. Ten
recovery codes stand in for a lost phone, once each. Beside a passkey, setting up asks for the second factor
given lately: a password alone makes none where there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from models.accounts import accounts, sessions
from models.accounts.account import Account, AccountEvent, AccountStep, Totp
from services.access import totp
from services.access.actor import Actor
from services.access.codes import new_code
from services.access.permissions import check_given_lately
from services.access.security import Security
from services.accounts import attempts, issue
from services.accounts.issue import SignedIn
from services.errors import Conflict, NotSignedIn, busy

RECOVERY_CODES = 10
_DIGITS = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app needs to make codes, shown this once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def begin(security: Security, actor: Actor, password: str, *, issuer: str, now: datetime) -> Setup:
    """Make a secret for the actor's app; it counts from the first right code on.

    Raises:
        NotSignedIn: the password is wrong.
        NotAllowed: there is a passkey, and the second factor was not given lately.
        Conflict: there are one-time passwords, which have to be removed first.
        TooManyRequests: the last tries were wrong.
    """
    account = issue.present_account(actor.account_id)
    if account.has_second_factor and not account.has_totp:
        check_given_lately(actor, now)
    check_own_password(security, account, password, now=now)
    if account.has_totp:
        raise Conflict("second_factor_set", "There is a second factor already. Remove it first.")
    secret = security.totp.new()
    if not accounts.use_factor(account, totp=Totp(security.totp.seal(secret))):
        raise busy("this account")
    return Setup(secret, totp.setup_uri(secret, account=account.email or account.name, issuer=issuer))


def confirm(security: Security, actor: Actor, code: str, *, now: datetime) -> tuple[str, ...]:
    """Set the second factor by a first right code; return the recovery codes, shown this once.

    Those of a passkey that was there before are replaced.

    Raises:
        Conflict: none was begun.
        NotAllowed: there is a passkey, and the second factor was not given lately.
        NotSignedIn: the code is wrong.
    """
    account = issue.present_account(actor.account_id)
    if account.totp is None or account.totp.confirmed:
        raise Conflict("second_factor_not_begun", "Begin to set up a second factor first.")
    if account.has_second_factor:
        check_given_lately(actor, now)
    key = _counted_as(account, _device_of(actor))
    step = _accepted(security, key, account.totp, code, now)
    codes, digests = _new_codes(security)
    wanted = replace(account.totp, confirmed=True, last_step=step)
    _change(account, AccountEvent.SECOND_FACTOR_SET, actor, now, totp=wanted, factor_codes=digests)
    note_given(actor, now)
    return codes


def remove(security: Security, actor: Actor, code: str, *, now: datetime) -> None:
    """Remove the one-time passwords; a second factor has to be given for that.

    Raises:
        NotSignedIn: the code is wrong.
    """
    account = issue.present_account(actor.account_id)
    account = check(security, account, code, _device_of(actor), now=now)
    codes = account.factor_codes if account.passkeys else ()
    _change(account, AccountEvent.SECOND_FACTOR_REMOVED, actor, now, totp=None, factor_codes=codes)


def give(security: Security, actor: Actor, code: str, *, now: datetime) -> SignedIn:
    """Give the second factor again in the actor's session; return fresh tokens that say so.

    Raises:
        NotSignedIn: the code is wrong, or the session has ended.
        Conflict: the account has no second factor.
    """
    account = issue.present_account(actor.account_id)
    if not account.has_second_factor:
        raise Conflict("no_second_factor", "Set up a second factor first.")
    account = check(security, account, code, _device_of(actor), now=now)
    return given_again(security, actor, account, now=now)


def given_again(security: Security, actor: Actor, account: Account, *, now: datetime) -> SignedIn:
    """Note that the second factor was given in the actor's session; return fresh tokens that say so.

    Raises:
        NotSignedIn: the session has ended.
    """
    note_given(actor, now)
    session = sessions.read(actor.session_id)
    if session is None or not session.usable(now):
        raise issue.ended()
    return issue.tokens(security, account, session, now=now)


def check(
    security: Security, account: Account, code: str | None, device_id: str, *, now: datetime
) -> Account:
    """Return the account if the code is right, or none is asked for.

    Wrong codes on a device that the account knows are counted by that device alone.

    Raises:
        NotSignedIn: the code is missing or wrong, or was used before.
        TooManyRequests: the last codes were wrong.
    """
    if not account.has_second_factor:
        return account
    if code is None:
        raise NotSignedIn("second_factor_needed", "Send the code of the second factor too.")
    if not accounts.use_factor(account, **_used(security, account, code, device_id, now)):
        raise NotSignedIn("second_factor_wrong", "The code of the second factor is wrong.")
    return issue.present_account(account.id)


def check_own_password(security: Security, account: Account, password: str, *, now: datetime) -> None:
    """Refuse a wrong password of somebody who is signed in.

    Raises:
        NotSignedIn: it is wrong.
        TooManyRequests: the last tries were wrong.
    """
    key = f"password|{account.id}"
    key = attempts.claim(key, now=now)
    if not security.passwords.verify(account.password_hash, password):
        raise NotSignedIn("wrong_credentials", "The password is wrong.")
    attempts.forget(key)


def codes_for(security: Security, account: Account) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return new recovery codes and the digests to store for an account that gets a second factor.

    Where there are some they stay, and no new ones are shown; without a password none are needed.
    """
    if account.factor_codes or account.password_hash is None:
        return (), account.factor_codes
    return _new_codes(security)


def note_given(actor: Actor, now: datetime) -> None:
    """Note that the second factor was given in the actor's session."""
    session = sessions.read(actor.session_id)
    if session is not None:
        sessions.change(session, second_factor_at=now)


def _new_codes(security: Security) -> tuple[tuple[str, ...], tuple[str, ...]]:
    codes = tuple(new_code() for _ in range(RECOVERY_CODES))
    return codes, tuple(security.codes.of(code) for code in codes)


def _used(security: Security, account: Account, code: str, device_id: str, now: datetime) -> dict[str, Any]:
    """What is to be stored of the account once the code is used."""
    digest = security.codes.of(code)
    if digest in account.factor_codes:
        return {"factor_codes": tuple(other for other in account.factor_codes if other != digest)}
    # One-time passwords that were only begun are no factor yet, also where there is another one.
    counted = account.totp if account.has_totp else None
    step = _accepted(security, _counted_as(account, device_id), counted, code, now)
    return {"totp": None if counted is None else replace(counted, last_step=step)}


def _device_of(actor: Actor) -> str:
    session = sessions.read(actor.session_id)
    return "" if session is None else session.device_id


def _counted_as(account: Account, device_id: str) -> str:
    """What a try counts towards: who knows the password holds up nobody on a device that is known."""
    known = sessions.known_device(account.id, device_id)
    return f"second factor|{account.id}|{device_id}" if known else f"second factor|{account.id}"


def _accepted(security: Security, counted_as: str, known: Totp | None, code: str, now: datetime) -> int:
    key = attempts.claim(counted_as, now=now)
    typed = code.replace(" ", "")
    step = None
    if known is not None and _DIGITS.fullmatch(typed):
        secret = security.totp.unseal(known.sealed_secret)
        step = totp.accepted_step(secret, typed, now, after=known.last_step)
    if step is None:
        raise NotSignedIn("second_factor_wrong", "The code of the second factor is wrong.")
    attempts.forget(key)
    return step


def _change(account: Account, event: AccountEvent, actor: Actor, now: datetime, **values: Any) -> None:
    if accounts.change(account, AccountStep(now, event, actor.of_own_account()), **values) is None:
        raise busy("this account")
