"""The worker's step for what time does to alerts: they come back, grow old, a mute ends."""

from __future__ import annotations

from datetime import datetime

from models.alerts import alerts
from services import readiness
from services.alerts import align
from services.reports import reconcile


def go_on(now: datetime) -> int:
    """Do what is due; return how many alerts changed.

    Where a mute has ended, what holds is news: the patient's alerts are brought in step first, so that a
    crash in between loses nothing. Nothing grows old by a clock that the database's does not agree with.
    """
    ending = readiness.clock_agrees()
    due = alerts.due_by_clock(now, align.CLOCK_BATCH, ending=ending)
    unmuted = {
        alert.patient_id for alert in due if alert.muted_until is not None and alert.muted_until <= now
    }
    for patient_id in sorted(unmuted):
        reconcile.reconcile_or_leave(patient_id, now=now)
    return align.go_by_clock(now, ending=ending)
