"""Honest phones: patients who report again and again, each report later than the last."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from bench import load
from bench.clinic import Clinic
from bench.courses import SLOW, Course, report
from services import clock
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

BEGUN = timedelta(days=3 * 365)
STEP = timedelta(hours=8)


@dataclass(slots=True)
class _Patient:
    actor: Actor
    course: Course
    given: int = 0


class Patients:
    """Patients of a clinic who take turns; each has room for some thousand reports."""

    def __init__(self, clinic: Clinic, number: int) -> None:
        self._clinic = clinic
        self._begun = clock.now() - BEGUN
        self._all = [
            _Patient(clinic.enrol(f"Patient {seed}", self._begun), Course(44, SLOW, seed))
            for seed in range(number)
        ]
        self._turns = deque(self._all)
        self._lock = Lock()

    def write(self, reports: int, step: timedelta = STEP) -> None:
        """Take reports of every patient, by the service itself."""
        for patient in self._all:
            scope = scope_for(patient.actor, Operation.REPORT_SUBMIT)
            for number in range(reports):
                at = self._begun + number * step
                body = report(patient.course.answers((at - self._begun).days), at)
                given = Submission(**{**body, "observed_at": at})
                submit_report(patient.actor.account_id, given, scope, actor=patient.actor, now=clock.now())
            patient.given = reports

    def next_request(self) -> bytes:
        """Return the next report of the patient whose turn it is; several phones may ask at once."""
        with self._lock:
            one = self._turns[0]
            self._turns.rotate(-1)
            at = self._begun + one.given * STEP
            one.given += 1
        body = report(one.course.answers((at - self._begun).days), at)
        path = f"/v1/patients/{one.actor.patient_id}/reports"
        return load.post(path, json.dumps(body).encode(), self._clinic.token(one.actor))

    def tokens(self) -> list[tuple[str, str]]:
        """Return each patient's id with an access token."""
        return [(patient.actor.account_id, self._clinic.token(patient.actor)) for patient in self._all]
