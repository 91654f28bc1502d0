"""What an event about a patient is judged against: the patient, the site, and the head of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.ledger import ledger
from models.ledger.entries import Head
from models.patients import patients
from models.patients.grants import GrantScope
from models.patients.patient import Patient
from models.sites import sites
from models.sites.sites import Site
from models.store.scope import Scope
from services.errors import NotAllowed, not_found
from services.reports.evaluate import criteria_for


@dataclass(frozen=True, slots=True)
class Loaded:
    """A patient at a site, and the latest entry of the ledger; None before there is one."""

    patient: Patient
    site: Site
    head: Head | None


def load_for_event(patient_id: str, scope: Scope, *, now: datetime) -> Loaded:
    """Return what the next event is judged against.

    Where the head was judged by something else, the patient and the site are read again, and the site not
    from memory; so neither is older than what the head was judged by. A first report reads them again too.

    Raises:
        NotFound: no such patient within reach.
    """
    patient, site = find_patient_and_site(patient_id, scope, now=now)
    head = ledger.read_head(patient.id, patient.ledger_floor)
    if head is None or head.evaluated.basis != criteria_for(patient, site).basis:
        patient, site = find_patient_and_site(patient_id, scope, now=now, remembered=False)
    return Loaded(patient, site, head)


def find_patient_and_site(
    patient_id: str, scope: Scope, *, now: datetime, remembered: bool = True
) -> tuple[Patient, Site]:
    """Return the patient and the site, which may be one that was remembered for a few seconds.

    Raises:
        NotFound: no such patient within reach.
        NotAllowed: the caller may read of the patient, and not do this.
    """
    read_site = sites.read if remembered else sites.read_anew
    patient = patients.read(patient_id, scope, now=now)
    site = None if patient is None else read_site(patient.site_id)
    if patient is None and _may_read(patient_id, scope, now):
        detail = (
            "Your permission for this person is to read. To report, ask the person or the clinic for more."
        )
        raise NotAllowed("grant_to_read", detail)
    if patient is None or site is None:
        raise not_found("patient")
    return patient, site


def _may_read(patient_id: str, scope: Scope, now: datetime) -> bool:
    """Return whether a grant lets the caller read the patient, so that its existence is no secret."""
    if scope.granted_to is None or GrantScope.READ in scope.grant_scopes:
        return False
    reading = Scope(granted_to=scope.granted_to, grant_scopes=frozenset({GrantScope.READ}))
    return patients.read(patient_id, reading, now=now) is not None
