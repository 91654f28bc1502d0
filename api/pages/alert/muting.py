"""Muting the topic of an alert: an exception for its patient, as the chart has them; no second mechanism."""

from __future__ import annotations

from datetime import date, datetime

from api.pages.texts import mark
from models.store.scope import Scope
from services.access.actor import Actor
from services.alerts import actions, worklist
from services.errors import Conflict, changed_meanwhile, wrong
from services.patients import patients
from services.zones import day_of


def mute(
    public_id: str, rev: int, until: tuple[date | None, str], scope: Scope, *, actor: Actor, now: datetime
) -> None:
    """Mute an alert's topic for its patient, from today on.

    Args:
        public_id: the alert.
        rev: as it was read.
        until: the last day, and the reason.
        scope: the reader's reach for exceptions.
        actor: who mutes.
        now: the present moment.

    Raises:
        NotFound: there is no such alert within reach.
        ChangedMeanwhile: the alert or the patient was changed since it was read.
        Conflict: what is urgent, about safety or about breathing cannot be muted.
        Invalid: the day or the reason is missing or not possible.
    """
    found = worklist.shown(actions.read(public_id, scope), now)
    ends_on, reason = until
    if found.alert.rev != rev:
        raise changed_meanwhile()
    if not found.can_be_muted:
        raise Conflict("action_not_allowed", mark("This alert cannot be muted."))
    patient = patients.read(found.alert.patient_id, scope, now=now)
    today = day_of(now, patient.zone)
    if ends_on is None or ends_on < today:
        raise wrong("/ends_on", "in_the_past", mark("Say until when, today at the earliest."))
    if not reason:
        raise wrong("/reason", "missing", mark("Say why."))
    exception = {
        "reason": reason,
        "starts_on": today.isoformat(),
        "ends_on": ends_on.isoformat(),
        "mute": [found.alert.topic],
    }
    changes = {"overrides": [*patient.overrides, exception]}
    patients.change(patient.id, changes, patient.rev, actor=actor, now=now)
