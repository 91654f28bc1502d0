"""Whose names a reader sees: patients see those of the staff where their site lets them."""

from __future__ import annotations

from collections.abc import Callable

from api.schemas.people import Unnamed
from api.schemas.sites.policy import Shown
from models.patients.patient import Patient
from models.sites import sites
from models.store.scope import Scope
from services.access.actor import STAFF


def named_to(scope: Scope, patient: Patient) -> Callable[[str], str]:
    """Return how somebody who acted for the patient is told to this reader.

    The names of carers and of the patient are always shown.
    """
    if scope.role_towards(patient.id, patient.site_id) in STAFF:
        return str
    site = sites.read(patient.site_id)
    if site is not None and Shown.STAFF_NAMES in site.shows_patient:
        return str
    carers = {patient.id, *(known.account_id for known in patient.grants)}
    return lambda who: who if who in carers else Unnamed(who)
