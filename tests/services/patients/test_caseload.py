"""The caseload's numbers are those of the latest evaluation, and cost three reads once they are known."""

from __future__ import annotations

import pytest

from models.ledger import ledger
from models.ledger.entries import Head
from models.patients import patients, summaries
from models.patients.summaries import Summary
from models.store import unreadable
from models.store.scope import Scope
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.patients import caseload
from services.patients.caseload import CaseloadRow, Show, SortBy
from tests.clinics import Clinic
from tests.people import People
from tests.round_trips import commands

__all__ = ["commands"]


@pytest.fixture
def clinic(people: People) -> Clinic:
    return Clinic.of(people, people.now)


def rows(clinic: Clinic, search: str = "") -> list[CaseloadRow]:
    scope = scope_for(clinic.actor, Operation.PATIENT_CHANGE)
    alerts = scope_for(clinic.actor, Operation.ALERT_READ)
    return caseload.read(scope, alerts, actor=clinic.actor, now=clinic.now, search=search)


def test_a_row_has_the_numbers_of_the_head(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    for place, total in enumerate((46, 43, 40, 36)):
        clinic.send(patient, total, days_ago=28 * (3 - place), by_patient=True)
    (row,) = rows(clinic)
    head = ledger.read_head(patient.id)
    assert head is not None
    assert row.summary == caseload.summary_of(head)
    assert row.summary.total == 36
    assert row.summary.lost == -head.evaluated.evaluation["trajectory"]["slope_per_month"]
    assert "decline" in {alert.topic for alert in row.alerts}


def test_numbers_follow_each_new_report(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    for total in (44, 41):
        clinic.send(patient, total, days_ago=total - 41)
        (row,) = rows(clinic)
        assert row.summary is not None
        assert row.summary.total == total


def test_the_total_is_of_whom_the_loss_is_of_and_the_others_is_named(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    for days_ago in (84, 56, 28):
        clinic.send(patient, 42, days_ago=days_ago, by_patient=True)
    clinic.send(patient, 35, days_ago=3)
    (row,) = rows(clinic)
    assert row.summary is not None
    assert (row.summary.last_by, row.summary.total, row.summary.total_by) == ("clinician", 42, "patient")
    assert (row.summary.other_total, row.summary.other_by) == (35, "clinician")


def test_an_older_head_never_replaces_a_newer_one(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    clinic.send(patient, 44, days_ago=9)
    (old,) = rows(clinic)
    clinic.send(patient, 41, days_ago=2)
    (new,) = rows(clinic)
    assert old.summary is not None
    summaries.put([old.summary], {patient.id: old.summary})
    assert summaries.of_sites([clinic.site.id])[patient.id] == new.summary


def test_the_worker_knows_everybody(clinic: Clinic) -> None:
    for patient in clinic.patients(3):
        clinic.send(patient, 40)
    assert caseload.keep_up(clinic.now) == 3
    assert caseload.keep_up(clinic.now) == 0
    assert len(summaries.of_sites([clinic.site.id])) == 3


def test_the_worker_goes_round_everybody_a_part_at_a_time(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    caseload.keep_up(clinic.now)
    monkeypatch.setattr(caseload, "AT_ONCE", 2)
    for patient in clinic.patients(5):
        clinic.send(patient, 40)
    assert [caseload.keep_up(clinic.now) for _ in range(3)] == [2, 2, 1]
    for patient in clinic.patients(1):
        clinic.send(patient, 40)
    assert sum(caseload.keep_up(clinic.now) for _ in range(4)) == 1
    assert len(summaries.of_sites([clinic.site.id])) == 6


def test_what_a_step_of_the_worker_reads_does_not_grow_with_the_patients(
    clinic: Clinic, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caseload, "AT_ONCE", 2)
    looked_at: list[int] = []
    of = summaries.of
    monkeypatch.setattr(summaries, "of", lambda ids: looked_at.append(len(ids)) or of(ids))
    clinic.patients(7)
    for _ in range(4):
        commands.clear()
        caseload.keep_up(clinic.now)
        assert commands == ["find"] * 3
    assert looked_at == [2, 2, 2, 1]


def test_a_page_makes_new_what_the_worker_has_not_come_to(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for patient in clinic.patients(3):
        clinic.send(patient, 40)
    assert {row.summary and row.summary.total for row in rows(clinic)} == {40}
    monkeypatch.setattr(caseload, "MOST_HEADS", 2)
    for patient in [row.patient for row in rows(clinic)]:
        patient_scope = scope_for(clinic.actor, Operation.PATIENT_READ)
        found = patients.read(patient.id, patient_scope, now=clinic.now)
        assert found is not None
        clinic.send(found, 30)
    totals = [sorted(row.summary.total for row in rows(clinic) if row.summary) for _ in range(2)]
    assert totals == [[30, 30, 40], [30, 30, 30]]


def test_what_is_late_is_said_of_those_who_are_followed(clinic: Clinic) -> None:
    never, late, fresh = clinic.patients(3)
    clinic.send(late, 40, days_ago=40)
    clinic.send(fresh, 40, days_ago=4)
    found = {row.patient.id: row.days_late for row in rows(clinic)}
    assert found == {never.id: None, late.id: 12, fresh.id: None}
    shown = caseload.arranged(rows(clinic), show=Show.LATE, sort_by=SortBy.LAST)
    assert [row.patient.id for row in shown] == [late.id]


def test_who_is_no_clinician_gets_no_slope(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    clinic.send(patient, 40)
    coordinator = clinic.people.staff(clinic.site, Role.COORDINATOR).actor
    scope = scope_for(coordinator, Operation.PATIENT_CHANGE)
    (row,) = caseload.read(scope, Scope(), actor=coordinator, now=clinic.now)
    assert row.summary is not None
    assert (row.summary.total, row.summary.lost, row.summary.kings) == (40, None, None)


@pytest.mark.parametrize("count", [1, 12])
def test_what_is_known_costs_four_reads_whatever_the_number(
    clinic: Clinic, commands: list[str], count: int
) -> None:
    for patient in clinic.patients(count):
        clinic.send(patient, 40)
    rows(clinic)
    commands.clear()
    assert len(rows(clinic)) == count
    assert commands == ["find"] * 4


def test_an_evaluation_that_cannot_be_summed_up_costs_that_patient_alone(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, *others = clinic.patients(3)
    for patient in (broken, *others):
        clinic.send(patient, 40)
    summary_of = caseload.summary_of

    def failing(head: Head) -> Summary:
        if head.patient_id == broken.id:
            raise KeyError("trajectory")
        return summary_of(head)

    monkeypatch.setattr(caseload, "summary_of", failing)
    assert caseload.keep_up(clinic.now) == 2
    assert {row.patient.id for row in rows(clinic) if row.summary} == {other.id for other in others}
    assert unreadable.named() == {("ledger", f"{broken.id}:1")}
