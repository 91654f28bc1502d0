"""The shape of grants over HTTP: patients see who of the staff gave one where their site lets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from api.schemas.people import Unnamed
from api.schemas.sites.policy import Shown
from models.patients.grants import Grant
from models.patients.patient import Patient
from models.sites import sites
from models.store.scope import Scope
from services.access.actor import STAFF


def grants_for(grants: Iterable[Grant], patient: Patient, scope: Scope) -> list[dict[str, Any]]:
    """Return the grants as this reader sees them; names of carers and of the patient are always shown."""
    site = sites.read(patient.site_id)
    role = scope.role_towards(patient.id, patient.site_id)
    named = role in STAFF or (site is not None and Shown.STAFF_NAMES in site.shows_patient)
    return [asdict(grant) | {"given_by": _giver(grant, patient, named=named)} for grant in grants]


def _giver(grant: Grant, patient: Patient, *, named: bool) -> Any:
    who = grant.given_by.name
    carers = {patient.id, *(known.account_id for known in patient.grants)}
    return who if named or who in carers else Unnamed(who)
