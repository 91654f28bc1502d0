"""Patients for their own accounts come with the heads of their ledgers, whatever this process has seen."""

from __future__ import annotations

import pytest

from models.ledger import head_hints, ledger
from models.ledger.document import LedgerDocument
from models.ledger.ledger import NEAR, REACH
from models.patients import own, patients
from models.patients.patient import NewPatient
from models.patients.patients import PatientDocument
from models.store import unreadable
from tests.ledger_samples import MORNING, entry
from tests.people import CLINIC

pytestmark = pytest.mark.usefixtures("database")


def followed(entries: int) -> str:
    new = NewPatient(site_id="north", name="Maria", zone="Europe/Lisbon")
    made = patients.create(new, by=CLINIC, now=MORNING)
    for seq in range(1, entries + 1):
        ledger.append(entry(made.id, seq))
    return made.id


@pytest.mark.parametrize("seen", [None, 1, 2, 5, 99])
@pytest.mark.parametrize("entries", [0, 1, 5, 1 + NEAR, 2 + NEAR, REACH + 9])
def test_the_head_is_found_whatever_was_seen_of_the_ledger(entries: int, seen: int | None) -> None:
    one, other = followed(entries), followed(2)
    head_hints.forget(one)
    if seen is not None:
        head_hints.remember(one, seen)
    found, heads = own.read_with_heads([one, other, "nobody"])
    assert set(found) == {one, other}
    assert {key: head.seq for key, head in heads.items()} == ({one: entries} if entries else {}) | {other: 2}


def test_a_patient_who_cannot_be_read_costs_no_other() -> None:
    one, other = followed(2), followed(2)
    PatientDocument.raw().update_one({"_id": one}, {"$set": {"profile": 7}})
    with unreadable.met() as broken:
        found, heads = own.read_with_heads([one, other])
    assert (set(found), set(heads), broken) == ({other}, {other}, {("patients", one)})


def test_a_head_that_cannot_be_read_is_no_head() -> None:
    one, other = followed(2), followed(2)
    LedgerDocument.raw().update_one({"patient_id": one, "seq": 2}, {"$set": {"derived": 7}})
    found, heads = own.read_with_heads([one, other])
    assert (set(found), set(heads)) == ({one, other}, {other})
