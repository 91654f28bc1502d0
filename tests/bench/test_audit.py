"""The audit of the kill trial finds what a kill must not do: in made-up records, and in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bench import clinic, servers
from bench.chaos import audit
from bench.chaos.audit import Wrong, compare_alerts, compare_events, unknown_events
from bench.chaos.records import KNOWN, NEW, PENDING, Records, Sent
from bench.clinic import Clinic
from bench.courses import FAST, Course, report
from models.alerts.alert import Alert, Condition, End, EndedHow, Grounds, State
from models.ledger.entries import Content, Entry, EntryKind
from models.store import connection
from models.store.provenance import Provenance
from scoring.decline import Level
from services import clock
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.alert_samples import make_alert

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENDER = Actor("patient", "session")


def sent(event_id: str, **changes: Any) -> Sent:
    made = Sent(EntryKind.REPORT, SENDER, "patient", event_id, event_id, {"speech": 4}, NOON)
    return replace(made, **changes)


def entry(seq: int, event_id: str, **changes: Any) -> Entry:
    content = Content(Provenance("patient", "patient"), observed_at=NOON, answers={"speech": 4})
    made = Entry("patient", "site", seq, EntryKind.REPORT, event_id, content, NOON, report_id=event_id)
    return replace(made, **changes)


def wrongs(acknowledged: list[Sent], entries: list[Entry]) -> list[Wrong]:
    return [
        fault.wrong for fault in compare_events({event.event_id: event for event in acknowledged}, entries)
    ]


def test_what_was_acknowledged_and_stored_once_is_right() -> None:
    assert wrongs([sent("a"), sent("b")], [entry(1, "a"), entry(2, "b")]) == []


def test_a_lost_event_is_found() -> None:
    assert wrongs([sent("a"), sent("b")], [entry(1, "a")]) == [Wrong.LOST]


def test_an_event_stored_twice_is_found() -> None:
    assert wrongs([sent("a")], [entry(1, "a"), entry(2, "a")]) == [Wrong.DOUBLED]


def test_a_refused_safety_answer_without_a_notice_is_found() -> None:
    refused = [sent(event_id, kind=EntryKind.SAFETY_NOTICE) for event_id in ("r", "s")]
    notice = entry(2, "safety_notice:r", kind=EntryKind.SAFETY_NOTICE)
    assert wrongs([sent("a"), *refused], [entry(1, "a"), notice]) == []
    assert wrongs([sent("a"), *refused], [entry(1, "a")]) == [Wrong.LOST, Wrong.LOST]


def test_a_gap_between_numbers_and_a_number_used_twice_are_found() -> None:
    assert wrongs([sent("a"), sent("b")], [entry(1, "a"), entry(3, "b")]) == [Wrong.GAP]
    assert wrongs([sent("a"), sent("b")], [entry(1, "a"), entry(1, "b")]) == [Wrong.GAP]
    assert wrongs([sent("a")], [entry(2, "a")]) == [Wrong.GAP]


@pytest.mark.parametrize(
    "changes",
    [{"answers": {"speech": 3}}, {"observed_at": NOON + timedelta(seconds=1)}, {"kind": EntryKind.VOID}],
)
def test_an_event_stored_otherwise_than_sent_is_found(changes: dict[str, Any]) -> None:
    assert wrongs([sent("a", **changes)], [entry(1, "a")]) == [Wrong.CHANGED]


def test_what_nobody_was_told_of_is_found_but_for_what_the_service_appends_itself() -> None:
    entries = [entry(1, "a"), entry(2, "b"), entry(3, "c", kind=EntryKind.REEVALUATION)]
    faults = unknown_events(["a"], entries)
    assert [(fault.wrong, fault.detail) for fault in faults] == [(Wrong.UNKNOWN, "report b")]


def test_an_event_answered_as_new_twice_is_a_fault() -> None:
    records = Records()
    records.acknowledge(sent("a"), NEW)
    records.acknowledge(sent("a"), KNOWN)
    before = records.faults
    records.acknowledge(sent("a"), PENDING)
    assert (len(before), len(records.faults)) == (0, 1)
    assert records.count() == 1


def test_looking_for_reports_of_a_patient_acknowledges_nothing() -> None:
    records = Records()
    assert records.known("patient", EntryKind.REPORT) == []
    assert records.acknowledged() == {}


def alert(**changes: Any) -> Alert:
    return replace(make_alert(), **{"grounds": began_by("r1")} | changes)


def began_by(report: str) -> Grounds:
    return Grounds(report, NOON, "r2", NOON)


def topics(*, on: bool) -> dict[str, Any]:
    return {"topics": {"decline": {"on": on, "level": "soon", "raised_by": "r1"}}}


@pytest.mark.parametrize(
    ("on", "latest", "right"),
    [
        (True, {"decline": alert()}, True),
        (True, {}, False),
        (True, {"decline": alert(state=State.OPENING)}, False),
        (True, {"decline": alert(state=State.ENDED)}, False),
        (True, {"decline": alert(condition=Condition.PASSED)}, False),
        (True, {"decline": alert(grounds=began_by("r0"))}, False),
        (True, {"decline": alert(level=Level.INFORM)}, False),
        (True, {"decline": alert(level=Level.URGENT)}, True),
        (False, {"decline": alert()}, False),
        (False, {"decline": alert(state=State.OPENING, condition=Condition.PASSED)}, False),
        (False, {"decline": alert(state=State.ENDED)}, True),
        (False, {"decline": alert(condition=Condition.WITHDRAWN)}, True),
        (False, {"decline": alert(fresh=("acceleration",))}, True),
        (False, {"silence": alert(topic="silence")}, True),
        (False, {"self_harm": alert(topic="self_harm")}, True),
    ],
)
def test_alerts_are_in_step_when_they_stand_exactly_where_a_topic_is_raised(
    on: bool, latest: dict[str, Alert], right: bool
) -> None:
    assert (compare_alerts(topics(on=on), latest) == []) is right


@pytest.mark.parametrize(("ahead", "right"), [(timedelta(days=1), True), (-timedelta(days=1), False)])
def test_what_grew_old_by_a_clock_that_was_ahead_is_told_apart(ahead: timedelta, right: bool) -> None:
    end = End(EndedHow.AGED, clock.of_host() + ahead, "clock")
    aged = alert(state=State.ENDED, level=Level.INFORM, end=end)
    raised = {"topics": {"decline": {"on": True, "level": "inform", "raised_by": "r1"}}}
    assert (compare_alerts(raised, {"decline": aged}) == []) is right


@pytest.fixture
def opened(database_uri: str) -> Iterator[Clinic]:
    with clinic.opened(servers.settings(database_uri, f"slope_test_audit_{uuid4().hex[:8]}")) as made:
        yield made


def taken(actor: Actor, reports: int) -> dict[str, dict[str, Sent]]:
    """Have reports of a fast course taken, and return what its phone was told."""
    course, events, scope = Course(47, FAST, seed=1), {}, scope_for(actor, Operation.REPORT_SUBMIT)
    for week in range(reports):
        observed_at = clock.now() - timedelta(days=7 * (reports - week))
        body = report(course.answers(7 * week), observed_at) | {"observed_at": observed_at}
        submit_report(actor.account_id, Submission(**body), scope, actor=actor, now=clock.now())
        told = (actor.account_id, body["id"], body["id"], body["answers"], observed_at)
        events[body["id"]] = Sent(EntryKind.REPORT, actor, *told)
    return {actor.account_id: events}


def found(acknowledged: dict[str, dict[str, Sent]]) -> set[Wrong]:
    faults = audit.look_at_events(acknowledged, finished=True)
    faults += audit.look_at_evaluations(acknowledged)
    return {fault.wrong for fault in faults + audit.look_at_alerts(acknowledged)}


def test_what_the_service_stores_is_right(opened: Clinic) -> None:
    assert found(taken(opened.enrol("Fast"), 24)) == set()


@pytest.mark.parametrize(
    ("collection", "which", "change", "wrong"),
    [
        ("ledger", {"seq": 24}, None, {Wrong.LOST}),
        ("ledger", {"seq": 3}, None, {Wrong.LOST, Wrong.GAP}),
        ("ledger", {"seq": 3}, {"event_id": "x"}, {Wrong.LOST, Wrong.UNKNOWN}),
        ("ledger", {"seq": 3}, {"content.answers.speech": 0}, {Wrong.CHANGED}),
        ("ledger", {"seq": 20}, {"alerts_pending": 1}, {Wrong.PENDING}),
        ("alerts", {"topic": "decline"}, None, {Wrong.ALERTS}),
        ("alerts", {"topic": "decline"}, {"state": "ended"}, {Wrong.ALERTS}),
    ],
)
def test_damage_to_what_is_stored_is_found(
    opened: Clinic, collection: str, which: dict[str, Any], change: dict[str, Any] | None, wrong: set[Wrong]
) -> None:
    acknowledged = taken(opened.enrol("Fast"), 24)
    stored = connection.collection(collection)
    done = stored.delete_one(which) if change is None else stored.update_one(which, {"$set": change})
    assert 1 in (getattr(done, "deleted_count", 0), getattr(done, "modified_count", 0))
    assert wrong <= found(acknowledged)


def test_an_evaluation_that_is_not_that_of_the_history_is_found(opened: Clinic) -> None:
    acknowledged = taken(opened.enrol("Fast"), 24)
    ledger = connection.collection("ledger")
    older, head = ledger.find_one({"seq": 10}), ledger.find_one({"seq": 24})
    ledger.delete_one({"seq": 24})
    ledger.insert_one({**head, "derived": older["derived"]})
    assert Wrong.EVALUATION in found(acknowledged)
