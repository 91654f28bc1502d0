"""Removing what is kept for a stated time only: found by an index, one document after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.store import unreadable
from models.store.base import BaseDocument
from models.store.connection import gave_no_answer

BATCH = 1000


def remove(document: type[BaseDocument], query: Mapping[str, Any]) -> int:
    """Remove documents that are as the query says, `BATCH` at most; return how many were removed.

    One that cannot be removed is named in the log and costs the others nothing; one that has changed
    meanwhile, so that the query does not find it any more, stays.
    """
    removed = 0
    for raw in document.raw().find(query, {"_id": 1}, batch_size=BATCH).limit(BATCH):
        try:
            removed += int(document.raw().delete_one({**query, "_id": raw["_id"]}).deleted_count)
        except Exception as error:
            if gave_no_answer(error):
                raise
            unreadable.note(document.collection_name(), unreadable.name_of(raw), error)
    return removed
