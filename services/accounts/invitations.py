"""Invitations and what redeeming one sets up: account, role, grant, session.

The code is used up before anything is made, so of many that race one goes on; everything made after
that can be made again by the same device with the same code for a quarter of an hour, so a lost answer
or a crash leaves nobody outside. Somebody who has an account already joins with its e-mail address and
password instead of opening a second one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.accounts import accounts, invitations, sessions
from models.accounts.accounts import Account, AccountExists, EmailTaken, NewAccount
from models.accounts.invitations import Invitation, InvitationKind, InvitationState
from models.accounts.sessions import Device, EndReason
from models.patients.patients import GrantScope
from models.store.base import new_id
from models.store.scope import Scope
from scoring.problems import Problem
from services.access import passwords
from services.access.actor import Actor, Role
from services.access.codes import new_code
from services.access.permissions import Operation, scope_for
from services.access.security import Security
from services.accounts import sign_in
from services.accounts.sign_in import SignedIn, SignIn
from services.errors import Conflict, Invalid, busy, invalid, not_found, patient_closed
from services.patients import patients

PATIENTS_CODE_LIVES = timedelta(days=14)
STAFF_CODE_LIVES = timedelta(days=3)
REPEATABLE_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation with its code, which is shown this once."""

    invitation: Invitation
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PatientInvitation:
    """Whom to invite to a patient: the patient, or a caregiver with what the grant opens."""

    kind: InvitationKind
    name: str | None = None
    grant_scope: GrantScope = GrantScope.REPORT
    grant_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A code with the device that redeems it, and what to sign in with later."""

    code: str = field(repr=False)
    device: Device
    address: str
    email: str | None = None
    password: str | None = field(default=None, repr=False)


def invite_to_patient(
    security: Security, patient_id: str, wanted: PatientInvitation, *, actor: Actor, now: datetime
) -> Invited:
    """Invite the patient, or a caregiver of the patient.

    Raises:
        NotFound: no such patient within reach.
        NotAllowed: a patient invites caregivers only.
        Conflict: the patient is not followed any more.
    """
    for_patient = wanted.kind is InvitationKind.PATIENT
    operation = Operation.PATIENT_INVITE if for_patient else Operation.GRANT_GIVE
    patient = patients.read(patient_id, scope_for(actor, operation), now=now)
    if patient.closed_at is not None:
        raise patient_closed()
    invitation = Invitation(
        digest="",
        kind=wanted.kind,
        site_id=patient.site_id,
        account_id=patient.id if for_patient else new_id(),
        name=patient.name if for_patient else wanted.name or "",
        created_by=actor.account_id,
        created_at=now,
        expires_at=now + PATIENTS_CODE_LIVES,
        patient_id=patient.id,
        grant_scope=None if for_patient else wanted.grant_scope,
        grant_ends_at=None if for_patient else wanted.grant_ends_at,
    )
    return _with_code(security, invitation)


def invite_staff(
    security: Security, site_id: str, wanted: tuple[str, Role], *, actor: Actor, now: datetime
) -> Invited:
    """Invite somebody, by name, to a role at the site.

    Raises:
        NotFound: the site is not within reach.
    """
    if not scope_for(actor, Operation.MEMBER_INVITE).covers_site(site_id):
        raise not_found("site")
    name, role = wanted
    invitation = Invitation(
        digest="",
        kind=InvitationKind.STAFF,
        site_id=site_id,
        account_id=new_id(),
        name=name,
        created_by=actor.account_id,
        created_at=now,
        expires_at=now + STAFF_CODE_LIVES,
        role=role,
    )
    return _with_code(security, invitation)


def enrol(security: Security, given: Enrolment, *, now: datetime) -> SignedIn:
    """Redeem a code: open the account or add to it, and begin a session on the device.

    Raises:
        Invalid: the code cannot be used, or what it needs is missing or weak.
        Conflict: the e-mail address belongs to another account.
        NotSignedIn: the person has an account, and the password is not its password.
        TooManyRequests: the last passwords for it were wrong.
    """
    digest = security.codes.of(given.code)
    invitation = _usable(digest, given.device, now)
    _check_credentials(invitation, given)
    joining = _existing_account(security, invitation, given, now)
    if not invitations.redeem(digest, given.device.id, now=now):
        _usable(digest, given.device, now)  # somebody else was first, or this device asks again
    account = joining or _open_account(security, invitation, given, now)
    account = _let_in(account, invitation, now)
    return sign_in.begin_session(security, account, given.device, now=now)


def _with_code(security: Security, invitation: Invitation) -> Invited:
    code = new_code()
    stored = replace(invitation, digest=security.codes.of(code))
    invitations.create(stored)
    return Invited(stored, code)


def _usable(digest: str, device: Device, now: datetime) -> Invitation:
    invitation = invitations.read(digest)
    if invitation is None or not _may_redeem(invitation, device, now):
        raise Invalid(
            "code_not_usable",
            "This code cannot be used: it was mistyped, used before, or it has expired. Ask for a new one.",
            errors=[Problem("/code", "code_not_usable", "Cannot be used.")],
        )
    return invitation


def _may_redeem(invitation: Invitation, device: Device, now: datetime) -> bool:
    if invitation.state is InvitationState.OPEN:
        return now < invitation.expires_at
    again = invitation.device_id == device.id and invitation.redeemed_at is not None
    return again and invitation.redeemed_at is not None and now < invitation.redeemed_at + REPEATABLE_FOR


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
    sign_in.claim_attempt(f"{invitation.digest}|{given.address}", now=now)
    known = accounts.read_by_email(given.email)
    if known is None or known.id == invitation.account_id:
        passwords.check_new(given.password, given.email)
        return None
    if invitation.kind is InvitationKind.PATIENT:
        raise _taken()
    attempt = SignIn(given.email, given.password, given.device, given.address)
    return sign_in.check_password(security, attempt, now=now)


def _open_account(security: Security, invitation: Invitation, given: Enrolment, now: datetime) -> Account:
    password_hash = None if given.password is None else security.passwords.hash(given.password)
    new = NewAccount(
        id=invitation.account_id,
        name=invitation.name,
        email=given.email,
        password_hash=password_hash,
        patient_id=invitation.patient_id if invitation.kind is InvitationKind.PATIENT else None,
    )
    try:
        return accounts.create(new, now=now)
    except EmailTaken as error:
        raise _taken() from error
    except AccountExists:
        return _renew_account(new, now)


def _renew_account(new: NewAccount, now: datetime) -> Account:
    account = accounts.read(new.id)
    if account is None or account.closed_at is not None:
        raise Conflict("account_closed", "This account was closed.")
    if new.email is None or new.password_hash is None:
        return account
    try:
        unchanged = accounts.set_credentials(account, email=new.email, password_hash=new.password_hash)
    except EmailTaken as error:
        raise _taken() from error
    if not unchanged:
        raise busy("this account")
    sessions.end_all(account.id, EndReason.CREDENTIALS_CHANGED, now=now)
    return account


def _let_in(account: Account, invitation: Invitation, now: datetime) -> Account:
    role = Role(invitation.role or invitation.kind)
    if invitation.kind is InvitationKind.CAREGIVER and invitation.patient_id is not None:
        wanted = patients.NewGrant(
            account_id=account.id,
            scope=invitation.grant_scope or GrantScope.READ,
            given_by=invitation.created_by,
            ends_at=invitation.grant_ends_at,
            # One code gives one grant, also when its redeeming is repeated.
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, invitation.digest)),
        )
        site = Scope(site_ids=frozenset({invitation.site_id}))
        patients.store_grant(invitation.patient_id, wanted, site, now=now)
    changed = accounts.add_role(account.id, invitation.site_id, role)
    if changed is None:
        raise Conflict("account_closed", "This account was closed.")
    return changed


def _taken() -> Conflict:
    return Conflict("email_taken", "Use another e-mail address, or sign in with this one.")
