"""The verdict of each check: `ok`, or what is wrong; what is only shown makes nobody unready."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.store import heartbeats
from services import readiness
from services.readiness import CLOCK_TOLERANCE, OK, WORKER_LATE_AFTER, Check, WorkerGroup

pytestmark = pytest.mark.usefixtures("app")


def worker(now: datetime) -> str:
    return readiness.look(1, now=now).checks[Check.WORKER]


def beat_all(now: datetime, *failing: str) -> None:
    for group in WorkerGroup:
        heartbeats.beat(group.heartbeat, failing, now=now)


def test_without_a_worker_reports_are_still_kept(now: datetime) -> None:
    found = readiness.look(1, now=now)
    assert found.ready
    assert "never seen" in found.checks[Check.WORKER]


def test_without_a_key_nobody_can_be_let_in(now: datetime) -> None:
    found = readiness.look(0, now=now)
    assert not found.ready
    assert found.checks[Check.KEYS] != OK


def test_each_group_of_the_worker_is_looked_at(now: datetime) -> None:
    beat_all(now)
    assert worker(now) == OK
    assert worker(now + WORKER_LATE_AFTER) == OK
    late = worker(now + WORKER_LATE_AFTER + timedelta(seconds=1))
    assert all(f"{group}: last seen at" in late for group in WorkerGroup)


def test_a_sign_of_life_from_the_future_is_none(now: datetime) -> None:
    beat_all(now + CLOCK_TOLERANCE)
    assert worker(now) == OK
    beat_all(now + CLOCK_TOLERANCE + timedelta(seconds=1))
    assert "its clock is ahead" in worker(now)


def test_steps_that_fail_are_named(now: datetime) -> None:
    beat_all(now, "silence")
    assert "failing: silence" in worker(now)
