"""Enrolling and changing patients, and the grants that let caregivers act for them.

Every function takes the caller's scope and hands it to the data layer. What the evaluation depends on
(profile and overrides) is followed by an evaluation of the history anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from models.accounts import accounts
from models.patients import patients
from models.patients.grants import Grant, GrantScope
from models.patients.patients import NewPatient, Patient
from models.patients.steps import PatientStep
from models.sites import sites
from models.store.base import new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Profile
from scoring.problems import Problem
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.errors import Conflict, busy, changed_meanwhile, invalid, not_found, wrong
from services.reports import reconcile
from services.sites import site_policy

MAX_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant to be given; it starts at once when no start is named."""

    account_id: str
    scope: GrantScope
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    id: str | None = None
    relation: str | None = None


def create(new: NewPatient, scope: Scope, *, actor: Actor, now: datetime) -> Patient:
    """Enrol a patient at a site within reach.

    Raises:
        NotFound: the site is not within reach.
        Invalid: the profile is not possible.
    """
    if not scope.covers_site(new.site_id) or sites.read(new.site_id) is None:
        raise not_found("site")
    _check_profile(new.profile, now)
    return patients.create(new, by=actor.provenance(scope.role_at(new.site_id)), now=now)


def read(patient_id: str, scope: Scope, *, now: datetime) -> Patient:
    """Return the patient; the clinic's overrides are left out for those who reach only the patient.

    Raises:
        NotFound: there is none within reach.
    """
    patient = patients.read(patient_id, scope, now=now)
    if patient is None:
        raise not_found("patient")
    return _as_seen(patient, scope)


def page(scope: Scope, *, after: str | None, limit: int, now: datetime) -> tuple[list[Patient], str | None]:
    """Return a page of the patients within reach, and where the next one begins."""
    found, following = patients.page(scope, after=after, limit=limit, now=now)
    return [_as_seen(patient, scope) for patient in found], following


def change(
    patient_id: str,
    changes: Mapping[str, Any],
    rev: int,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Patient:
    """Change a patient that is still at `rev`.

    Args:
        patient_id: the patient.
        changes: new values; `profile` names single fields, and `closed` says whether the patient is followed.
        rev: what the caller read.
        actor: who changes; overrides of the policy are for clinicians.
        now: the present moment.
        reason: why, for the history.

    Raises:
        NotFound: no such patient within reach.
        NotAllowed: overrides by somebody who may not.
        ChangedMeanwhile: somebody changed it meanwhile.
        Invalid: the profile or an override is not possible.
    """
    scope = scope_for(
        actor, Operation.PATIENT_OVERRIDE if "overrides" in changes else Operation.PATIENT_CHANGE
    )
    before = read(patient_id, scope, now=now)
    if before.rev != rev:
        raise changed_meanwhile()
    by = actor.provenance(scope.role_towards(patient_id, before.site_id))
    step = PatientStep(now, by, {}, reason)
    after = patients.change_profile(patient_id, scope, rev, step=step, **_values(before, changes, now))
    if after is None:
        raise changed_meanwhile()
    if after.profile_version != before.profile_version:
        reconcile.reevaluate_or_leave(patient_id, now=now, by=by)
    return after


def give_grant(patient_id: str, wanted: NewGrant, scope: Scope, *, actor: Actor, now: datetime) -> Grant:
    """Give a grant to an account that exists; the account's earlier grant ends with it.

    Raises:
        NotFound: no such patient within reach.
        Invalid: there is no such account, or the times are not possible.
        Conflict: the patient has as many grants as one can have.
    """
    if accounts.read(wanted.account_id) is None:
        raise wrong("/account_id", "unknown_account", "There is no such account.")
    if wanted.ends_at is not None and wanted.ends_at <= (wanted.starts_at or now):
        raise wrong("/ends_at", "ends_before_start", "Must be after the start.")
    site_id = read(patient_id, scope, now=now).site_id
    by = actor.provenance(scope.role_towards(patient_id, site_id))
    return store_grant(patient_id, wanted, scope, by=by, now=now)


def store_grant(patient_id: str, wanted: NewGrant, scope: Scope, *, by: Provenance, now: datetime) -> Grant:
    """Store a grant, once per id.

    Raises:
        NotFound: no such patient within reach.
        Conflict: the patient has as many grants as one can have.
    """
    grant = Grant(
        id=wanted.id or new_id(),
        account_id=wanted.account_id,
        scope=wanted.scope,
        starts_at=wanted.starts_at or now,
        given_by=by,
        ends_at=wanted.ends_at,
        relation=wanted.relation,
    )
    for _ in range(MAX_ATTEMPTS):
        patient = read(patient_id, scope, now=now)
        known = next((old for old in patient.grants if old.id == grant.id), None)
        if known is not None:
            return known
        if len(patient.grants) >= patients.MAX_GRANTS:
            raise Conflict("too_many_grants", "This patient has as many grants as one can have.")
        if patients.add_grant(patient_id, scope, patient.rev, grant=grant, now=now) is not None:
            return grant
    raise busy("this patient")


def revoke_grant(patient_id: str, grant_id: str, scope: Scope, *, actor: Actor, now: datetime) -> None:
    """Revoke a grant; revoking it again changes nothing.

    Raises:
        NotFound: no such patient within reach, or no such grant.
    """
    for _ in range(MAX_ATTEMPTS):
        patient = read(patient_id, scope, now=now)
        if all(grant.id != grant_id for grant in patient.grants):
            raise not_found("grant")
        by = actor.provenance(scope.role_towards(patient_id, patient.site_id))
        if patients.revoke_grant(patient_id, scope, patient.rev, grant_id=grant_id, by=by, now=now):
            return
    raise busy("this patient")


def _values(before: Patient, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values = {name: value for name, value in changes.items() if name != "closed"}
    if "closed" in changes:
        values["closed_at"] = (before.closed_at or now) if changes["closed"] else None
    if "profile" in changes:
        values["profile"] = replace(before.profile, **changes["profile"])
        _check_profile(values["profile"], now)
    if "overrides" in changes:
        site_policy.check_overrides(before.site_id, changes["overrides"])
    return values


def _check_profile(profile: Profile, now: datetime) -> None:
    # A day ahead is today somewhere.
    latest = (now + timedelta(days=1)).date()
    dates = {name: getattr(profile, name) for name in _PAST}
    found = [
        Problem(f"/profile/{name}", "in_the_future", "Must not be in the future.")
        for name, day in dates.items()
        if day is not None and day > latest
    ]
    if profile.died_on is not None and any(
        day is not None and day > profile.died_on for day in dates.values()
    ):
        found.append(Problem("/profile/died_on", "out_of_order", "Must not be before the other dates."))
    if found:
        raise invalid(*found)


_PAST = ("onset_on", "gastrostomy_on", "ventilation_on", "tracheostomy_on", "died_on")


def _as_seen(patient: Patient, scope: Scope) -> Patient:
    return patient if scope.covers_site(patient.site_id) else replace(patient, overrides=())
