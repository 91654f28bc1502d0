"""Reports of one patient taken together: evaluated once, stored with one write, and as if they came alone."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from models.alerts import alerts
from models.alerts.alert import Alert, Condition, State
from models.ledger import ledger
from models.ledger.entries import Entry
from models.patients.patient import Patient
from models.store.base import new_id
from scoring.decline import Level
from services.access.permissions import Operation, scope_for
from services.errors import AppError, TooManyRequests
from services.reports import evaluate, reconcile
from services.reports.intake.batches import Verdict, submit_reports
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import Sent
from services.reports.receipts import Receipt
from tests.clinics import Clinic, assert_sound
from tests.people import People, own_actor
from tests.questionnaires import answers_for


@pytest.fixture
def enrolled(people: People, now: datetime) -> Patient:
    """A patient who was enrolled before all reports, so that nothing about their times is asked."""
    long_ago = now - timedelta(days=300)
    return Clinic.of(People(people.security, long_ago), long_ago).patients(1)[0]


def report(now: datetime, days_ago: int, total: int = 44, **items: int) -> Submission:
    at = now - timedelta(days=days_ago)
    return Submission(new_id(), "alsfrs_r", "1", at, answers_for(total) | items)


def batch(
    patient: Patient, given: Sequence[Submission], now: datetime, *, most: int = 200, time: int = 1000
) -> list[Verdict]:
    actor = own_actor(patient)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    looks = itertools.count(1)
    sent = [Sent(patient.id, submission, scope, actor, now, most) for submission in given]
    return submit_reports(sent, lambda: next(looks) <= time)


def words(verdicts: Sequence[Verdict]) -> list[str]:
    found = []
    for verdict in verdicts:
        if isinstance(verdict, Receipt):
            found.append("repeated" if verdict.repeated else "pending" if verdict.pending else "taken")
        else:
            found.append(verdict.code if isinstance(verdict, AppError) else type(verdict).__name__)
    return found


def stored(patient: Patient) -> list[str]:
    entries = ledger.read_entries(patient.id)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.event_id for entry in entries]


def alerts_of(patient: Patient) -> dict[str, Alert]:
    return alerts.latest(patient.site_id, [patient.id])[patient.id]


def test_late_reports_of_a_month_cost_one_evaluation_and_one_insert(
    enrolled: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch, commands: list[str]
) -> None:
    batch(enrolled, [report(now, 90), report(now, 0)], now)
    evaluated: list[int] = []
    anew = evaluate.anew

    def count(*args: Any, **kwargs: Any) -> Any:
        evaluated.append(len(kwargs.get("more", ())))
        return anew(*args, **kwargs)

    monkeypatch.setattr(evaluate, "anew", count)
    monkeypatch.setattr(ledger, "REACH", 32)
    commands.clear()
    assert words(batch(enrolled, [report(now, days) for days in range(40, 10, -1)], now)) == ["taken"] * 30
    assert evaluated == [30], "once, for all of them"
    assert commands.count("insert") == 1
    assert commands == ["find", "find", "find", "insert", "update", "update"], (
        "patient, head, history; the entries; their marks, and the floor"
    )
    assert_sound(enrolled, now)


def test_reports_that_follow_the_others_need_no_history(
    enrolled: Patient, now: datetime, commands: list[str]
) -> None:
    batch(enrolled, [report(now, 90), report(now, 80)], now)
    commands.clear()
    assert words(batch(enrolled, [report(now, 40), report(now, 20), report(now, 0)], now)) == ["taken"] * 3
    assert commands == ["find", "find", "insert", "update"]
    assert ledger.pending_entries(enrolled.id) == []
    assert_sound(enrolled, now)


def test_what_was_urgent_in_between_is_raised(patient: Patient, now: datetime) -> None:
    worst = {34: {"orthopnea": 0}}
    given = [report(now, days, 48, **worst.get(days, {})) for days in (90, 62, 34, 20, 10, 1)]
    verdicts = batch(patient, given, now)
    assert words(verdicts) == ["taken"] * 6
    alert = alerts_of(patient)["respiratory"]
    assert (alert.state, alert.level) == (State.OPEN, Level.URGENT)
    assert alert.condition is Condition.HOLDS, "that it fell is an event, and nobody has seen it"
    head = ledger.read_head(patient.id)
    assert head is not None
    told = {(item["rule"], item["report_id"]) for item in head.evaluated.evaluation["news"]}
    assert ("orthopnea_at_worst", given[2].id) in told


@pytest.mark.parametrize("seed", range(4))
def test_random_cuts_lead_to_what_the_same_reports_lead_to_one_by_one(
    clinic: Clinic, now: datetime, seed: int
) -> None:
    chance = random.Random(seed)
    one, other = clinic.patients(2)
    given = [report(now, 14 * place, 30 + place, orthopnea=chance.choice([0, 1, 4])) for place in range(9)]
    for single in sorted(given, key=lambda report: report.observed_at):
        batch(one, [single], now)
    chance.shuffle(given)
    while given:
        size = chance.randint(1, 4)
        batch(other, given[:size], now)
        del given[:size]
    heads = [ledger.read_head(patient.id) for patient in (one, other)]
    assert heads[0] is not None
    assert heads[1] is not None
    first, second = ({**head.evaluated.evaluation, "news": []} for head in heads if head is not None)
    assert first == second
    for topic, alert in alerts_of(one).items():
        assert alert.condition is alerts_of(other)[topic].condition


def test_one_that_is_wrong_one_sent_before_and_one_sent_twice_block_no_other(
    patient: Patient, now: datetime
) -> None:
    before = report(now, 30)
    batch(patient, [before], now)
    wrong, twice = report(now, 20, speech=9), report(now, 10)
    verdicts = batch(patient, [before, wrong, twice, twice, report(now, 1)], now)
    assert words(verdicts) == ["repeated", "invalid_answers", "taken", "repeated", "taken"]
    assert len(stored(patient)) == 3
    assert_sound(patient, now)


def test_a_report_that_cannot_be_written_blocks_no_other(
    patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = report(now, 20)
    to_document = ledger.mapping.to_document

    def unwritable(entry: Entry) -> dict[str, Any]:
        return to_document(entry) | ({"note_read": "\ud800"} if entry.event_id == bad.id else {})

    monkeypatch.setattr(ledger.mapping, "to_document", unwritable)
    verdicts = batch(patient, [report(now, 30), bad, report(now, 10)], now)
    assert words(verdicts) == ["taken", "UnicodeEncodeError", "taken"]
    assert_sound(patient, now)


def test_each_form_of_a_batch_that_is_kept_aside_is_told(patient: Patient, now: datetime) -> None:
    kept = [replace(report(now, days), instrument_version="2077") for days in (3, 2)]
    assert words(batch(patient, kept, now)) == ["taken"] * 2
    assert_sound(patient, now)
    head = ledger.read_head(patient.id)
    assert head is not None
    assert [item["report_id"] for item in head.evaluated.evaluation["news"]] == [form.id for form in kept]


def _dies_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is killed when so many of the entries were written."""
    append = ledger.append_in_order

    def dies(entries: Sequence[Entry]) -> Any:
        append(entries[:count])
        raise AutoReconnect("killed")

    monkeypatch.setattr(ledger, "append_in_order", dies)


@pytest.mark.parametrize("written", [1, 2, 3, 4])
def test_after_a_crash_between_the_entries_the_sweep_evaluates_what_was_written(
    patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    given = [report(now, 40), report(now, 30, orthopnea=0), report(now, 20), report(now, 10)]
    _dies_after(written, monkeypatch)
    assert words(batch(patient, given, now)) == ["AutoReconnect"] * 4
    monkeypatch.undo()
    assert ledger.patients_pending(10) == [patient.id]
    for rounds in (1, 2):
        reconcile.sweep(now + rounds * reconcile.UNATTENDED)
    assert ledger.patients_pending(10) == []
    assert_sound(patient, now)
    assert ("respiratory" in alerts_of(patient)) is (written > 1)
    assert words(batch(patient, given, now)) == ["repeated"] * written + ["taken"] * (4 - written)
    assert_sound(patient, now)
    assert alerts_of(patient)["respiratory"].level is Level.URGENT


@pytest.mark.parametrize("follows", ["a report", "a late report", "the batch again"])
def test_after_a_crash_whoever_is_next_tells_what_was_not_evaluated(
    patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch, follows: str
) -> None:
    batch(patient, [report(now, 90)], now)
    given = [report(now, 40, 48, orthopnea=0), report(now, 20, 48), report(now, 10, 48)]
    _dies_after(2, monkeypatch)
    batch(patient, given, now)
    monkeypatch.undo()
    head = ledger.read_head(patient.id)
    assert head is not None
    assert head.evaluated.unevaluated == (given[0].id, given[1].id)
    next_ones = {"a report": [report(now, 0, 48)], "a late report": [report(now, 60, 48)]}.get(follows, given)
    batch(patient, next_ones, now)
    assert_sound(patient, now)
    for rounds in (1, 2):
        reconcile.sweep(now + rounds * reconcile.UNATTENDED)
    assert ledger.patients_pending(10) == []
    assert alerts_of(patient)["respiratory"].level is Level.URGENT


def test_what_comes_between_two_entries_is_evaluated_with_them(
    patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, between = ledger.append_in_order, report(now, 15)

    def somebody_else_is_second(entries: Sequence[Entry]) -> Any:
        monkeypatch.undo()
        append(entries[:1])
        assert words(batch(patient, [between], now)) == ["taken"]
        stored_now, outcome = append(entries[1:])
        assert stored_now == 0
        return 1, outcome

    monkeypatch.setattr(ledger, "append_in_order", somebody_else_is_second)
    given = [report(now, 30, orthopnea=0), report(now, 20), report(now, 10)]
    assert words(batch(patient, given, now)) == ["taken"] * 3
    assert stored(patient) == [given[0].id, between.id, given[1].id, given[2].id]
    assert_sound(patient, now)
    assert alerts_of(patient)["respiratory"].level is Level.URGENT
    for rounds in (1, 2):
        reconcile.sweep(now + rounds * reconcile.UNATTENDED)
    assert ledger.patients_pending(10) == []


def test_late_ones_above_the_days_budget_are_put_off_and_later_ones_are_not(
    patient: Patient, now: datetime
) -> None:
    batch(patient, [report(now, 50), report(now, 40)], now, most=4)
    verdicts = batch(patient, [report(now, days) for days in (49, 48, 47, 46, 1)], now, most=4)
    assert words(verdicts) == ["taken", "taken", "too_many_reports", "too_many_reports", "taken"]
    assert isinstance(verdicts[2], TooManyRequests)
    assert_sound(patient, now)


def test_what_is_left_when_the_time_is_up_is_not_looked_at(patient: Patient, now: datetime) -> None:
    given = [report(now, 30), report(now, 20), report(now, 10), report(now, 1)]
    assert words(batch(patient, given, now, time=2)) == ["taken", "taken", "NoneType", "NoneType"]
    assert stored(patient) == [given[0].id, given[1].id]
    assert_sound(patient, now)
