"""A look at the worklist is a person's own, of one site, and never goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.alerts import looks
from tests.alert_samples import on_day

pytestmark = pytest.mark.usefixtures("database")


def test_who_never_looked_is_not_there() -> None:
    looks.note("anna", ["north"], at=on_day(1))
    assert looks.read("ben", ["north"]) == {}
    assert looks.read("anna", ["south"]) == {}
    assert looks.read("anna", []) == {}


def test_a_look_is_kept_by_site() -> None:
    looks.note("anna", ["north", "south"], at=on_day(1))
    looks.note("anna", ["south"], at=on_day(2))
    assert looks.read("anna", ["north", "south", "east"]) == {"north": on_day(1), "south": on_day(2)}


def test_an_earlier_moment_changes_nothing() -> None:
    for day in (1, 3, 2):
        looks.note("anna", ["north"], at=on_day(day) + timedelta(microseconds=999))
    assert looks.read("anna", ["north"]) == {"north": on_day(3)}


def test_what_was_read_lately_is_remembered_until_it_is_noted_here() -> None:
    looks.note("anna", ["north"], at=on_day(1))
    assert looks.read_lately("anna", ["north", "south"]) == {"north": on_day(1)}
    at = {"$set": {"at": on_day(2)}}
    looks.LookDocument.raw().update_one({"_id": "anna:north"}, at)  # as another process would
    assert looks.read_lately("anna", ["north", "south"]) == {"north": on_day(1)}, "a minute late at most"
    assert looks.read_lately("ben", ["north"]) == {}
    looks.note("anna", ["south"], at=on_day(3))
    assert looks.read_lately("anna", ["north", "south"]) == {"north": on_day(2), "south": on_day(3)}
