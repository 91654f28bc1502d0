"""The permission table, as data, and the one function that turns it into a reach.

Rows are operations, columns are roles, a cell says how far the role reaches; no cell, no permission.
The table is printed in the documents and tested cell by cell. It grants the least that the work needs:
an administrator manages accounts and reads no answers, a researcher works on exports, a patient does
not see stages, probabilities or flags. Thresholds are a clinical decision, so clinicians change them and
administrators do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from models.patients.grants import GrantScope
from models.patients.patient import Patient
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import Actor, Role
from services.errors import NotAllowed


class Operation(StrEnum):
    """What can be done; the part before the colon is the kind of thing it is done to."""

    REPORT_SUBMIT = "report:submit"
    REPORT_READ = "report:read"
    REPORT_CORRECT = "report:correct"
    REPORT_VOID = "report:void"
    PATIENT_CREATE = "patient:create"
    PATIENT_READ = "patient:read"
    PATIENT_CHANGE = "patient:change"
    PATIENT_OVERRIDE = "patient:override"
    PATIENT_INVITE = "patient:invite"
    GRANT_READ = "grant:read"
    GRANT_GIVE = "grant:give"
    GRANT_REVOKE = "grant:revoke"
    EVALUATION_READ = "evaluation:read"
    ALERT_READ = "alert:read"
    ALERT_ACT = "alert:act"
    ALERT_FIGURES = "alert:figures"
    NOTE_READ = "note:read"
    QUARANTINE_READ = "quarantine:read"
    QUARANTINE_RELEASE = "quarantine:release"
    QUARANTINE_REJECT = "quarantine:reject"
    SITE_READ = "site:read"
    SITE_CHANGE = "site:change"
    SAFETY_TEXT_DECIDE = "safety_text:decide"
    POLICY_CHANGE = "policy:change"
    REPLAY_RUN = "replay:run"
    INSTRUMENT_ADD = "instrument:add"
    MESSAGE_READ = "message:read"
    MESSAGE_RETRY = "message:retry"
    WEBHOOK_READ = "webhook:read"
    WEBHOOK_CHANGE = "webhook:change"
    MEMBER_INVITE = "member:invite"
    INSTRUMENT_READ = "instrument:read"
    ACCOUNT_READ = "account:read"
    SESSION_END = "session:end"
    SESSION_CONFIRM = "session:confirm"
    ACCOUNT_CHANGE = "account:change"
    ABSENCE_CHANGE = "absence:change"
    MEMBER_READ = "member:read"
    MEMBER_CHANGE = "member:change"
    DEVICE_READ = "device:read"
    DEVICE_END = "device:end"
    DEVICE_CONFIRM = "device:confirm"


class Reach(StrEnum):
    """How far a role reaches: what is one's own, what was granted, or the whole site of the role.

    QUERIES: of the site's alerts, those on silence and questions about the data that are not restricted.
    """

    OWN = "own"
    GRANTED = "granted"
    SITE = "site"
    QUERIES = "queries"


_P, _G, _D, _C, _R, _A = (
    Role.PATIENT,
    Role.CAREGIVER,
    Role.CLINICIAN,
    Role.COORDINATOR,
    Role.RESEARCHER,
    Role.ADMIN,
)
_OWN, _GRANTED, _SITE, _QUERIES = Reach.OWN, Reach.GRANTED, Reach.SITE, Reach.QUERIES
_EVERYBODY = dict.fromkeys(Role, _OWN)

PERMISSIONS: Mapping[Operation, Mapping[Role, Reach]] = {
    Operation.REPORT_SUBMIT: {_P: _OWN, _G: _GRANTED, _D: _SITE, _C: _SITE},
    Operation.REPORT_READ: {_P: _OWN, _G: _GRANTED, _D: _SITE, _C: _SITE},
    Operation.REPORT_CORRECT: {_P: _OWN, _G: _GRANTED, _D: _SITE, _C: _SITE},
    Operation.REPORT_VOID: {_D: _SITE, _C: _SITE},
    Operation.PATIENT_CREATE: {_C: _SITE},
    Operation.PATIENT_READ: {_P: _OWN, _G: _GRANTED, _D: _SITE, _C: _SITE},
    Operation.PATIENT_CHANGE: {_D: _SITE, _C: _SITE},
    Operation.PATIENT_OVERRIDE: {_D: _SITE},
    Operation.PATIENT_INVITE: {_D: _SITE, _C: _SITE},
    Operation.GRANT_READ: {_P: _OWN, _D: _SITE, _C: _SITE},
    Operation.GRANT_GIVE: {_P: _OWN, _D: _SITE, _C: _SITE},
    Operation.GRANT_REVOKE: {_P: _OWN, _D: _SITE, _C: _SITE},
    Operation.EVALUATION_READ: {_D: _SITE},
    Operation.ALERT_READ: {_D: _SITE, _C: _QUERIES},
    Operation.ALERT_ACT: {_D: _SITE, _C: _QUERIES},
    Operation.ALERT_FIGURES: {_D: _SITE, _A: _SITE},
    Operation.NOTE_READ: {_D: _SITE, _C: _SITE},
    Operation.QUARANTINE_READ: {_D: _SITE, _C: _SITE, _A: _SITE},
    Operation.QUARANTINE_RELEASE: {_D: _SITE, _A: _SITE},
    Operation.QUARANTINE_REJECT: {_D: _SITE},
    Operation.SITE_READ: {_D: _SITE, _C: _SITE, _R: _SITE, _A: _SITE},
    Operation.SITE_CHANGE: {_A: _SITE},
    Operation.SAFETY_TEXT_DECIDE: {_D: _SITE},
    Operation.POLICY_CHANGE: {_D: _SITE},
    Operation.REPLAY_RUN: {_D: _SITE, _A: _SITE},
    Operation.INSTRUMENT_ADD: {_A: _SITE},
    Operation.MESSAGE_READ: {_D: _SITE, _A: _SITE},
    Operation.MESSAGE_RETRY: {_D: _SITE, _A: _SITE},
    Operation.WEBHOOK_READ: {_A: _SITE},
    Operation.WEBHOOK_CHANGE: {_A: _SITE},
    Operation.MEMBER_INVITE: {_A: _SITE},
    Operation.INSTRUMENT_READ: _EVERYBODY,
    Operation.ACCOUNT_READ: _EVERYBODY,
    Operation.SESSION_END: _EVERYBODY,
    Operation.SESSION_CONFIRM: _EVERYBODY,
    Operation.ACCOUNT_CHANGE: _EVERYBODY,
    Operation.ABSENCE_CHANGE: {_D: _OWN, _C: _OWN},
    Operation.MEMBER_READ: {_D: _SITE, _C: _SITE, _R: _SITE, _A: _SITE},
    Operation.MEMBER_CHANGE: {_A: _SITE},
    Operation.DEVICE_READ: {_D: _SITE, _C: _SITE},
    Operation.DEVICE_END: {_D: _SITE, _C: _SITE},
    Operation.DEVICE_CONFIRM: {_D: _SITE},
}

WITHOUT_CONFIRMATION = frozenset(
    {
        Operation.REPORT_SUBMIT,
        Operation.INSTRUMENT_READ,
        Operation.ACCOUNT_READ,
        Operation.SESSION_END,
        Operation.SESSION_CONFIRM,
    }
)
"""What a device may do before it is known that the person holds it: send, and see what that gave."""

STEP_UP = frozenset(
    {
        Operation.POLICY_CHANGE,
        Operation.SAFETY_TEXT_DECIDE,
        Operation.SITE_CHANGE,
        Operation.INSTRUMENT_ADD,
        Operation.WEBHOOK_CHANGE,
        Operation.MEMBER_INVITE,
        Operation.MEMBER_CHANGE,
        Operation.QUARANTINE_RELEASE,
    }
)
"""What asks somebody who has a second factor to have given it lately."""
STEP_UP_WITHIN = timedelta(minutes=15)

_NEEDS_REPORT_GRANT = frozenset({Operation.REPORT_SUBMIT, Operation.REPORT_CORRECT})


def acting(actor: Actor, scope: Scope, patient: Patient) -> Provenance:
    """Return in which role the actor reaches the patient by this scope; powers come from that role only."""
    return actor.provenance(scope.role_towards(patient.id, patient.site_id))


def check_session(actor: Actor, operation: Operation, now: datetime) -> None:
    """Refuse what the actor's session may not do as it stands, whatever the roles.

    Raises:
        NotAllowed: the device is not confirmed, or the second factor was not given lately.
    """
    if not actor.confirmed and operation not in WITHOUT_CONFIRMATION:
        detail = "Confirm this device first: on another device, with the password or with the recovery code."
        raise NotAllowed("confirm_first", detail)
    if operation in STEP_UP and actor.second_factor:
        check_given_lately(actor, now)


def check_given_lately(actor: Actor, now: datetime) -> None:
    """Refuse an actor who did not give the second factor in this session within `STEP_UP_WITHIN`.

    Raises:
        NotAllowed: it has to be given again.
    """
    given = actor.second_factor_at
    if given is None or now - given > STEP_UP_WITHIN:
        raise NotAllowed("second_factor_needed", "Give the second factor again, then send the same request.")


def scope_for(actor: Actor, operation: Operation) -> Scope:
    """Return what the actor may reach with this operation.

    Raises:
        NotAllowed: none of the actor's roles permits it anywhere.
    """
    row, roles = PERMISSIONS[operation], actor.roles
    held = sorted(roles, key=_power) if len(roles) > 1 else roles
    cells = [(site_id, role, row[role]) for site_id, role in held if role in row]
    if not cells:
        raise NotAllowed("not_allowed", "Your account may not do this.")
    kinds = {reach for _, _, reach in cells}
    at_sites = {site_id: role.value for site_id, role, reach in cells if reach is Reach.SITE}
    queries = {site_id: role.value for site_id, role, reach in cells if reach is Reach.QUERIES}
    return Scope(
        site_ids=frozenset(at_sites),
        query_site_ids=frozenset(queries),
        patient_id=actor.patient_id if Reach.OWN in kinds else None,
        granted_to=actor.account_id if Reach.GRANTED in kinds else None,
        grant_scopes=_grant_scopes(operation) if Reach.GRANTED in kinds else frozenset(),
        roles=tuple({**queries, **at_sites}.items()),
    )


_RANKS = {role: rank for rank, role in enumerate(reversed(Role))}


def _power(held: tuple[str, Role]) -> int:
    """Of two roles at one site that permit an operation, it is done in the one that `Role` names first."""
    return _RANKS[held[1]]


def _grant_scopes(operation: Operation) -> frozenset[str]:
    report = frozenset[str]({GrantScope.REPORT})
    return report if operation in _NEEDS_REPORT_GRANT else report | {GrantScope.READ}
