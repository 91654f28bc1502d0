"""The newest evaluation that a patient's alerts were brought in step with, by its number in the ledger.

Alerts are several documents and an evaluation may come late, so each alignment first claims its number here.
One that finds a higher number is out of date; one that opens an alert claims a second time after its insert,
so that either it sees the newer alignment or the newer one sees what it inserted (`api.services.alert_desk`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine.fields import IntField, StringField

from models.base import BaseDocument
from models.connection import DRIVER_ERRORS, is_duplicate


class AlignmentDocument(BaseDocument):
    """Stored form; the key is the patient's id."""

    meta: ClassVar[dict[str, Any]] = {"collection": "alignments"}

    id = StringField(primary_key=True)
    seq = IntField(required=True)


def claim(patient_id: str, seq: int) -> bool:
    """Note that the evaluation of entry `seq` is being aligned with; return whether no newer one was."""
    return _raise(patient_id, seq) or _insert(patient_id, seq) or _raise(patient_id, seq)


def _raise(patient_id: str, seq: int) -> bool:
    older = {"_id": patient_id, "seq": {"$lte": seq}}
    return bool(AlignmentDocument.raw().update_one(older, {"$set": {"seq": seq}}).matched_count)


def _insert(patient_id: str, seq: int) -> bool:
    try:
        AlignmentDocument.raw().insert_one({"_id": patient_id, "seq": seq})
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True
