"""What a process remembers of where ledgers end only ever shortens a reading."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from models.ledger import head_hints, ledger
from models.ledger.document import LedgerDocument
from models.store.base import new_id
from tests.ledger_samples import entry

pytestmark = pytest.mark.usefixtures("database")


def head_seq(patient_id: str, floor: int = 0) -> int | None:
    head = ledger.read_head(patient_id, floor)
    return None if head is None else head.seq


@pytest.fixture
def patient_id() -> str:
    return new_id()


def test_the_entry_just_stored_is_where_the_next_reading_begins(patient_id: str) -> None:
    for seq in (1, 2, 3):
        ledger.append(entry(patient_id, seq))
    assert head_hints.remembered(patient_id, 0) == 3
    assert head_seq(patient_id) == 3


def test_a_place_that_was_taken_is_not_remembered_as_ours(patient_id: str) -> None:
    ledger.append(entry(patient_id, 1))
    head_hints.forget(patient_id)
    assert not ledger.append(entry(patient_id, 1))
    assert head_hints.remembered(patient_id, 0) == 0


def test_entries_that_another_process_stored_are_found_behind_what_is_remembered(patient_id: str) -> None:
    for seq in range(1, ledger.REACH + 9):
        ledger.append(entry(patient_id, seq))
    head_hints.forget(patient_id)
    head_hints.remember(patient_id, 2)
    assert head_seq(patient_id) == ledger.REACH + 8
    assert head_hints.remembered(patient_id, 0) == ledger.REACH + 8


@pytest.mark.parametrize("floor", [0, 1, 2])
def test_a_database_restored_from_before_is_read_from_the_floor_it_names(patient_id: str, floor: int) -> None:
    for seq in (1, 2, 3, 4):
        ledger.append(entry(patient_id, seq))
    LedgerDocument.raw().delete_many({"patient_id": patient_id, "seq": {"$gt": 2}})
    assert head_seq(patient_id, floor) == 2
    assert ledger.append(entry(patient_id, 3))
    assert head_seq(patient_id, floor) == 3


def test_a_database_emptied_meanwhile_has_no_head(patient_id: str) -> None:
    ledger.append(entry(patient_id, 1))
    LedgerDocument.raw().delete_many({})
    assert head_seq(patient_id) is None


def test_it_only_rises_whoever_remembers_last(patient_id: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seq: head_hints.remember(patient_id, seq), [3, 9, 1, 7, 2, 8, 4]))
    assert head_hints.remembered(patient_id, 0) == 9
    assert head_hints.remembered(patient_id, 12) == 12
