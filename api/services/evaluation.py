"""Keeping what is derived in step with what is stored: evaluations with profiles, alerts with evaluations.

Everything here can be done again at any time, by several processes at once, and is done by the worker for
whatever a crash left half done. Requests call the `..._or_leave` forms: a failure after the commit point is
left to the sweep. How an evaluation is made is `api.services.folding`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from api.services import alert_desk, folding
from api.services.histories import records
from models import ledger, patients, sites
from models.base import new_id
from models.connection import DRIVER_ERRORS
from models.entries import Content, Entry, EntryKind
from models.patients import Patient
from models.scope import Scope

SYSTEM = "system"
BATCH = 100
_RACES = 64

_log = logging.getLogger(__name__)


class BusyPatient(Exception):
    """The patient's ledger moved on each time; the sweep comes back to it."""


def reconcile(patient_id: str, *, now: datetime) -> None:
    """Bring the alerts in step with the head of the ledger, and note it.

    Raises:
        BusyPatient: new entries kept coming.
    """
    for _ in range(_RACES):
        head = ledger.read_head(patient_id)
        if head is None:
            return
        alert_desk.align(patient_id, head.site_id, head.evaluated.evaluation, head.seq, now=now)
        if ledger.head_seq(patient_id, head.seq) == head.seq:
            ledger.clear_todo(patient_id, head.seq)
            return
    raise BusyPatient


def reevaluate(patient_id: str, *, now: datetime, account_id: str = SYSTEM) -> None:
    """Evaluate the history anew if it was judged by another profile, policy or set of rules than now.

    Raises:
        BusyPatient: new entries kept coming.
    """
    for _ in range(_RACES):
        patient = patients.read(patient_id, Scope(patient_id=patient_id), now=now)
        if patient is None:
            return
        if _is_current(patient, account_id, now):
            patients.clear_changed(patient_id, patient.profile_version)
            return
    raise BusyPatient


def _is_current(patient: Patient, account_id: str, now: datetime) -> bool:
    """Append the entry that is missing; return whether nothing was or is missing."""
    site, head = sites.read(patient.site_id), ledger.read_head(patient.id)
    if site is None or head is None:
        return True
    judge = folding.judge_of(patient, site)
    if head.evaluated.basis == judge.basis:
        return True
    evaluated = folding.anew(records(ledger.read_entries(patient.id)).values(), judge)
    entry = Entry(
        patient_id=patient.id,
        site_id=patient.site_id,
        seq=head.seq + 1,
        kind=EntryKind.REEVALUATION,
        event_id=new_id(),
        content=Content(account_id=account_id),
        received_at=now,
        evaluated=evaluated,
        seen=head.seen,
        todo=folding.needs_alignment(evaluated, head),
    )
    return ledger.append(entry)


def reconcile_or_leave(patient_id: str, *, now: datetime) -> bool:
    """Bring the alerts in step; return False when the sweep will have to."""
    return _tried(lambda: reconcile(patient_id, now=now))


def reevaluate_or_leave(patient_id: str, *, now: datetime, account_id: str) -> bool:
    """Evaluate anew and bring the alerts in step; return False when the sweep will have to."""
    done = _tried(lambda: reevaluate(patient_id, now=now, account_id=account_id))
    return done and reconcile_or_leave(patient_id, now=now)


def raise_floor_or_leave(patient_id: str, floor: int) -> None:
    """Keep the next reading short; when it fails, the next report raises the floor."""
    _tried(lambda: patients.raise_floor(patient_id, floor))


def sweep(now: datetime) -> int:
    """Finish what was left half done; return for how many patients."""
    changed = [patient.id for patient in patients.changed(BATCH)]
    done = sum(_tried(partial(reevaluate, patient_id, now=now)) for patient_id in changed)
    behind = ledger.patients_to_do(BATCH)
    return done + sum(reconcile_or_leave(patient_id, now=now) for patient_id in behind)


def _tried(work: Callable[[], None]) -> bool:
    try:
        work()
    except DRIVER_ERRORS as error:
        _log.warning("left to the sweep: %s", type(error).__name__)
        return False
    except Exception:  # one patient's fault must not stop the others, nor fail a request already committed
        _log.exception("left to the sweep")
        return False
    return True
