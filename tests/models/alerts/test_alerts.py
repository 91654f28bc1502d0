"""Alerts are inserted once, changed as they were read only, and found within the scope only."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import State, Step
from models.store.provenance import Provenance, by_itself
from models.store.scope import Scope
from scoring.decline import Level, Topic
from tests.alert_samples import PATIENT, SITE, Told, make_alert, on_day, only, store

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
    alert = make_alert(State.SNOOZED, assigned_to="someone")
    assert alerts.insert(alert, Told().flag.as_dict(), OPENED)
    rests_on = {
        "level": "soon",
        "raised_by": "r1",
        "raised_at": on_day(1),
        "met_by": "r1",
        "met_at": on_day(1),
        "occurrences": [],
    }
    assert alerts.AlertDocument.raw().find_one({}) == {
        "_id": f"{PATIENT}:decline:1",
        "patient_id": PATIENT,
        "site_id": SITE,
        "topic": "decline",
        "episode": 1,
        "state": "snoozed",
        "condition": "holds",
        "level": "soon",
        "grounds": rests_on,
        "sentence": "Something fell, as r1 says.",
        "based_on": 3,
        "opened_at": on_day(1),
        "since": on_day(1),
        "restricted": False,
        "data_query": False,
        "assigned_to": "someone",
        "snoozed_until": on_day(9),
        "handled": {"at": on_day(3), "by": "clinician", "grounds": rests_on},
        "sealed": False,
        "list_key": f"{SITE}:current",
        "sort_key": f"1.20760106T080000000.{PATIENT}:decline:1",
        "flag": Told().flag.as_dict(),
        "history": [
            {
                "at": on_day(1),
                "event": "opened",
                "by": {"account_id": "", "role": "evaluation", "session_id": "", "request_id": ""},
                "state": "open",
                "note": "",
                "details": {"entry": "3"},
            }
        ],
        "steps": 1,
        "rev": 0,
    }


@pytest.mark.parametrize("state", list(State))
def test_what_was_stored_is_read_back(state: State) -> None:
    alert = make_alert(state, sealed=True, assigned_to="someone")
    store(alert)
    assert only() == replace(alert, steps=1)


def test_detail_has_the_evidence_and_the_history() -> None:
    store(make_alert())
    before = only()
    assert alerts.change(before, replace(before, assigned_to="someone"), step=NOTED)
    detail = alerts.read(before.id, at(SITE, "elsewhere"))
    assert detail is not None
    assert detail.alert == replace(before, assigned_to="someone", rev=1, steps=2)
    assert detail.flag == Told().flag.as_dict()
    assert detail.history[1] == NOTED


@pytest.mark.parametrize("scope", [Scope(), at("elsewhere"), Scope(patient_id=PATIENT)])
def test_outside_the_scope_there_is_no_alert(scope: Scope) -> None:
    store(make_alert())
    assert alerts.read(f"{PATIENT}:decline:1", scope) is None


def test_an_alert_that_is_being_opened_is_not_shown() -> None:
    store(make_alert(State.OPENING))
    assert alerts.read(f"{PATIENT}:decline:1", at(SITE)) is None


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
    assert (after.rev, after.steps) == (1, 2)


def test_a_change_leaves_the_evidence_unless_there_is_other() -> None:
    store(make_alert())
    first = alerts.change(only(), only())
    detail = alerts.read(f"{PATIENT}:decline:1", at(SITE))
    assert first is not None
    assert detail is not None
    assert detail.flag["level"] == "soon"
    alerts.change(first, first, flag=Told(level=Level.URGENT).flag.as_dict())
    detail = alerts.read(f"{PATIENT}:decline:1", at(SITE))
    assert detail is not None
    assert detail.flag["level"] == "urgent"


def test_the_latest_episode_counts() -> None:
    other = "019ab1c2-0000-7000-8000-0000000000b2"
    episodes = [make_alert(State.CLEARED, episode=episode, sealed=episode < 11) for episode in (2, 11, 1, 10)]
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


def test_those_whose_snooze_has_ended_are_found() -> None:
    snoozed = [make_alert(State.SNOOZED, episode=day, snoozed_until=on_day(day)) for day in (7, 8, 9)]
    store(make_alert(), *snoozed)
    assert {alert.episode for alert in alerts.awake(on_day(8), 10)} == {7, 8}
    assert len(alerts.awake(on_day(8), 1)) == 1


def test_places_put_the_most_severe_first_and_then_the_oldest() -> None:
    order = [
        make_alert(told=Told(level=Level.URGENT), opened_at=on_day(5)),
        make_alert(told=Told(level=Level.SOON), opened_at=on_day(1)),
        make_alert(told=Told(level=Level.SOON), opened_at=on_day(1.001)),
        make_alert(told=Told(level=Level.SOON), opened_at=on_day(400)),
        make_alert(told=Told(level=Level.INFORM), opened_at=on_day(0)),
    ]
    places = [alerts.sort_key(alert) for alert in order]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_alerts_of_one_patient_and_topic_differ_by_episode() -> None:
    first = make_alert()
    assert (first.id, replace(first, episode=2).id) == (f"{PATIENT}:decline:1", f"{PATIENT}:decline:2")
