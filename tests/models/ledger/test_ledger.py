"""The ledger: one writer is next, the head is found from any floor, the stored form is as written."""

from __future__ import annotations

import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pymongo.errors import (
    BulkWriteError,
    OperationFailure,
    WriteConcernError,
    WriteError,
)

from models.ledger import head_hints, ledger, quarantine
from models.ledger.document import LedgerDocument
from models.ledger.entries import EntryKind, SafetyNotice
from models.ledger.ledger import Appended, NotWritten
from models.store import connection
from tests.ledger_samples import EVALUATED, MORNING, NOTHING, entry


@pytest.fixture(autouse=True)
def _indexes(database: Any) -> None:
    LedgerDocument.ensure_indexes()


def test_of_twenty_writers_who_want_to_be_next_one_is() -> None:
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: ledger.append(entry("p", 1)), range(20)))
    assert sorted(outcomes) == [False] * 19 + [True]
    assert [row.seq for row in ledger.read_entries("p")] == [1]


def test_entries_in_order_are_stored_up_to_the_first_whose_place_is_taken() -> None:
    assert ledger.append(entry("p", 3))
    together = [entry("p", seq) for seq in (1, 2, 3, 4)]
    assert ledger.append_in_order(together) == (2, Appended.PLACE_TAKEN)
    assert [row.seq for row in ledger.read_entries("p")] == [1, 2, 3]
    assert ledger.append_in_order([entry("p", seq) for seq in (4, 5)]) == (2, Appended.STORED)


def test_of_twenty_writers_of_several_entries_none_leaves_a_gap() -> None:
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(
            pool.map(lambda _: ledger.append_in_order([entry("p", seq) for seq in (1, 2, 3)]), range(20))
        )
    assert sum(stored for stored, _ in outcomes) == 3
    assert [row.seq for row in ledger.read_entries("p")] == [1, 2, 3]


def test_an_entry_comes_back_as_it_was_written() -> None:
    written = entry("p", 1, alerts_pending=True, quarantined=True)
    assert ledger.append(written)
    assert ledger.find_event("p", written.event_id) == written
    evaluated = replace(EVALUATED, unevaluated=(written.event_id, "another"))
    written = entry("p", 2, evaluated=evaluated)
    assert ledger.append(written)
    assert ledger.find_event("p", written.event_id) == written


def test_the_stored_form_is_plain_but_for_what_can_be_computed_again() -> None:
    written = entry("p", 7)
    ledger.append(written)
    raw = LedgerDocument.raw().find_one({"_id": "p:000000007"})
    assert raw["content"]["observed_on"] == "2026-03-02"
    assert raw["content"]["observed_at"] == MORNING
    assert "reason" not in raw["content"]
    assert not {"alerts_pending", "quarantined"} & raw.keys()
    length = int.from_bytes(raw["derived"][:2], "little")
    evaluation, memory = zlib.decompress(raw["derived"][2 + length :]).decode().split("\n")
    assert (json.loads(evaluation), memory) == ([NOTHING, []], '{"v":1}')
    assert raw["basis"] == {"profile_version": 1, "policy_version": "default-1", "rules_version": "1"}


@pytest.mark.parametrize("floor", [0, 1, 3, 5])
def test_the_head_is_the_latest_entry_from_any_floor(floor: int) -> None:
    for seq in range(1, 6):
        ledger.append(entry("p", seq))
    ledger.append(entry("other", 9))
    head_hints.forget("p")
    head = ledger.read_head("p", floor)
    assert head is not None
    assert (head.seq, head.site_id, head.evaluated) == (5, "site", EVALUATED)
    assert [ledger.is_head("p", seq) for seq in (4, 5, 6)] == [False, True, False]


@pytest.mark.parametrize("floor", [None, 0, 1, 16, 17, 33, 50])
def test_the_head_is_found_though_the_floor_was_not_raised_for_long(floor: int | None) -> None:
    for seq in range(1, 51):
        ledger.append(entry("p", seq))
    head_hints.forget("p")
    head = ledger.read_head("p", floor)
    assert head is not None
    assert head.seq == 50


def test_a_batch_of_writers_fails_only_those_whose_place_is_taken() -> None:
    ledger.append(entry("taken", 1))
    people = [*(f"p{number}" for number in range(20)), "taken"] * 2
    with ThreadPoolExecutor(42) as pool:
        outcomes = list(pool.map(lambda patient_id: ledger.append(entry(patient_id, 1)), people))
    assert sum(outcomes) == 20
    assert not any(done for patient_id, done in zip(people, outcomes, strict=True) if patient_id == "taken")


@pytest.mark.parametrize("others", [0, 1])
def test_what_became_of_an_entry_is_the_same_alone_and_with_others(others: int) -> None:
    with_it = [entry("other", number + 1) for number in range(others)]
    assert ledger.append_all([entry("p", 1), *with_it]) == [Appended.STORED] * (1 + others)
    taken = ledger.append_all([entry("p", 1), *(entry("another", 1) for _ in with_it)])
    assert taken == [Appended.PLACE_TAKEN, *[Appended.STORED] * others]


@pytest.mark.parametrize("others", [0, 1])
def test_an_entry_that_the_database_refuses_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    fault = {"index": 0, "code": 10334, "errmsg": "too large once more"}

    class Refusing:
        def insert_one(self, _document: Any) -> None:
            raise WriteError(fault["errmsg"], fault["code"], fault)

        def insert_many(self, _documents: Any, *, ordered: bool) -> None:
            raise BulkWriteError({"writeErrors": [fault], "writeConcernErrors": [], "ordered": ordered})

    monkeypatch.setattr(LedgerDocument, "raw", Refusing)
    refused, *stored = ledger.append_all([entry("p", 1), *(entry("q", 1) for _ in range(others))])
    assert isinstance(refused, NotWritten)
    assert (type(refused.error), refused.error.code, refused.error.details) == (
        OperationFailure,
        10334,
        fault,
    )
    assert stored == [Appended.STORED] * others


@pytest.mark.parametrize("patient_ids", ["p", "pq"])
def test_what_was_written_and_not_confirmed_is_no_success(
    monkeypatch: pytest.MonkeyPatch, patient_ids: str
) -> None:
    """A server that steps down while it writes says so beside the writes, none of which failed."""

    class SteppingDown:
        def insert_one(self, _document: Any) -> None:
            raise WriteConcernError("stepping down", 91)

        def insert_many(self, _documents: Any, *, ordered: bool) -> None:
            raise BulkWriteError(
                {"writeErrors": [], "writeConcernErrors": [{"code": 91}], "ordered": ordered}
            )

    monkeypatch.setattr(LedgerDocument, "raw", SteppingDown)
    with pytest.raises(WriteConcernError) as raised:
        ledger.append_all([entry(patient_id, 1) for patient_id in patient_ids])
    assert connection.is_away(raised.value)
    assert connection.gave_no_answer(raised.value)


def test_there_is_no_head_before_the_first_entry() -> None:
    assert ledger.read_head("p") is None
    assert ledger.read_head("p", 0) is None


@pytest.mark.parametrize("at_once", [1, 2, 20_000])
def test_who_has_an_entry_behind_the_one_named_has_grown(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(ledger, "_WHOLE_SITE", at_once)
    for patient_id, seq in (("a", 1), ("a", 2), ("b", 1)):
        ledger.append(entry(patient_id, seq))
    assert ledger.grown({"a": 1, "b": 1, "c": 0}) == {"a"}
    assert ledger.grown({"a": 0, "b": 0, "c": 0}) == {"a", "b"}
    assert ledger.grown({}) == set()


def test_clearing_what_is_to_do_leaves_other_entries_alone() -> None:
    for seq in range(1, 5):
        ledger.append(entry("p", seq, alerts_pending=True))
    assert ledger.pending_entries("p") == [(seq, MORNING) for seq in (1, 2, 3, 4)]
    ledger.clear_pending("p", [1, 2, 3])
    assert [row.alerts_pending for row in ledger.read_entries("p")] == [False, False, False, True]
    assert ledger.patients_pending(10) == ["p"]


def test_what_is_to_do_is_found_but_for_what_was_received_within_a_span() -> None:
    second = timedelta(seconds=1)
    for seq in (1, 2, 3):
        ledger.append(entry("p", seq, alerts_pending=True, received_at=MORNING + (seq - 2) * second))
    assert ledger.patients_pending(10, but_within=(MORNING - second, MORNING + second)) == ["p"]
    assert ledger.patients_pending(10, but_within=(MORNING - 2 * second, MORNING + second)) == []


@pytest.mark.parametrize(
    ("after", "limit", "expected"),
    [("", 2, ["a", "b"]), ("a", 2, ["b", "d"]), ("b", 9, ["d"]), ("c", 9, ["d"]), ("d", 9, [])],
)
def test_patients_with_something_to_do_come_in_order_behind_a_place(
    after: str, limit: int, expected: list[str]
) -> None:
    for patient_id, seq in (("d", 1), ("a", 1), ("a", 2), ("b", 1)):
        ledger.append(entry(patient_id, seq, alerts_pending=True))
    ledger.append(entry("c", 1))
    assert ledger.patients_pending(limit, after=after) == expected


def test_what_is_in_quarantine_is_counted_by_patient_of_a_site_until_it_leaves() -> None:
    kept = [entry("p", seq, quarantined=True, kind=EntryKind.QUARANTINE) for seq in (1, 2, 3)]
    for row in (*kept, entry("a", 1, quarantined=True), entry("q", 1, quarantined=True, site_id="elsewhere")):
        ledger.append(row)
    assert quarantine.count(["site"], after=None, limit=10) == {"a": 1, "p": 3}
    assert quarantine.count(["site"], after=None, limit=1) == {"a": 1}
    assert quarantine.count(["site"], after="a", limit=10) == {"p": 3}
    assert [row.seq for row in quarantine.of_patient("p", 2)] == [3, 2]
    for row in kept:
        quarantine.leave("p", row.event_id)
    assert quarantine.count(["site"], after=None, limit=10) == {"a": 1}


def test_a_safety_notice_is_read_as_it_was_written_and_its_repeats_are_counted() -> None:
    notice = SafetyNotice("r", "self_harm", ("phq_9",), date(2026, 1, 2))
    outside = {"told": [["r", "x"]]}
    evaluated = replace(EVALUATED, outside=outside)
    written = entry("p", 1, kind=EntryKind.SAFETY_NOTICE, notice=notice, evaluated=evaluated)
    ledger.append(written)
    for _ in range(2):
        ledger.count_repeat("p", written.event_id)
    found = ledger.find_event("p", written.event_id)
    assert found is not None
    assert (found.notice, found.evaluated) == (notice, evaluated)
    head = ledger.read_head("p")
    assert head is not None
    assert head.evaluated.outside == outside
    assert ledger.LedgerDocument.raw().find_one({"_id": written.id})["repeats"] == 2


def test_entries_of_several_patients_are_read_in_their_order() -> None:
    for patient_id, seq in (("p", 2), ("q", 1), ("p", 1)):
        ledger.append(entry(patient_id, seq))
    found = ledger.read_many(["p", "q", "nobody"])
    assert {one: [entry.seq for entry in entries] for one, entries in found.items()} == {
        "p": [1, 2],
        "q": [1],
        "nobody": [],
    }
