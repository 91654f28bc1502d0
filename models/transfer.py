"""Everything that is stored, as one file: to move from one engine to another, and to look into with any tool.

A line of JSON for each document, in MongoDB's Extended JSON (relaxed), between a line that says what the file
is and one that says how much it holds, with a digest over all before it: a file that was cut or changed is
noticed before anything is stored. It holds what the database holds, digests of passwords and sealed secrets
too. Nobody may write meanwhile: stop servers and workers first.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from bson import json_util
from bson.json_util import RELAXED_JSON_OPTIONS

from models.indexes import DOCUMENTS

KIND = "slope-export-1"
BATCH = 500
_OPTIONS = RELAXED_JSON_OPTIONS.with_options(tz_aware=True)
_COLLECTIONS = {document._get_collection_name(): document for document in DOCUMENTS}


class NotAnExport(Exception):
    """The file is none, or it was cut or changed; nothing was stored."""


class NotEmpty(Exception):
    """The database holds something already; nothing was stored."""


def lines(now: datetime) -> Iterator[str]:
    """Yield the lines of a file of everything that is stored, without line breaks."""
    digest, counts = hashlib.sha256(), Counter[str]()
    head = json.dumps({"kind": KIND, "at": now.isoformat()})
    for line in _counted(head, counts):
        digest.update(line.encode())
        yield line
    yield json.dumps({"counts": dict(counts), "sha256": digest.hexdigest()})


def _counted(head: str, counts: Counter[str]) -> Iterator[str]:
    yield head
    for name in sorted(_COLLECTIONS):
        for document in _documents(name):
            counts[name] += 1
            yield json_util.dumps({"collection": name, "document": document}, json_options=_OPTIONS)


def _documents(name: str) -> Iterator[dict[str, Any]]:
    """Go through a collection in the order of its keys, a batch at a time."""
    collection = _COLLECTIONS[name].raw()
    query: dict[str, Any] = {}
    while True:
        rows = list(collection.find(query, batch_size=BATCH).sort("_id", 1).limit(BATCH))
        yield from rows
        if len(rows) < BATCH:
            return
        query = {"_id": {"$gt": rows[-1]["_id"]}}


def check(found: Iterable[str]) -> dict[str, int]:
    """Return how many documents of each collection a file holds.

    Raises:
        NotAnExport: it is none, it was cut or changed, or it has a collection that is not known here.
    """
    digest, counts = hashlib.sha256(), Counter[str]()
    last: dict[str, Any] | None = None
    for number, line in enumerate(found):
        entry = _entry(line, number)
        if last is not None:
            raise NotAnExport("there is something behind the last line")
        if number == 0 and entry.get("kind") != KIND:
            raise NotAnExport("the first line does not say that it is an export")
        if "sha256" in entry:
            last = entry
            continue
        digest.update(line.encode())
        if number:
            counts[_known(entry, number)] += 1
    if last is None:
        raise NotAnExport("the last line is missing: the file was cut")
    if last["sha256"] != digest.hexdigest() or last.get("counts") != dict(counts):
        raise NotAnExport("the digest in the last line is not that of the lines before it")
    return dict(counts)


def store(found: Iterable[str]) -> None:
    """Store the documents of a file that was checked, into an empty database.

    Raises:
        NotEmpty: something is stored already.
    """
    if any(document.raw().find_one({}, {"_id": 1}) is not None for document in DOCUMENTS):
        raise NotEmpty
    waiting: dict[str, list[dict[str, Any]]] = {}
    for line in found:
        entry = json_util.loads(line, json_options=_OPTIONS)
        if "collection" not in entry:
            continue
        batch = waiting.setdefault(entry["collection"], [])
        batch.append(entry["document"])
        if len(batch) >= BATCH:
            _COLLECTIONS[entry["collection"]].raw().insert_many(waiting.pop(entry["collection"]))
    for name, batch in waiting.items():
        _COLLECTIONS[name].raw().insert_many(batch)


def _entry(line: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise NotAnExport(f"line {number + 1} is not JSON") from error
    if not isinstance(entry, dict):
        raise NotAnExport(f"line {number + 1} is no object")
    return entry


def _known(entry: dict[str, Any], number: int) -> str:
    name = entry.get("collection")
    if name not in _COLLECTIONS or not isinstance(entry.get("document"), dict):
        raise NotAnExport(f"line {number + 1} is of no collection that this version knows")
    return str(name)
