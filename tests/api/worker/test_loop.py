"""The worker: goes on through failures and outages, keeps its cadences, and ends between steps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from api.worker.loop import LONGEST_PAUSE_SECONDS, Loop
from api.worker.steps import KEEP_IN_STEP, Step, groups, lanes_of
from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.ledger.entries import entry_id
from models.store import heartbeats
from models.store.base import new_id
from services import clock, readiness
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.readiness import WorkerGroup
from services.reports import reconcile
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.settings import Settings
from tests.people import People

ROOT = Path(__file__).parents[3]
GROUP = WorkerGroup.KEEP_IN_STEP


class Rounds:
    """Steps that note when they ran, and fail when told to."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.failures: dict[str, Exception] = {}

    def step(self, name: str, every: timedelta = timedelta(0)) -> Step:
        def run(now: datetime) -> None:
            self.ran.append(name)
            if name in self.failures:
                raise self.failures[name]

        return Step(name, run, every)


@pytest.fixture
def rounds(database: Any) -> Rounds:
    return Rounds()


def test_a_step_that_fails_does_not_stop_the_others(rounds: Rounds) -> None:
    rounds.failures["first"] = ValueError("broken")
    worker = Loop(GROUP, [rounds.step("first"), rounds.step("second")], 1)
    assert worker.go_round() == ["first"]
    assert rounds.ran == ["first", "second"]


def test_each_round_leaves_a_sign_of_life_that_names_what_fails(
    rounds: Rounds, set_clock: Callable[[datetime], None], now: datetime
) -> None:
    rounds.failures["first"] = ValueError("broken")
    Loop(GROUP, [rounds.step("first"), rounds.step("second")], 1).go_round()
    assert heartbeats.read(GROUP.heartbeat) == heartbeats.Heartbeat(now, ("first",))


def test_a_step_with_a_cadence_waits_for_it(
    rounds: Rounds, set_clock: Callable[[datetime], None], now: datetime
) -> None:
    worker = Loop(GROUP, [rounds.step("hourly", timedelta(hours=1))], 1)
    for minutes in (0, 30, 59, 60, 61):
        set_clock(now + timedelta(minutes=minutes))
        worker.go_round()
    assert len(rounds.ran) == 2


def test_a_clock_that_is_put_back_keeps_no_step_waiting(
    rounds: Rounds, set_clock: Callable[[datetime], None], now: datetime
) -> None:
    worker = Loop(GROUP, [rounds.step("hourly", timedelta(hours=1))], 1)
    for minutes in (0, -120, -90, -60):
        set_clock(now + timedelta(minutes=minutes))
        worker.go_round()
    assert len(rounds.ran) == 3


def test_a_step_that_failed_is_due_again_in_the_next_round(rounds: Rounds) -> None:
    rounds.failures["hourly"] = AutoReconnect("away")
    worker = Loop(GROUP, [rounds.step("hourly", timedelta(hours=1))], 1)
    worker.go_round()
    del rounds.failures["hourly"]
    assert worker.go_round() == []
    assert len(rounds.ran) == 2


def test_pauses_grow_while_something_fails_and_not_beyond_the_bound(rounds: Rounds) -> None:
    rounds.failures["first"] = AutoReconnect("away")
    worker = Loop(GROUP, [rounds.step("first")], 1)
    pauses = []
    for _ in range(12):
        worker.go_round()
        pauses.append(worker.next_pause())
    assert pauses[:3] == [2, 4, 8]
    assert set(pauses[3:]) == {LONGEST_PAUSE_SECONDS}
    del rounds.failures["first"]
    worker.go_round()
    assert worker.next_pause() == 1


def test_an_outage_is_survived(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise AutoReconnect("away")

    monkeypatch.setattr(heartbeats, "beat", away)
    rounds.failures["first"] = AutoReconnect("away")
    assert Loop(GROUP, [rounds.step("first")], 1).go_round() == ["first"]


@pytest.mark.usefixtures("app")
def test_a_fault_is_logged_without_its_message(rounds: Rounds, capsys: pytest.CaptureFixture[str]) -> None:
    rounds.failures["first"] = ValueError("Maria Silva")
    Loop(GROUP, [rounds.step("first")], 1).go_round()
    output = capsys.readouterr().err
    assert '"step": "first"' in output
    assert "ValueError" in output
    assert "Maria" not in output


def test_it_ends_after_the_step_that_runs(rounds: Rounds) -> None:
    worker = Loop(GROUP, [], 0.01)
    worker.steps = [Step("ends", lambda _now: worker.end()), rounds.step("never")]
    worker.run()
    assert rounds.ran == []


def test_a_pause_is_cut_short_by_the_end() -> None:
    slept: list[float] = []
    worker = Loop(GROUP, [], 60, sleep=lambda seconds: (slept.append(seconds), worker.end()))
    worker.run()
    assert len(slept) == 1
    assert slept[0] < 1


def test_what_a_crash_left_half_done_is_finished(
    people: People, set_clock: Callable[[datetime], None], now: datetime
) -> None:
    site = people.site()
    patient = people.patient(site, consent_at=now)
    clinician = people.staff(site, Role.CLINICIAN)
    scope = scope_for(clinician.actor, Operation.REPORT_SUBMIT)
    low = {"cheerful": 0, "calm": 1, "active": 0, "rested": 1, "interested": 0}
    report = Submission(new_id(), "who_5", "1", now, low)
    submit_report(patient.id, report, scope, actor=clinician.actor, now=now)
    head = ledger.read_head(patient.id)
    assert head is not None
    key = {"_id": entry_id(patient.id, head.seq)}
    assert LedgerDocument.raw().update_one(key, {"$set": {"alerts_pending": 1}}).modified_count == 1
    set_clock(now + reconcile.UNATTENDED)
    assert Loop(GROUP, KEEP_IN_STEP, 1).go_round() == []
    assert ledger.patients_pending(10) == []


def test_the_process_beats_and_ends_on_sigterm(
    settings: Settings, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the process reads the real clock
    variables = {
        "SLOPE_DATABASE_URI": settings.database_uri,
        "SLOPE_DATABASE_NAME": settings.database_name,
        "SLOPE_SIGNING_KEYS": settings.signing_keys,
        "SLOPE_REFRESH_SECRET": settings.refresh_secret,
        "SLOPE_SWEEP_SECONDS": "0.2",
    }
    begun = clock.now()
    command = [sys.executable, "-W", "error", "-m", "flask", "--app", "wsgi", "worker"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **variables}, stderr=subprocess.PIPE
    ) as process:
        try:
            assert beats_since(begun)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        output = process.stderr.read().decode()
        assert process.wait(60) == 0
    assert '"event": "worker_ended"' in output


def beats_since(moment: datetime, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        last = heartbeats.read(GROUP.heartbeat)
        if last is not None and last.at.astimezone(UTC) >= moment:
            return True
        time.sleep(0.1)
    return False


def test_every_group_of_steps_has_a_thread_that_no_other_group_can_hold_up(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, ran = Event(), Event()
    held_up = {
        WorkerGroup.LONG_JOBS: (Step("long", lambda _now: held.wait(120)),),
        WorkerGroup.KEEP_IN_STEP: (Step("quick", lambda _now: ran.set()),),
    }
    loops = [Loop(group, steps, 0.01) for group, steps in held_up.items()]
    threads = [Thread(target=loop.run) for loop in loops]
    try:
        for thread in threads:
            thread.start()
        assert ran.wait(60)
    finally:
        held.set()
        for loop in loops:
            loop.end()
        for thread in threads:
            thread.join()


def test_every_group_has_steps() -> None:
    found = groups({}, lanes_of({}), keep=timedelta(days=180))
    assert set(found) == set(WorkerGroup)
    assert all(found.values())


def test_a_sign_of_life_that_says_the_same_is_not_left_each_time(
    rounds: Rounds, set_clock: Callable[[datetime], None], now: datetime
) -> None:
    worker = Loop(GROUP, [rounds.step("first")], 1)
    seen = []
    for seconds in (0, 1, 5, 6, -3600):
        set_clock(now + timedelta(seconds=seconds))
        if seconds == 1:
            rounds.failures["first"] = ValueError("broken")
        worker.go_round()
        last = heartbeats.read(GROUP.heartbeat)
        assert last is not None
        seen.append(((last.at - now).total_seconds(), last.failing))
    assert seen == [(0, ()), (1, ("first",)), (1, ("first",)), (6, ("first",)), (-3600, ("first",))]


def test_what_goes_by_days_waits_while_the_clocks_disagree(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "clock_agrees", lambda: False)
    daily = replace(rounds.step("daily"), by_days=True)
    worker = Loop(GROUP, [daily, rounds.step("other")], 1)
    assert worker.go_round() == ["daily"]
    assert rounds.ran == ["other"]
    monkeypatch.setattr(readiness, "clock_agrees", lambda: True)
    assert worker.go_round() == []
    assert rounds.ran == ["other", "daily", "other"]


def test_what_ends_opens_or_removes_by_days_is_named() -> None:
    found = [step for steps in groups({}, (), keep=timedelta(days=30)).values() for step in steps]
    assert {step.name for step in found if step.by_days} == {"void_times", "silence", "removal"}
