"""A clinic whose patient loses function fast, so that there is an alert to deal with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.alerts import worklists
from models.alerts.worklists import AlertFilter, WorklistLine
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.people import People, own_actor
from tests.questionnaires import answers_for

TOTALS = (44, 43, 40, 37, 33, 28)


@dataclass(frozen=True)
class Desk:
    """A site at one moment."""

    people: People
    site: Site
    now: datetime

    @property
    def scope(self) -> Scope:
        return Scope(site_ids=frozenset({self.site.id}))

    def falling(self, name: str = "Maria Silva", **fields: Any) -> Patient:
        """A patient whose ALSFRS-R falls fast over twenty weeks, reported every four."""
        started = self.now - timedelta(days=150)
        patient = self.people.patient(self.site, name=name, consent_at=started, **fields)
        for place, total in enumerate(TOTALS):
            self.report(patient, "alsfrs_r", answers_for(total), days_ago=28 * (len(TOTALS) - 1 - place))
        return patient

    def report(self, patient: Patient, instrument: str, answers: dict[str, Any], days_ago: float = 0) -> None:
        at = self.now - timedelta(days=days_ago)
        given = Submission(new_id(), instrument, "1", at, answers)
        submit_report(patient.id, given, self.scope, actor=own_actor(patient), now=at)

    def in_danger(self, name: str = "Ines Moreau", **fields: Any) -> Patient:
        """A patient with thoughts of self-harm in the last PHQ-9."""
        patient = self.people.patient(self.site, name=name, consent_at=self.now, **fields)
        answers = {f"phq_{place}": 0 for place in range(1, 9)} | {"phq_9": 2}
        self.report(patient, "phq_9", answers)
        return patient

    def lines(self, patient: Patient | None = None) -> list[WorklistLine]:
        wanted = AlertFilter(patient_id=None if patient is None else patient.id)
        return worklists.page(wanted, self.scope, after=None, limit=50, now=self.now).lines
