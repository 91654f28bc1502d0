"""Absences: one per account, changed only as it was read, with what was before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import absences
from models.accounts.absences import Absence, AbsenceDocument
from tests.alert_samples import on_day
from tests.people import CLINIC

AWAY = Absence("ann", on_day(1), on_day(9), "bob", CLINIC, on_day(0))


def test_what_was_never_written_is_empty(database: Any) -> None:
    assert absences.read("ann") == Absence("ann")
    assert absences.read_several(["ann"]) == {}
    assert absences.read_several([]) == {}


def test_what_was_before_is_kept(database: Any) -> None:
    first = absences.change(absences.read("ann"), AWAY)
    assert first == replace(AWAY, rev=1)
    second = absences.change(first, replace(AWAY, away_until=on_day(4)))
    assert second == replace(AWAY, away_until=on_day(4), rev=2)
    assert absences.read_several(["ann", "bob"]) == {"ann": second}
    assert absences.change(first, AWAY) is None
    raw = AbsenceDocument.raw().find_one({"_id": "ann"})
    assert [absence["away_until"] for absence in raw["earlier"]] == [on_day(9)]


def test_of_many_who_write_at_once_one_wins(database: Any) -> None:
    empty = absences.read("ann")
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: absences.change(empty, AWAY), range(8)))
    assert sum(absence is not None for absence in done) == 1


@pytest.mark.parametrize(("day", "away"), [(0.99, False), (1, True), (8.99, True), (9, False)])
def test_somebody_is_away_from_the_first_moment_to_the_last(day: float, away: bool) -> None:
    assert AWAY.is_away(on_day(day)) is away
    assert not Absence("ann", deputy_id="bob").is_away(on_day(day))


def test_two_absences_overlap_where_both_are_away() -> None:
    later = Absence("bob", on_day(9), on_day(12))
    assert not AWAY.overlaps(later)
    assert AWAY.overlaps(replace(later, away_from=on_day(9) - timedelta(seconds=1)))
    assert not AWAY.overlaps(Absence("bob"))
    assert not Absence("bob").overlaps(AWAY)
