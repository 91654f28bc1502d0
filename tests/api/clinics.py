"""A clinic at work without HTTP: patients report, the clinician changes thresholds, the worker sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.security.actor import Actor, Role
from api.security.permissions import Operation, scope_for
from api.services import evaluation, folding, intake, site_policy
from api.services.histories import records
from api.services.submissions import Submission
from models import ledger, patients, rounds, sites
from models.base import new_id
from models.entries import EntryKind
from models.patients import Patient
from models.scope import Scope
from models.sites import Site
from tests.api.people import People, own_actor
from tests.api.questionnaires import answers_for


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
        return sorted(made, key=lambda one: one.id)

    def send(self, patient: Patient, total: int = 40, *, days_ago: int = 0, by_patient: bool = False) -> str:
        """Take an ALSFRS-R report, from the clinic or the patient's own account, and return its id."""
        at = self.now - timedelta(days=days_ago)
        given = Submission(new_id(), "alsfrs_r", "1", at, answers_for(total))
        actor = own_actor(patient) if by_patient else self.actor
        scope = scope_for(actor, Operation.REPORT_SUBMIT)
        return intake.submit(patient.id, given, scope, actor=actor, now=self.now).record.id

    def change_policy(self, **groups: Any) -> str:
        """Put other limits in force and return their version; without limits, some that differ each time."""
        scope = scope_for(self.actor, Operation.POLICY_CHANGE)
        number = site_policy.read(self.site.id, scope).number
        limits = groups or {"primary": {"loss_per_month": 1.2 + number % 30 / 100}}
        wanted = {"limits": limits, "note": "Another."}
        return site_policy.change(self.site.id, wanted, number, scope, actor=self.actor, now=self.now).version

    def sweep_until_done(self) -> None:
        for _ in range(50):
            evaluation.sweep(self.now + evaluation.UNATTENDED)
            if not rounds.unfinished(1) and not patients.changed(1) and not ledger.patients_to_do(1):
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
    assert head.evaluated == folding.anew(records(entries).values(), folding.judge_of(present, site))
