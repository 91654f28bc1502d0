"""A clinic at work without HTTP: patients report, the clinician changes thresholds, the worker sweeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from models.ledger import ledger
from models.ledger.entries import EntryKind, Evaluated
from models.patients import patients
from models.patients.patient import Patient
from models.replays import reevaluations
from models.sites import sites
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.reports import evaluate, reconcile
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.sites import site_policy
from tests.people import People, own_actor
from tests.questionnaires import answers_for


@dataclass(frozen=True)
class Clinic:
    """A site with one clinician, at one moment."""

    people: People
    site: Site
    actor: Actor
    now: datetime

    @classmethod
    def of(cls, people: People, now: datetime) -> Clinic:
        site = people.site()
        return cls(people, site, people.staff(site, Role.CLINICIAN).actor, now)

    def patients(self, count: int) -> list[Patient]:
        """New patients in the order of their ids."""
        made = [self.people.patient(self.site, consent_at=self.now) for _ in range(count)]
        return sorted(made, key=lambda patient: patient.id)

    def send(
        self,
        patient: Patient,
        total: int = 40,
        *,
        days_ago: int = 0,
        by_patient: bool = False,
        note: str | None = None,
        answers: dict[str, int] | None = None,
    ) -> str:
        """Take an ALSFRS-R report, from the clinic or the patient's own account, and return its id."""
        at = self.now - timedelta(days=days_ago)
        given = Submission(new_id(), "alsfrs_r", "1", at, answers or answers_for(total), note=note)
        actor = own_actor(patient) if by_patient else self.actor
        scope = scope_for(actor, Operation.REPORT_SUBMIT)
        return submit_report(patient.id, given, scope, actor=actor, now=self.now).record.id

    def change_policy(self, **groups: Any) -> str:
        """Put other limits in force and return their version; without limits, some that differ each time."""
        scope = scope_for(self.actor, Operation.POLICY_CHANGE)
        number = site_policy.read(self.site.id, scope).number
        limits = groups or {"primary": {"loss_per_month": 1.2 + number % 30 / 100}}
        wanted = {"limits": limits, "note": "Another."}
        return site_policy.change(self.site.id, wanted, number, scope, actor=self.actor, now=self.now).version

    def sweep_until_done(self) -> None:
        for _ in range(50):
            reconcile.sweep(self.now + reconcile.UNATTENDED)
            if not reevaluations.unfinished(1) and not patients.changed(1) and not ledger.patients_pending(1):
                return
        raise AssertionError("the sweep does not come to an end")


def versions_of(*followed: Patient) -> list[str]:
    """Versions of the policies that the patients were judged by last."""
    heads = [ledger.read_head(patient.id) for patient in followed]
    return [head.evaluated.basis.policy_version for head in heads if head is not None]


def kinds_of(patient: Patient) -> list[EntryKind]:
    return [entry.kind for entry in ledger.read_entries(patient.id)]


def assert_sound(patient: Patient, now: datetime) -> None:
    """The head's evaluation is that of the whole history, by what is in force now."""
    present = patients.read(patient.id, Scope(patient_id=patient.id), now=now)
    site, head = sites.read_anew(patient.site_id), ledger.read_head(patient.id)
    assert present is not None
    assert site is not None
    assert head is not None
    entries = ledger.read_entries(patient.id)
    assert without_news(head.evaluated) == evaluate.anew(entries, evaluate.criteria_for(present, site))


def without_news(evaluated: Evaluated) -> Evaluated:
    """The evaluation without what depends on the order of arrival."""
    return replace(evaluated, evaluation={**evaluated.evaluation, "news": []})
