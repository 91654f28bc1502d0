"""Everything that is stored, as one file: the same after it was moved, refused when cut or changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from models import indexes, transfer
from models.indexes import DOCUMENTS
from models.store import connection
from models.transfer import NotAnExport, NotEmpty
from tests.clinics import Clinic
from tests.models.test_engine_parity import documentdb_uri
from tests.people import People


@pytest.fixture
def filled(people: People, now: datetime) -> Clinic:
    """A clinic with reports, alerts, accounts and a changed policy."""
    clinic = Clinic.of(people, now)
    for patient in clinic.patients(3):
        for back, total in enumerate((28, 32, 36, 40, 43, 46)):
            clinic.send(patient, total, days_ago=28 * back)
    clinic.change_policy()
    return clinic


def everything() -> dict[str, list[Any]]:
    return {
        document.__name__: sorted(document.raw().find({}), key=lambda raw: str(raw["_id"]))
        for document in DOCUMENTS
    }


def empty() -> None:
    connection.drop_database()
    indexes.create_all()


@pytest.mark.usefixtures("filled")
def test_what_was_moved_is_what_was_there(now: datetime) -> None:
    before, file = everything(), list(transfer.lines(now))
    counts = transfer.check(file)
    assert sum(counts.values()) == sum(len(rows) for rows in before.values()) == len(file) - 2
    empty()
    transfer.store(file)
    assert everything() == before
    assert list(transfer.lines(now)) == file


def test_more_than_one_batch_of_a_collection(
    people: People, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "BATCH", 3)
    site = people.site()
    for _ in range(7):
        people.patient(site)
    before, file = everything(), list(transfer.lines(now))
    empty()
    transfer.store(file)
    assert everything() == before


@pytest.fixture
def other_engine(database_uri: str) -> Iterator[str]:
    """DocumentDB, where the tests run on the embedded engine; the database that was there comes back."""
    uri = documentdb_uri()
    if uri == database_uri:
        pytest.skip("the tests run on DocumentDB already")
    yield uri
    connection.drop_database()
    connection.close()


@pytest.mark.usefixtures("filled")
def test_it_moves_from_one_engine_to_another(now: datetime, other_engine: str) -> None:
    before, file = everything(), list(transfer.lines(now))
    connection.close()
    connection.register(other_engine, "slope_test_transfer")
    empty()
    transfer.store(file)
    assert everything() == before


def test_an_empty_database_is_an_export_too(app: Any, now: datetime) -> None:
    file = list(transfer.lines(now))
    assert (len(file), transfer.check(file)) == (2, {})
    transfer.store(file)


@pytest.mark.usefixtures("filled")
class TestRefused:
    """A file that is not whole stores nothing."""

    def test_one_that_was_cut_anywhere(self, now: datetime) -> None:
        file = list(transfer.lines(now))
        for end in (0, 1, len(file) // 2, len(file) - 1):
            with pytest.raises(NotAnExport):
                transfer.check(file[:end])

    def test_one_in_which_a_line_was_changed_left_out_doubled_or_moved(self, now: datetime) -> None:
        file = list(transfer.lines(now))
        first, middle, rest = file[0], file[1:-1], file[-1]
        changed = json.loads(middle[0])
        changed["document"]["_id"] = "other"
        for wrong in (
            [json.dumps(changed), *middle[1:]],
            middle[1:],
            [middle[0], *middle],
            [middle[1], middle[0], *middle[2:]],
        ):
            with pytest.raises(NotAnExport):
                transfer.check([first, *wrong, rest])

    @pytest.mark.parametrize(
        "file",
        [["{}"], ["not json"], ["[]"], ['{"kind": "slope-export-0"}'], ['{"kind": "slope-export-1"}', "x"]],
        ids=range(5),
    )
    def test_one_that_is_none(self, file: list[str]) -> None:
        with pytest.raises(NotAnExport):
            transfer.check(file)

    def test_of_a_collection_that_is_not_known(self) -> None:
        unknown = json.dumps({"collection": "stars", "document": {"_id": "1"}})
        with pytest.raises(NotAnExport, match="line 2"):
            transfer.check([json.dumps({"kind": transfer.KIND}), unknown])

    def test_into_a_database_that_is_not_empty(self, now: datetime) -> None:
        before, file = everything(), list(transfer.lines(now))
        with pytest.raises(NotEmpty):
            transfer.store(file)
        assert everything() == before
