"""Marks of entries: who takes them away, and what the sweep finds when two alignments have crossed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Condition, State
from models.alerts.changes import Change
from models.ledger import alerts_at_head, ledger
from models.ledger.document import LedgerDocument
from models.ledger.entries import Basis, Content, Entry, EntryKind, Evaluated
from models.store.base import new_id
from models.store.provenance import Provenance
from scoring.decline import Level, Topic
from services.alerts import align as alert_desk
from services.alerts.terms import SAFETY
from services.reports import reconcile
from services.reports.next_entry import with_evaluation
from tests import alert_samples
from tests.alert_samples import PATIENT, SITE, Told, make_alert, on_day, only, store

NOW = on_day(40)
LATER = NOW + reconcile.UNATTENDED
HARM = Told(Topic.SELF_HARM, Level.URGENT)
PASSED = Told(Topic.SELF_HARM, Level.URGENT, cleared=8)
INFORM = Told(level=Level.INFORM)

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
        content=Content(Provenance("clinician", "clinician"), observed_at=at, observed_on=at.date()),
        received_at=at,
    )
    entry = with_evaluation(entry, head, said)
    assert ledger.append(entry)
    return entry


def marked() -> list[int]:
    return [entry.seq for entry in ledger.read_entries(PATIENT) if entry.alerts_pending]


def test_an_entry_loses_its_mark_with_its_alignment() -> None:
    entry = stored(Told())
    assert marked() == [1]
    assert reconcile.align_or_leave(entry, now=NOW)
    assert (only().state, marked()) == (State.OPEN, [])


def test_an_entry_that_raises_nothing_is_not_marked() -> None:
    assert not stored().alerts_pending
    assert not stored(Told(cleared=3), at=NOW).follows_pending


def test_an_entry_after_a_marked_one_is_aligned_at_once_and_keeps_its_mark_for_the_sweep() -> None:
    stored(Told())
    entry = stored(Told(level=Level.URGENT))
    assert reconcile.align_or_leave(entry, now=NOW)
    assert (only().level, marked()) == (Level.URGENT, [1, 2])
    assert reconcile.sweep(LATER) == 1
    assert marked() == []


def test_an_entry_after_one_that_is_finished_meanwhile_looks_at_the_alerts_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The earlier one raises what the later one says has passed, after the later one has looked."""
    raising = stored(INFORM)
    entry = stored(replace(INFORM, cleared=3))
    read, looked = alerts_at_head.read, []

    def crossed(*given: Any) -> tuple[dict[str, Alert], bool]:
        found = read(*given)
        looked.append(found)
        if len(looked) == 1:
            store(make_alert(told=INFORM, based_on=raising.seq))
            ledger.clear_pending(PATIENT, [raising.seq])
        return found

    monkeypatch.setattr(alerts_at_head, "read", crossed)
    assert reconcile.align_or_leave(entry, now=NOW)
    assert len(looked) == 2
    assert (only().state, marked()) == (State.ENDED, [])


def test_an_entry_after_a_marked_one_is_marked_though_it_raises_nothing() -> None:
    stored(Told(cleared=3))
    assert stored(Told(cleared=3)).alerts_pending


def test_the_sweep_leaves_alone_what_a_request_may_still_work_on() -> None:
    stored(Told(), at=NOW - timedelta(minutes=5))
    stored(Told(), at=NOW)
    assert reconcile.sweep(NOW) == 1
    assert (only().state, marked()) == (State.OPEN, [2])
    assert reconcile.sweep(LATER) == 1
    assert reconcile.sweep(LATER) == 0
    assert marked() == []


def test_a_server_whose_clock_is_ahead_leaves_nothing_undone_for_long() -> None:
    stored(Told(), at=NOW + timedelta(days=1))
    assert reconcile.sweep(NOW) == 1
    assert marked() == []


def test_a_change_decided_before_a_newer_alignment_is_not_written_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A safety alert whose condition has passed is raised again; before that is written it is taken back."""
    store(make_alert(State.OPEN, HARM, condition=Condition.PASSED, based_on=0))
    stored(PASSED)
    raising = stored(PASSED, Told(Topic.SELF_HARM, Level.URGENT, raised=20))
    change_all, newer = alerts.change_all, []

    def crossed(changes: Sequence[Change]) -> bool:
        if not newer:
            newer.append(stored(PASSED))
            assert reconcile.align_or_leave(newer[0], now=NOW)
            assert only().condition is Condition.PASSED
        return change_all(changes)

    monkeypatch.setattr(alerts, "change_all", crossed)
    reconcile.align_or_leave(raising, now=NOW)
    assert newer
    assert (only().condition, only().steps) == (Condition.PASSED, 1)
    reconcile.sweep(LATER)
    assert (only().condition, only().steps) == (Condition.PASSED, 1)
    assert marked() == []


def cross(monkeypatch: pytest.MonkeyPatch, older: Entry, *newer_says: Told, seconds: int) -> None:
    """Store and align a newer entry, and sweep, between the older one's question and its write.

    Args:
        seconds: how long before it was stored the newer entry was received, as in a long batch.
    """
    change_all, newer = alerts.change_all, []

    def crossed(changes: Sequence[Change]) -> bool:
        if not newer:
            newer.append(stored(*newer_says, at=NOW - timedelta(seconds=seconds)))
            reconcile.align_or_leave(newer[0], now=NOW)
            reconcile.sweep(NOW)
        return change_all(changes)

    monkeypatch.setattr(alerts, "change_all", crossed)
    reconcile.align_or_leave(older, now=NOW)
    assert newer
    reconcile.sweep(LATER)
    reconcile.sweep(LATER)
    assert marked() == []


@pytest.mark.parametrize("seconds", [0, 16])
def test_a_reopened_alert_does_not_hold_by_what_was_corrected_away(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    store(make_alert(State.OPEN, condition=Condition.PASSED, based_on=0))
    reconcile.align_or_leave(stored(Told(cleared=8)), now=NOW)
    cross(monkeypatch, stored(Told(raised=20)), Told(cleared=8), seconds=seconds)
    assert only().condition is not Condition.HOLDS


@pytest.mark.parametrize("seconds", [0, 16])
def test_a_resolved_alert_has_not_passed_by_what_was_corrected_away(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    store(make_alert(State.ENDED, based_on=0))
    reconcile.align_or_leave(stored(Told()), now=NOW)
    cross(monkeypatch, stored(Told(cleared=8)), Told(), seconds=seconds)
    assert only().condition is Condition.HOLDS


def test_thoughts_of_self_harm_taken_back_before_they_were_shown_are_shown_as_withdrawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telling = stored(HARM)
    insert, voided = alerts.insert, []

    def crossed(*given: Any) -> bool:
        if not voided:
            voided.append(stored())
            reconcile.align_or_leave(voided[0], now=NOW)
        return insert(*given)

    monkeypatch.setattr(alerts, "insert", crossed)
    reconcile.align_or_leave(telling, now=NOW)
    reconcile.sweep(LATER)
    assert (only().state, only().condition) == (State.OPEN, Condition.WITHDRAWN)
    assert marked() == []


def test_a_patient_whose_alignment_fails_each_time_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconcile, "BATCH", 3)
    for _ in range(3):
        stored(Told())
    other = replace(stored(Told()), patient_id=new_id(), seq=1)
    assert ledger.append(other)
    align = alert_desk.align

    def faulty(patient_id: str, *rest: Any, **more: Any) -> alert_desk.Alignment:
        if patient_id == PATIENT:
            raise ZeroDivisionError
        return align(patient_id, *rest, **more)

    monkeypatch.setattr(alert_desk, "align", faulty)
    reconcile.sweep(LATER)
    assert only(other.patient_id).state is State.OPEN


def test_an_entry_that_a_restored_database_has_lost_shows_nothing() -> None:
    stored()
    telling = stored(Told())
    LedgerDocument.raw().delete_one({"_id": telling.id})
    reconcile.align_or_leave(telling, now=NOW)
    assert alert_samples.stored() == {}


SAYINGS = st.lists(
    st.builds(
        Told,
        st.sampled_from([Topic.DECLINE, Topic.SELF_HARM]),
        st.sampled_from(Level),
        raised=st.integers(1, 4),
        cleared=st.one_of(st.none(), st.integers(5, 9)),
    ),
    max_size=2,
    unique_by=lambda told: told.topic,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SAYINGS, st.sampled_from(["aligned", "killed", "swept"])), min_size=1, max_size=8))
def test_whoever_is_killed_after_storing_the_sweep_brings_the_alerts_in_step(
    course: list[tuple[list[Told], str]],
) -> None:
    """A killed writer's entry stays marked, and those after it; the sweep comes soon, and once more late."""
    for document in (alerts.AlertDocument, LedgerDocument):
        document.raw().delete_many({})
    for told, then in course:
        entry = stored(*told)
        if then != "killed" and entry.alerts_pending:
            reconcile.align_or_leave(entry, now=NOW)
        if then == "swept":
            reconcile.sweep(NOW)
    reconcile.sweep(LATER)
    assert marked() == []
    on = {told.topic.value: told for told in course[-1][0] if told.cleared is None}
    current = {alert.topic: alert for alert in alert_samples.stored().values() if alert.state in CURRENT}
    for topic, told in on.items():
        assert current[topic].condition is Condition.HOLDS
        assert current[topic].level.rank >= told.level.rank
    off = [alert for topic, alert in current.items() if topic not in on]
    assert all(alert.condition is not Condition.HOLDS for alert in off)
    assert all(alert.topic in SAFETY or alert.level is not Level.INFORM for alert in off)


def test_an_evaluation_that_is_not_the_newest_any_more_shows_nothing() -> None:
    entry = stored(Told())
    stored()
    assert reconcile.align_or_leave(entry, now=NOW)
    assert alert_samples.stored() == {}
