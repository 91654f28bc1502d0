"""What an event is judged against is never older than what the head was judged by."""

from __future__ import annotations

import pytest

from models.patients.grants import GrantScope
from models.patients.patient import Patient
from models.store.base import new_id
from services.access.permissions import Operation, scope_for
from services.errors import NotAllowed, NotFound
from services.reports.evaluate import criteria_for
from services.reports.load import load_for_event
from tests.clinics import Clinic
from tests.people import People


def test_there_is_no_head_before_the_first_event(clinic: Clinic, patient: Patient) -> None:
    loaded = load_for_event(patient.id, scope_for(clinic.actor, Operation.REPORT_SUBMIT), now=clinic.now)
    assert (loaded.patient.id, loaded.site.id, loaded.head) == (patient.id, clinic.site.id, None)


def test_the_head_is_the_latest_entry(clinic: Clinic, patient: Patient) -> None:
    clinic.send(patient, days_ago=7)
    clinic.send(patient)
    loaded = load_for_event(patient.id, scope_for(clinic.actor, Operation.REPORT_SUBMIT), now=clinic.now)
    assert loaded.head is not None
    assert loaded.head.seq == 2


def test_after_a_change_of_the_policy_the_new_one_is_seen(clinic: Clinic, patient: Patient) -> None:
    clinic.send(patient)
    clinic.change_policy()
    clinic.sweep_until_done()
    loaded = load_for_event(patient.id, scope_for(clinic.actor, Operation.REPORT_SUBMIT), now=clinic.now)
    assert loaded.head is not None
    assert loaded.head.evaluated.basis == criteria_for(loaded.patient, loaded.site).basis


def test_whoever_may_only_read_is_told_so(people: People, clinic: Clinic, patient: Patient) -> None:
    carer = people.caregiver(clinic.site, patient, scope=GrantScope.READ).actor
    with pytest.raises(NotAllowed) as caught:
        load_for_event(patient.id, scope_for(carer, Operation.REPORT_SUBMIT), now=clinic.now)
    assert caught.value.code == "grant_to_read"


def test_a_stranger_is_told_that_there_is_no_such_patient(
    people: People, clinic: Clinic, patient: Patient
) -> None:
    carer = people.caregiver(clinic.site).actor
    for patient_id in (patient.id, new_id()):
        with pytest.raises(NotFound) as caught:
            load_for_event(patient_id, scope_for(carer, Operation.REPORT_SUBMIT), now=clinic.now)
        assert caught.value.code == "patient_not_found"
