"""The verdict of each check: `ok`, or what is wrong; what is only shown makes nobody unready."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pymongo.errors import ExecutionTimeout, NetworkTimeout, OperationFailure

from api.worker.loop import BEAT_EVERY
from models import indexes
from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from models.store import connection, heartbeats
from models.store.base import new_id
from services import clock, readiness
from services.readiness import (
    CLOCK_AGREES_WITHIN,
    CLOCK_TOLERANCE,
    LATE_AFTER,
    LATE_AFTER_LONG_JOBS,
    OK,
    UNKNOWN,
    Check,
    DeliveryHealth,
    WorkerGroup,
)
from tests.alert_samples import make_alert, store

pytestmark = pytest.mark.usefixtures("app")


def worker(now: datetime) -> str:
    return readiness.look((), now=now).checks[Check.WORKER]


def beat_all(now: datetime, *failing: str) -> None:
    for group in WorkerGroup:
        heartbeats.beat(group.heartbeat, failing, now=now)


def test_without_a_worker_reports_are_still_kept(now: datetime) -> None:
    found = readiness.look((), now=now)
    assert found.ready
    assert "never seen" in found.checks[Check.WORKER]


def test_without_a_key_nobody_can_be_let_in(now: datetime) -> None:
    found = readiness.look(("a key",), now=now)
    assert not found.ready
    assert found.checks[Check.KEYS] != OK


def test_each_group_of_the_worker_is_looked_at(now: datetime) -> None:
    beat_all(now)
    assert worker(now) == OK
    assert worker(now + LATE_AFTER) == OK
    late = worker(now + LATE_AFTER + timedelta(seconds=1))
    quick = set(WorkerGroup) - {WorkerGroup.LONG_JOBS}
    assert {group for group in WorkerGroup if f"{group}: last seen at" in late} == quick
    late = worker(now + LATE_AFTER_LONG_JOBS + timedelta(seconds=1))
    assert all(f"{group}: last seen at" in late for group in WorkerGroup)


def test_a_dead_worker_shows_within_a_minute() -> None:
    assert timedelta(minutes=1) > LATE_AFTER + BEAT_EVERY


def test_a_sign_of_life_from_the_future_is_none(now: datetime) -> None:
    beat_all(now + CLOCK_TOLERANCE)
    assert worker(now) == OK
    beat_all(now + CLOCK_TOLERANCE + timedelta(seconds=1))
    assert "its clock is ahead" in worker(now)


def test_steps_that_fail_are_named(now: datetime) -> None:
    beat_all(now, "silence")
    assert "failing: silence" in worker(now)


def message(now: datetime, due: timedelta, state: MessageState = MessageState.WAITING) -> None:
    """A message that was due so long ago, delivered then if it is."""
    at, finished = now - due, None if state is MessageState.WAITING else now - due
    kept = Message(
        key=new_id(),
        public_id=new_id(),
        site_id="site",
        channel="email",
        recipient="somebody",
        kind=MessageKind.RAISED,
        created_at=at,
        due_at=at,
        state=state,
        finished_at=finished,
    )
    assert messages.insert(kept)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("waiting", "delivered", "stuck"),
    [
        ((), (), False),
        ((9 * MINUTE,), (), False),
        ((10 * MINUTE,), (), True),
        ((10 * MINUTE, 3 * MINUTE), (11 * MINUTE,), True),
        ((60 * MINUTE,), (9 * MINUTE,), False),
        ((), (60 * MINUTE,), False),
        ((-MINUTE,), (), False),
    ],
)
def test_nothing_goes_out_although_something_waits(
    now: datetime, waiting: tuple[timedelta, ...], delivered: tuple[timedelta, ...], stuck: bool
) -> None:
    beat_all(now)
    for due in waiting:
        message(now, due)
    for due in delivered:
        message(now, due, MessageState.DELIVERED)
    found, told = readiness.delivery(now), readiness.look((), now=now).checks[Check.DELIVERY]
    assert (found.ok, told == OK) == (not stuck, not stuck)
    assert found.waiting_since == (now - max(waiting) if stuck else None)


def test_a_notice_that_became_no_message_counts_as_waiting(now: datetime) -> None:
    beat_all(now)
    alert = make_alert()  # raised long before the present moment
    assert alert.notices.pending
    store(alert)
    assert not readiness.delivery(alert.raised_at + timedelta(days=900)).ok


def test_without_the_worker_that_delivers_nothing_is_well(now: datetime) -> None:
    assert readiness.delivery(now) == DeliveryHealth(False)
    beat_all(now, "make_messages")
    readiness.forget()
    assert not readiness.delivery(now).ok


def test_delivery_is_looked_at_every_few_seconds_only(commands: list[str], now: datetime) -> None:
    readiness.delivery(now)
    commands.clear()
    readiness.delivery(now)
    assert commands == []


def test_what_is_only_shown_makes_nobody_unready(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(_name: str) -> None:
        raise ExecutionTimeout("operation exceeded time limit", 50)

    monkeypatch.setattr(heartbeats, "read", late)
    found = readiness.look((), now=now)
    assert found.ready
    assert {found.checks[check] for check in (Check.WORKER, Check.DOCUMENTS)} == {UNKNOWN}


def test_what_is_only_shown_is_looked_at_every_few_seconds_unless_wanted_anew(
    commands: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = readiness.look((), now=now)
    commands.clear()
    assert readiness.look((), now=now, anew=False) == found
    assert commands == ["ping"]
    assert readiness.look((), now=now) == found
    assert len(commands) > 2
    monkeypatch.setattr(connection, "ping", lambda _: (_ for _ in ()).throw(NetworkTimeout("timed out")))
    gone = readiness.look((), now=now, anew=False)
    assert (gone.ready, gone.checks[Check.WORKER]) == (False, UNKNOWN)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ExecutionTimeout("operation exceeded time limit", 50), "overloaded"),
        (OperationFailure("database or disk is full", 8), "full or read-only"),
        (NetworkTimeout("timed out"), "does not answer"),
    ],
)
def test_the_cause_is_told_apart(
    now: datetime, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(heartbeats, "try_storing", fail)
    found = readiness.look((), now=now)
    assert not found.ready
    assert words in found.checks[Check.DATABASE]


def test_storing_is_tried_once_in_a_while(commands: list[str], now: datetime) -> None:
    readiness.look((), now=now)
    commands.clear()
    readiness.look((), now=now)
    assert "update" not in commands


def test_a_refused_request_is_believed_although_the_try_finds_room(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = [100.0]
    monkeypatch.setattr(readiness._refused_lately, "_ticks", lambda: ticks[0])
    looked = readiness.look((), now=now)
    assert readiness.with_refusals(looked).ready
    readiness.could_not_store()
    found = readiness.with_refusals(looked)
    assert not found.ready
    assert "full or read-only" in found.checks[Check.DATABASE]
    ticks[0] += readiness.STORING_TRIED_EVERY_SECONDS
    assert readiness.with_refusals(looked).ready


def test_a_busy_database_that_lists_no_indexes_in_time_has_those_it_had(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late() -> list[str]:
        raise ExecutionTimeout("operation exceeded time limit", 50)

    assert readiness.look((), now=now).ready
    monkeypatch.setattr(indexes, "missing", late)
    monkeypatch.setattr(readiness._indexed_lately, "_seconds", 0.0)
    assert readiness.look((), now=now).ready
    readiness.forget()
    found = readiness.look((), now=now)
    assert (found.ready, found.checks[Check.INDEXES], found.checks[Check.DATABASE]) == (False, UNKNOWN, OK)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((59, OK), (-59, OK)),
        (61, "this host is 61 seconds ahead of the database's: set its clock"),
        (-3600, "this host is 3600 seconds behind the database's: set its clock"),
    ],
)
def test_a_host_whose_clock_is_off_is_said_and_ready(
    now: datetime, monkeypatch: pytest.MonkeyPatch, seconds: int, said: str
) -> None:
    monkeypatch.setattr(readiness, "clock_ahead", lambda: timedelta(seconds=seconds))
    found = readiness.look((), now=now)
    assert (found.ready, found.checks[Check.CLOCK]) == (True, said)


def off_by(monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> None:
    monkeypatch.setattr(connection, "clock_of_server", lambda: clock.of_host() - ahead)
    readiness.forget()


def test_a_database_on_this_machine_agrees() -> None:
    assert abs(readiness.clock_ahead()) < CLOCK_TOLERANCE
    assert readiness.clock_agrees()


@pytest.mark.parametrize("sign", [1, -1], ids=["ahead", "behind"])
def test_more_than_an_hour_is_a_disagreement(monkeypatch: pytest.MonkeyPatch, sign: int) -> None:
    off_by(monkeypatch, sign * (CLOCK_AGREES_WITHIN - timedelta(minutes=1)))
    assert readiness.clock_agrees()
    off_by(monkeypatch, sign * (CLOCK_AGREES_WITHIN + timedelta(minutes=1)))
    assert not readiness.clock_agrees()


def test_what_says_no_time_contradicts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "clock_of_server", lambda: None)
    readiness.forget()
    assert readiness.clock_agrees()


def test_it_is_asked_every_few_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[None] = []
    monkeypatch.setattr(connection, "clock_of_server", lambda: asked.append(None))
    readiness.forget()
    assert all(readiness.clock_agrees() for _ in range(3))
    assert len(asked) == 1
