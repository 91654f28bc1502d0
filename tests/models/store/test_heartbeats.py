"""Signs of life: the latest counts, and nothing is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from models.store import heartbeats
from models.store.heartbeats import Heartbeat

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)


def test_who_never_beat_has_no_sign_of_life(database: Any) -> None:
    assert heartbeats.read("worker") is None


def test_the_latest_beat_counts(database: Any) -> None:
    heartbeats.beat("worker", ["sweep"], now=NOW)
    heartbeats.beat("worker", [], now=NOW + timedelta(seconds=5))
    assert heartbeats.read("worker") == Heartbeat(NOW + timedelta(seconds=5), ())


def test_each_process_has_its_own(database: Any) -> None:
    heartbeats.beat("worker", ["sweep"], now=NOW)
    heartbeats.beat("other", [], now=NOW)
    assert heartbeats.read("worker") == Heartbeat(NOW, ("sweep",))
