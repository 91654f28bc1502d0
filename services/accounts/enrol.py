"""Redeeming a one-use code: what it opens, and what it cannot.

The code is used up before anything is made, so of many that race one goes on; everything made after that can
be made again by the same device with the same code for a quarter of an hour, so a lost answer or a crash
leaves nobody outside. Who was shut out meanwhile does not return by it, and nobody else is let in than at
first. Other open codes for the same person end with it.

A code opens what it was made for and nothing else. Staff and caregivers who have an account already join with
its address, password and second factor. A patient who has an account already gets another device, which may
send and reads nothing until it is confirmed (`services.accounts.devices`): whoever holds a code is not yet
the person, and no factor of the person is replaced by it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.accounts import accounts, invitations, sessions, shut_out
from models.accounts.account import Account, AccountEvent, AccountStep, Membership, NewAccount
from models.accounts.accounts import AccountExists, EmailTaken
from models.accounts.invitations import Invitation, InvitationKind
from models.accounts.sessions import Device, EndReason, Standing
from models.patients.grants import GrantScope
from models.store.scope import Scope
from scoring.problems import Problem
from services.access import passwords
from services.access.actor import Role
from services.access.addresses import network_of
from services.access.security import Security
from services.accounts import attempts, credentials, issue, sign_in
from services.accounts.invitations import code_not_usable
from services.accounts.issue import SignedIn
from services.accounts.sign_in import SignIn
from services.errors import Conflict, NotAllowed, invalid
from services.patients import patients

REPEATABLE_FOR = timedelta(minutes=15)
_KINDS = frozenset({InvitationKind.PATIENT, InvitationKind.CAREGIVER, InvitationKind.STAFF})


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A code with the device that redeems it, and what to sign in with later.

    Attributes:
        second_factor: the code of the second factor of the account that joins.
    """

    code: str = field(repr=False)
    device: Device
    address: str
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    second_factor: str | None = field(default=None, repr=False)


def enrol(security: Security, given: Enrolment, *, now: datetime) -> SignedIn:
    """Redeem a code: open the account or add to it, and begin a session on the device.

    Raises:
        Invalid: the code cannot be used, or what it needs is missing or weak.
        Conflict: the e-mail address belongs to another account.
        NotAllowed: somebody invited themself.
        NotSignedIn: the person has an account, and the password is not its password.
        TooManyRequests: the last passwords for it were wrong.
    """
    digest = security.codes.of(given.code)
    invitation = _usable(digest, given.device, now)
    _check_credentials(invitation, given)
    joining = _existing_account(security, invitation, given, now)
    if joining is not None and joining.id == invitation.created_by.account_id:
        raise NotAllowed("own_invitation", "Nobody can redeem a code that they made. Ask a second person.")
    account_id = invitation.account_id if joining is None else joining.id
    if not invitations.redeem(digest, given.device.id, account_id=account_id, now=now):
        invitation = _usable(digest, given.device, now)  # somebody else was first, or this device asks again
        if invitation.redeemed_by not in (None, account_id) or _shut_out(invitation, account_id):
            raise code_not_usable()
    invitations.cancel_others(invitation, by=invitation.created_by, now=now)
    answer = _go_in(security, joining, invitation, given, now)
    if _shut_out(invitation, account_id):  # while this was under way
        sessions.end(answer.session_id, EndReason.TAKEN_AWAY, now=now)
        raise code_not_usable()
    return answer


def _go_in(
    security: Security, joining: Account | None, invitation: Invitation, given: Enrolment, now: datetime
) -> SignedIn:
    if joining is None and invitation.kind is InvitationKind.PATIENT and _had_account(invitation):
        return _waiting(security, invitation, given, now)
    account = joining or _open_account(security, invitation, given, now)
    account = _let_in(account, invitation, now)
    return _begin(security, account, invitation, given, now)


def _begin(
    security: Security, account: Account, invitation: Invitation, given: Enrolment, now: datetime
) -> SignedIn:
    code = None
    if account.password_hash is None:
        code = credentials.new_recovery_code(security, account.id, invitation.created_by, now=now)
        account = issue.present_account(account.id)
    standing = issue.standing_of(account, now)
    answer = issue.begin_session(security, account, given.device, now=now, standing=standing)
    return replace(answer, recovery_code=code)


def _waiting(security: Security, invitation: Invitation, given: Enrolment, now: datetime) -> SignedIn:
    account = accounts.read(invitation.account_id)
    if account is None:
        raise issue.ended()
    account = _let_in(account, invitation, now)
    for earlier in sessions.active(account.id, now):
        if not earlier.confirmed and earlier.device_id == given.device.id:
            sessions.end(earlier.id, EndReason.REPLACED, now=now)
    standing = Standing(
        confirmed=False, site_id=invitation.site_id, invited_by=invitation.created_by.account_id
    )
    return issue.begin_session(security, account, given.device, now=now, standing=standing)


def _had_account(invitation: Invitation) -> bool:
    """Whether the patient's account was there before this code opened it."""
    account = accounts.read(invitation.account_id)
    return account is not None and account.opened_by != invitation.invitation_id


def _usable(digest: str, device: Device, now: datetime) -> Invitation:
    invitation = invitations.read(digest)
    if invitation is None or invitation.kind not in _KINDS or not _may_redeem(invitation, device, now):
        raise code_not_usable()
    return invitation


def _may_redeem(invitation: Invitation, device: Device, now: datetime) -> bool:
    if invitation.usable(now):
        return not _grant_revoked_since(invitation, now)
    again = invitation.device_id == device.id and invitation.redeemed_at is not None
    return again and invitation.redeemed_at is not None and now < invitation.redeemed_at + REPEATABLE_FOR


def _shut_out(invitation: Invitation, account_id: str) -> bool:
    """Whether whoever the code let in was shut out since: by the end of the session, or of the role."""
    since, device_id = invitation.redeemed_at, invitation.device_id
    if since is None or device_id is None:
        return False
    return shut_out.device_since(account_id, device_id, since) or shut_out.role_since(
        account_id, _entry(invitation), since
    )


def _entry(invitation: Invitation) -> Membership:
    return Membership(invitation.site_id, Role(invitation.role or invitation.kind))


def _grant_revoked_since(invitation: Invitation, now: datetime) -> bool:
    """Whether a caregiver of the patient was shut out since: the code may be in that person's hands."""
    if invitation.kind is not InvitationKind.CAREGIVER or invitation.patient_id is None:
        return False
    site = Scope(site_ids=frozenset({invitation.site_id}))
    patient = patients.read(invitation.patient_id, site, now=now)
    return any(
        grant.revoked_at is not None
        and grant.revoked_at >= invitation.created_at
        and patient.grant_of(grant.account_id, now) is None
        for grant in patient.grants
    )


def _check_credentials(invitation: Invitation, given: Enrolment) -> None:
    missing = [name for name in ("email", "password") if getattr(given, name) is None]
    if len(missing) == 1 or (missing and invitation.kind is InvitationKind.STAFF):
        raise invalid(*(Problem(f"/{name}", "missing", "Needed to sign in later.") for name in missing))


def _existing_account(
    security: Security, invitation: Invitation, given: Enrolment, now: datetime
) -> Account | None:
    if given.email is None or given.password is None:
        return None
    # Or a code could be used to find out at leisure which addresses have accounts.
    attempts.claim(f"{invitation.digest}|{network_of(given.address)}", now=now)
    known = accounts.read_by_email(given.email)
    if known is None or (known.id == invitation.account_id and not _had_account(invitation)):
        if invitation.kind is InvitationKind.PATIENT and _had_account(invitation):
            raise Conflict(
                "confirm_first", "Redeem the code alone; set a password once the phone is confirmed."
            )
        passwords.check_new(given.password, given.email, invitation.name)
        return None
    if invitation.kind is InvitationKind.PATIENT and known.id != invitation.account_id:
        raise _taken()
    attempt = SignIn(given.email, given.password, given.device, given.address, given.second_factor)
    return sign_in.check_password(security, attempt, now=now)


def _open_account(security: Security, invitation: Invitation, given: Enrolment, now: datetime) -> Account:
    password_hash = None if given.password is None else security.passwords.hash(given.password)
    new = NewAccount(
        id=invitation.account_id,
        name=invitation.name,
        email=given.email,
        password_hash=password_hash,
        patient_id=invitation.patient_id if invitation.kind is InvitationKind.PATIENT else None,
        opened_by=invitation.invitation_id,
    )
    try:
        return accounts.create(new, now=now)
    except EmailTaken as error:
        raise _taken() from error
    except AccountExists:
        return _opened_before(new, invitation, now)


def _opened_before(new: NewAccount, invitation: Invitation, now: datetime) -> Account:
    """The same device asks again: the account that the code opened, with what is sent to sign in with."""
    account = issue.present_account(new.id)
    if new.email is None or new.password_hash is None or account.opened_by != invitation.invitation_id:
        return account
    step = AccountStep(now, AccountEvent.CREDENTIALS_CHANGED, invitation.created_by)
    try:
        unchanged = accounts.set_credentials(account, step, email=new.email, password_hash=new.password_hash)
    except EmailTaken as error:
        raise _taken() from error
    if not unchanged:
        raise Conflict("changed_meanwhile", "The account was changed meanwhile. Send the same request again.")
    return issue.present_account(new.id)


def _let_in(account: Account, invitation: Invitation, now: datetime) -> Account:
    if invitation.kind is InvitationKind.CAREGIVER and invitation.patient_id is not None:
        wanted = patients.NewGrant(
            account_id=account.id,
            scope=invitation.grant_scope or GrantScope.READ,
            ends_at=invitation.grant_ends_at,
            relation=invitation.relation,
            # One code gives one grant, also when its redeeming is repeated.
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, invitation.digest)),
        )
        site = Scope(site_ids=frozenset({invitation.site_id}))
        patients.store_grant(invitation.patient_id, wanted, site, by=invitation.created_by, now=now)
    entry = _entry(invitation)
    changed = accounts.add_role(
        account.id, entry, by=invitation.created_by, now=now, unless=lambda: _shut_out(invitation, account.id)
    )
    if changed is None or changed.closed_at is not None:
        raise Conflict("account_closed", "This account was closed.")
    if entry not in changed.roles:
        raise code_not_usable()
    return changed


def _taken() -> Conflict:
    return Conflict("email_taken", "Use another e-mail address, or sign in with this one.")
