"""Reading reports and evaluations: within reach, the latest observed first, page by page."""

from __future__ import annotations

import pytest

from models.patients.patient import Patient
from models.store.base import new_id
from models.store.scope import Scope
from services.access.permissions import Operation, scope_for
from services.errors import NotFound
from services.reports import read
from tests.clinics import Clinic
from tests.people import People


@pytest.fixture
def scope(clinic: Clinic) -> Scope:
    return scope_for(clinic.actor, Operation.REPORT_READ)


def test_every_report_comes_once_whatever_the_size_of_the_page(
    clinic: Clinic, patient: Patient, scope: Scope
) -> None:
    sent = [clinic.send(patient, days_ago=days) for days in (0, 7, 14, 21, 28)]
    for limit in (1, 2, 5, 50):
        found: list[str] = []
        after = None
        while True:
            page = read.list_reports(
                patient.id, scope, instrument=None, after=after, limit=limit, now=clinic.now
            )
            assert len(page.items) <= limit
            found += [report.id for report in page.items]
            after = page.next
            if after is None:
                break
        assert found == sent


def test_one_instrument_can_be_asked_for(clinic: Clinic, patient: Patient, scope: Scope) -> None:
    sent = clinic.send(patient)
    for instrument, expected in (("alsfrs_r", [sent]), ("phq_9", [])):
        page = read.list_reports(
            patient.id, scope, instrument=instrument, after=None, limit=50, now=clinic.now
        )
        assert [report.id for report in page.items] == expected


def test_one_report_is_found_by_its_id(clinic: Clinic, patient: Patient, scope: Scope) -> None:
    sent = clinic.send(patient, 38)
    found, record = read.read_report(patient.id, sent, scope, now=clinic.now)
    assert (found.id, record.id, record.latest.score and record.latest.score["total"]) == (
        patient.id,
        sent,
        38,
    )
    with pytest.raises(NotFound) as caught:
        read.read_report(patient.id, new_id(), scope, now=clinic.now)
    assert caught.value.code == "report_not_found"


def test_before_the_first_report_the_evaluation_says_nothing(
    clinic: Clinic, patient: Patient, scope: Scope
) -> None:
    found = read.evaluation_of(patient.id, scope, now=clinic.now)
    assert (found["seq"], found["in_step"], found["flags"], found["trajectory"]) == (0, True, [], None)


def test_the_evaluation_is_that_of_the_latest_entry(clinic: Clinic, patient: Patient, scope: Scope) -> None:
    for days in (56, 28, 0):
        clinic.send(patient, 46 - (56 - days) // 8, days_ago=days)
    found = read.evaluation_of(patient.id, scope, now=clinic.now)
    assert (found["seq"], found["patient_id"]) == (3, patient.id)
    assert found["trajectory"] is not None


def test_another_sites_patient_is_not_there(people: People, clinic: Clinic, patient: Patient) -> None:
    sent = clinic.send(patient)
    foreign = scope_for(Clinic.of(people, clinic.now).actor, Operation.REPORT_READ)
    for attempt in (
        lambda: read.read_report(patient.id, sent, foreign, now=clinic.now),
        lambda: read.evaluation_of(patient.id, foreign, now=clinic.now),
        lambda: read.list_reports(patient.id, foreign, instrument=None, after=None, limit=1, now=clinic.now),
    ):
        with pytest.raises(NotFound) as caught:
            attempt()
        assert caught.value.code == "patient_not_found"


def test_the_service_itself_reads_what_a_report_says_now(clinic: Clinic, patient: Patient) -> None:
    content = read.answered_by(patient.id, clinic.send(patient, 44))
    assert content is not None
    assert sum(content.answers.values()) == 44
    assert read.answered_by(patient.id, new_id()) is None
