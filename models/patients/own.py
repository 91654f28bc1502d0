"""What the next report of a patient's own account needs: the patient, and the latest entry of the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.ledger.entries import Head
from models.patients.patient import Patient
from models.patients.patients import FIELDS, PatientDocument, patient_of
from models.store import connection
from models.store.union import Selection, read_both


def read_with_heads(patient_ids: Iterable[str]) -> tuple[dict[str, Patient], dict[str, Head]]:
    """Return patients for their own accounts, which reach them by their ids alone, and their latest entries.

    Where the engine can, one read suffices for patients whose ledger this process has seen.
    """
    ids = list(patient_ids)
    # Where it cannot, the floors are read first: then none is looked for twice.
    spans = ledger.first_spans(ids) if connection.unites_collections() else {}
    own = Selection(PatientDocument, {"_id": {"$in": ids}}, FIELDS)
    found, entries = read_both(own, LedgerDocument, ledger.keys_in(spans), ledger.OF_HEAD)
    patients = {patient.id: patient for patient in PatientDocument.readable(found, patient_of)}
    floors = ((patient.id, patient.ledger_floor) for patient in patients.values())
    return patients, ledger.read_heads(floors, spans, entries)
