"""Patients are found within a scope only, and changed at the revision that was read only."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.patients import patients
from models.patients.grants import Grant, GrantEnd, GrantScope
from models.patients.patient import NewPatient, Patient
from models.patients.patients import PatientDocument
from models.patients.profiles import profile_of
from models.patients.steps import PatientStep
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Profile
from tests.people import CLINIC

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
BOTH = frozenset({GrantScope.READ, GrantScope.REPORT})
RACERS = 12

pytestmark = pytest.mark.usefixtures("database")

STEP = PatientStep(NOW, CLINIC, {})


def make(site_id: str = "north", **fields: Any) -> Patient:
    return patients.create(
        NewPatient(site_id=site_id, name="Maria", zone="Europe/Lisbon", **fields), by=CLINIC, now=NOW
    )


def at(*site_ids: str) -> Scope:
    return Scope(site_ids=frozenset(site_ids))


def granted(account_id: str, scopes: frozenset[str] = BOTH) -> Scope:
    return Scope(granted_to=account_id, grant_scopes=scopes)


def grant_to(patient: Patient, account_id: str = "carer", **fields: Any) -> Grant:
    grant = Grant(
        id=new_id(),
        account_id=account_id,
        scope=fields.pop("scope", GrantScope.REPORT),
        starts_at=fields.pop("starts_at", NOW),
        given_by=CLINIC,
        **fields,
    )
    present = patients.read(patient.id, at(patient.site_id), now=NOW)
    assert present is not None
    assert patients.add_grant(patient.id, at(patient.site_id), present.rev, grant=grant, now=NOW)
    return grant


def test_what_was_stored_is_read_back() -> None:
    profile = Profile(onset_on=date(2024, 3, 1), onset_precision="month", height_cm=171)
    made = make(profile=profile, study_code="S-1", consent_at=NOW)
    assert patients.read(made.id, at("north"), now=NOW) == made
    assert made.profile == profile
    assert (made.rev, made.profile_version, made.ledger_floor) == (0, 1, 0)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(),
        at("south"),
        at("south", "east"),
        at(""),
        Scope(patient_id="somebody else"),
        granted("carer"),
        Scope(
            site_ids=frozenset({"south"}), patient_id="somebody else", granted_to="carer", grant_scopes=BOTH
        ),
    ],
)
def test_a_patient_out_of_reach_is_never_found_listed_or_changed(scope: Scope) -> None:
    patient = make("north")
    grant = Grant(new_id(), "carer", GrantScope.READ, NOW, "me")
    assert patients.read(patient.id, scope, now=NOW) is None
    assert patients.page(scope, after=None, limit=10, now=NOW) == ([], None)
    assert patients.change_profile(patient.id, scope, 0, step=STEP, name="Mine") is None
    assert patients.add_grant(patient.id, scope, 0, grant=grant, now=NOW) is None
    assert patients.revoke_grant(patient.id, scope, 0, grant_id=grant.id, end=GrantEnd(NOW, CLINIC)) is None
    assert patients.read(patient.id, at("north"), now=NOW) == patient


@pytest.mark.parametrize("own", [at("north"), at("north", "south")])
def test_a_site_reaches_its_patients(own: Scope) -> None:
    patient = make("north")
    assert patients.read(patient.id, own, now=NOW) == patient


def test_a_patient_reaches_nobody_but_themself() -> None:
    mine, other = make(), make()
    scope = Scope(patient_id=mine.id)
    assert patients.read(mine.id, scope, now=NOW) == mine
    assert patients.read(other.id, scope, now=NOW) is None
    assert patients.page(scope, after=None, limit=10, now=NOW) == ([mine], None)
    assert patients.page(scope, after=mine.id, limit=10, now=NOW) == ([], None)


@pytest.mark.parametrize(
    ("fields", "moment", "reached"),
    [
        ({}, NOW, True),
        ({"starts_at": NOW + timedelta(days=1)}, NOW, False),
        ({"ends_at": NOW + timedelta(days=1)}, NOW + timedelta(hours=23), True),
        ({"ends_at": NOW + timedelta(days=1)}, NOW + timedelta(days=1), False),
        ({"revoked_at": NOW}, NOW, False),
    ],
)
def test_a_grant_opens_while_it_runs(fields: dict[str, Any], moment: datetime, reached: bool) -> None:
    patient = make()
    grant_to(patient, **fields)
    assert (patients.read(patient.id, granted("carer"), now=moment) is not None) is reached
    listed, _ = patients.page(granted("carer"), after=None, limit=10, now=moment)
    assert bool(listed) is reached


def test_a_grant_opens_one_patient_to_one_account() -> None:
    patient, other = make(), make()
    grant_to(patient, "carer")
    grant_to(other, "somebody else")
    listed, _ = patients.page(granted("carer"), after=None, limit=10, now=NOW)
    assert [found.id for found in listed] == [patient.id]
    assert patients.read(other.id, granted("carer"), now=NOW) is None


def test_a_grant_for_reading_does_not_open_reporting() -> None:
    patient = make()
    grant_to(patient, scope=GrantScope.READ)
    report_only = granted("carer", frozenset({GrantScope.REPORT}))
    assert patients.read(patient.id, granted("carer"), now=NOW) is not None
    assert patients.read(patient.id, report_only, now=NOW) is None


def test_a_revoked_grant_stays_on_record_and_opens_nothing() -> None:
    patient = make()
    grant = grant_to(patient)
    later = NOW + timedelta(days=3)
    assert patients.revoke_grant(patient.id, at("north"), 1, grant_id=grant.id, end=GrantEnd(later, CLINIC))
    assert patients.revoke_grant(
        patient.id, at("north"), 2, grant_id=grant.id, end=GrantEnd(later + timedelta(days=1), CLINIC)
    )
    assert patients.read(patient.id, granted("carer"), now=later) is None
    kept = patients.read(patient.id, at("north"), now=later)
    assert kept is not None
    assert [entry.revoked_at for entry in kept.grants] == [later]


def test_a_new_grant_ends_the_accounts_earlier_one() -> None:
    patient = make()
    grant_to(patient, scope=GrantScope.REPORT)
    grant_to(patient, scope=GrantScope.READ)
    after = patients.read(patient.id, at("north"), now=NOW)
    assert after is not None
    assert [grant.scope for grant in after.grants if grant.active(NOW)] == [GrantScope.READ]


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    made = [make("north").id for _ in range(7)] + [make("south").id for _ in range(2)]
    seen: list[str] = []
    after: str | None = None
    for _ in range(5):
        found, after = patients.page(at("north"), after=after, limit=3, now=NOW)
        seen += [patient.id for patient in found]
        if after is None:
            break
    assert seen == sorted(made[:7])


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ({"name": "M. Silva", "study_code": None, "zone": "Europe/Rome"}, 1),
        ({"consent_at": NOW}, 1),
        ({"closed_at": NOW}, 2),
        ({"consent_withdrawn_at": NOW}, 2),
        ({"profile": Profile(gastrostomy_on=date(2076, 1, 5))}, 2),
        ({"overrides": [{"reason": "holiday", "starts_on": "2076-01-01", "ends_on": "2076-02-01"}]}, 2),
    ],
)
def test_what_the_evaluation_depends_on_has_its_own_version(changes: dict[str, Any], version: int) -> None:
    patient = make()
    changed = patients.change_profile(patient.id, at("north"), 0, step=STEP, **changes)
    assert changed is not None
    assert (changed.rev, changed.profile_version) == (1, version)
    assert changed == patients.read(patient.id, at("north"), now=NOW)


def test_no_other_field_can_be_changed() -> None:
    with pytest.raises(TypeError):
        patients.change_profile(make().id, at("north"), 0, site_id="south")


@pytest.mark.parametrize("stale", [-1, 1, 7])
def test_a_change_at_another_revision_is_refused(stale: int) -> None:
    patient = make()
    assert patients.change_profile(patient.id, at("north"), stale, step=STEP, name="Late") is None


def race(attempt: Callable[[int], Patient | None]) -> list[Patient]:
    with ThreadPoolExecutor(RACERS) as pool:
        return [won for won in pool.map(attempt, range(RACERS)) if won is not None]


def test_of_racing_changes_one_wins() -> None:
    patient = make()
    won = race(lambda n: patients.change_profile(patient.id, at("north"), 0, step=STEP, name=f"name {n}"))
    assert len(won) == 1
    assert patients.read(patient.id, at("north"), now=NOW) == won[0]


def test_of_racing_grants_one_is_added_at_a_revision() -> None:
    patient = make()

    def give(number: int) -> Patient | None:
        grant = Grant(new_id(), f"carer {number}", GrantScope.READ, NOW, CLINIC)
        return patients.add_grant(patient.id, at("north"), 0, grant=grant, now=NOW)

    won = race(give)
    assert len(won) == 1
    assert len(won[0].grants) == 1


def test_the_floor_only_rises() -> None:
    patient = make()
    for floor in (4, 9, 2):
        patients.raise_floor(patient.id, floor)
    after = patients.read(patient.id, at("north"), now=NOW)
    assert after is not None
    assert (after.ledger_floor, after.rev) == (9, 0)


def test_a_profile_of_a_newer_release_can_still_be_read() -> None:
    assert profile_of({"onset_on": "2024-03-01", "shoe_size": 41}) == Profile(onset_on=date(2024, 3, 1))


def test_who_is_to_be_evaluated_comes_in_order_behind_a_place_whatever_else_is_damaged() -> None:
    made = sorted(make().id for _ in range(5))
    for patient_id in made[1:]:
        PatientDocument.raw().update_one({"_id": patient_id}, {"$set": {"reevaluate": 1}})
    PatientDocument.raw().update_one({"_id": made[1]}, {"$set": {"name": 7}})
    assert patients.changed(10) == made[1:]
    assert patients.changed(2) == made[1:3]
    assert patients.changed(2, after=made[2]) == made[3:]
    assert patients.changed(2, after=made[4]) == []
