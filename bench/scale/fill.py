"""Databases that hold many reports, by copying: one patient reports through the service, all others alike.

Who reports during the measurement has a whole history, and goes on where the first patient's course does.
What only fills the database belongs to patients who are not enrolled, and is never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bench.clinic import ZONE, Clinic
from bench.courses import DAYS_PER_MONTH, SLOW, Course
from bench.submit.cohort import STEP_DAYS, Cohort, Reporter
from models.ledger.document import LedgerDocument
from models.ledger.entries import entry_id
from models.patients import patients
from models.patients.patients import PatientDocument
from models.sites import sites
from models.sites.sites import Site
from models.store.base import BaseDocument, new_id
from services import clock
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

ACTIVE = 200
ROOM = 90
"""Reports that each of them may send before the present is reached."""
_BATCH = 1000
_LOST = 6.0
"""Points that are lost over the whole course at most, so that a long one raises no more than a short one."""


def filled(clinic: Clinic, *, stored: int, history: int, site_count: int) -> Cohort:
    """Fill a database; return the patients who report.

    Args:
        clinic: the first site, in an empty database.
        stored: reports in all.
        history: of each patient who reports.
        site_count: the patients who report are spread over so many sites.
    """
    begun_at = clock.now() - timedelta(days=STEP_DAYS * (history + ROOM))
    course = _course(history + ROOM)
    clinics = [clinic, *(_another(clinic) for _ in range(site_count - 1))]
    reporters = [
        Reporter(
            clinics[number % site_count].enrol(f"Patient {number}", begun_at),
            course,
            begun_at,
            longest=history + ROOM,
        )
        for number in range(ACTIVE)
    ]
    first, *others = reporters
    report(first, history)
    entries = list(LedgerDocument.raw().find({"patient_id": first.actor.account_id}))
    floor = PatientDocument.raw().find_one({"_id": first.actor.account_id})["ledger_floor"]
    for reporter in others:
        reporter.given = history
        patients.raise_floor(reporter.actor.account_id, floor)  # as its own reports would have
        insert(LedgerDocument, copied(entries, reporter.actor.account_id, reporter.actor.roles[0][0]))
    insert(LedgerDocument, islice(_nobodys(entries), max(0, stored - ACTIVE * history)))
    return Cohort(clinic, reporters)


def _course(reports: int) -> Course:
    months = reports * STEP_DAYS / DAYS_PER_MONTH
    return Course(level=42, loss_per_month=min(SLOW, _LOST / months), seed=3)


def _another(clinic: Clinic) -> Clinic:
    site = Site(id=new_id(), name="Another clinic of the bench", zone=ZONE)
    sites.create(site, now=clock.now())
    return Clinic(site, clinic.signer)


def report(one: Reporter, reports: int) -> None:
    """Report at the times of the course, also longer ago than a phone's report is taken for."""
    scope = scope_for(one.actor, Operation.REPORT_SUBMIT)
    for _ in range(reports):
        body = one.next_report()
        observed_at = datetime.fromisoformat(body["observed_at"])
        given = Submission(**{**body, "observed_at": observed_at})
        submit_report(one.actor.account_id, given, scope, actor=one.actor, now=observed_at)


def copied(entries: Sequence[Mapping[str, Any]], patient_id: str, site_id: str) -> Iterator[dict[str, Any]]:
    """Yield a patient's entries as another's."""
    for raw in entries:
        own = {"_id": entry_id(patient_id, raw["seq"]), "patient_id": patient_id, "site_id": site_id}
        by = {**raw["content"]["by"], "account_id": patient_id}
        yield {**raw, **own, "content": {**raw["content"], "by": by}}


def _nobodys(entries: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    while True:
        yield from copied(entries, new_id(), entries[0]["site_id"])


def insert(document: type[BaseDocument], rows: Iterable[Mapping[str, Any]]) -> None:
    """Store documents, a thousand at once."""
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        document.raw().insert_many(batch, ordered=False)
