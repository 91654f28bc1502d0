"""Documents of two collections in one round trip, where the engine can; in two where it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.store import connection
from models.store.base import BaseDocument

AT_ONCE = 1000
"""Rows in one answer: a second answer would be a round trip of its own."""

Rows = list[Mapping[str, Any]]


class Selection(NamedTuple):
    """Documents of a collection.

    Attributes:
        fields: which members to read, as a projection.
    """

    of: type[BaseDocument]
    query: Mapping[str, Any]
    fields: Mapping[str, int]

    def read(self) -> Rows:
        """Read these alone."""
        return list(self.of.raw().find(self.query, self.fields, batch_size=AT_ONCE))


def read_both(
    first: Selection, second: type[BaseDocument], keys: Sequence[str], fields: Mapping[str, int]
) -> tuple[Rows, Rows]:
    """Return what is wanted first, and documents of a second collection by their keys.

    The second are not older than the first. No document of the first collection may have one of the keys.
    """
    by_key = {"_id": {"$in": list(keys)}}
    if not keys or not connection.unites_collections():
        return first.read(), Selection(second, by_key, fields).read() if keys else []
    of_second = {"coll": second.collection_name(), "pipeline": [{"$match": by_key}, {"$project": fields}]}
    pipeline = [{"$match": first.query}, {"$project": first.fields}, {"$unionWith": of_second}]
    found: tuple[Rows, Rows] = [], []
    wanted = set(keys)
    for raw in first.of.raw().aggregate(pipeline, batchSize=AT_ONCE):
        found[raw["_id"] in wanted].append(raw)
    return found
