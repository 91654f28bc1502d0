"""The ledger: one entry per event about a patient that the evaluation depends on, numbered without gaps.

Its insert is the commit point of everything a phone sends: an entry carries the answers, the score and the
evaluation over all events up to it, and its key `patient:seq` lets one of many racing writers be next.
Answers are never changed; `alerts_pending` (alerts are not yet in step) and `quarantined` are the only marks
that are. How entries become reports is `services.reports.histories`, what an evaluation is `scoring.decline`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar

import orjson
from mongoengine.fields import BinaryField, DateTimeField, DictField, IntField, StringField
from pymongo.errors import BulkWriteError, OperationFailure, WriteConcernError

from models.ledger import head_hints
from models.ledger.entries import Basis, Content, Entry, EntryKind, Evaluated, Head, entry_id
from models.ledger.seen_ids import EMPTY
from models.store.base import BaseDocument, milliseconds
from models.store.connection import is_duplicate
from models.store.provenance import Provenance

Span = tuple[datetime, datetime]
"""After the one moment, and up to the other."""

FIRST = 1
REACH = 32
"""How many entries above the floor are looked for at once; submitting raises the floor in time."""
_BATCH = 1000
"""A history comes in one answer: a second batch costs a round trip and more."""
_LEVEL = 1  # of compression: higher ones take twice the time for a twentieth of the size
_WITHOUT_DERIVED = {"derived": 0}
_MOMENTS = ("observed_at", "answered_at", "sent_at")
_CONTENT = tuple(f.name for f in fields(Content))
_BASIS = tuple(f.name for f in fields(Basis))
_OF_HEAD = {"_id": 0, "patient_id": 1, "site_id": 1, "seq": 1, "basis": 1, "derived": 1, "alerts_pending": 1}


class Appended(Enum):
    """What became of an entry that was to be inserted."""

    STORED = "stored"
    PLACE_TAKEN = "place taken"


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The database refused an entry, for a reason that is the entry's own."""

    error: OperationFailure


AppendOutcome = Appended | NotWritten


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


def append(entry: Entry) -> bool:
    """Insert the entry, acknowledged and durable; return False when its place is taken."""
    (outcome,) = append_all([entry])
    if isinstance(outcome, NotWritten):
        raise outcome.error
    return outcome is Appended.STORED


def append_all(entries: Sequence[Entry]) -> list[AppendOutcome]:
    """Insert entries of several patients with one acknowledged write; return what became of each.

    Raises:
        WriteConcernError: they were written, and that they will last was not confirmed.
        Exception: one of them cannot be written; the others may be, or not.
    """
    outcomes: list[AppendOutcome] = [Appended.STORED] * len(entries)
    try:
        LedgerDocument.raw().insert_many([_stored(entry) for entry in entries], ordered=False)
    except BulkWriteError as error:
        refused = {fault["index"]: fault for fault in error.details["writeErrors"]}
        if not refused:
            raise WriteConcernError("not confirmed", details=error.details) from error
        for index, fault in refused.items():
            failure = OperationFailure(fault.get("errmsg", ""), fault.get("code"), fault)
            outcomes[index] = Appended.PLACE_TAKEN if is_duplicate(failure) else NotWritten(failure)
    for entry, outcome in zip(entries, outcomes, strict=True):
        if outcome is Appended.STORED:
            head_hints.remember(entry.patient_id, entry.seq)
    return outcomes


def read_head(patient_id: str, floor: int | None = None) -> Head | None:
    """Return the latest entry.

    Args:
        patient_id: the patient.
        floor: 0, or a seq that is known to exist; near the head, it keeps the cost independent of the length
            of the history. Looked up when None.
    """
    if floor is None:
        floor = _head_seq(patient_id)
    return read_heads([(patient_id, floor)]).get(patient_id)


def read_heads(floors: Iterable[tuple[str, int]]) -> dict[str, Head]:
    """Return the latest entries of several patients, found by their keys.

    Args:
        floors: patients, each with 0 or a seq that is known to exist.
    """
    given = dict(floors)
    begins = {one: head_hints.remembered(one, floor) for one, floor in given.items()}
    latest: dict[str, dict[str, Any]] = {}
    while begins:
        found = _latest(begins)
        latest |= found
        # A floor that was not raised for a while: there may be more behind.
        behind = {one: raw["seq"] for one, raw in found.items() if raw["seq"] == begins[one] + REACH}
        lost = {one for one, begin in begins.items() if one not in found and begin > given[one]}
        for one in lost:
            head_hints.forget(one)
        begins = behind | {one: given[one] for one in lost}
    for one, raw in latest.items():
        head_hints.remember(one, raw["seq"])
    return {one: _head(raw) for one, raw in latest.items()}


def _latest(floors: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    keys = [entry_id(one, floor + place) for one, floor in floors.items() for place in range(REACH + 1)]
    latest: dict[str, dict[str, Any]] = {}
    for raw in LedgerDocument.raw().find({"_id": {"$in": keys}}, _OF_HEAD):
        known = latest.get(raw["patient_id"])
        if known is None or known["seq"] < raw["seq"]:
            latest[raw["patient_id"]] = raw
    return latest


def _head_seq(patient_id: str) -> int:
    rows = list(LedgerDocument.raw().find({"patient_id": patient_id}, {"seq": 1}).sort("seq", -1).limit(1))
    return int(rows[0]["seq"]) if rows else 0


def is_head(patient_id: str, seq: int) -> bool:
    """Return whether the entry is there, and nothing has followed it yet."""
    keys = [entry_id(patient_id, seq), entry_id(patient_id, seq + 1)]
    found = LedgerDocument.raw().find({"_id": {"$in": keys}}, {"_id": 1})
    return [raw["_id"] for raw in found] == keys[:1]


def read_entries(patient_id: str) -> list[Entry]:
    """Return all entries of the patient in the order of their numbers, without evaluations."""
    rows = LedgerDocument.raw().find({"patient_id": patient_id}, _WITHOUT_DERIVED).batch_size(_BATCH)
    return sorted((_entry(raw) for raw in rows), key=lambda entry: entry.seq)


def find_event(patient_id: str, event_id: str) -> Entry | None:
    """Return the entry of an event, whole."""
    raw = LedgerDocument.raw().find_one({"patient_id": patient_id, "event_id": event_id})
    return None if raw is None else _entry(raw)


def clear_pending(patient_id: str, seqs: Sequence[int]) -> None:
    """Note that the alerts are in step with these entries."""
    keys = [entry_id(patient_id, seq) for seq in seqs]
    LedgerDocument.raw().update_many({"_id": {"$in": keys}}, {"$unset": {"alerts_pending": ""}})


def pending_entries(patient_id: str) -> list[tuple[int, datetime]]:
    """Return the patient's entries whose alerts are not known to be in step: number, and when received."""
    rows = LedgerDocument.raw().find(
        {"patient_id": patient_id, "alerts_pending": 1}, {"seq": 1, "received_at": 1}
    )
    return sorted((raw["seq"], raw["received_at"]) for raw in rows)


def patients_pending(limit: int, *, but_within: Span | None = None) -> list[str]:
    """Return patients with such entries, but for those received within a span."""
    query: dict[str, Any] = {"alerts_pending": 1}
    if but_within is not None:
        begin, end = map(milliseconds, but_within)
        query["$or"] = [{"received_at": {"$lte": begin}}, {"received_at": {"$gt": end}}]
    patients = [{"$group": {"_id": "$patient_id"}}, {"$limit": limit}]
    return [raw["_id"] for raw in LedgerDocument.raw().aggregate([{"$match": query}, *patients])]


def quarantine(site_ids: Iterable[str], limit: int = 200) -> list[Entry]:
    """Return what is kept aside at these sites, oldest first."""
    query = {"quarantined": 1, "site_id": {"$in": sorted(site_ids)}}
    rows = LedgerDocument.raw().find(query, _WITHOUT_DERIVED).limit(limit)
    return sorted((_entry(raw) for raw in rows), key=lambda entry: entry.received_at)


def leave_quarantine(patient_id: str, report_id: str) -> None:
    """Note that a report is kept aside no longer."""
    LedgerDocument.raw().update_one(
        {"patient_id": patient_id, "event_id": report_id}, {"$unset": {"quarantined": ""}}
    )


def last_observed(patient_ids: Sequence[str], instrument: str) -> dict[str, date]:
    """Return for each patient the latest local date of a report of the instrument; voided ones count too."""
    pipeline = [
        {"$match": {"patient_id": {"$in": list(patient_ids)}, "content.instrument": instrument}},
        {"$group": {"_id": "$patient_id", "latest": {"$max": "$content.observed_on"}}},
    ]
    rows = LedgerDocument.raw().aggregate(pipeline)
    return {raw["_id"]: date.fromisoformat(raw["latest"]) for raw in rows}


def _stored(entry: Entry) -> dict[str, Any]:
    if entry.evaluated is None:
        raise TypeError("an entry is written with its evaluation")
    plain = ((name, getattr(entry.content, name)) for name in _CONTENT)
    content = {name: value for name, value in plain if value not in (None, "", {}, ())}
    content["by"] = entry.content.by.as_dict()
    content |= {name: milliseconds(content[name]) for name in _MOMENTS if name in content}
    if entry.content.observed_on is not None:
        content["observed_on"] = entry.content.observed_on.isoformat()
    marks = {"alerts_pending": entry.alerts_pending, "quarantined": entry.quarantined}
    return {
        "_id": entry.id,
        "patient_id": entry.patient_id,
        "site_id": entry.site_id,
        "seq": entry.seq,
        "kind": entry.kind.value,
        "event_id": entry.event_id,
        "report_id": entry.report_id,
        "digest": entry.digest,
        "content": content,
        "score": entry.score,
        "received_at": milliseconds(entry.received_at),
        "basis": {name: getattr(entry.evaluated.basis, name) for name in _BASIS},
        "derived": _packed(entry.evaluated, entry.seen),
        **{mark: 1 for mark, is_set in marks.items() if is_set},
    }


def _packed(evaluated: Evaluated, seen: str) -> bytes:
    """Return what can be computed again, in a third of its size: the insert is half the cost of a report."""
    parts = [evaluated.evaluation, list(evaluated.unread), seen]
    return zlib.compress(orjson.dumps(parts) + b"\n" + orjson.dumps(evaluated.memory), _LEVEL)


def _unpacked(raw: Mapping[str, Any]) -> tuple[Evaluated, str]:
    parts, _, memory = zlib.decompress(raw["derived"]).partition(b"\n")
    evaluation, unread, seen = orjson.loads(parts)
    return Evaluated(Basis(**raw["basis"]), evaluation, orjson.loads(memory), tuple(unread)), seen


def _head(raw: Mapping[str, Any]) -> Head:
    evaluated, seen = _unpacked(raw)
    return Head(
        raw["patient_id"], raw["site_id"], raw["seq"], evaluated, seen, alerts_pending="alerts_pending" in raw
    )


def _entry(raw: Mapping[str, Any]) -> Entry:
    evaluated, seen = _unpacked(raw) if "derived" in raw else (None, EMPTY)
    return Entry(
        patient_id=raw["patient_id"],
        site_id=raw["site_id"],
        seq=raw["seq"],
        kind=EntryKind(raw["kind"]),
        event_id=raw["event_id"],
        content=_content(raw["content"]),
        received_at=raw["received_at"],
        report_id=raw["report_id"],
        digest=raw["digest"],
        score=raw["score"],
        evaluated=evaluated,
        seen=seen,
        alerts_pending="alerts_pending" in raw,
        quarantined="quarantined" in raw,
    )


def _content(raw: Mapping[str, Any]) -> Content:
    values = dict(raw) | {"by": Provenance.from_dict(raw["by"])}
    if "observed_on" in values:
        values["observed_on"] = date.fromisoformat(values["observed_on"])
    if "doubts" in values:
        values["doubts"] = tuple(values["doubts"])
    return Content(**values)
