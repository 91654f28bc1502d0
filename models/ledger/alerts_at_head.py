"""A patient's alerts, and whether what is said of them is the ledger's last word."""

from __future__ import annotations

from models.alerts.alert import Alert
from models.alerts.alerts import NO_EVIDENCE, AlertDocument, latest_in, of_patients
from models.ledger.document import LedgerDocument
from models.ledger.entries import entry_id
from models.store.union import Selection, read_both


def read(site_id: str, patient_id: str, seq: int) -> tuple[dict[str, Alert], bool]:
    """Return the latest alert of each topic, and whether entry `seq` was the head after that."""
    keys = [entry_id(patient_id, seq), entry_id(patient_id, seq + 1)]
    wanted = Selection(AlertDocument, of_patients(site_id, [patient_id]), NO_EVIDENCE)
    rows, entries = read_both(wanted, LedgerDocument, keys, {"_id": 1})
    return latest_in(rows, [patient_id])[patient_id], [raw["_id"] for raw in entries] == keys[:1]
