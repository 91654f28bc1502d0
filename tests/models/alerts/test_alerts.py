"""Alerts are inserted once, changed as they were read only, and found within the scope only."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from models.alerts import alerts, keys
from models.alerts.alert import Alert, Condition, NotFollowed, State, Step
from models.store.provenance import Provenance, by_itself
from models.store.scope import Scope
from scoring.decline import Level, Topic
from tests.alert_samples import EVENT, PATIENT, SITE, Told, ended_unseen, make_alert, on_day, only, store

RACERS = 16
OPENED = Step(on_day(1), "opened", by_itself("evaluation"), State.OPEN, "", {"entry": "3"})
NOTED = Step(
    on_day(2), "comment", Provenance("anna", "clinician", "session", "request"), State.OPEN, "Phoned."
)

pytestmark = pytest.mark.usefixtures("database")


def at(*site_ids: str) -> Scope:
    return Scope(site_ids=frozenset(site_ids))


def racing(attempt: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(attempt, range(RACERS)))


def test_the_stored_shape() -> None:
    alert = make_alert(State.SNOOZED, assigned_to="someone", public_id="public")
    assert alerts.insert(alert, Told().flag.as_dict(), OPENED)
    stored = alerts.AlertDocument.raw().find_one({})
    assert set(stored) == {
        *(field.name for field in fields(Alert)),
        *("_id", "flag", "history", "reach", "list_key", "sort_key", "clock_at", "notice_at"),
        *("escalates_at", "current_topic", "stamp"),
    }
    found_by = {
        name: stored[name]
        for name in ("_id", "reach", "list_key", "sort_key", "clock_at", "notice_at", "current_topic")
    }
    assert found_by == {
        "_id": f"{PATIENT}:decline:1",
        "reach": f"{SITE}:clinical",
        "list_key": f"{SITE}:clinical:current",
        "sort_key": "0.10.20760113T080000000.public",
        "clock_at": on_day(9),
        "notice_at": None,
        "current_topic": "decline",
    }
    assert stored["baseline"]["marks"] == {"fast_decline": {}}
    assert (stored["state"], stored["level"], stored["since"]) == (
        "snoozed",
        "soon",
        on_day(1) + timedelta(hours=4),
    )
    assert stored["history"] == [
        {
            "at": on_day(1),
            "event": "opened",
            "by": {"account_id": "", "role": "evaluation", "session_id": "", "request_id": ""},
            "state": "open",
            "note": "",
            "details": {"entry": "3"},
        }
    ]


@pytest.mark.parametrize("state", list(State))
def test_what_was_stored_is_read_back(state: State) -> None:
    alert = make_alert(state, sealed=True, assigned_to="someone")
    store(alert)
    changed = {"changed_at": alert.opened_at, "changed_by": "evaluation", "changed_event": "opened"}
    assert only() == replace(alert, steps=1, **changed)


def test_detail_has_the_evidence_and_the_history() -> None:
    store(make_alert())
    before = only()
    assert alerts.change(before, replace(before, assigned_to="someone"), step=NOTED)
    detail = alerts.read(before.public_id, at(SITE, "elsewhere"))
    assert detail is not None
    changed = {"changed_at": NOTED.at, "changed_by": "anna", "changed_event": NOTED.event}
    changed |= {"acted_at": NOTED.at, "acted_by": "anna", "acted_event": NOTED.event}
    assert detail.alert == replace(before, assigned_to="someone", version=1, steps=2, **changed)
    assert detail.flag == Told().flag.as_dict()
    assert detail.history[1] == NOTED


@pytest.mark.parametrize("scope", [Scope(), at("elsewhere"), Scope(patient_id=PATIENT)])
def test_outside_the_scope_there_is_no_alert(scope: Scope) -> None:
    store(make_alert())
    assert alerts.read(only().public_id, scope) is None
    assert alerts.read_several([only().public_id], scope) == {}


def test_an_alert_that_is_being_opened_is_not_shown() -> None:
    store(make_alert(State.OPENING))
    assert alerts.read(only().public_id, at(SITE)) is None
    assert alerts.read_several([only().public_id], at(SITE)) == {}


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        (Told(Topic.SILENCE, rule="silence"), True),
        (Told(Topic.DATA_QUERY), True),
        (Told(), False),
        (Told(Topic.SELF_HARM, Level.URGENT), False),
        (Told(Topic.CARER_BURDEN), False),
    ],
)
def test_coordinators_reach_silence_and_questions_about_the_data(told: Told, seen: bool) -> None:
    store(make_alert(told=told))
    scope = Scope(query_site_ids=frozenset({SITE}))
    assert (alerts.read(only().public_id, scope) is not None) is seen
    assert bool(alerts.read_several([only().public_id], scope)) is seen


def test_a_question_about_the_data_that_is_restricted_is_for_clinicians() -> None:
    store(make_alert(told=Told(Topic.DATA_QUERY), restricted=True))
    assert alerts.read(only().public_id, Scope(query_site_ids=frozenset({SITE}))) is None
    assert alerts.read(only().public_id, at(SITE)) is not None


def test_of_racing_inserts_one_stores() -> None:
    flag = Told().flag.as_dict()
    won = racing(lambda number: alerts.insert(make_alert(sentence=f"by {number}"), flag, OPENED))
    assert won.count(True) == 1
    assert only().sentence == f"by {won.index(True)}"


def test_of_racing_changes_one_is_made() -> None:
    store(make_alert())
    before = only()
    won = racing(
        lambda number: alerts.change(before, replace(before, assigned_to=f"clinician {number}"), step=NOTED)
    )
    (after,) = [result for result in won if result is not None]
    assert only() == after
    assert (after.version, after.rev, after.steps) == (1, 0, 2)


@pytest.mark.parametrize("read_again", [False, True])
def test_the_revision_counts_what_has_to_be_read_again(read_again: bool) -> None:
    store(make_alert())
    after = alerts.change(only(), only(), read_again=read_again)
    assert after is not None
    assert (after.version, after.rev) == (1, read_again)
    assert only() == after


def test_a_change_leaves_the_evidence_unless_there_is_other() -> None:
    store(make_alert())
    first = alerts.change(only(), only())
    detail = alerts.read(only().public_id, at(SITE))
    assert first is not None
    assert detail is not None
    assert detail.flag["level"] == "soon"
    alerts.change(first, first, flag=Told(level=Level.URGENT).flag.as_dict())
    detail = alerts.read(only().public_id, at(SITE))
    assert detail is not None
    assert detail.flag["level"] == "urgent"


def test_the_latest_episode_counts() -> None:
    other = "019ab1c2-0000-7000-8000-0000000000b2"
    episodes = [make_alert(State.ENDED, episode=episode, sealed=episode < 11) for episode in (2, 11, 1, 10)]
    store(
        *episodes,
        make_alert(told=Told(Topic.SPEECH)),
        make_alert(patient_id=other),
        make_alert(patient_id="not asked for"),
    )
    found = alerts.latest(SITE, [PATIENT, other, "nobody"])
    assert {patient: sorted(topics) for patient, topics in found.items()} == {
        PATIENT: ["decline", "speech"],
        other: ["decline"],
        "nobody": [],
    }
    assert found[PATIENT]["decline"].episode == 11
    assert alerts.latest("elsewhere", [PATIENT]) == {PATIENT: {}}


def test_what_time_changes_is_found_by_when_it_does() -> None:
    waiting = [make_alert(State.SNOOZED, episode=day, until=on_day(day)) for day in (7, 8, 9)]
    unseen = ended_unseen(episode=2, told=Told(Topic.SPEECH, Level.INFORM), day=3)
    inform = make_alert(told=Told(Topic.WALKING, Level.INFORM, rule=EVENT))
    store(make_alert(), *waiting, unseen, inform, make_alert(State.ENDED, episode=3))
    assert [alert.episode for alert in alerts.due_by_clock(on_day(8), 10)] == [7, 8]
    assert [alert.episode for alert in alerts.due_by_clock(on_day(8), 1)] == [7]
    topics = [alert.topic for alert in alerts.due_by_clock(on_day(40), 10)]
    assert topics == ["decline", "decline", "decline", "walking", "speech"]


def test_a_list_puts_the_most_severe_first_then_what_holds_then_what_is_due_first() -> None:
    passed = {"condition": Condition.PASSED}
    urgent = Told(level=Level.URGENT)
    order = [
        make_alert(told=urgent),
        make_alert(told=urgent, **passed),
        make_alert(due_at=on_day(1)),
        make_alert(due_at=on_day(1.001)),
        make_alert(due_at=on_day(400)),
        make_alert(due_at=on_day(0), **passed),
        make_alert(told=Told(level=Level.INFORM), due_at=on_day(0)),
        make_alert(told=urgent, not_followed=NotFollowed.DIED),
    ]
    found = [keys.sort_key(alert) for alert in order]
    assert found == sorted(found)
    assert len(set(found)) == len(found)


def test_of_what_has_ended_the_latest_comes_first() -> None:
    ended = [ended_unseen(day=day, opened_at=on_day(0)) for day in (9, 4, 3.9)]
    found = [keys.sort_key(alert) for alert in ended]
    assert found == sorted(found)


@pytest.mark.parametrize("microseconds", [999, 123_456, 999_999])
def test_a_place_in_a_list_is_the_same_once_the_database_has_cut_the_moments(microseconds: int) -> None:
    moment = (on_day(3) + timedelta(microseconds=microseconds)).astimezone(timezone(timedelta(hours=9)))
    ended = ended_unseen()
    assert ended.end is not None
    for alert in (make_alert(due_at=moment), replace(ended, end=replace(ended.end, at=moment))):
        store(alert)
        assert keys.sort_key(only()) == keys.sort_key(alert)
        alerts.AlertDocument.raw().delete_many({})


def test_no_place_in_a_list_names_a_patient_or_a_topic() -> None:
    for alert in (make_alert(), ended_unseen()):
        assert PATIENT not in keys.sort_key(alert)
        assert "decline" not in keys.sort_key(alert)


def test_a_word_of_another_release_is_read_as_what_cannot_be_overlooked() -> None:
    store(make_alert(State.ACKNOWLEDGED))
    values = {"level": "critical", "state": "delegated", "condition": "unsure"}
    alerts.AlertDocument.raw().update_one({}, {"$set": values})
    found = only()
    assert (found.level, found.state, found.condition) == (Level.URGENT, State.OPEN, Condition.HOLDS)


def test_alerts_of_one_patient_and_topic_differ_by_episode() -> None:
    first = make_alert()
    keys = (first.key, replace(first, episode=2).key)
    assert keys == (f"{PATIENT}:decline:1", f"{PATIENT}:decline:2")
