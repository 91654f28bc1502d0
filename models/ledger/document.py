"""The stored form of a ledger's entry, and its indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mongoengine.fields import BinaryField, DateTimeField, DictField, IntField, StringField

from models.ledger import mapping
from models.store.base import BaseDocument

WITHOUT_DERIVED = {"derived": 0}


class LedgerDocument(BaseDocument):
    """Stored form of an entry; written and read as plain dictionaries."""

    # Each insert writes every index, so there are few: a new report's neighbours are found by their keys, and
    # the marks are stored only while they are set.
    meta: ClassVar[dict[str, Any]] = {
        "collection": "ledger",
        "indexes": [
            "patient_id",
            {"fields": ["alerts_pending"], "sparse": True},
            {"fields": ["quarantined"], "sparse": True},
            {"fields": ["note_unread"], "sparse": True},
        ],
    }

    id = StringField(primary_key=True)
    patient_id = StringField(required=True)
    site_id = StringField(required=True)
    seq = IntField(required=True)
    kind = StringField(required=True)
    event_id = StringField(required=True)
    report_id = StringField()
    digest = StringField()
    content = DictField()
    score = DictField()
    received_at = DateTimeField(required=True)
    basis = DictField()
    derived = BinaryField(required=True)
    alerts_pending = IntField()
    quarantined = IntField()
    note_unread = IntField()
    note_read = DictField()
    notice = DictField()
    repeats = IntField()
    mildest = DictField()

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        mapping.entry_of(raw)
        return {}
