"""What an entry's evaluation makes known: the findings of every report that came with it, passed or not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.ledger import ledger
from models.ledger.entries import Entry
from models.patients.patient import Patient
from models.store.base import new_id
from scoring.decline.memory.coding import read_points
from services.access.permissions import Operation, scope_for
from services.reports import amend
from services.reports.amend import Correction
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.clinics import Clinic, assert_sound
from tests.people import People
from tests.questionnaires import answers_for


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    (patient,) = clinic.patients(1)
    return patient


def take(clinic: Clinic, patient: Patient, days_ago: int, **answers: int) -> Entry:
    at = clinic.now - timedelta(days=days_ago)
    given = Submission(new_id(), "alsfrs_r", "1", at, answers_for(48) | answers)
    scope = scope_for(clinic.actor, Operation.REPORT_SUBMIT)
    return submit_report(patient.id, given, scope, actor=clinic.actor, now=clinic.now).entry


def news_of(entry: Entry) -> list[tuple[str, str]]:
    assert entry.evaluated is not None
    return [(item["rule"], item["report_id"]) for item in entry.evaluated.evaluation["news"]]


@pytest.mark.parametrize("order", [(90, 62, 34, 20, 10, 1), (1, 10, 20, 34, 62, 90), (34, 1, 90, 10, 62, 20)])
def test_breathing_at_its_worst_is_told_once_however_late_it_comes(
    clinic: Clinic, patient: Patient, order: tuple[int, ...]
) -> None:
    entries = {ago: take(clinic, patient, ago, orthopnea=0 if ago == 34 else 4) for ago in order}
    told = [(ago, report) for ago in order for rule, report in news_of(entries[ago]) if rule == WORST]
    assert told == [(34, entries[34].report_id)]
    assert entries[34].alerts_pending


WORST = "orthopnea_at_worst"


def test_a_correction_makes_its_report_known_again(clinic: Clinic, patient: Patient) -> None:
    first = take(clinic, patient, 34)
    take(clinic, patient, 1)
    scope = scope_for(clinic.actor, Operation.REPORT_CORRECT)
    given = Correction(new_id(), "Mistyped.", 1, answers_for(48) | {"orthopnea": 0})
    corrected = amend.correct(
        patient.id, first.event_id, given, scope, actor=clinic.actor, now=clinic.now
    ).entry
    assert (WORST, first.event_id) in news_of(corrected)


def test_news_is_carried_on_until_the_alerts_have_heard_of_it(
    clinic: Clinic, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the newest entry is told to the alerts; one that nobody aligned must not be passed over."""
    with monkeypatch.context() as crash:
        crash.setattr("services.reports.reconcile.align.align", fail)
        worst = take(clinic, patient, 34, orthopnea=0)
        good = take(clinic, patient, 20)
    assert (WORST, worst.event_id) in news_of(good)
    take(clinic, patient, 10)
    clinic.sweep_until_done()
    after = take(clinic, patient, 1)
    assert news_of(after) == []
    assert ledger.pending_entries(patient.id) == []


@pytest.mark.parametrize("ids", [(1, 2), (2, 1)])
def test_of_two_forms_of_one_instant_the_last_received_counts(
    clinic: Clinic, patient: Patient, ids: tuple[int, int]
) -> None:
    scope = scope_for(clinic.actor, Operation.REPORT_SUBMIT)
    for number, total in zip(ids, (30, 44), strict=True):
        report_id = f"0197a1b2-0000-7000-8000-00000000000{number}"
        given = Submission(report_id, "alsfrs_r", "1", clinic.now - timedelta(days=1), answers_for(total))
        now = clinic.now + timedelta(seconds=total)
        submit_report(patient.id, given, scope, actor=clinic.actor, now=now)
        assert_sound(patient, clinic.now)
    head = ledger.read_head(patient.id)
    assert head is not None
    assert [point.total for point in read_points(head.evaluated.memory["points"])] == [44]


def fail(*_: object, **__: object) -> bool:
    raise RuntimeError("the process ends here")
