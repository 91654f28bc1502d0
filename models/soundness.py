"""A round through every stored document, some of each collection at a time: what is damaged is named.

Lists and steps find what they need by few members of a document; where one of these is damaged, nobody meets
the document again. The round meets it: what follows from the rest of a document is put in order, what does
not is named in the log and counted (`models.store.unreadable`). A round takes days where much is stored: what
it has found damaged is looked at again at each step, and so is counted until somebody has repaired it. How
far it has come is stored, for a process that begins to go on there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.indexes import DOCUMENTS
from models.store import heartbeats, unreadable
from models.store.base import BaseDocument
from models.store.heartbeats import Reached

AT_ONCE = 500
"""Documents of a collection at each step (our choice): a few milliseconds."""
MOST_DAMAGED = 200
"""Of a collection, so many damaged ones are looked at again at each step (our choice)."""
ROUND = "documents"
"""What its sign of life is called."""
_GUARDS = ("version", "rev")


def look_through(now: datetime) -> int:
    """Go on with the round, in each collection; return how many documents were put in order."""
    reached = heartbeats.read_reached(ROUND)
    try:
        return sum(_look_through(document, reached) for document in DOCUMENTS)
    finally:
        heartbeats.keep_reached(ROUND, reached, now=now)


def _look_through(document: type[BaseDocument], this: Reached) -> int:
    name = document.collection_name()
    after = this.reached.pop(name, None)
    query = {} if after is None else {"_id": {"$gt": after}}
    rows = list(document.raw().find(query, batch_size=AT_ONCE).sort("_id", 1).limit(AT_ONCE))
    if len(rows) == AT_ONCE:
        this.reached[name] = rows[-1]["_id"]
    known = this.damaged.pop(name, [])
    met = {raw["_id"] for raw in rows}
    rows += document.raw().find({"_id": {"$in": [key for key in known if key not in met]}}) if known else []
    found = [(raw["_id"], *_put_in_order(document, raw)) for raw in rows]
    damaged = [key for key, was_damaged, _ in found if was_damaged]
    if damaged:
        this.damaged[name] = damaged[-MOST_DAMAGED:]
    return sum(in_order for _, _, in_order in found)


def _put_in_order(document: type[BaseDocument], raw: Mapping[str, Any]) -> tuple[bool, bool]:
    """Look at a document; return whether something was wrong, and whether anything was put in order."""
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
        return bool(broken), False
    # Unless somebody changes it at this moment, who may put it in order too.
    unchanged = {guard: raw[guard] for guard in _GUARDS if isinstance(raw.get(guard), int)}
    done = document.raw().update_one({"_id": raw["_id"], **unchanged}, {"$set": values})
    return bool(broken), bool(done.matched_count)
