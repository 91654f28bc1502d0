"""What the worker's rounds over many patients take: those of an hour, and those of a minute.

Most of the patients have not reported for less than a week and are not due; a thousand weekly reporters, with
a year of reports each, are due today. An hour looks at all who are due today or tomorrow, in the mean of a
day's hours about a fifth of those who report weekly: what that takes is computed from the thousand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from bench.clinic import Clinic
from bench.courses import SLOW, Course
from bench.scale import fill
from bench.submit.cohort import STEP_DAYS, Reporter
from models.ledger.document import LedgerDocument
from models.patients.patients import PatientDocument
from models.patients.profiles import profile_to_dict
from models.store.base import new_id
from scoring.decline import Profile
from services import clock
from services.patients import caseload, silence

PATIENTS, DUE, REPORTS = 100_000, 1_000, 52
SHARE_DUE = 1.5 / 7
"""Of weekly reporters at any hour: due tomorrow a seventh, due today half of one until they report."""
_SILENT_AFTER = timedelta(days=30)


def measured(opened: Clinic) -> Iterator[str]:
    """Yield a line for each round, measured on patients that are made for it."""
    now, before = clock.now(), PatientDocument.raw().count_documents({})
    first = _with_reports(opened)
    today = now.date()
    _enrol(first, today + 2 * _SILENT_AFTER, PATIENTS - DUE)
    due = _enrol(first, today, DUE)
    entries = list(LedgerDocument.raw().find({"patient_id": first["_id"]}))
    fill.insert(
        LedgerDocument,
        (entry for patient_id in due for entry in fill.copied(entries, patient_id, first["site_id"])),
    )
    # The first look at the clinic's own patients notes when they are due.
    silence.look(now - timedelta(days=2))
    nobody, _ = _taken(lambda: silence.look(now - timedelta(days=2)))
    yield f"an hour's watch    {PATIENTS:,} patients, none of them due: {nobody:.0f} ms"
    some, _ = _taken(lambda: silence.look(now))
    weekly = some / DUE * PATIENTS * SHARE_DUE / 1000
    yield f"{'':18} {DUE:,} of them due, {REPORTS} reports each: {some:.0f} ms"
    yield f"{'':18} so with {PATIENTS:,} weekly reporters, {SHARE_DUE:.0%} of them due: {weekly:.0f} s"
    silence.look(now + _SILENT_AFTER)
    silence.look_again(now + _SILENT_AFTER)
    again, _ = _taken(lambda: silence.look_again(now + _SILENT_AFTER))
    yield f"a minute's         {DUE:,} on the list as silent, who send nothing: {again:.0f} ms"
    steps = -(-(PATIENTS + before) // caseload.AT_ONCE)
    for _ in range(steps):
        caseload.keep_up(now)
    known, changed = _taken(lambda: caseload.keep_up(now))
    numbers = f"numbers of {caseload.AT_ONCE:,} patients, {changed} of them new"
    yield f"{'':18} {numbers}: {known:.0f} ms; a round takes {steps} minutes"


def _with_reports(opened: Clinic) -> dict[str, Any]:
    """A weekly reporter, as stored, whose last report was made a week ago."""
    begun_at = clock.now() - timedelta(days=STEP_DAYS * REPORTS)
    actor = opened.enrol("Weekly", begun_at)
    course = Course(level=42, loss_per_month=SLOW, seed=5)
    fill.report(Reporter(actor, course, begun_at, longest=REPORTS), REPORTS)
    found: dict[str, Any] = PatientDocument.raw().find_one({"_id": actor.account_id})
    return found


def _enrol(like: dict[str, Any], due_on: date, count: int) -> list[str]:
    weekly = {"profile": profile_to_dict(Profile(report_interval_days=STEP_DAYS))}
    ids = [new_id() for _ in range(count)]
    rows = ({**like, **weekly, "_id": patient_id, "next_due_on": due_on.toordinal()} for patient_id in ids)
    fill.insert(PatientDocument, rows)
    return ids


def _taken(work: Callable[[], int]) -> tuple[float, int]:
    begun = time.perf_counter()
    done = work()
    return (time.perf_counter() - begun) * 1000, done
