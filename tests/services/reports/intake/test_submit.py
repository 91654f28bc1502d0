"""What taking a report costs: an ordinary one two reads and one write, whatever stands in the history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.patients.patient import Patient
from models.store import connection
from models.store.base import new_id
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.reports.receipts import Receipt
from tests.clinics import Clinic
from tests.people import People, own_actor
from tests.questionnaires import answers_for


def take(patient: Patient, now: datetime, days_ago: int, **fields: Any) -> Receipt:
    at = now - timedelta(days=days_ago)
    values = {"instrument": "alsfrs_r", "instrument_version": "1", "answers": answers_for(44), **fields}
    given = Submission(id=new_id(), observed_at=at, **values)
    actor = own_actor(patient)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    return submit_report(patient.id, given, scope, actor=actor, now=now)


def test_an_ordinary_report_takes_one_read_and_one_write_where_the_engine_can_two_reads_where_not(
    commands: list[str], people: People, now: datetime
) -> None:
    long_ago = now - timedelta(days=300)
    (patient,) = Clinic.of(People(people.security, long_ago), long_ago).patients(1)
    take(patient, now, 200)
    for place in range(20):
        commands.clear()
        take(patient, now, 190 - 7 * place)
        reads = ["aggregate"] if connection.unites_collections() else ["find", "find"]
        assert commands == [*reads, "insert"], place
