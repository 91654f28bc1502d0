"""What the next report of a patient's own account needs: the patient, and the latest entry of the ledger.

Round trips are what a report costs most, so where the engine can, one read goes over both collections.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.ledger.entries import Head
from models.patients.patient import Patient
from models.patients.patients import FIELDS, PatientDocument, patient_of
from models.store import connection

_AT_ONCE = 1000
"""Rows in one answer: more than there can be, because a second answer is a round trip."""


def read_with_heads(patient_ids: Iterable[str]) -> tuple[dict[str, Patient], dict[str, Head]]:
    """Return patients for their own accounts, which reach them by their ids alone, and their latest entries.

    One read suffices for patients whose ledger this process has seen, two for the others.
    """
    ids = list(patient_ids)
    spans = ledger.first_spans(ids) if connection.unites_collections() else {}
    found: list[Mapping[str, Any]] = []
    entries: list[Mapping[str, Any]] = []
    wanted = set(ids)
    for raw in _united(ids, spans) if spans else PatientDocument.raw().find({"_id": {"$in": ids}}, FIELDS):
        (found if raw["_id"] in wanted else entries).append(raw)
    patients = {one.id: one for one in PatientDocument.readable(found, patient_of)}
    floors = ((one.id, one.ledger_floor) for one in patients.values())
    return patients, ledger.read_heads(floors, spans, entries)


def _united(ids: list[str], spans: Mapping[str, range]) -> Iterable[Mapping[str, Any]]:
    entries = [{"$match": {"_id": {"$in": ledger.keys_in(spans)}}}, {"$project": ledger.OF_HEAD}]
    union = {"$unionWith": {"coll": LedgerDocument.collection_name(), "pipeline": entries}}
    pipeline = [{"$match": {"_id": {"$in": ids}}}, {"$project": FIELDS}, union]
    return PatientDocument.raw().aggregate(pipeline, batchSize=_AT_ONCE)
