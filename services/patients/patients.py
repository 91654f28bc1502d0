"""Enrolling and changing patients, and the grants that let caregivers act for them.

Every function takes the caller's scope and hands it to the data layer. What the evaluation depends on
(profile and overrides) is followed by an evaluation of the history anew.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models.accounts import accounts
from models.alerts import worklists
from models.patients import patients, study_codes
from models.patients.grants import Grant, GrantEnd, GrantScope
from models.patients.patient import NewPatient, Patient
from models.patients.patients import PatientExists
from models.patients.profiles import profile_to_dict
from models.patients.steps import PatientStep
from models.sites import sites
from models.store.base import new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Profile
from scoring.problems import Problem
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.errors import Conflict, changed_meanwhile, invalid, not_found, wrong
from services.patients import contact
from services.reports import reconcile
from services.reports.intake.sameness import digest_of
from services.reports.intake.times import CLOCK_AHEAD
from services.retry import FEW_ATTEMPTS, until_won
from services.sites import site_policy


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant to be given; it starts at once when no start is named."""

    account_id: str
    scope: GrantScope
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    id: str | None = None
    relation: str | None = None
    reason: str = ""


class Enrolled(NamedTuple):
    """A patient, and whether the enrolment was sent before."""

    patient: Patient
    repeated: bool = False


def enrol(new: NewPatient, scope: Scope, *, actor: Actor, now: datetime) -> Enrolled:
    """Enrol a patient at a site within reach, once per id: a repeat finds the patient.

    Raises:
        NotFound: the site is not within reach.
        Invalid: the profile, the contact or the consent is not possible.
        Conflict: the id was used for another body, or the study code for another patient of the site.
    """
    if not scope.covers_site(new.site_id) or sites.read(new.site_id) is None:
        raise not_found("site")
    new = replace(new, id=new.id or new_id(), contact=contact.merged({}, new.contact, now))
    _check_profile(new.profile, now)
    _check_consent(new.consent_at, None, now)
    digest = _meaning_of(new, actor)
    known = patients.enrolled_by(new.id or "")
    if known is None:
        return _enrolled(new, digest, scope, actor, now)
    return _again(known, digest)


def _enrolled(new: NewPatient, digest: str, scope: Scope, actor: Actor, now: datetime) -> Enrolled:
    patient_id = new.id or ""
    _claim_code(new.site_id, new.study_code, patient_id, now)
    try:
        by = actor.provenance(scope.role_at(new.site_id))
        return Enrolled(patients.create(new, by=by, now=now, digest=digest))
    except PatientExists:
        known = patients.enrolled_by(patient_id)
        if (
            known is not None
            and new.study_code
            and not study_codes.same_code(known[1].study_code, new.study_code)
        ):
            study_codes.give_up(new.site_id, new.study_code, patient_id)
        if known is None:
            raise
        return _again(known, digest)


def _again(known: tuple[str, Patient], digest: str) -> Enrolled:
    if not hmac.compare_digest(known[0], digest):
        raise Conflict("id_used", "This id was used for another body. Give a new patient a new id.")
    return Enrolled(known[1], repeated=True)


def _meaning_of(new: NewPatient, actor: Actor) -> str:
    said = [new.site_id, new.name, new.study_code, new.zone, profile_to_dict(new.profile), new.consent_at]
    return digest_of("enrolment", actor.account_id, *said, new.contact, new.locale)


def _claim_code(site_id: str, code: str | None, patient_id: str, now: datetime) -> None:
    if code is not None and not study_codes.claim(site_id, code, patient_id, now=now):
        raise Conflict("study_code_used", "Another patient of this site has this study code.")


def read(patient_id: str, scope: Scope, *, now: datetime, whole: bool = False) -> Patient:
    """Return the patient; what is the clinic's is left out for those who reach only the patient.

    Args:
        patient_id: the patient.
        scope: the caller's reach.
        now: the present moment.
        whole: with what is needed to reach the person, for the clinic and the person.

    Raises:
        NotFound: there is none within reach.
    """
    patient = patients.read(patient_id, scope, now=now, whole=whole)
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
        Conflict: the study code is another patient's.
        Invalid: the profile, the consent, the contact or an override is not possible.
    """
    scope = scope_for(
        actor, Operation.PATIENT_OVERRIDE if "overrides" in changes else Operation.PATIENT_CHANGE
    )
    before = read(patient_id, scope, now=now, whole=True)
    if before.rev != rev:
        raise changed_meanwhile()
    values = _values(before, changes, now)
    code = values.get("study_code", before.study_code)
    _claim_code(before.site_id, code, patient_id, now)
    by = actor.provenance(scope.role_towards(patient_id, before.site_id))
    step = PatientStep(now, by, {}, reason)
    after = patients.change_profile(patient_id, scope, rev, step=step, **values)
    if after is None:
        if code is not None and not study_codes.same_code(before.study_code, code):
            study_codes.give_up(before.site_id, code, patient_id)
        raise changed_meanwhile()
    if before.study_code is not None and not study_codes.same_code(before.study_code, code):
        study_codes.give_up(before.site_id, before.study_code, patient_id)
    if (after.name, after.study_code) != (before.name, before.study_code):
        worklists.renew_stamps(patient_id)
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
        reason=wanted.reason,
    )

    def attempt() -> Grant | None:
        patient = read(patient_id, scope, now=now)
        known = next((old for old in patient.grants if old.id == grant.id), None)
        if known is not None:
            return known
        if len(patient.grants) >= patients.MAX_GRANTS:
            raise Conflict("too_many_grants", "This patient has as many grants as one can have.")
        stored = patients.add_grant(patient_id, scope, patient.rev, grant=grant, now=now)
        return None if stored is None else grant

    return until_won(attempt, over="this patient", attempts=FEW_ATTEMPTS)


def revoke_grant(
    patient_id: str, grant_id: str, scope: Scope, *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Revoke a grant, with why; revoking it again changes nothing.

    Raises:
        NotFound: no such patient within reach, or no such grant.
    """

    def attempt() -> Patient | None:
        patient = read(patient_id, scope, now=now)
        if all(grant.id != grant_id for grant in patient.grants):
            raise not_found("grant")
        by = actor.provenance(scope.role_towards(patient_id, patient.site_id))
        end = GrantEnd(now, by, reason)
        return patients.revoke_grant(patient_id, scope, patient.rev, grant_id=grant_id, end=end)

    until_won(attempt, over="this patient", attempts=FEW_ATTEMPTS)


def _values(before: Patient, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values = {name: value for name, value in changes.items() if name != "closed"}
    if "closed" in changes:
        values["closed_at"] = (before.closed_at or now) if changes["closed"] else None
    if "contact" in changes:
        values["contact"] = contact.merged(before.contact, changes["contact"], now)
    if {"consent_at", "consent_withdrawn_at"} & set(changes):
        given = changes.get("consent_at", before.consent_at)
        _check_consent(given, changes.get("consent_withdrawn_at", before.consent_withdrawn_at), now)
    if "profile" in changes:
        values["profile"] = replace(before.profile, **changes["profile"])
        _check_profile(values["profile"], now)
    if "overrides" in changes:
        site_policy.check_overrides(before.site_id, changes["overrides"])
    return values


def _check_consent(given: datetime | None, withdrawn: datetime | None, now: datetime) -> None:
    times = {"consent_at": given, "consent_withdrawn_at": withdrawn}
    found = [
        Problem(f"/{name}", "in_the_future", "Must not be in the future.")
        for name, moment in times.items()
        if moment is not None and moment > now + CLOCK_AHEAD
    ]
    if withdrawn is not None and (given is None or withdrawn < given):
        detail = "Consent is given before it is withdrawn."
        found.append(Problem("/consent_withdrawn_at", "out_of_order", detail))
    if found:
        raise invalid(*found)


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
    if scope.covers_site(patient.site_id):
        return patient
    own = scope.is_own(patient.id)
    return replace(patient, overrides=(), contact=patient.contact if own else {})
