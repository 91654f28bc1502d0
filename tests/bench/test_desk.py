"""The bench of the worklist stores alerts that are listed, and measures the rounds that it names."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from bench import clinic, servers
from bench.clinic import Clinic
from bench.desk import __main__ as desk
from bench.desk import watch
from bench.scale import fill
from models.alerts import alerts, worklists
from models.ledger import ledger
from services import clock
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.alerts.worklist import StateWord, filter_for
from services.patients import caseload


@pytest.fixture
def opened(database_uri: str) -> Iterator[Clinic]:
    with clinic.opened(servers.settings(database_uri, f"slope_test_desk_{uuid4().hex[:8]}")) as made:
        yield made


def test_the_alerts_that_are_stored_stand_in_the_list(
    opened: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "OPEN", 4)
    monkeypatch.setattr(desk, "ENDED", 6)
    fill.insert(alerts.AlertDocument, desk.alert_rows(opened.site.id, ["a", "b"]))
    reader = opened.staff(Role.CLINICIAN)
    wanted, scope = filter_for(StateWord.CURRENT, reader=reader), scope_for(reader, Operation.ALERT_READ)
    assert len(worklists.page(wanted, scope, after=None, limit=50, now=clock.now()).lines) == 4
    assert alerts.AlertDocument.raw().count_documents({}) == 10


def test_who_is_due_is_read_by_the_hour_and_by_the_minute_only_who_has_sent_something(
    opened: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("PATIENTS", 7), ("DUE", 3), ("REPORTS", 2)):
        monkeypatch.setattr(watch, name, value)
    monkeypatch.setattr(caseload, "AT_ONCE", 4)
    read: list[int] = []
    read_many = ledger.read_many
    monkeypatch.setattr(ledger, "read_many", lambda ids: read.append(len(ids)) or read_many(ids))
    lines = list(watch.measured(opened))
    # None of them at first; those due; all that became due within a month; those silent once, and not again.
    assert [count for count in read if count] == [1, 3, 4, 3]
    assert len(lines) == 5
