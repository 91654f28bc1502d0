"""Documents of two collections are the same in one round trip and in two."""

from __future__ import annotations

import pytest

from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.ledger.entries import entry_id
from models.patients import patients
from models.patients.patient import NewPatient, Patient
from models.patients.patients import FIELDS, PatientDocument
from models.store import connection
from models.store.union import Selection, read_both
from tests.ledger_samples import MORNING, entry
from tests.people import CLINIC

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[False, True], ids=["two round trips", "one"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "unites_collections", lambda: request.param)


def followed(entries: int) -> Patient:
    new = NewPatient(site_id="north", name="Maria", zone="Europe/Lisbon")
    made = patients.create(new, by=CLINIC, now=MORNING)
    for seq in range(1, entries + 1):
        ledger.append(entry(made.id, seq))
    return made


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("keys", [[], [1], [1, 2, 9]])
def test_what_is_there_of_both_is_read_with_the_members_asked_for(keys: list[int]) -> None:
    made, other = followed(3), followed(2)
    wanted = Selection(PatientDocument, {"_id": {"$in": [made.id, "nobody"]}}, FIELDS)
    names = [entry_id(made.id, seq) for seq in keys]
    first, second = read_both(wanted, LedgerDocument, names, {"seq": 1})
    assert [raw["_id"] for raw in first] == [made.id]
    assert "steps" not in first[0]
    there = [seq for seq in keys if seq <= 3]
    assert sorted(second, key=str) == [{"_id": entry_id(made.id, seq), "seq": seq} for seq in there]
    assert other.id not in {raw["_id"] for raw in first}


def test_an_engine_that_says_no_version_is_asked_for_each_by_itself() -> None:
    said = PatientDocument.raw().database.client.server_info().get("versionArray", [])
    assert connection.unites_collections() is (list(said[:2]) >= [4, 4])
