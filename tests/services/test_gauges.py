"""What an operator watches: counts and lags, read from the database every few seconds at most."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.alerts.alert import State
from models.store import heartbeats
from services import gauges
from services.readiness import WorkerGroup
from tests.alert_samples import Told, ended_unseen, make_alert, on_day, store
from tests.people import People

pytestmark = pytest.mark.usefixtures("app")
NOW = on_day(8)


def test_with_nothing_there_all_is_nothing() -> None:
    seen = gauges.look(NOW)
    assert (seen.worker_seconds, seen.alerts) == ({}, {})
    assert seen.backlog == {"entries": 0, "patients": 0}
    assert set(seen.lag_seconds.values()) == {0.0}
    assert seen.outbox == {"waiting": 0, "dead": 0}


def test_each_number_is_told(people: People) -> None:
    store(
        make_alert(),
        make_alert(State.SNOOZED, episode=2, until=NOW - timedelta(minutes=1)),
        make_alert(State.ENDED, Told(), episode=3),
        ended_unseen(episode=4),
    )
    heartbeats.beat(WorkerGroup.DELIVER.heartbeat, ["a", "b"], now=NOW - timedelta(seconds=7))
    seen = gauges.look(NOW)
    assert seen.alerts == {("soon", "open"): 1, ("soon", "snoozed"): 1}
    assert seen.worker_seconds == {"deliver": 7.0}
    assert seen.failing_steps == {"deliver": 2}
    assert seen.lag_seconds["alert_clock"] == 60.0
    assert seen.lag_seconds["notices"] > 0
    assert not seen.delivery_ok


def test_it_is_read_every_few_seconds_only(commands: list[str], now: datetime) -> None:
    gauges.look(now)
    commands.clear()
    gauges.look(now)
    assert commands == []
