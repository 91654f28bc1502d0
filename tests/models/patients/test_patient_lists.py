"""Rosters name patients and go through all of them, each once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.patients import patient_lists, patients
from models.patients.patient import NewPatient, Patient
from models.patients.patient_lists import PatientName, RosterPatient
from models.patients.steps import PatientStep
from models.store.scope import Scope
from scoring.decline import Profile
from tests.people import CLINIC

TODAY = date(2076, 3, 2)
NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def make(**fields: Any) -> Patient:
    values = {"site_id": "north", "name": "Maria", "zone": "Europe/Lisbon", **fields}
    return patients.create(NewPatient(**values), by=CLINIC, now=NOW)


def everybody(size: int = 10) -> dict[str, RosterPatient]:
    return {patient.id: patient for page in patient_lists.due(TODAY, size) for patient in page}


def test_names_are_those_that_were_asked_for() -> None:
    first, second, _third = make(study_code="S-1"), make(name="Jo"), make()
    assert patient_lists.names([first.id, second.id, first.id, "nobody"]) == {
        first.id: PatientName(first.id, "Maria", "S-1"),
        second.id: PatientName(second.id, "Jo", None),
    }
    assert patient_lists.names([]) == {}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_every_patient_is_met_once_whatever_the_size_of_the_pages(count: int) -> None:
    made = [make().id for _ in range(count)]
    pages = [[patient.id for patient in page] for page in patient_lists.due(TODAY, 2)]
    assert [patient_id for page in pages for patient_id in page] == sorted(made)
    assert all(pages)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_the_worker_goes_on_behind_the_last_whom_it_has_seen(count: int) -> None:
    made = sorted(make(site_id=f"site {number}").id for number in range(count))
    met: list[str] = []
    after: str | None = ""
    while after is not None:
        floors, after = patient_lists.floors(after, 2)
        assert set(floors.values()) <= {0}
        met += sorted(floors)
    assert met == made


def test_one_whose_floor_is_damaged_is_passed_over() -> None:
    made = sorted(make().id for _ in range(3))
    patients.PatientDocument.raw().update_one({"_id": made[1]}, {"$set": {"ledger_floor": "x"}})
    assert patient_lists.floors("", 2) == ({made[0]: 0}, made[1])
    assert patient_lists.floors(made[1], 2) == ({made[2]: 0}, None)


def test_what_a_round_needs_is_there() -> None:
    made = make(profile=Profile(report_interval_days=14))
    expected = RosterPatient(made.id, "north", "Europe/Lisbon", True, 14, NOW, (), patients.LOOK, 0)
    assert everybody() == {made.id: expected}


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_only_those_are_met_whose_report_may_be_due(size: int) -> None:
    made = [make().id for _ in range(8)]
    days = [TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=1), date.max]
    for place, one in enumerate(made[:4]):
        patient_lists.raise_due_date(one, 0, days[place].toordinal())
    assert everybody(size).keys() == {*made[:2], *made[4:]}


@pytest.mark.parametrize("lowered", ["by a report", "by the profile", "by reopening"])
def test_what_may_be_due_earlier_is_met_again_and_no_look_begun_before_hides_it(lowered: str) -> None:
    made, later = make(), (TODAY + timedelta(days=20)).toordinal()
    reach = Scope(site_ids=frozenset({"north"}))
    patient_lists.raise_due_date(made.id, 0, later)
    assert everybody() == {}
    if lowered == "by a report":
        patient_lists.look_up_due_date(made.id)
    else:
        changes: dict[str, dict[str, Any]] = {
            "by the profile": {"profile": Profile(report_interval_days=7)},
            "by reopening": {"closed_at": None},
        }
        step = PatientStep(NOW, CLINIC, {})
        assert patients.change_profile(made.id, reach, 0, step=step, **changes[lowered])
    patient_lists.raise_due_date(made.id, 0, later)
    assert everybody().keys() == {made.id}


def test_closed_and_dead_patients_are_not_followed() -> None:
    dead, closed = make(profile=Profile(died_on=date(2076, 3, 1))), make()
    reach = Scope(site_ids=frozenset({"north"}))
    assert patients.change_profile(
        closed.id, reach, closed.rev, step=PatientStep(NOW, CLINIC, {}), closed_at=NOW
    )
    assert {patient.id: patient.followed for patient in everybody().values()} == {
        dead.id: False,
        closed.id: False,
    }
