"""The ledger: one entry per event about a patient that the evaluation depends on, numbered without gaps.

Its insert is the commit point of everything a phone sends: an entry carries the answers, the score and the
evaluation over all events up to it, and its key `patient:seq` lets one of many racing writers be next.
Answers are never changed; `alerts_pending` (alerts are not yet in step), `quarantined` and `note_unread` are
the only marks that are. How entries become reports is `services.reports.histories`, what an evaluation is
`scoring.decline`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from pymongo.errors import BulkWriteError, OperationFailure, WriteConcernError, WriteError

from models.ledger import head_hints, mapping
from models.ledger.document import WITHOUT_DERIVED, LedgerDocument
from models.ledger.entries import Entry, Head, Marks, entry_id
from models.store import unreadable
from models.store.base import milliseconds
from models.store.connection import is_duplicate
from models.store.unreadable import Unreadable

Span = tuple[datetime, datetime]
"""After the one moment, and up to the other."""

FIRST = 1
REACH = 64
"""How many entries above the floor are looked for at once; submitting raises the floor in time."""
NEAR = 7
"""The same above an entry that this process has seen: others have rarely gone further (our choice)."""
_BATCH = 1000
"""A history comes in one answer: a second batch costs a round trip and more."""
_WHOLE_SITE = 20_000
OF_HEAD = dict.fromkeys(("patient_id", "seq", "site_id", "basis", "derived", "alerts_pending", "mildest"), 1)


class Appended(Enum):
    """What became of an entry that was to be inserted."""

    STORED = "stored"
    PLACE_TAKEN = "place taken"


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The database refused an entry, for a reason that is the entry's own."""

    error: OperationFailure


AppendOutcome = Appended | NotWritten


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
    documents = [mapping.to_document(entry) for entry in entries]
    try:
        if len(documents) == 1:  # the same command, without the driver's way of cutting many into batches
            LedgerDocument.raw().insert_one(documents[0])
        else:
            LedgerDocument.raw().insert_many(documents, ordered=False)
    except WriteError as error:
        outcomes = [_refused(error.details or {})]
    except BulkWriteError as error:
        refused = {fault["index"]: fault for fault in error.details["writeErrors"]}
        if not refused:
            raise WriteConcernError("not confirmed", details=error.details) from error
        for index, fault in refused.items():
            outcomes[index] = _refused(fault)
    for entry, outcome in zip(entries, outcomes, strict=True):
        if outcome is Appended.STORED:
            head_hints.remember(entry.patient_id, entry.seq)
    return outcomes


def append_in_order(entries: Sequence[Entry]) -> tuple[int, AppendOutcome]:
    """Insert entries that follow one another with one acknowledged write, up to the first that cannot be.

    Returns:
        How many were stored, and what became of the next, or of the last where all were.

    Raises:
        WriteConcernError: they were written, and that they will last was not confirmed.
    """
    stored = len(entries)
    outcome: AppendOutcome = Appended.STORED
    try:
        LedgerDocument.raw().insert_many([mapping.to_document(entry) for entry in entries], ordered=True)
    except BulkWriteError as error:
        if not error.details["writeErrors"]:
            raise WriteConcernError("not confirmed", details=error.details) from error
        (fault,) = error.details["writeErrors"]
        stored, outcome = fault["index"], _refused(fault)
    if stored:
        head_hints.remember(entries[0].patient_id, entries[stored - 1].seq)
    return stored, outcome


def _refused(fault: Mapping[str, Any]) -> AppendOutcome:
    failure = OperationFailure(fault.get("errmsg", ""), fault.get("code"), fault)
    return Appended.PLACE_TAKEN if is_duplicate(failure) else NotWritten(failure)


def read_head(patient_id: str, floor: int | None = None) -> Head | None:
    """Return the latest entry.

    Args:
        patient_id: the patient.
        floor: 0, or a seq that is known to exist; near the head, it keeps the cost independent of the length
            of the history. Looked up when None.

    Raises:
        Unreadable: it is damaged.
    """
    if floor is None:
        floor = _head_seq(patient_id)
    with unreadable.met() as broken:
        head = read_heads([(patient_id, floor)]).get(patient_id)
    if broken:
        raise Unreadable("the last entry of a ledger cannot be read")
    return head


def first_spans(patient_ids: Iterable[str]) -> dict[str, range]:
    """Return where the heads of ledgers that this process has seen are looked for, without a floor."""
    seen = ((patient_id, head_hints.remembered(patient_id, 0)) for patient_id in patient_ids)
    return {patient_id: range(seq, seq + NEAR + 1) for patient_id, seq in seen if seq}


def read_heads(
    floors: Iterable[tuple[str, int]],
    looked_at: Mapping[str, range] | None = None,
    rows: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Head]:
    """Return the latest entries of several patients, found by their keys; none that cannot be read.

    Args:
        floors: patients, each with 0 or a seq that is known to exist.
        looked_at: where some were looked for together with something else (`first_spans`).
        rows: what was found there (`OF_HEAD`).
    """
    given = dict(floors)
    looked_at = {patient_id: span for patient_id, span in (looked_at or {}).items() if patient_id in given}
    latest = {patient_id: raw for patient_id, raw in _latest(rows).items() if patient_id in given}
    spans = _spans_after(looked_at, latest, given)
    for patient_id, floor in given.items():
        if patient_id not in looked_at:
            spans[patient_id] = _span(floor, head_hints.remembered(patient_id, floor))
    while spans:
        found = _latest(LedgerDocument.raw().find({"_id": {"$in": keys_in(spans)}}, OF_HEAD))
        latest |= found
        spans = _spans_after(spans, found, given)
    for patient_id, raw in latest.items():
        head_hints.remember(patient_id, raw["seq"])
    return {head.patient_id: head for head in LedgerDocument.readable(latest.values(), mapping.head_of)}


def _spans_after(
    spans: Mapping[str, range], found: Mapping[str, Mapping[str, Any]], floors: Mapping[str, int]
) -> dict[str, range]:
    """Return where to look next for those whose latest entry may be elsewhere."""
    # A floor that was not raised for a while: there may be more behind.
    begins = {
        patient_id: raw["seq"] for patient_id, raw in found.items() if raw["seq"] == spans[patient_id][-1]
    }
    for patient_id, span in spans.items():
        if patient_id not in found and span[0] > floors[patient_id]:
            head_hints.forget(patient_id)
            begins[patient_id] = floors[patient_id]
    return {patient_id: _span(begin, begin) for patient_id, begin in begins.items()}


def keys_in(spans: Mapping[str, range]) -> list[str]:
    """Return the keys of the entries with these numbers."""
    return [entry_id(patient_id, number) for patient_id, span in spans.items() for number in span]


def grown(seqs: Mapping[str, int]) -> set[str]:
    """Return the patients who have an entry after the one named: a look at the keys that would follow.

    It asks for so many at once as a site has at most: a question has to fit into one message.
    """
    keys = {entry_id(patient_id, seq + 1): patient_id for patient_id, seq in seqs.items()}
    asked, found = list(keys), set()
    for place in range(0, len(asked), _WHOLE_SITE):
        query = {"_id": {"$in": asked[place : place + _WHOLE_SITE]}}
        rows = LedgerDocument.raw().find(query, {"_id": 1}, batch_size=_WHOLE_SITE)
        found |= {keys[raw["_id"]] for raw in rows}
    return found


def read_at(patient_id: str, seq: int) -> Head | None:
    """Return the entry of this number, with its evaluation and without what was answered."""
    raw = LedgerDocument.raw().find_one({"_id": entry_id(patient_id, seq)}, OF_HEAD)
    return None if raw is None else LedgerDocument.one(raw, mapping.head_of)


def _span(floor: int, begin: int) -> range:
    """Return the numbers that are looked for at once, the first of them known to exist."""
    return range(begin, begin + (NEAR if begin > floor else REACH) + 1)


def _latest(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    latest: dict[str, dict[str, Any]] = {}
    for raw in rows:
        # By its key, which cannot be damaged: what comes last is the head, whether or not it can be read.
        patient_id, _, number = raw["_id"].partition(":")
        known = latest.get(patient_id)
        if known is None or known["seq"] < int(number):
            latest[patient_id] = {**raw, "patient_id": patient_id, "seq": int(number)}
    return latest


def _head_seq(patient_id: str) -> int:
    rows = list(LedgerDocument.raw().find({"patient_id": patient_id}, {"seq": 1}).sort("seq", -1).limit(1))
    return int(rows[0]["_id"].partition(":")[2]) if rows else 0


def is_head(patient_id: str, seq: int) -> bool:
    """Return whether the entry is there, and nothing has followed it yet."""
    keys = [entry_id(patient_id, seq), entry_id(patient_id, seq + 1)]
    found = LedgerDocument.raw().find({"_id": {"$in": keys}}, {"_id": 1})
    return [raw["_id"] for raw in found] == keys[:1]


def read_entries(patient_id: str) -> list[Entry]:
    """Return all entries of the patient in the order of their numbers, without evaluations."""
    rows = LedgerDocument.raw().find({"patient_id": patient_id}, WITHOUT_DERIVED).batch_size(_BATCH)
    return sorted(LedgerDocument.readable(rows, mapping.entry_of), key=lambda entry: entry.seq)


def find_event(patient_id: str, event_id: str) -> Entry | None:
    """Return the entry of an event, whole."""
    raw = LedgerDocument.raw().find_one({"patient_id": patient_id, "event_id": event_id})
    return None if raw is None else LedgerDocument.one(raw, mapping.entry_of)


def clear_pending(patient_id: str, seqs: Sequence[int], *, mildest: Marks | None = None) -> None:
    """Note that the alerts are in step with these entries.

    Args:
        patient_id: the patient.
        seqs: of the entries, in order.
        mildest: as of the last of them (`Entry`).
    """
    keys = [entry_id(patient_id, seq) for seq in seqs]
    in_step: dict[str, Any] = {"$unset": {"alerts_pending": ""}}
    if mildest:
        LedgerDocument.raw().update_one({"_id": keys.pop()}, in_step | {"$set": {"mildest": mildest}})
    if keys:
        LedgerDocument.raw().update_many({"_id": {"$in": keys}}, in_step)


def pending_entries(patient_id: str) -> list[tuple[int, datetime]]:
    """Return the patient's entries whose alerts are not known to be in step: number, and when received."""
    rows = LedgerDocument.raw().find(
        {"patient_id": patient_id, "alerts_pending": 1}, {"seq": 1, "received_at": 1}
    )
    return sorted(LedgerDocument.readable(rows, lambda raw: (raw["seq"], raw["received_at"])))


def count_pending(most: int) -> int:
    """Return how many entries have alerts that are not known to be in step, so many at most."""
    return sum(1 for _ in LedgerDocument.raw().find({"alerts_pending": 1}, {"_id": 1}).limit(most))


def patients_pending(limit: int, *, after: str = "", but_within: Span | None = None) -> list[str]:
    """Return patients with such entries, but for those received within a span, in the order of their ids.

    Args:
        limit: at most so many.
        after: the patient behind whom to go on.
        but_within: the span.
    """
    query: dict[str, Any] = {"alerts_pending": 1}
    if but_within is not None:
        begin, end = map(milliseconds, but_within)
        query["$or"] = [{"received_at": {"$lte": begin}}, {"received_at": {"$gt": end}}]
    # The place is asked of the groups, so that the entries are found by their mark.
    patients: list[dict[str, Any]] = [{"$group": {"_id": "$patient_id"}}, {"$match": {"_id": {"$gt": after}}}]
    stages = [{"$match": query}, *patients, {"$sort": {"_id": 1}}, {"$limit": limit}]
    found = (raw["_id"] for raw in LedgerDocument.raw().aggregate(stages))
    return [patient_id for patient_id in found if isinstance(patient_id, str)]


def count_repeat(patient_id: str, event_id: str) -> None:
    """Count one more form that told the same as a safety notice within the hour."""
    LedgerDocument.raw().update_one(
        {"patient_id": patient_id, "event_id": event_id}, {"$inc": {"repeats": 1}}
    )


def read_many(patient_ids: Sequence[str]) -> dict[str, list[Entry]]:
    """Return all entries of several patients in the order of their numbers, without evaluations."""
    found: dict[str, list[Entry]] = {patient_id: [] for patient_id in patient_ids}
    query = {"patient_id": {"$in": list(patient_ids)}}
    rows = LedgerDocument.raw().find(query, WITHOUT_DERIVED).batch_size(_BATCH)
    for entry in LedgerDocument.readable(rows, mapping.entry_of):
        found[entry.patient_id].append(entry)
    return {patient_id: sorted(entries, key=lambda entry: entry.seq) for patient_id, entries in found.items()}
