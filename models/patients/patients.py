"""Patients as they are stored: enrolled, found, listed and changed; the plain data is `patient`.

Every function that reads or changes one for a caller takes the caller's `Scope` and puts it into the query.
A patient's own account has the patient's id, so there is one only. `ledger_floor` is a hint of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField
from pymongo import ReturnDocument

from models.patients.grants import Grant, GrantEnd, grant_from, revoked
from models.patients.name_search import keys_of
from models.patients.patient import NewPatient, Patient
from models.patients.profiles import profile_of, profile_to_dict
from models.patients.steps import PatientStep, step_stored
from models.store import unreadable
from models.store.base import BaseDocument, milliseconds, new_id
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Profile

MAX_GRANTS = 50
LOOK = 0  # as the day on which the next report is due: not known, to be looked up
_DUE = frozenset({"profile", "closed_at", "consent_withdrawn_at", "zone"})
_EVALUATED = frozenset({"profile", "overrides", "consent_withdrawn_at", "closed_at"})
_CHANGEABLE = _DUE | _EVALUATED | {"name", "study_code", "locale", "consent_at", "contact"}
_CALLED = {"name": 1, "study_code": 1}
_FOR_QUERIES = ("granted_to", "reevaluate", "next_due_on", "due_rev", "search_keys")
_WITH_DIGEST: dict[str, int] = dict.fromkeys((*_FOR_QUERIES, "steps"), 0)
_WHOLE: dict[str, int] = {**_WITH_DIGEST, "digest": 0}
FIELDS: dict[str, int] = {**_WHOLE, "contact": 0}


class PatientExists(Exception):
    """There is a patient with this id."""


class PatientDocument(BaseDocument):
    """Stored form of a patient; written and read as plain dictionaries."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "patients",
        "indexes": ["site_id", "granted_to", "reevaluate", "next_due_on", ("site_id", "search_keys")],
    }

    id = StringField(primary_key=True)
    site_id = StringField(required=True)
    name = StringField(required=True)
    study_code = StringField()
    zone = StringField(required=True)
    profile = DictField()
    profile_version = IntField(required=True)
    overrides = ListField(DictField())
    grants = ListField(DictField())
    granted_to = ListField(StringField())
    ledger_floor = IntField(required=True)
    locale = StringField()
    consent_at = DateTimeField()
    consent_withdrawn_at = DateTimeField()
    contact = DictField()
    digest = StringField()
    closed_at = DateTimeField()
    rev = IntField(required=True)
    created_at = DateTimeField(required=True)
    reevaluate = IntField(required=True)
    steps = ListField(DictField())
    next_due_on = IntField(required=True)
    due_rev = IntField(required=True)
    search_keys = ListField(StringField())

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return what lets the worker and caregivers find the patient, where it is stored otherwise."""
        patient = patient_of(raw)
        found: dict[str, Any] = {}
        counts = {"next_due_on": LOOK, "due_rev": 0, "reevaluate": 1}
        found |= {name: value for name, value in counts.items() if not isinstance(raw.get(name), int)}
        granted_to = _granted_to(patient.grants)
        all_read = len(patient.grants) == len(raw.get("grants") or ())
        if all_read and raw.get("granted_to") != granted_to:
            found["granted_to"] = granted_to
        return found


def create(new: NewPatient, *, by: Provenance, now: datetime, digest: str = "") -> Patient:
    """Store a new patient; whether the caller may enrol at the site is decided before.

    Args:
        new: the patient.
        by: who enrols.
        now: the present moment.
        digest: of what was sent, to know it again; never shown.

    Raises:
        PatientExists: the id is taken.
    """
    patient = Patient(
        id=new.id or new_id(),
        site_id=new.site_id,
        name=new.name,
        zone=new.zone,
        profile=new.profile,
        profile_version=1,
        created_at=milliseconds(now),
        study_code=new.study_code,
        locale=new.locale,
        consent_at=None if new.consent_at is None else milliseconds(new.consent_at),
        contact=new.contact,
    )
    stored = {name: getattr(patient, name) for name in _FIELDS_OF_PATIENT if name in _STORED_AS_IT_IS}
    stored |= {"_id": patient.id, "profile": profile_to_dict(patient.profile)}
    stored |= {"overrides": [], "grants": [], "granted_to": [], "reevaluate": 0, "digest": digest}
    stored |= {"next_due_on": LOOK, "due_rev": 0, "search_keys": keys_of(new.name, new.study_code)}
    first = {name: stored[name] for name in ("profile", "consent_at", "contact")}
    stored["steps"] = [step_stored(PatientStep(patient.created_at, by, first))]
    try:
        PatientDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        raise PatientExists from error
    return patient


def enrolled_by(patient_id: str) -> tuple[str, Patient] | None:
    """Return by what digest a patient was enrolled, and the patient as it is now; whoever asks."""
    raw = PatientDocument.raw().find_one({"_id": patient_id}, _WITH_DIGEST)
    return None if raw is None else (raw["digest"], PatientDocument.one(raw, patient_of))


def read(patient_id: str, scope: Scope, *, now: datetime, whole: bool = False) -> Patient | None:
    """Return the patient if it is within reach: one query by id and scope.

    A caregiver reaches a patient through a grant that runs at `now` only.

    Args:
        patient_id: the patient.
        scope: the caller's reach.
        now: the present moment.
        whole: with what is needed to reach the person, which few readers need.
    """
    raw = PatientDocument.raw().find_one(scope.one_patient(patient_id), _WHOLE if whole else FIELDS)
    if raw is None:
        return None
    patient = PatientDocument.one(raw, patient_of)
    return patient if _reaches(scope, patient, now) else None


def of_site(site_id: str, patient_ids: Iterable[str]) -> list[Patient]:
    """Return these patients of a site as far as they can be read, by their ids, for the service itself."""
    query = {"_id": {"$in": list(patient_ids)}, "site_id": site_id}
    rows = PatientDocument.raw().find(query, FIELDS).sort("_id", 1)
    return list(PatientDocument.readable(rows, patient_of))


def page(scope: Scope, *, after: str | None, limit: int, now: datetime) -> tuple[list[Patient], str | None]:
    """Return reachable patients in the order of their ids, and where the next page begins.

    Args:
        scope: the caller's reach.
        after: the `next` of the page before.
        limit: at most so many; a page may hold fewer while there are more, when grants have ended.
        now: the present moment.
    """
    query = scope.patient_filter()
    if after is not None:
        query = {"$and": [query, {"_id": {"$gt": after}}]}
    rows = list(PatientDocument.raw().find(query, FIELDS).sort("_id", 1).limit(limit + 1))
    following = rows[limit - 1]["_id"] if len(rows) > limit else None
    patients = PatientDocument.readable(rows[:limit], patient_of)
    return [patient for patient in patients if _reaches(scope, patient, now)], following


def change_profile(
    patient_id: str, scope: Scope, rev: int, *, step: PatientStep, **changes: object
) -> Patient | None:
    """Change fields of a patient that is still at `rev`, and keep what was changed in the history.

    Args:
        patient_id: the patient.
        scope: the caller's reach.
        rev: what the caller read.
        step: when, by whom and why; what is changed is put into it.
        **changes: any of the fields that can be changed.

    Returns: The patient after the change, with a new `profile_version` if the evaluation depends on
        what was changed; None when it is out of reach or somebody changed it meanwhile.
    """
    if not _CHANGEABLE.issuperset(changes):
        raise TypeError("not a field that can be changed")
    values = {name: _stored(value) for name, value in changes.items()}
    done = step_stored(replace(step, changed=dict(values)))
    evaluated = bool(_EVALUATED & set(changes))
    values |= {"reevaluate": 1} if evaluated else {}
    values |= {"next_due_on": LOOK} if _DUE & set(changes) else {}
    counted = {"rev": 1, "due_rev": 1} | ({"profile_version": 1} if evaluated else {})
    query = scope.without_grants().one_patient(patient_id)
    if {"name", "study_code"} & set(changes):
        called = {**(PatientDocument.raw().find_one({**query, "rev": rev}, _CALLED) or {}), **changes}
        values["search_keys"] = keys_of(called.get("name", ""), called.get("study_code"))
    return _guarded(query, rev, {"$set": values, "$inc": counted, "$push": {"steps": done}})


def add_grant(patient_id: str, scope: Scope, rev: int, *, grant: Grant, now: datetime) -> Patient | None:
    """Add a grant to a patient that is still at `rev`; an earlier one of the same account is revoked with it.

    Returns:
        The patient after the change; None when it is out of reach or somebody changed it meanwhile.
    """
    before = _grants_at(patient_id, scope, rev)
    if before is None:
        return None
    end = GrantEnd(now, grant.given_by, grant.reason)
    kept = [revoked(old, end) if old.account_id == grant.account_id else old for old in before]
    return _write_grants(patient_id, rev, [*kept, grant])


def revoke_grant(patient_id: str, scope: Scope, rev: int, *, grant_id: str, end: GrantEnd) -> Patient | None:
    """Revoke a grant of a patient at `rev`; one revoked before keeps its end. Returns as `add_grant`."""
    before = _grants_at(patient_id, scope, rev)
    if before is None:
        return None
    changed = [revoked(old, end) if old.id == grant_id else old for old in before]
    return _write_grants(patient_id, rev, changed)


def raise_floor(patient_id: str, floor: int) -> None:
    """Note that no ledger entry below `floor` has to be read for a new report; it never goes down."""
    PatientDocument.raw().update_one({"_id": patient_id}, {"$max": {"ledger_floor": floor}})


def changed(limit: int, *, after: str = "") -> list[str]:
    """Return the ids, in their order, of patients not evaluated since their profile or overrides changed.

    Args:
        limit: at most so many.
        after: the patient behind whom to go on.
    """
    query = {"reevaluate": 1, "_id": {"$gt": after}}
    rows = PatientDocument.raw().find(query, {"_id": 1}).sort([("reevaluate", 1), ("_id", 1)]).limit(limit)
    return [raw["_id"] for raw in rows]


def clear_changed(patient_id: str, rev: int) -> None:
    """Note that the history was evaluated by what this revision of the patient says."""
    PatientDocument.raw().update_one({"_id": patient_id, "rev": rev}, {"$set": {"reevaluate": 0}})


_FIELDS_OF_PATIENT = tuple(f.name for f in fields(Patient))
_STORED_AS_IT_IS = frozenset(_FIELDS_OF_PATIENT) - {"id", "profile", "overrides", "grants"}


def _guarded(query: dict[str, Any], rev: int, update: dict[str, Any]) -> Patient | None:
    raw = PatientDocument.raw().find_one_and_update(
        {**query, "rev": rev}, update, projection=_WHOLE, return_document=ReturnDocument.AFTER
    )
    return None if raw is None else PatientDocument.one(raw, patient_of)


def _grants_at(patient_id: str, scope: Scope, rev: int) -> list[Grant] | None:
    query = {**scope.without_grants().one_patient(patient_id), "rev": rev}
    raw = PatientDocument.raw().find_one(query, {"grants": 1})
    return None if raw is None else PatientDocument.one(raw, _whole_grants)


def _whole_grants(raw: Mapping[str, Any]) -> list[Grant]:
    return [grant_from(entry) for entry in raw["grants"]]


def _write_grants(patient_id: str, rev: int, grants: list[Grant]) -> Patient | None:
    # The list of accounts repeats what the grants say, because it can be indexed on every engine.
    granted_to = _granted_to(grants)
    stored = [asdict(grant) | {"scope": str(grant.scope)} for grant in grants]
    values = {"grants": stored, "granted_to": granted_to}
    return _guarded({"_id": patient_id}, rev, {"$set": values, "$inc": {"rev": 1}})


def _granted_to(grants: Iterable[Grant]) -> list[str]:
    return sorted({grant.account_id for grant in grants if grant.revoked_at is None})


def _reaches(scope: Scope, patient: Patient, now: datetime) -> bool:
    if patient.site_id in scope.site_ids or patient.id == scope.patient_id:
        return True
    grant = None if scope.granted_to is None else patient.grant_of(scope.granted_to, now)
    return grant is not None and grant.scope in scope.grant_scopes


def patient_of(raw: Mapping[str, Any]) -> Patient:
    """Return the patient that is stored, without what `FIELDS` leaves out."""
    plain = {name: raw[name] for name in _STORED_AS_IT_IS & raw.keys()}
    return Patient(
        id=raw["_id"],
        profile=profile_of(raw["profile"]),
        overrides=tuple(raw.get("overrides", ())),
        # A grant that cannot be read opens nothing.
        grants=tuple(unreadable.entries(raw, "grants", grant_from, of=PatientDocument.collection_name())),
        **plain | {"contact": raw.get("contact") or {}},
    )


def _stored(value: object) -> object:
    if isinstance(value, Profile):
        return profile_to_dict(value)
    if isinstance(value, datetime):
        return milliseconds(value)
    return list(value) if isinstance(value, tuple) else value
