"""Which patient of a site has a study code: one document per site and code, so that no code is given twice.

The key is site and code, because neither a partial nor a sparse unique index is the same on every engine. A
claim holds while its patient carries the code; one that was left behind by a crash, or by a change that did
not come about, can be taken over after a minute.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, StringField

from models.patients.patients import PatientDocument
from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate

UNDERWAY = timedelta(minutes=1)
"""How long an enrolment or a change may take between claiming its code and carrying it (our choice)."""


class StudyCodeDocument(BaseDocument):
    """Stored form; the key is `site:code`, the code in one letter case."""

    meta: ClassVar[dict[str, Any]] = {"collection": "study_codes", "indexes": []}

    id = StringField(primary_key=True)
    patient_id = StringField(required=True)
    claimed_at = DateTimeField(required=True)


def claim(site_id: str, code: str, patient_id: str, *, now: datetime) -> bool:
    """Claim the code for the patient; return False when it is another patient's."""
    key = _key(site_id, code)
    claimed = {"patient_id": patient_id, "claimed_at": milliseconds(now)}
    try:
        StudyCodeDocument.raw().insert_one({"_id": key, **claimed})
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return _take_over(key, site_id, claimed, now)
    return True


def give_up(site_id: str, code: str, patient_id: str) -> None:
    """End the patient's claim to the code."""
    StudyCodeDocument.raw().delete_one({"_id": _key(site_id, code), "patient_id": patient_id})


def same_code(one: str | None, other: str | None) -> bool:
    """Return whether two codes are one to a reader: letter case and width do not matter."""
    return (one and _folded(one)) == (other and _folded(other))


def _take_over(key: str, site_id: str, claimed: dict[str, Any], now: datetime) -> bool:
    held = StudyCodeDocument.raw().find_one({"_id": key})
    if held is None:
        return False
    if held["patient_id"] == claimed["patient_id"]:
        return True
    holder = PatientDocument.raw().find_one({"_id": held["patient_id"]}, {"study_code": 1}) or {}
    carried = holder.get("study_code")
    if held["claimed_at"] > now - UNDERWAY or (carried and _key(site_id, carried) == key):
        return False
    result = StudyCodeDocument.raw().update_one(
        {"_id": key, "patient_id": held["patient_id"], "claimed_at": held["claimed_at"]}, {"$set": claimed}
    )
    return bool(result.modified_count)


def _key(site_id: str, code: str) -> str:
    return f"{site_id}:{_folded(code)}"


def _folded(code: str) -> str:
    return unicodedata.normalize("NFKC", code).casefold()
