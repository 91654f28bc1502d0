"""What an answer to a report is made of, and who may read what of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from models.ledger.entries import EntryKind
from models.patients.patient import Patient
from models.store.base import new_id
from models.store.provenance import Provenance
from scoring import instruments
from services.access.permissions import Operation, scope_for
from services.reports import amend, receipts
from services.reports.amend import Correction, Void
from services.reports.histories import records
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.reports.receipts import EvaluationState, Receipt
from tests.clinics import Clinic
from tests.ledger_samples import CONTENT, entry
from tests.people import People, own_actor
from tests.questionnaires import answers_for


def taken(patient: Patient, now: datetime, **fields: Any) -> Receipt:
    actor = own_actor(patient)
    values = {"instrument": "alsfrs_r", "instrument_version": "1", "answers": answers_for(40), **fields}
    given = Submission(**{"id": new_id(), "observed_at": now} | values)
    return submit_report(patient.id, given, scope_for(actor, Operation.REPORT_SUBMIT), actor=actor, now=now)


def test_the_next_form_is_due_an_interval_after_the_newest_that_counts(
    patient: Patient, now: datetime
) -> None:
    interval = timedelta(days=patient.profile.report_interval_days)
    newest = taken(patient, now)
    assert receipts.next_due_on(newest) == now.date() + interval
    late = taken(patient, now, observed_at=now - timedelta(days=9))
    assert receipts.next_due_on(late) == now.date() + interval


def test_what_is_sent_again_is_told_what_is_due_and_what_was_as_it_is_now(
    clinic: Clinic, patient: Patient, now: datetime
) -> None:
    def told(again: Receipt) -> tuple[bool, list[int], date | None]:
        return again.repeated, [total for _, total in receipts.history(again)], receipts.next_due_on(again)

    interval, yesterday = timedelta(days=patient.profile.report_interval_days), now - timedelta(days=1)
    earlier = {"id": new_id(), "observed_at": yesterday, "answers": answers_for(48)}
    latest = {"id": new_id(), "answers": answers_for(36)}
    assert told(taken(patient, now, **earlier)) == (False, [48], yesterday.date() + interval)
    taken(patient, now, **latest)
    correction, void = Correction(new_id(), "Slip.", 1, {"speech": 2}), Void(new_id(), "Twice.", 1)
    may_correct, may_void = (
        scope_for(clinic.actor, operation) for operation in (Operation.REPORT_CORRECT, Operation.REPORT_VOID)
    )
    correct = partial(amend.correct, patient.id, earlier["id"], correction, may_correct)
    correct(actor=clinic.actor, now=now)
    assert told(taken(patient, now, **earlier)) == (True, [46, 36], now.date() + interval)
    amend.void(patient.id, latest["id"], void, may_void, actor=clinic.actor, now=now)
    for again in (taken(patient, now, **latest), taken(patient, now, **earlier)):
        assert told(again) == (True, [46], yesterday.date() + interval)
    assert told(correct(actor=clinic.actor, now=now)) == (True, [46], yesterday.date() + interval)


def test_no_other_instrument_has_a_due_date(patient: Patient, now: datetime) -> None:
    answers = {f"who_{place}": 3 for place in range(1, 6)}
    keys = [item.key for item in instruments.get("who_5").items]
    receipt = taken(patient, now, instrument="who_5", answers=dict(zip(keys, answers.values(), strict=True)))
    assert receipts.next_due_on(receipt) is None
    assert receipts.history(receipt) == []


def test_the_history_is_the_respondents_own(clinic: Clinic, patient: Patient, now: datetime) -> None:
    taken(patient, now, observed_at=now - timedelta(days=14), answers=answers_for(42))
    clinic.send(patient, 30, days_ago=7)
    receipt = taken(patient, now)
    assert [total for _, total in receipts.history(receipt)] == [42, 40]


def test_complete_is_said_of_nothing_that_was_kept_aside(patient: Patient, now: datetime) -> None:
    assert receipts.evaluation_state(taken(patient, now)) is EvaluationState.COMPLETE
    aside = taken(patient, now, instrument_version="99")
    assert receipts.evaluation_state(aside) is EvaluationState.QUARANTINED
    assert receipts.evaluation_state(aside._replace(pending=True)) is EvaluationState.PENDING


def test_the_evaluation_is_the_clinicians(patient: Patient, now: datetime) -> None:
    receipt = taken(patient, now)
    assert receipts.assessment(receipt, Provenance("kim", "clinician")) is not None
    for role in ("patient", "caregiver", "coordinator", "researcher", "admin"):
        assert receipts.assessment(receipt, Provenance("kim", role)) is None


def test_a_positive_safety_item_brings_the_text_and_a_voided_report_none(
    patient: Patient, now: datetime
) -> None:
    answers = {f"phq_{place}": 0 for place in range(1, 10)} | {"phq_9": 1}
    receipt = taken(patient, now, instrument="phq_9", answers=answers)
    assert receipts.safety_texts(receipt, own_actor(patient)).crisis
    quiet = taken(patient, now, instrument="phq_9", answers=answers | {"phq_9": 0})
    assert receipts.safety_texts(quiet, own_actor(patient)).crisis is None


OWNER, READER = Provenance("anna", "patient"), Provenance("rui", "coordinator")
PLAIN = replace(CONTENT, by=OWNER)
PHQ_9 = replace(CONTENT, by=OWNER, instrument="phq_9", answers={"phq_1": 0, "phq_9": 1})


@pytest.mark.parametrize(
    ("content", "by", "may"),
    [
        (PLAIN, OWNER, True),
        (PLAIN, READER, True),
        (PLAIN, Provenance("x", "admin"), False),
        (PHQ_9, OWNER, True),
        (PHQ_9, READER, False),
        (PHQ_9, Provenance("x", "clinician"), True),
        (PHQ_9, Provenance("x", "caregiver"), False),
        (PHQ_9, Provenance("anna", "coordinator"), False),
        (replace(PLAIN, instrument="horoscope"), READER, False),
    ],
    ids=range(9),
)
def test_who_may_read_the_answers(people: People, content: Any, by: Provenance, may: bool) -> None:
    patient = people.patient(people.site())
    record = records([entry(patient.id, 1, report_id="r", content=content)])["r"]
    assert receipts.may_read(record, patient, by) is may


def test_having_corrected_a_withheld_report_gives_nothing(people: People) -> None:
    patient = people.patient(people.site())
    first = entry(patient.id, 1, report_id="r", content=PHQ_9)
    second = entry(
        patient.id, 2, report_id="r", kind=EntryKind.CORRECTION, content=replace(PHQ_9, by=READER, reason="x")
    )
    record = records([first, second])["r"]
    assert not receipts.is_given_by(record, READER)
    assert not receipts.may_read(record, patient, READER)


def test_a_total_says_from_how_many_answers_it_comes(people: People) -> None:
    patient = people.patient(people.site())
    partial = replace(CONTENT, instrument="phq_9", answers={f"phq_{place}": 1 for place in range(1, 9)})
    record = records([entry(patient.id, 1, report_id="r", content=partial, score={"total": 8.0})])["r"]
    assert receipts.answered_of(patient.site_id, record.latest) == (8, 9)
    untotalled = records([entry(patient.id, 1, report_id="r", content=partial, score={"total": None})])["r"]
    assert receipts.answered_of(patient.site_id, untotalled.latest) is None
