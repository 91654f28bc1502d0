"""Passkeys: signing in without a password, and a second factor that is not typed.

A passkey with user verification is both factors, so who signs in by one has given the second factor. Adding
one asks for what the person has already: the second factor given lately, or else the password. The recovery
codes of the second factor come with whichever is set up first, and stay until the last one is removed. What a
browser is asked and how its answer is looked at is `ceremonies`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from models.accounts import accounts, sessions
from models.accounts.account import Account, AccountEvent, AccountStep, Passkey
from models.accounts.sessions import Device, Standing
from models.store.base import milliseconds, new_id
from services import logs
from services.access.actor import Actor
from services.access.permissions import check_given_lately
from services.access.security import Security
from services.accounts import issue, second_factor
from services.accounts.issue import SignedIn
from services.accounts.passkeys import ceremonies
from services.errors import Conflict, busy, not_found, wrong

MOST = 10
"""Passkeys of an account (our choice)."""
_SIGNING_IN = "sign in"


@dataclass(frozen=True, slots=True)
class Added:
    """A passkey that was added, with the recovery codes if it is the first second factor; shown this once."""

    passkey: Passkey
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


def begin(security: Security, actor: Actor, password: str | None, *, now: datetime) -> dict[str, Any]:
    """Return what the person's browser is asked to make, in JSON.

    Args:
        security: the parts that sign and verify.
        actor: who adds a passkey.
        password: needed where there is one and no second factor.
        now: the present moment.

    Raises:
        NotAllowed: the second factor was not given lately, or the session is of one clinic only.
        NotSignedIn: the password is wrong.
        Invalid: it is missing.
        Conflict: there are ten already.
        TooManyRequests: the last passwords were wrong.
    """
    account = issue.present_account(actor.account_id)
    issue.check_whole(actor, account)
    _check_who_it_is(security, actor, account, password, now)
    _check_room(account)
    return ceremonies.ask_to_create(security, account, _adding(actor), now=now)


def add(
    security: Security, actor: Actor, credential: Mapping[str, Any], name: str, *, now: datetime
) -> Added:
    """Add what the browser made.

    Raises:
        NotSignedIn: it does not answer what this session was asked, or is not right.
        NotAllowed: a second factor has come since, and was not given in this session.
        Conflict: it is known already, or there are ten.
    """
    made = ceremonies.created(security, credential, _adding(actor), now=now)
    account = issue.present_account(actor.account_id)
    _check_still_who_it_is(actor, account, now)
    _check_room(account)
    credential_id = ceremonies.as_text(made.credential_id)
    if accounts.has_credential(credential_id):
        raise Conflict("passkey_known", "This passkey is in use already.")
    passkey = Passkey(
        id=new_id(),
        credential_id=credential_id,
        public_key=ceremonies.as_text(made.credential_public_key),
        name=name,
        created_at=milliseconds(now),
        used_at=milliseconds(now),
        count=made.sign_count,
        synced=made.credential_backed_up,
    )
    codes, digests = second_factor.codes_for(security, account)
    step = AccountStep(now, AccountEvent.PASSKEY_ADDED, actor.of_own_account(), passkey.id)
    wanted = (*account.passkeys, passkey)
    if accounts.change(account, step, passkeys=wanted, factor_codes=digests) is None:
        raise busy("this account")
    second_factor.note_given(actor, now)
    return Added(passkey, codes)


def own(actor: Actor) -> tuple[Passkey, ...]:
    """Return the actor's passkeys, the first added first."""
    return issue.present_account(actor.account_id).passkeys


def rename(actor: Actor, passkey_id: str, name: str) -> Passkey:
    """Give one of the actor's passkeys another name.

    Raises:
        NotFound: there is none with this id.
    """
    account = issue.present_account(actor.account_id)
    renamed = replace(_of(account, passkey_id), name=name)
    if not accounts.use_factor(account, passkeys=_with(account, renamed)):
        raise busy("this account")
    return renamed


def remove(actor: Actor, passkey_id: str, *, now: datetime) -> None:
    """Remove one of the actor's passkeys; with the last second factor its recovery codes go too.

    Raises:
        NotFound: there is none with this id.
        NotAllowed: the second factor was not given lately.
    """
    account = issue.present_account(actor.account_id)
    passkey = _of(account, passkey_id)
    if account.has_second_factor:
        check_given_lately(actor, now)
    left = tuple(other for other in account.passkeys if other.id != passkey.id)
    codes = account.factor_codes if left or account.has_totp else ()
    step = AccountStep(now, AccountEvent.PASSKEY_REMOVED, actor.of_own_account(), passkey.id)
    if accounts.change(account, step, passkeys=left, factor_codes=codes) is None:
        raise busy("this account")


def ask(security: Security, *, now: datetime) -> dict[str, Any]:
    """Return what a browser is asked to sign, in JSON, by whoever wants in."""
    return ceremonies.ask_to_sign(security, _SIGNING_IN, now=now)


def sign_in(security: Security, credential: Mapping[str, Any], device: Device, *, now: datetime) -> SignedIn:
    """Begin a session by a passkey.

    Raises:
        NotSignedIn: it is not a passkey of an account, or its answer is not right.
    """
    account = check(security, credential, now=now)
    standing = Standing(second_factor_at=now)
    return issue.begin_session(security, account, device, now=now, standing=standing)


def check(security: Security, credential: Mapping[str, Any], *, now: datetime) -> Account:
    """Return the account whose passkey answered what was asked.

    Raises:
        NotSignedIn: it is not a passkey of an account, or its answer is not right.
    """
    account = accounts.read_by_passkey_handle(ceremonies.holder_handle(credential))
    passkey = None if account is None else _named(account, credential["id"])
    if account is None or passkey is None or account.closed_at is not None:
        raise ceremonies.refused()
    given = ceremonies.signed(security, credential, passkey, _SIGNING_IN, now=now)
    # Passkeys that are kept by several devices do not count: both are 0.
    if given.new_sign_count <= passkey.count and (given.new_sign_count or passkey.count):
        logs.log.warning("passkey_copied", account_id=account.id)
        raise ceremonies.refused()
    used = replace(passkey, count=given.new_sign_count, used_at=milliseconds(now))
    if not accounts.use_factor(account, passkeys=_with(account, used)):
        raise busy("this account")
    return issue.present_account(account.id)


def give(security: Security, actor: Actor, credential: Mapping[str, Any], *, now: datetime) -> SignedIn:
    """Give the second factor again in the actor's session; return fresh tokens that say so.

    Raises:
        NotSignedIn: it is not a passkey of the actor's account, or its answer is not right.
    """
    account = check(security, credential, now=now)
    if account.id != actor.account_id:
        raise ceremonies.refused()
    return second_factor.given_again(security, actor, account, now=now)


def _check_who_it_is(
    security: Security, actor: Actor, account: Account, password: str | None, now: datetime
) -> None:
    if account.has_second_factor:
        check_given_lately(actor, now)
    elif account.password_hash is not None:
        if password is None:
            raise wrong("/password", "missing", "Send the password of the account.")
        second_factor.check_own_password(security, account, password, now=now)


def _check_still_who_it_is(actor: Actor, account: Account, now: datetime) -> None:
    """The password was enough when the browser was asked; meanwhile there may be a second factor."""
    session = sessions.read(actor.session_id)
    given = None if session is None else session.second_factor_at
    if account.has_second_factor:
        check_given_lately(replace(actor, second_factor_at=given), now - ceremonies.CHALLENGE_LIVES)


def _check_room(account: Account) -> None:
    if len(account.passkeys) >= MOST:
        raise Conflict("too_many_passkeys", f"There are {MOST} passkeys. Remove one first.")


def _adding(actor: Actor) -> str:
    return f"add to {actor.account_id} in {actor.session_id}"


def _of(account: Account, passkey_id: str) -> Passkey:
    found = next((passkey for passkey in account.passkeys if passkey.id == passkey_id), None)
    if found is None:
        raise not_found("passkey")
    return found


def _named(account: Account, credential_id: str) -> Passkey | None:
    return next((passkey for passkey in account.passkeys if passkey.credential_id == credential_id), None)


def _with(account: Account, changed: Passkey) -> tuple[Passkey, ...]:
    return tuple(changed if passkey.id == changed.id else passkey for passkey in account.passkeys)
