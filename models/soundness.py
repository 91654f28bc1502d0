"""A round through every stored document, some of each collection at a time: what is damaged is named.

Lists and steps find what they need by few members of a document; where one of these is damaged, nobody meets
the document again. The round meets it: what follows from the rest of a document is put in order, what does
not is named in the log and counted (`models.store.unreadable`), until somebody has repaired it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.indexes import DOCUMENTS
from models.store import unreadable
from models.store.base import BaseDocument

AT_ONCE = 500
"""Documents of a collection at each step (our choice): a few milliseconds."""
_GUARDS = ("version", "rev")

_reached: dict[str, Any] = {}


def look_through(_now: datetime) -> int:
    """Go on with the round, in each collection; return how many documents were put in order."""
    return sum(_look_through(document) for document in DOCUMENTS)


def _look_through(document: type[BaseDocument]) -> int:
    name = document.collection_name()
    after = _reached.get(name)
    query = {} if after is None else {"_id": {"$gt": after}}
    rows = list(document.raw().find(query, batch_size=AT_ONCE).sort("_id", 1).limit(AT_ONCE))
    _reached[name] = rows[-1]["_id"] if len(rows) == AT_ONCE else None
    return sum(_put_in_order(document, raw) for raw in rows)


def _put_in_order(document: type[BaseDocument], raw: Mapping[str, Any]) -> bool:
    name, called = document.collection_name(), unreadable.name_of(raw)
    values: Mapping[str, Any] = {}
    with unreadable.met() as broken:
        try:
            values = document.mended(raw)
            if values:
                unreadable.note(name, called, ", ".join(sorted(values)))
            document.check(raw, whole=True)
        except Exception as error:  # whatever is wrong with one document, the others are looked at
            unreadable.note(name, called, error)
    if not broken:
        unreadable.is_sound(name, called)
    if not values:
        return False
    # Unless somebody changes it at this moment, who may put it in order too.
    unchanged = {guard: raw[guard] for guard in _GUARDS if isinstance(raw.get(guard), int)}
    done = document.raw().update_one({"_id": raw["_id"], **unchanged}, {"$set": values})
    return bool(done.matched_count)
