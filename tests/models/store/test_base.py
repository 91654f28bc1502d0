"""Stored documents compared with their declared fields, all members at once."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from mongoengine.fields import ListField

from models.alerts.alerts import AlertDocument
from models.indexes import DOCUMENTS
from models.sites.sites import SiteDocument
from models.store.base import BaseDocument, Unreadable, _types_of

_WORTH = (None, True, 1, 1.5, "text", b"bytes", datetime(2026, 1, 1, tzinfo=UTC), [], ["text"], [1], [{}], {})
# Two look at themselves in their own way.
_COMPARED = [document for document in DOCUMENTS if document not in (AlertDocument, SiteDocument)]


def _may_be(value: object, field: Any) -> bool:
    """What the types of a field let pass, said member by member."""
    if isinstance(field, ListField) and isinstance(value, list):
        return field.field is None or all(_may_be(entry, field.field) for entry in value)
    kinds = _types_of(field)
    if isinstance(value, bool):
        return bool in kinds or object in kinds
    return isinstance(value, kinds)


def _is_as_declared(document: type[BaseDocument], raw: dict[str, Any], *, whole: bool) -> bool:
    for name, field in document._fields.items():
        key = "_id" if name == "id" else name
        if raw.get(key) is not None:
            if not _may_be(raw[key], field):
                return False
        elif field.required and (whole or key in raw):
            return False
    return True


@pytest.mark.parametrize("document", _COMPARED, ids=lambda document: document.__name__)
def test_a_document_passes_where_each_of_its_members_does(document: type[BaseDocument]) -> None:
    chance = random.Random(document.__name__)
    keys = ["_id" if name == "id" else name for name in document._fields]
    fitting = {
        key: next(value for value in _WORTH if value is not None and _may_be(value, field))
        for key, field in zip(keys, document._fields.values(), strict=True)
    }
    seen = set()
    for _ in range(600):
        raw = {key: fitting[key] for key in keys if chance.random() < chance.choice((0.5, 1.0))}
        for key in chance.sample([*keys, "of_a_later_release"], chance.choice((0, 0, 1, 1, 2))):
            raw[key] = chance.choice(_WORTH)
        for whole in (False, True):
            try:
                document.check(raw, whole=whole)
                passes = True
            except Unreadable:
                passes = False
            assert passes is _is_as_declared(document, raw, whole=whole), (raw, whole)
            seen.add(passes)
    assert True in seen
