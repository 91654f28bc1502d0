"""Patients are enrolled and changed within reach, possible values only, and evaluated anew when it
matters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.patients.grants import GrantScope
from models.patients.patient import NewPatient, Patient
from models.patients.patients import MAX_GRANTS
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Profile
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid, NotAllowed, NotFound
from services.patients import patients
from services.patients.patients import NewGrant
from tests.people import People, Person

OVERRIDE = {
    "reason": "on holiday",
    "starts_on": "2076-03-01",
    "ends_on": "2076-03-20",
    "limits": {},
    "mute": [],
}


STAFF = Actor("clinician", "session")


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def patient(people: People, site: Site) -> Patient:
    return people.patient(site, profile=Profile(onset_on=date(2025, 2, 1)))


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)


@pytest.fixture
def reach(site: Site) -> Scope:
    return Scope(site_ids=frozenset({site.id}))


def test_a_patient_is_enrolled_at_a_site_within_reach(site: Site, reach: Scope, now: datetime) -> None:
    made = patients.enrol(NewPatient(site.id, "Maria", "Europe/Lisbon"), reach, actor=STAFF, now=now).patient
    assert patients.read(made.id, reach, now=now) == made


@pytest.mark.parametrize("other", ["an unknown site", None])
def test_no_patient_is_enrolled_elsewhere(
    people: People, reach: Scope, other: str | None, now: datetime
) -> None:
    site_id = other or people.site().id
    with pytest.raises(NotFound):
        patients.enrol(NewPatient(site_id, "Maria", "Europe/Lisbon"), reach, actor=STAFF, now=now)


@pytest.mark.parametrize(
    ("profile", "pointer"),
    [
        ({"onset_on": date(2076, 3, 4)}, "/profile/onset_on"),
        ({"died_on": date(2076, 3, 4)}, "/profile/died_on"),
        ({"died_on": date(2024, 1, 1)}, "/profile/died_on"),
    ],
)
def test_an_impossible_profile_is_refused(
    patient: Patient, clinician: Person, profile: dict[str, Any], pointer: str, now: datetime
) -> None:
    with pytest.raises(Invalid) as caught:
        patients.change(patient.id, {"profile": profile}, 0, actor=clinician.actor, now=now)
    assert [error.pointer for error in caught.value.errors] == [pointer]


def test_today_somewhere_is_not_the_future(patient: Patient, clinician: Person, now: datetime) -> None:
    tomorrow = {"profile": {"ventilation_on": date(2076, 3, 3)}}
    assert patients.change(patient.id, tomorrow, 0, actor=clinician.actor, now=now).profile_version == 2


def test_single_fields_of_the_profile_can_be_changed(
    patient: Patient, clinician: Person, now: datetime
) -> None:
    changes = {"profile": {"gastrostomy_on": date(2076, 2, 1)}, "name": "M. Silva"}
    after = patients.change(patient.id, changes, 0, actor=clinician.actor, now=now)
    assert after.profile == Profile(onset_on=date(2025, 2, 1), gastrostomy_on=date(2076, 2, 1))
    assert (after.name, after.rev) == ("M. Silva", 1)


def test_of_two_who_read_the_same_one_is_told_to_read_again(
    patient: Patient, clinician: Person, now: datetime
) -> None:
    def attempt(number: int) -> str:
        try:
            patients.change(patient.id, {"name": f"name {number}"}, 0, actor=clinician.actor, now=now)
        except ChangedMeanwhile as error:
            return error.code
        return "changed"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(attempt, range(8)))
    assert outcomes == ["changed"] + ["changed_meanwhile"] * 7


def test_closing_keeps_its_moment_and_can_be_undone(
    patient: Patient, clinician: Person, now: datetime
) -> None:
    later = now + timedelta(days=1)
    closed = patients.change(patient.id, {"closed": True}, 0, actor=clinician.actor, now=now)
    again = patients.change(patient.id, {"closed": True}, 1, actor=clinician.actor, now=later)
    opened = patients.change(patient.id, {"closed": False}, 2, actor=clinician.actor, now=later)
    assert (closed.closed_at, again.closed_at, opened.closed_at) == (now, now, None)


def test_overrides_are_for_clinicians(
    people: People, site: Site, patient: Patient, clinician: Person, now: datetime
) -> None:
    coordinator = people.staff(site, Role.COORDINATOR)
    with pytest.raises(NotAllowed):
        patients.change(patient.id, {"overrides": [OVERRIDE]}, 0, actor=coordinator.actor, now=now)
    after = patients.change(patient.id, {"overrides": [OVERRIDE]}, 0, actor=clinician.actor, now=now)
    assert (after.overrides, after.profile_version) == ((OVERRIDE,), 2)


@pytest.mark.parametrize(
    ("override", "pointer"),
    [
        ({"mute": ["self_harm"]}, "/overrides/0/mute/0"),
        ({"ends_on": "2076-02-01"}, "/overrides/0/ends_on"),
        ({"limits": {"primary": {"loss_per_month": -3}}}, "/overrides/0/limits/primary/loss_per_month"),
    ],
)
def test_an_impossible_override_is_refused(
    patient: Patient, clinician: Person, override: dict[str, Any], pointer: str, now: datetime
) -> None:
    with pytest.raises(Invalid) as caught:
        patients.change(patient.id, {"overrides": [OVERRIDE | override]}, 0, actor=clinician.actor, now=now)
    assert [error.pointer for error in caught.value.errors] == [pointer]


def test_overrides_are_shown_to_the_clinic_only(
    people: People, site: Site, patient: Patient, clinician: Person, reach: Scope, now: datetime
) -> None:
    patients.change(patient.id, {"overrides": [OVERRIDE]}, 0, actor=clinician.actor, now=now)
    own = scope_for(people.own(site, patient).actor, Operation.PATIENT_READ)
    assert patients.read(patient.id, reach, now=now).overrides == (OVERRIDE,)
    assert patients.read(patient.id, own, now=now).overrides == ()
    assert [found.overrides for found in patients.page(own, after=None, limit=5, now=now)[0]] == [()]


def test_a_clinician_of_another_site_changes_nothing(people: People, patient: Patient, now: datetime) -> None:
    other = people.staff(people.site(), Role.CLINICIAN)
    with pytest.raises(NotFound):
        patients.change(patient.id, {"name": "Mine"}, 0, actor=other.actor, now=now)


def wanted(person: Person, **fields: Any) -> NewGrant:
    return NewGrant(account_id=person.account.id, scope=GrantScope.READ, **fields)


def test_a_grant_given_is_listed_and_can_be_revoked(
    people: People, site: Site, patient: Patient, reach: Scope, now: datetime
) -> None:
    grant = patients.give_grant(patient.id, wanted(people.caregiver(site)), reach, actor=STAFF, now=now)
    for _ in range(2):
        patients.revoke_grant(patient.id, grant.id, reach, actor=STAFF, now=now)
    (listed,) = patients.read(patient.id, reach, now=now).grants
    assert (listed.id, listed.revoked_at) == (grant.id, now)


def test_a_grant_keeps_who_gave_and_who_ended_it_and_why(
    people: People, site: Site, patient: Patient, reach: Scope, now: datetime
) -> None:
    carer, other = people.caregiver(site), people.staff(site, Role.COORDINATOR)
    first = wanted(carer, reason="She cares for him at home.")
    patients.give_grant(patient.id, first, reach, actor=STAFF, now=now)
    second = patients.give_grant(patient.id, wanted(carer, reason="Until June."), reach, actor=STAFF, now=now)
    for reason in ("He asked for it.", "Another reason."):
        patients.revoke_grant(patient.id, second.id, reach, actor=other.actor, now=now, reason=reason)
    kept = patients.read(patient.id, reach, now=now).grants
    assert [(grant.reason, grant.revoked_reason) for grant in kept] == [
        ("She cares for him at home.", "Until June."),
        ("Until June.", "He asked for it."),
    ]
    assert [grant.given_by.account_id for grant in kept] == [STAFF.account_id] * 2
    assert [grant.revoked_by and grant.revoked_by.account_id for grant in kept] == [
        STAFF.account_id,
        other.account.id,
    ]


def test_a_grant_needs_an_account_and_an_end_after_its_start(
    people: People, site: Site, patient: Patient, reach: Scope, now: datetime
) -> None:
    nobody = NewGrant(account_id=new_id(), scope=GrantScope.READ)
    backwards = wanted(people.caregiver(site), starts_at=now, ends_at=now)
    for grant, pointer in ((nobody, "/account_id"), (backwards, "/ends_at")):
        with pytest.raises(Invalid) as caught:
            patients.give_grant(patient.id, grant, reach, actor=STAFF, now=now)
        assert [error.pointer for error in caught.value.errors] == [pointer]


def test_an_unknown_grant_is_not_found(patient: Patient, reach: Scope, now: datetime) -> None:
    with pytest.raises(NotFound):
        patients.revoke_grant(patient.id, new_id(), reach, actor=STAFF, now=now)


def test_grants_are_bounded(
    people: People, site: Site, patient: Patient, reach: Scope, now: datetime
) -> None:
    carer = people.caregiver(site)
    for _ in range(MAX_GRANTS):
        patients.give_grant(patient.id, wanted(carer), reach, actor=STAFF, now=now)
    with pytest.raises(Conflict):
        patients.give_grant(patient.id, wanted(carer), reach, actor=STAFF, now=now)


def test_racing_grants_are_all_given(
    people: People, site: Site, patient: Patient, reach: Scope, now: datetime
) -> None:
    carers = [people.caregiver(site) for _ in range(4)]

    def give(carer: Person) -> str:
        try:
            return patients.give_grant(patient.id, wanted(carer), reach, actor=STAFF, now=now).account_id
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        given = sorted(pool.map(give, carers))
    listed = sorted(grant.account_id for grant in patients.read(patient.id, reach, now=now).grants)
    assert given == listed == sorted(carer.account.id for carer in carers)
