"""Corrected, voided, let in from quarantine: events of their own, guarded by the version that was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.patients.patient import Patient
from models.store.base import new_id
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.errors import AppError
from services.reports import amend, read
from services.reports.amend import Correction, Rejection, Void
from services.reports.histories import ReportState
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.reports.receipts import Receipt
from tests.clinics import Clinic
from tests.people import own_actor
from tests.questionnaires import answers_for


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def correct(clinic: Clinic, patient: Patient, report_id: str, **fields: Any) -> Receipt:
    given = Correction(**{"id": new_id(), "reason": "slip", "version": 1, "answers": {"speech": 2}} | fields)
    scope = scope_for(clinic.actor, Operation.REPORT_CORRECT)
    return amend.correct(patient.id, report_id, given, scope, actor=clinic.actor, now=clinic.now)


def void(clinic: Clinic, patient: Patient, report_id: str, **fields: Any) -> Receipt:
    given = Void(**{"id": new_id(), "reason": "wrong person", "version": 1} | fields)
    scope = scope_for(clinic.actor, Operation.REPORT_VOID)
    return amend.void(patient.id, report_id, given, scope, actor=clinic.actor, now=clinic.now)


def aside(clinic: Clinic, patient: Patient, **fields: Any) -> str:
    """A report in quarantine: of a version that this server does not know."""
    actor: Actor = own_actor(patient)
    values = {"instrument": "alsfrs_r", "instrument_version": "99", "answers": answers_for(40), **fields}
    given = Submission(id=new_id(), observed_at=clinic.now, **values)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    return submit_report(patient.id, given, scope, actor=actor, now=clinic.now).record.id


def a_note(clinic: Clinic, patient: Patient) -> str:
    actor: Actor = own_actor(patient)
    values = {"instrument": "alsfrs_r", "instrument_version": "1", "answers": {}, "note": "No answers today."}
    given = Submission(id=new_id(), observed_at=clinic.now, **values)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    receipt = submit_report(patient.id, given, scope, actor=actor, now=clinic.now)
    assert receipt.record.state is ReportState.NOTE
    return receipt.record.id


def test_a_correction_changes_what_it_names_and_keeps_the_rest(clinic: Clinic, patient: Patient) -> None:
    report_id = clinic.send(patient)
    receipt = correct(clinic, patient, report_id)
    before, after = (version.content for version in receipt.record.versions)
    assert after.answers == {**before.answers, "speech": 2}
    assert (after.reason, after.observed_at) == ("slip", before.observed_at)


def test_none_takes_an_answer_away(clinic: Clinic, patient: Patient) -> None:
    receipt = correct(clinic, patient, clinic.send(patient), answers={"speech": None})
    assert "speech" not in receipt.record.latest.content.answers


def test_the_same_event_again_is_the_same_answer_and_another_under_its_id_is_refused(
    clinic: Clinic, patient: Patient
) -> None:
    report_id, event_id = clinic.send(patient), new_id()
    correct(clinic, patient, report_id, id=event_id)
    again = correct(clinic, patient, report_id, id=event_id)
    assert (again.repeated, len(again.record.versions)) == (True, 2)
    assert (
        refused(lambda: correct(clinic, patient, report_id, id=event_id, answers={"speech": 1})) == "id_used"
    )


def test_whoever_read_an_older_version_is_told(clinic: Clinic, patient: Patient) -> None:
    report_id = clinic.send(patient)
    correct(clinic, patient, report_id)
    assert refused(lambda: correct(clinic, patient, report_id, answers={"speech": 1})) == "changed_meanwhile"
    assert refused(lambda: void(clinic, patient, report_id)) == "changed_meanwhile"
    assert void(clinic, patient, report_id, version=2).record.state is ReportState.VOIDED


def test_what_changes_nothing_is_refused(clinic: Clinic, patient: Patient) -> None:
    report_id = clinic.send(patient, 48)
    for answers in ({}, {"speech": 4}, {"speech": 4.0}):
        assert refused(lambda a=answers: correct(clinic, patient, report_id, answers=a)) == "changes_nothing"


def test_a_voided_report_takes_no_more_events_and_stays_readable(clinic: Clinic, patient: Patient) -> None:
    report_id = clinic.send(patient)
    void(clinic, patient, report_id)
    assert refused(lambda: correct(clinic, patient, report_id)) == "not_current"
    assert refused(lambda: void(clinic, patient, report_id)) == "voided"
    assert read.answered_by(patient.id, report_id) is not None


def test_what_is_kept_aside_can_be_voided_and_not_corrected(clinic: Clinic, patient: Patient) -> None:
    """So the document links a report that is kept aside to a void alone."""
    report_id = aside(clinic, patient)
    assert refused(lambda: correct(clinic, patient, report_id)) == "not_current"
    assert void(clinic, patient, report_id).record.state is ReportState.VOIDED


def test_why_a_report_cannot_be_corrected_is_said_as_it_is(clinic: Clinic, patient: Patient) -> None:
    voided, note = clinic.send(patient), a_note(clinic, patient)
    void(clinic, patient, voided)
    said = {voided: "was voided", aside(clinic, patient): "is kept aside", note: "is a note without answers"}
    for report_id, why in said.items():
        with pytest.raises(AppError) as caught:
            correct(clinic, patient, report_id)
        assert (caught.value.code, why in caught.value.detail) == ("not_current", True)


def test_what_was_kept_aside_is_rejected_once(clinic: Clinic, patient: Patient) -> None:
    report_id = aside(clinic, patient)
    scope = scope_for(clinic.actor, Operation.QUARANTINE_RELEASE)

    def reject() -> Receipt:
        given = Rejection(new_id(), "not ours")
        return amend.reject(patient.id, report_id, given, scope, actor=clinic.actor, now=clinic.now)

    assert reject().record.state is ReportState.VOIDED
    assert refused(reject) == "not_in_quarantine"
    found, _ = read.list_quarantined(scope, after=None, limit=10)
    assert found == []


def test_it_is_not_let_in_before_its_version_is_known(clinic: Clinic, patient: Patient) -> None:
    report_id = aside(clinic, patient)
    scope = scope_for(clinic.actor, Operation.QUARANTINE_RELEASE)
    code = refused(lambda: amend.release(patient.id, report_id, scope, actor=clinic.actor, now=clinic.now))
    assert code == "still_unknown"
    assert [form.count for form in read.list_quarantined(scope, after=None, limit=10)[0]] == [1]


def test_a_report_that_is_not_there_cannot_be_changed(clinic: Clinic, patient: Patient) -> None:
    clinic.send(patient)
    assert refused(lambda: correct(clinic, patient, new_id())) == "report_not_found"
