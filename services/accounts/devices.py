"""The devices of an account: listed, named, confirmed, ended, by the person and, for patients, by the clinic.

A phone that was let in by a clinic's code, of a person who had an account already, is not confirmed: it may
send and reads nothing. It is confirmed by what the person has (another device, the password, the recovery
code), or by a clinician who did not make the code and records having seen the person; then it carries the
roles at that clinic only. Time alone opens nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.accounts import sessions
from models.accounts.sessions import EndReason, Session
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import Actor
from services.access.security import Security
from services.accounts import attempts, issue, second_factor
from services.accounts.credentials import use_recovery_code
from services.accounts.issue import SignedIn
from services.errors import Conflict, NotAllowed, busy, not_found
from services.patients import patients


def own(actor: Actor, *, now: datetime) -> list[Session]:
    """Return the devices that the actor's account is signed in on, the latest first."""
    return sessions.active(actor.account_id, now)


def rename(actor: Actor, session_id: str, name: str, *, now: datetime) -> Session:
    """Give one of the actor's devices another name.

    Raises:
        NotFound: the account is not signed in on such a device.
    """
    if not sessions.change(_of(actor.account_id, session_id, now), device_name=name):
        raise busy("this device")
    return _of(actor.account_id, session_id, now)


def end_own(security: Security, actor: Actor, session_id: str, *, now: datetime) -> None:
    """End one of the actor's sessions.

    Raises:
        NotFound: the account is not signed in on such a device.
    """
    _end(security, _of(actor.account_id, session_id, now), actor.of_own_account(), now)


def confirm_own(actor: Actor, session_id: str, *, now: datetime) -> Session:
    """Confirm another device of one's account from a confirmed one; it gets no more roles than that one has.

    Raises:
        NotFound: the account is not signed in on such a device.
    """
    session = _of(actor.account_id, session_id, now)
    by = _of(actor.account_id, actor.session_id, now)
    _confirm(session, actor.of_own_account(), by.site_id, now)
    return _of(actor.account_id, session_id, now)


def confirm_this(
    security: Security, actor: Actor, *, password: str | None, recovery_code: str | None, now: datetime
) -> SignedIn:
    """Confirm the actor's own device by the password or the recovery code; return fresh tokens.

    Raises:
        Conflict: it was confirmed before; what was given is not looked at.
        NotSignedIn: what was given is wrong.
        TooManyRequests: the last ones were wrong.
    """
    account = issue.present_account(actor.account_id)
    this = _of(account.id, actor.session_id, now)
    _refuse_confirmed(this)
    code = None
    if password is not None:
        second_factor.check_own_password(security, account, password, now=now)
    else:
        key = attempts.claim(f"recovery|{account.id}", now=now)
        _, code = use_recovery_code(
            security, recovery_code or "", this.device_id, lambda found: found.id == account.id, now=now
        )
        attempts.forget(key)
    _confirm(_of(account.id, actor.session_id, now), actor.of_own_account(), None, now)
    session = _of(account.id, actor.session_id, now)
    answer = issue.tokens(security, issue.present_account(account.id), session, now=now)
    return replace(answer, recovery_code=code)


def of_patient(patient_id: str, scope: Scope, *, now: datetime) -> list[Session]:
    """Return the devices that the patient's own account is signed in on.

    Raises:
        NotFound: no such patient within reach.
    """
    return sessions.active(patients.read(patient_id, scope, now=now).id, now)


def end_of_patient(
    security: Security, patient_id: str, session_id: str, scope: Scope, *, actor: Actor, now: datetime
) -> None:
    """End a session of the patient's own account, on a phone that was lost.

    Raises:
        NotFound: no such patient within reach, or no such device.
    """
    patient = patients.read(patient_id, scope, now=now)
    by = actor.provenance(scope.role_towards(patient.id, patient.site_id))
    _end(security, _of(patient.id, session_id, now), by, now)


def confirm_of_patient(
    patient_id: str, session_id: str, scope: Scope, *, actor: Actor, now: datetime
) -> Session:
    """Record that one has seen the patient with this device; it reads from then on, for this clinic only.

    Raises:
        NotFound: no such patient within reach, or no such device.
        NotAllowed: the same person made the code.
    """
    patient = patients.read(patient_id, scope, now=now)
    session = _of(patient.id, session_id, now)
    if session.invited_by in (None, actor.account_id):
        raise NotAllowed("second_person_needed", "Whoever made the code cannot confirm the phone.")
    _confirm(session, actor.provenance(scope.role_at(patient.site_id)), patient.site_id, now)
    return _of(patient.id, session_id, now)


def _of(account_id: str, session_id: str, now: datetime) -> Session:
    found = sessions.read(session_id)
    if found is None or found.account_id != account_id or not found.usable(now):
        raise not_found("device")
    return found


def _refuse_confirmed(session: Session) -> None:
    if session.confirmed:
        raise Conflict("confirmed_before", "This device was confirmed before.")


def _confirm(session: Session, by: Provenance, site_id: str | None, now: datetime) -> None:
    _refuse_confirmed(session)
    if not sessions.change(session, confirmed=True, confirmed_by=by, site_id=site_id):
        raise busy("this device")
    sessions.end_all(
        session.account_id, EndReason.REPLACED, now=now, device_id=session.device_id, but=session.id
    )


def _end(security: Security, session: Session, by: Provenance, now: datetime) -> None:
    sessions.end(session.id, EndReason.TAKEN_AWAY, now=now, by=by)
    security.revocations.add(session.id)
