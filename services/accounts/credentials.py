"""One's own password and recovery code, and the way back without them.

A password is changed by who knows it, and reset by a one-use code that the operator's command prints (or a
mail will carry). A recovery code is the second way back of somebody without a password, at night too: it is
shown once, opens a full session on a new device, and is replaced by the next one in doing so. A new password
voids it, as it ends every other session. The next one is
derived from it, so that a device whose answer was lost gets the same answer again for a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.accounts import accounts, invitations, sessions, shut_out
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.invitations import Invitation, InvitationKind
from models.accounts.sessions import Device, EndReason
from models.store.provenance import Provenance
from services.access import passwords
from services.access.actor import Actor
from services.access.addresses import network_of
from services.access.codes import LENGTH, new_code
from services.access.security import Security
from services.accounts import attempts, issue, second_factor
from services.accounts.invitations import code_not_usable
from services.accounts.issue import SignedIn
from services.errors import Conflict, NotSignedIn, busy
from services.retry import FEW_ATTEMPTS, until_won

_CODE_PARTS = 2
"""A recovery code is twice as long as an invitation's, because it does not expire."""
REPEATABLE_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery code with the device that uses it, and where it comes from."""

    code: str = field(repr=False)
    device: Device
    address: str


def change_password(security: Security, actor: Actor, old: str, new: str, *, now: datetime) -> None:
    """Change the actor's password; every other session of the account ends, and its recovery code is void.

    Raises:
        NotSignedIn: the old one is wrong.
        Invalid: the new one is easily guessed.
    """
    account = issue.present_account(actor.account_id)
    second_factor.check_own_password(security, account, old, now=now)
    _set_password(security, account, new, actor.of_own_account(), now)
    sessions.end_all(account.id, EndReason.CREDENTIALS_CHANGED, now=now, but=actor.session_id)


def reset_password(security: Security, code: str, new: str, *, address: str, now: datetime) -> None:
    """Set a new password by a one-use code; every session of the account ends, and the recovery code is void.

    The second factor stays.

    Raises:
        Invalid: the code cannot be used, or the password is easily guessed.
        NotSignedIn: the account was closed.
        TooManyRequests: the last codes from this address were wrong.
    """
    key = attempts.claim(f"reset|{network_of(address)}", now=now, pauses=attempts.OF_ADDRESS)
    digest = security.codes.of(code)
    invitation = invitations.read(digest)
    if invitation is None or not _resets(invitation, now):
        raise code_not_usable()
    account = issue.present_account(invitation.account_id)
    passwords.check_new(new, account.email, account.name)
    if not invitations.redeem(digest, "", now=now):
        raise code_not_usable()
    _set_password(security, account, new, replace(invitation.created_by, account_id=account.id), now)
    sessions.end_all(account.id, EndReason.CREDENTIALS_CHANGED, now=now)
    attempts.give_back(key)


def new_recovery_code(security: Security, account_id: str, by: Provenance, *, now: datetime) -> str:
    """Give the account a recovery code in place of the one before; return it, this once."""
    code = "-".join(new_code() for _ in range(_CODE_PARTS))
    step = AccountStep(now, AccountEvent.RECOVERY_CODE_MADE, by)
    until_won(
        lambda: accounts.change(
            issue.present_account(account_id), step, recovery_digest=security.codes.of(code)
        ),
        over="this account",
        attempts=FEW_ATTEMPTS,
    )
    return code


def make_own_recovery_code(security: Security, actor: Actor, *, now: datetime) -> str:
    """Give the actor's account a recovery code in place of the one before; return it, this once.

    Raises:
        Conflict: the account signs in with a second factor, which has recovery codes of its own.
        NotAllowed: the session is of one clinic only, and the account is not.
    """
    account = issue.present_account(actor.account_id)
    issue.check_whole(actor, account)
    if account.has_second_factor:
        raise Conflict("has_second_factor", "This account has the recovery codes of its second factor.")
    return new_recovery_code(security, account.id, actor.of_own_account(), now=now)


def recover(security: Security, given: Recovery, *, now: datetime) -> SignedIn:
    """Begin a session by the recovery code, which is replaced by the next one.

    Raises:
        NotSignedIn: it is not the code of an account, or the account has a second factor.
        TooManyRequests: the last codes from this address were wrong.
    """
    key = attempts.claim(f"recovery|{network_of(given.address)}", now=now, pauses=attempts.OF_ADDRESS)
    account, code = use_recovery_code(
        security, given.code, given.device.id, lambda account: not account.has_second_factor, now=now
    )
    attempts.give_back(key)
    return replace(issue.begin_session(security, account, given.device, now=now), recovery_code=code)


def use_recovery_code(
    security: Security, code: str, device_id: str, fits: Callable[[Account], bool], *, now: datetime
) -> tuple[Account, str]:
    """Use a recovery code up; return whose it is, and the next one.

    Of many devices at once one uses it. That one gets the same again for `REPEATABLE_FOR`.

    Args:
        security: what derives the next one.
        code: as it was typed.
        device_id: the device that uses it.
        fits: whether an account may be recovered here.
        now: the moment.

    Raises:
        NotSignedIn: it is not the code of an open account that fits.
    """
    following = security.codes.following(code, _CODE_PARTS * LENGTH)
    digests = security.codes.of(code), security.codes.of(following)

    def attempt() -> Account | None:
        account = accounts.read_by_recovery(digests[0])
        found = account or accounts.read_by_recovery(digests[1])
        if found is None or found.closed_at is not None or not fits(found):
            raise recovery_code_wrong()
        if account is None:
            return _used_lately_by(found, device_id, now)
        by = Provenance(account.id, "own")
        step = AccountStep(now, AccountEvent.RECOVERY_CODE_MADE, by, detail=device_id)
        return accounts.change(account, step, recovery_digest=digests[1])

    return until_won(attempt, over="this account", attempts=FEW_ATTEMPTS), following


def recovery_code_wrong() -> NotSignedIn:
    """Return the error for a recovery code that opens nothing."""
    return NotSignedIn("recovery_code_wrong", "This recovery code cannot be used.")


def _used_lately_by(account: Account, device_id: str, now: datetime) -> Account:
    """Return an account whose recovery code this device used up a moment ago.

    Raises:
        NotSignedIn: another device did, or it was long ago, or this one was shut out since.
    """
    made = [step for step in accounts.steps(account.id) if step.event is AccountEvent.RECOVERY_CODE_MADE]
    if not made or made[-1].detail != device_id or not now - made[-1].at < REPEATABLE_FOR:
        raise recovery_code_wrong()
    if shut_out.device_since(account.id, device_id, made[-1].at):
        raise recovery_code_wrong()
    return account


def _resets(invitation: Invitation, now: datetime) -> bool:
    return invitation.kind is InvitationKind.PASSWORD_RESET and invitation.usable(now)


def _set_password(security: Security, account: Account, new: str, by: Provenance, now: datetime) -> None:
    passwords.check_new(new, account.email, account.name)
    step = AccountStep(now, AccountEvent.CREDENTIALS_CHANGED, by)
    hashed = security.passwords.hash(new)
    if accounts.change(account, step, password_hash=hashed, recovery_digest=None) is None:
        raise busy("this account")
