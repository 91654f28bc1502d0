"""Whether this host's clock agrees with the database's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.store import connection
from services import clock, host_clock

pytestmark = pytest.mark.usefixtures("database")


def off_by(monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> None:
    monkeypatch.setattr(connection, "clock_of_server", lambda: clock.of_host() - ahead)
    host_clock.forget()


def test_a_database_on_this_machine_agrees(database: Any) -> None:
    assert abs(host_clock.ahead()) < host_clock.SAID_BEYOND
    assert host_clock.agrees()


@pytest.mark.parametrize("sign", [1, -1], ids=["ahead", "behind"])
def test_more_than_an_hour_is_a_disagreement(monkeypatch: pytest.MonkeyPatch, sign: int) -> None:
    off_by(monkeypatch, sign * (host_clock.AGREES_WITHIN - timedelta(minutes=1)))
    assert host_clock.agrees()
    off_by(monkeypatch, sign * (host_clock.AGREES_WITHIN + timedelta(minutes=1)))
    assert not host_clock.agrees()


def test_what_says_no_time_contradicts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "clock_of_server", lambda: None)
    host_clock.forget()
    assert host_clock.agrees()


def test_it_is_asked_every_few_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[None] = []
    monkeypatch.setattr(connection, "clock_of_server", lambda: asked.append(None))
    host_clock.forget()
    assert all(host_clock.agrees() for _ in range(3))
    assert len(asked) == 1
