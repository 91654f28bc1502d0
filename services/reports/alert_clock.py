"""The worker's step for what time does to alerts: they come back, grow old, a mute ends."""

from __future__ import annotations

from datetime import datetime

from models.alerts import alerts
from services import readiness
from services.alerts import align
from services.reports import reconcile


def go_on(now: datetime) -> int:
    """Do what is due; return how many alerts changed.

    Nothing grows old by a clock that the database's does not agree with.
    """
    return align.go_by_clock(now, ending=readiness.clock_agrees(), unmuted=_in_step(now))


def _in_step(now: datetime) -> set[str]:
    """Bring in step the alerts of patients of whom a mute has ended; return those of whom that is done.

    What holds then is news. Only what is done is forgotten, so a failure or a crash loses nothing, and those
    who cannot be brought in step take nobody's place.
    """
    done: set[str] = set()
    for patient_id in alerts.patients_unmuted(now):
        if reconcile.reconcile_or_leave(patient_id, now=now):
            done.add(patient_id)
        if len(done) == align.CLOCK_BATCH:
            break
    return done
