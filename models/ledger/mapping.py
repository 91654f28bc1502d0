"""Between an entry and what is stored of it.

Answers, times, respondents and scores stay readable in the database; what can be computed again is packed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date
from operator import attrgetter
from typing import Any

import orjson

from models.ledger.entries import Basis, Content, Entry, EntryKind, Evaluated, Head, Marks, SafetyNotice
from models.ledger.seen_ids import EMPTY
from models.store import unreadable
from models.store.base import milliseconds
from models.store.mapping import DocumentMap
from models.store.unreadable import Unreadable

_LEVEL = 1  # of compression: higher ones take twice the time for a twentieth of the size
# Window (a power of two) and working memory: what the library takes by itself costs more to get.
_SMALL, _SMALLEST = (13, 6), (9, 4)
_LENGTH = 2  # bytes of a length
_MOMENTS = ("observed_at", "answered_at", "sent_at")
_CONTENT = tuple(f.name for f in fields(Content) if f.name != "by")
_values_of = attrgetter(*_CONTENT)
_BASIS = tuple(f.name for f in fields(Basis))
_values_of_basis = attrgetter(*_BASIS)
_NOTHING: tuple[object, ...] = (None, "", {}, ())


def to_document(entry: Entry) -> dict[str, Any]:
    """Return what is stored of an entry."""
    if entry.evaluated is None:
        raise TypeError("an entry is written with its evaluation")
    document = {
        "_id": entry.id,
        "patient_id": entry.patient_id,
        "site_id": entry.site_id,
        "seq": entry.seq,
        "kind": entry.kind.value,
        "event_id": entry.event_id,
        "report_id": entry.report_id,
        "digest": entry.digest,
        "content": _content_to_dict(entry.content),
        "score": entry.score,
        "received_at": milliseconds(entry.received_at),
        "basis": dict(zip(_BASIS, _values_of_basis(entry.evaluated.basis), strict=True)),
        "derived": _packed(entry.evaluated, entry.seen),
    }
    # What is not so has no member, and no place in an index.
    if entry.alerts_pending:
        document["alerts_pending"] = 1
    if entry.quarantined:
        document["quarantined"] = 1
    if entry.note_unread:
        document["note_unread"] = 1
    if entry.notice is not None:
        document["notice"] = _notice_to_dict(entry.notice)
    if entry.mildest:
        document["mildest"] = entry.mildest
    return document


def _content_to_dict(content: Content) -> dict[str, Any]:
    """Return what there is of it."""
    stored: dict[str, Any] = {"by": content.by.as_dict()}
    for name, value in zip(_CONTENT, _values_of(content), strict=True):
        if value not in _NOTHING:
            stored[name] = value
    for name in _MOMENTS:
        if name in stored:
            stored[name] = milliseconds(stored[name])
    if content.observed_on is not None:
        stored["observed_on"] = content.observed_on.isoformat()
    return stored


def _notice_to_dict(notice: SafetyNotice) -> dict[str, Any]:
    day = notice.observed_on
    return {**asdict(notice), "items": list(notice.items), "observed_on": day and day.isoformat()}


def _notice(raw: Mapping[str, Any]) -> SafetyNotice:
    day = raw["observed_on"] and date.fromisoformat(raw["observed_on"])
    return SafetyNotice(raw["report_id"], raw["concern"], tuple(raw["items"]), day)


def _packed(evaluated: Evaluated, seen: bytes) -> bytes:
    """Return what can be computed again, in a third of its size: the insert is half the cost of a report.

    First which events were seen, with the length of that: few bits of it are set, and nothing repeats.
    """
    parts = [evaluated.evaluation, list(evaluated.unread)]
    if evaluated.outside or evaluated.unevaluated:
        parts.append(evaluated.outside)
    if evaluated.unevaluated:
        parts.append(list(evaluated.unevaluated))
    few_bits = zlib.compressobj(_LEVEL, zlib.DEFLATED, *_SMALLEST, zlib.Z_HUFFMAN_ONLY)
    bits = few_bits.compress(seen) + few_bits.flush()
    text = orjson.dumps(parts) + b"\n" + orjson.dumps(evaluated.memory)
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, *_SMALL)
    return len(bits).to_bytes(_LENGTH, "little") + bits + deflate.compress(text) + deflate.flush()


def _unpacked(raw: Mapping[str, Any]) -> tuple[Evaluated, bytes]:
    derived = raw["derived"]
    end = _LENGTH + int.from_bytes(derived[:_LENGTH], "little")
    seen = zlib.decompress(derived[_LENGTH:end])
    parts, _, memory = zlib.decompress(derived[end:]).partition(b"\n")
    evaluation, unread, *more = orjson.loads(parts)
    outside, unevaluated = [*more, *({}, ())[len(more) :]][:2]
    basis = _BASES.read(raw["basis"])
    evaluated = Evaluated(basis, evaluation, orjson.loads(memory), tuple(unread), outside, tuple(unevaluated))
    return evaluated, seen


def head_of(raw: Mapping[str, Any]) -> Head:
    """Return the head that a stored entry is."""
    evaluated, seen = _unpacked(raw)
    return Head(
        raw["patient_id"],
        raw["site_id"],
        raw["seq"],
        evaluated,
        seen,
        alerts_pending="alerts_pending" in raw,
        mildest=_marks(raw.get("mildest")),
    )


def _marks(stored: Any) -> Marks:
    """Return what is stored of marks; what is damaged is as if it were not there."""
    if not isinstance(stored, Mapping):
        return {}
    found = {topic: _marks_of_topic(rules) for topic, rules in stored.items()}
    return {topic: rules for topic, rules in found.items() if rules}


def _marks_of_topic(rules: Any) -> dict[str, Mapping[str, float]]:
    if not isinstance(rules, Mapping):
        return {}
    return {rule: mark for rule, mark in rules.items() if isinstance(mark, Mapping) and _are_numbers(mark)}


def _are_numbers(mark: Mapping[str, Any]) -> bool:
    return all(isinstance(value, int | float) for value in mark.values())


def entry_of(raw: Mapping[str, Any]) -> Entry:
    """Return the entry, with its evaluation where that was read.

    An answer that is no number and a score that lacks something are as if they were not there, and are named.

    Raises:
        Unreadable: a report has no time.
    """
    evaluated, seen = _unpacked(raw) if "derived" in raw else (None, EMPTY)
    kind = _KINDS.get(raw["kind"], EntryKind.UNKNOWN)
    return Entry(
        patient_id=raw["patient_id"],
        site_id=raw["site_id"],
        seq=raw["seq"],
        kind=kind,
        event_id=raw["event_id"],
        content=_content(raw, kind),
        received_at=raw["received_at"],
        report_id=raw["report_id"],
        digest=raw["digest"],
        score=_score(raw),
        evaluated=evaluated,
        seen=seen,
        alerts_pending="alerts_pending" in raw,
        quarantined="quarantined" in raw,
        note_unread="note_unread" in raw,
        notice=_notice(raw["notice"]) if "notice" in raw else None,
        mildest=_marks(raw.get("mildest")),
    )


def _content(raw: Mapping[str, Any], kind: EntryKind) -> Content:
    content = _CONTENTS.read(raw["content"])
    if kind in _ANSWERED and (content.observed_at is None or content.observed_on is None):
        raise Unreadable("a report has no time")
    if _are_numbers(content.answers):
        return content
    unreadable.note("ledger", unreadable.name_of(raw), "answers")
    numbers = {item: code for item, code in content.answers.items() if isinstance(code, int | float)}
    return replace(content, answers=numbers)


def _score(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    stored = raw["score"]
    if stored is None or _is_score(stored):
        return stored
    unreadable.note("ledger", unreadable.name_of(raw), "score")
    return None


def _is_score(stored: Any) -> bool:
    try:
        total, values = stored["total"], stored["values"].values()
        whole = isinstance(stored["complete"], bool) and isinstance(stored["missing"], list)
    except (KeyError, TypeError, AttributeError):
        return False
    if not whole or not (total is None or isinstance(total, int | float)):
        return False
    return all(value is None or isinstance(value, int | float | str) for value in values)  # text: a profile


_ANSWERED = frozenset({EntryKind.REPORT, EntryKind.CORRECTION, EntryKind.RELEASE, EntryKind.QUARANTINE})
_KINDS = {kind.value: kind for kind in EntryKind}
_CONTENTS = DocumentMap(Content)
_BASES = DocumentMap(Basis)
