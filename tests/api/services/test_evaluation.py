"""Marks of entries: who takes them away, and what the sweep finds when two alignments have crossed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from api.services import evaluation, folding
from models import alerts, ledger
from models.alert_parts import Alert, Condition, State
from models.base import new_id
from models.entries import Basis, Content, Entry, EntryKind, Evaluated
from scoring.decline import Level, Topic
from tests import alert_samples
from tests.alert_samples import PATIENT, SITE, Told, make_alert, on_day, only, store

NOW = on_day(40)
LATER = NOW + evaluation.UNATTENDED
HARM = Told(Topic.SELF_HARM, Level.URGENT)
PASSED = Told(Topic.SELF_HARM, Level.URGENT, cleared=8)

pytestmark = pytest.mark.usefixtures("database")


def stored(*told: Told, at: datetime = NOW) -> Entry:
    """The next entry, as a request stores it, with an evaluation that says this."""
    head = ledger.read_head(PATIENT)
    said = Evaluated(Basis(1, "default-1", "1"), alert_samples.evaluation(*told), {})
    entry = Entry(
        patient_id=PATIENT,
        site_id=SITE,
        seq=1 if head is None else head.seq + 1,
        kind=EntryKind.REPORT,
        event_id=new_id(),
        content=Content(account_id="clinician"),
        received_at=at,
        evaluated=said,
        todo=folding.needs_alignment(said, head),
        after_todo=head is not None and head.todo,
    )
    assert ledger.append(entry)
    return entry


def marked() -> list[int]:
    return [entry.seq for entry in ledger.read_entries(PATIENT) if entry.todo]


def test_an_entry_loses_its_mark_with_its_alignment() -> None:
    entry = stored(Told())
    assert marked() == [1]
    assert evaluation.align_or_leave(entry, now=NOW)
    assert (only().state, marked()) == (State.OPEN, [])


def test_an_entry_that_raises_nothing_is_not_marked() -> None:
    assert not stored().todo
    assert not stored(Told(cleared=3), at=NOW).after_todo


def test_an_entry_after_a_marked_one_is_aligned_at_once_and_keeps_its_mark_for_the_sweep() -> None:
    stored(Told())
    entry = stored(Told(level=Level.URGENT))
    assert evaluation.align_or_leave(entry, now=NOW)
    assert (only().level, marked()) == (Level.URGENT, [1, 2])
    assert evaluation.sweep(LATER) == 1
    assert marked() == []


def test_an_entry_after_one_that_is_finished_meanwhile_looks_at_the_alerts_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The earlier one raises what the later one says has passed, after the later one has looked."""
    raising = stored(Told())
    entry = stored(Told(cleared=3))
    latest, looked = alerts.latest, []

    def crossed(*given: Any) -> dict[str, dict[str, Alert]]:
        found = latest(*given)
        looked.append(found)
        if len(looked) == 1:
            store(make_alert(based_on=raising.seq))
            ledger.clear_todo(PATIENT, [raising.seq])
        return found

    monkeypatch.setattr(alerts, "latest", crossed)
    assert evaluation.align_or_leave(entry, now=NOW)
    assert len(looked) == 2
    assert (only().state, marked()) == (State.CLEARED, [])


def test_an_entry_after_a_marked_one_is_marked_though_it_raises_nothing() -> None:
    stored(Told(cleared=3))
    assert stored(Told(cleared=3)).todo


def test_the_sweep_leaves_alone_what_a_request_may_still_work_on() -> None:
    stored(Told(), at=NOW - timedelta(minutes=5))
    stored(Told(), at=NOW)
    assert evaluation.sweep(NOW) == 1
    assert (only().state, marked()) == (State.OPEN, [2])
    assert evaluation.sweep(LATER) == 1
    assert evaluation.sweep(LATER) == 0
    assert marked() == []


def test_a_server_whose_clock_is_ahead_leaves_nothing_undone_for_long() -> None:
    stored(Told(), at=NOW + timedelta(days=1))
    assert evaluation.sweep(NOW) == 1
    assert marked() == []


def test_a_change_written_after_a_newer_alignment_has_looked_is_put_right_by_the_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A safety alert whose condition has passed is raised again; before that is written it is taken back."""
    store(make_alert(State.OPEN, HARM, condition=Condition.PASSED, based_on=0))
    stored(PASSED)
    raising = stored(PASSED, Told(Topic.SELF_HARM, Level.URGENT, raised=20))
    change, newer = alerts.change, []

    def crossed(*given: Any, **more: Any) -> Alert | None:
        if not newer:
            newer.append(stored(PASSED))
            assert evaluation.align_or_leave(newer[0], now=NOW)
            assert only().condition is Condition.PASSED
        return change(*given, **more)

    monkeypatch.setattr(alerts, "change", crossed)
    evaluation.align_or_leave(raising, now=NOW)
    assert newer
    assert (only().condition, only().steps) == (Condition.HOLDS, 2)
    assert newer[0].seq in marked()
    evaluation.sweep(LATER)
    assert only().condition is not Condition.HOLDS
    assert marked() == []


def test_an_evaluation_that_is_not_the_newest_any_more_shows_nothing() -> None:
    entry = stored(Told())
    stored()
    assert evaluation.align_or_leave(entry, now=NOW)
    assert alert_samples.stored() == {}
