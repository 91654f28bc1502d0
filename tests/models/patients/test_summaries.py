"""Summaries are stored per patient, and only go forward."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from models.patients import summaries
from models.patients.summaries import Summary

OLD = Summary("p", "s", 3, date(2026, 3, 2), "patient", 40, -0.5, -0.9, -0.1, 0.1, "2", 0)
NEW = replace(OLD, seq=4, total=39)


def test_what_is_put_is_read_back(database: Any, app: Any) -> None:
    summaries.put([OLD], {})
    assert summaries.of_sites(["s", "t"]) == {"p": OLD}
    assert summaries.of_sites(["t"]) == {}
    assert summaries.of(["p", "q"]) == {"p": OLD}
    assert summaries.of([]) == {}


def test_two_who_are_first_at_once_leave_one(database: Any, app: Any) -> None:
    summaries.put([NEW], {})
    summaries.put([OLD], {})
    assert summaries.of_sites(["s"]) == {"p": NEW}


def test_an_older_one_changes_nothing(database: Any, app: Any) -> None:
    summaries.put([NEW], {})
    summaries.put([OLD], {"p": OLD})
    assert summaries.of_sites(["s"]) == {"p": NEW}
    summaries.put([replace(NEW, seq=9, total=30)], {"p": NEW})
    assert summaries.of_sites(["s"])["p"].total == 30
