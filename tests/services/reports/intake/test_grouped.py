"""Reports of several patients, two reads and one write: none fails for another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.ledger import ledger
from models.patients.patient import Patient
from models.store.base import new_id
from services.access.permissions import Operation, scope_for
from services.reports.intake import grouped
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import TAKE_ALONE, Failed, Sent, Stored
from tests.clinics import Clinic
from tests.people import People, own_actor
from tests.questionnaires import answers_for


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


def begun(clinic: Clinic, count: int) -> list[Patient]:
    """Patients whose first report was taken, so that the next can go together."""
    patients = clinic.patients(count)
    for patient in patients:
        clinic.send(patient, days_ago=14, by_patient=True)
    return patients


def sent(patient: Patient, now: datetime, **fields: Any) -> Sent:
    values = {"id": new_id(), "instrument": "alsfrs_r", "instrument_version": "1", "answers": answers_for(40)}
    actor = own_actor(patient)
    given = Submission(**{**values, "observed_at": now} | fields)
    return Sent(patient.id, given, scope_for(actor, Operation.REPORT_SUBMIT), actor, now)


def test_each_becomes_its_patients_next_entry(clinic: Clinic) -> None:
    patients = begun(clinic, 3)
    outcomes = grouped.take([sent(patient, clinic.now) for patient in patients])
    assert all(isinstance(outcome, Stored) for outcome in outcomes)
    assert [ledger.read_head(patient.id).seq for patient in patients] == [2, 2, 2]


def test_a_first_report_a_late_one_and_one_of_an_unknown_patient_are_taken_alone(clinic: Clinic) -> None:
    known = begun(clinic, 2)
    (fresh,) = clinic.patients(1)
    outcomes = grouped.take(
        [
            sent(known[0], clinic.now),
            sent(fresh, clinic.now),
            sent(known[1], clinic.now - timedelta(days=20)),
        ]
    )
    assert isinstance(outcomes[0], Stored)
    assert outcomes[1:] == [TAKE_ALONE, TAKE_ALONE]


def test_an_id_that_was_perhaps_seen_is_taken_alone(clinic: Clinic) -> None:
    (patient,) = begun(clinic, 1)
    first = sent(patient, clinic.now)
    assert isinstance(grouped.take([first])[0], Stored)
    assert grouped.take([first]) == [TAKE_ALONE]


def test_two_of_one_patient_at_once_are_one_stored_and_one_alone(clinic: Clinic) -> None:
    (patient,) = begun(clinic, 1)
    outcomes = grouped.take([sent(patient, clinic.now), sent(patient, clinic.now - timedelta(minutes=1))])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Stored", "TakeAlone"]
    head = ledger.read_head(patient.id)
    assert head is not None
    assert head.seq == 2


def test_what_is_wrong_with_one_fails_that_one(clinic: Clinic) -> None:
    good, bad = begun(clinic, 2)
    outcomes = grouped.take([sent(good, clinic.now), sent(bad, clinic.now, answers={"speech": 9})])
    assert isinstance(outcomes[0], Stored)
    assert isinstance(outcomes[1], Failed)


def test_what_cannot_be_encoded_fails_nobody_else(clinic: Clinic) -> None:
    good, bad = begun(clinic, 2)
    wrong = {"instrument_version": "99", "answers": {"a": 2**70}}
    outcomes = grouped.take([sent(good, clinic.now), sent(bad, clinic.now, **wrong)])
    assert isinstance(outcomes[0], Stored | type(TAKE_ALONE))
    assert not isinstance(outcomes[1], Stored)


def test_after_a_change_of_the_policy_each_is_taken_alone_until_it_was_followed(clinic: Clinic) -> None:
    (patient,) = begun(clinic, 1)
    clinic.change_policy()
    assert grouped.take([sent(patient, clinic.now)]) == [TAKE_ALONE]
    clinic.sweep_until_done()
    assert isinstance(grouped.take([sent(patient, clinic.now)])[0], Stored)
