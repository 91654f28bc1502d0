"""Alerts over HTTP: from a report to the worklist, what is done with an alert, and who sees none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.alerts.alert import Alert, State
from models.patients.patients import Patient
from models.sites.sites import Site
from scoring.decline import Level, Topic
from services.access.actor import Role
from tests.alert_samples import PATIENT, Told, make_alert, on_day, store
from tests.people import People, Person
from tests.questionnaires import falling, phq_9

SetClock = Callable[[datetime], None]
URL = "/v1/alerts"


@pytest.fixture
def now() -> datetime:
    return on_day(5)


@pytest.fixture
def patient(people: People, site: Site, now: datetime) -> Patient:
    return people.patient(site, study_code="S-014", consent_at=now - timedelta(days=900))


@pytest.fixture
def alert(patient: Patient) -> Alert:
    """An open alert of the patient, stored."""
    made = make_alert(patient_id=patient.id, site_id=patient.site_id)
    store(made)
    return made


def worklist(client: FlaskClient, person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, query_string=query, headers=person.headers)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def acted(client: FlaskClient, person: Person, alert_id: str, body: dict[str, Any], tag: str = "") -> Any:
    path = f"{URL}/{alert_id}"
    tag = tag or client.get(path, headers=person.headers).headers["ETag"]
    return client.post(f"{path}/actions", json=body, headers=person.headers | {"If-Match": tag})


def test_a_fast_decline_comes_before_a_clinician_who_acknowledges_it(
    client: FlaskClient, people: People, site: Site, patient: Patient, clinician: Person, now: datetime
) -> None:
    own, path = people.own(site, patient), f"/v1/patients/{patient.id}/reports"
    for body in falling(now):
        assert client.post(path, json=body, headers=own.headers).status_code == 201
    listed = next(item for item in worklist(client, clinician) if item["topic"] == "decline")
    assert listed["patient"] == {"id": patient.id, "name": "Maria Silva", "study_code": "S-014"}
    assert (listed["state"], listed["condition"]) == ("open", "holds")
    assert listed["sentence"]
    answer = client.get(f"{URL}/{listed['id']}", headers=clinician.headers)
    detail = answer.get_json()
    assert detail["flag"]["numbers"]
    assert len(detail["flag"]["evidence"]) >= 2
    body = {"action": "acknowledge", "note": "Will phone today."}
    done = acted(client, clinician, listed["id"], body, answer.headers["ETag"])
    assert (done.status_code, done.get_json()["state"]) == (200, "acknowledged")
    assert done.get_json()["history"][-1] == {
        "at": now.isoformat(),
        "event": "acknowledge",
        "by": clinician.account.id,
        "state": "acknowledged",
        "note": "Will phone today.",
        "details": {},
    }
    assert client.get(f"{URL}/{listed['id']}", headers=clinician.headers).get_json() == done.get_json()


def test_evidence_that_is_voided_retracts_the_alert_in_the_open(
    client: FlaskClient, people: People, site: Site, patient: Patient, clinician: Person, now: datetime
) -> None:
    own, path = people.own(site, patient), f"/v1/patients/{patient.id}/reports"
    bodies = falling(now)
    for body in bodies:
        client.post(path, json=body, headers=own.headers)
    for body in bodies[1:]:
        void = {"id": body["id"][:-4] + "0000", "reason": "entered for somebody else"}
        voided = client.post(f"{path}/{body['id']}/void", json=void, headers=clinician.headers)
        assert voided.status_code in {200, 201}
    assert [item for item in worklist(client, clinician) if item["topic"] == "decline"] == []
    (listed,) = worklist(client, clinician, topic="decline", state="retracted")
    detail = client.get(f"{URL}/{listed['id']}", headers=clinician.headers).get_json()
    assert "would not have raised it" in detail["why_ended"]
    assert detail["history"][-1]["event"] == "retracted"
    assert detail["actions"] == ["reopen", "comment"]


def test_item_9_of_an_incomplete_form_is_urgent_at_once_and_restricted(
    client: FlaskClient, people: People, site: Site, patient: Patient, clinician: Person, now: datetime
) -> None:
    body = phq_9(now, phq_9=1)
    del body["answers"]["phq_1"]
    own, path = people.own(site, patient), f"/v1/patients/{patient.id}/reports"
    assert client.post(path, json=body, headers=own.headers).status_code == 201
    (listed,) = worklist(client, clinician, topic="self_harm")
    assert (listed["level"], listed["restricted"]) == ("urgent", True)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLINICIAN])
def test_nobody_but_a_clinician_sees_alerts(
    client: FlaskClient, people: People, site: Site, alert: Alert, role: Role
) -> None:
    headers = people.staff(site, role).headers | {"If-Match": '"0"'}
    path = f"{URL}/{alert.id}"
    answers = [
        client.get(URL, headers=headers),
        client.get(path, headers=headers),
        client.post(f"{path}/actions", json={"action": "acknowledge"}, headers=headers),
    ]
    assert {answer.status_code for answer in answers} == {403}


def test_another_sites_alert_does_not_exist(client: FlaskClient, people: People, alert: Alert) -> None:
    stranger = people.staff(people.site(), Role.CLINICIAN)
    assert worklist(client, stranger, state="any") == []
    assert worklist(client, stranger, patient_id=alert.patient_id) == []
    assert client.get(f"{URL}/{alert.id}", headers=stranger.headers).status_code == 404
    answer = acted(client, stranger, alert.id, {"action": "acknowledge"}, '"0"')
    assert (answer.status_code, answer.get_json()["code"]) == (404, "alert_not_found")


@pytest.mark.parametrize(
    "alert_id",
    [f"{PATIENT}:decline:1", f"{PATIENT}:decline:one", "x", "%00:decline:1", "a%2Fb", "%ED%A0%80:decline:1"],
)
def test_an_id_that_cannot_be_is_not_found(client: FlaskClient, clinician: Person, alert_id: str) -> None:
    assert client.get(f"{URL}/{alert_id}", headers=clinician.headers).status_code == 404
    headers = clinician.headers | {"If-Match": '"0"'}
    answer = client.post(f"{URL}/{alert_id}/actions", json={"action": "resolve"}, headers=headers)
    assert answer.status_code == 404


@pytest.mark.parametrize(("tag", "status"), [(None, 428), ("*", 412), ("0", 412), ('"7"', 412)])
def test_without_the_tag_of_what_was_read_nothing_is_done(
    client: FlaskClient, clinician: Person, alert: Alert, tag: str | None, status: int
) -> None:
    headers = clinician.headers if tag is None else clinician.headers | {"If-Match": tag}
    path = f"{URL}/{alert.id}"
    assert client.post(f"{path}/actions", json={"action": "resolve"}, headers=headers).status_code == status
    assert client.get(path, headers=clinician.headers).get_json()["state"] == "open"


def test_what_the_state_does_not_allow_names_what_it_does(
    client: FlaskClient, clinician: Person, alert: Alert
) -> None:
    acted(client, clinician, alert.id, {"action": "resolve"})
    answer = acted(client, clinician, alert.id, {"action": "acknowledge"})
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (409, "action_not_allowed")
    assert (problem["state"], problem["allowed"]) == ("resolved", ["reopen", "comment"])


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/action"]),
        ({"action": "delete"}, ["/action"]),
        ({"action": "snooze"}, ["/until"]),
        ({"action": "snooze", "until": "2076-01-12"}, ["/until"]),
        ({"action": "snooze", "until": "2076-01-10T08:00:00Z"}, ["/until"]),
        ({"action": "snooze", "until": "2079-01-10T08:00:00Z"}, ["/until"]),
        ({"action": "dismiss"}, ["/reason"]),
        ({"action": "dismiss", "reason": "because"}, ["/reason"]),
        ({"action": "assign"}, ["/assigned_to"]),
        ({"action": "assign", "assigned_to": "me"}, ["/assigned_to"]),
        ({"action": "assign", "assigned_to": PATIENT}, ["/assigned_to"]),
        ({"action": "comment"}, ["/note"]),
        ({"action": "comment", "note": ""}, ["/note"]),
        ({"action": "comment", "note": "\ud800"}, ["/note"]),
        ({"action": "comment", "note": "x" * 1001}, ["/note"]),
        ({"action": "acknowledge", "until": "2076-01-12T08:00:00Z"}, ["/until"]),
        ({"action": "resolve", "reason": "known", "assigned_to": None}, ["/assigned_to", "/reason"]),
        ({"action": "acknowledge", "state": "resolved"}, ["/state"]),
    ],
)
def test_an_action_that_cannot_be_is_refused_with_its_places(
    client: FlaskClient, clinician: Person, alert: Alert, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = acted(client, clinician, alert.id, body)
    assert answer.status_code == 422
    assert sorted(error["pointer"] for error in answer.get_json()["errors"]) == pointers


def test_a_snooze_hides_nothing_and_ends_by_itself(
    client: FlaskClient, clinician: Person, alert: Alert, now: datetime, set_clock: SetClock
) -> None:
    until = now + timedelta(minutes=5)
    done = acted(client, clinician, alert.id, {"action": "snooze", "until": until.isoformat()}).get_json()
    assert (done["state"], done["snoozed_until"]) == ("snoozed", until.isoformat())
    assert [item["state"] for item in worklist(client, clinician)] == ["snoozed"]
    set_clock(until)
    detail = client.get(f"{URL}/{alert.id}", headers=clinician.headers).get_json()
    assert (detail["state"], detail["snoozed_until"], detail["since"]) == ("open", None, until.isoformat())
    assert worklist(client, clinician, state="snoozed") == []
    assert [item["state"] for item in worklist(client, clinician, state="open")] == ["open"]


def test_the_most_severe_come_first_and_pages_follow(
    client: FlaskClient, clinician: Person, patient: Patient
) -> None:
    whose: dict[str, Any] = {"patient_id": patient.id, "site_id": patient.site_id}
    for place, (topic, level) in enumerate(zip(Topic, [*Level, *Level], strict=False)):
        store(make_alert(told=Told(topic, level), opened_at=on_day(place), **whose))
    first = client.get(URL, query_string={"limit": 4}, headers=clinician.headers).get_json()
    rest = client.get(
        URL, query_string={"limit": 4, "after": first["next"]}, headers=clinician.headers
    ).get_json()
    levels = [item["level"] for item in first["items"] + rest["items"]]
    assert levels == ["urgent", "urgent", "soon", "soon", "inform", "inform"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "query",
    ["state=opening", "level=high", "topic=x", "patient_id=1", "limit=0", "limit=201", "after=1", "sort=id"],
)
def test_a_query_that_means_nothing_is_refused(client: FlaskClient, clinician: Person, query: str) -> None:
    assert client.get(f"{URL}?{query}", headers=clinician.headers).status_code == 422


def test_a_worklist_takes_two_queries_however_long_it_is(
    commands: list[str], client: FlaskClient, people: People, site: Site, clinician: Person
) -> None:
    for _ in range(30):
        one = people.patient(site)
        store(make_alert(patient_id=one.id, site_id=site.id))
    worklist(client, clinician)  # the list of ended sessions is read every few seconds
    commands.clear()
    assert len(worklist(client, clinician)) == 30
    assert commands == ["find", "find"]
    commands.clear()
    assert worklist(client, clinician, state="resolved") == []
    assert commands == ["find"]


def test_an_alert_says_who_dealt_with_it_and_when(
    client: FlaskClient, clinician: Person, patient: Patient
) -> None:
    handled = make_alert(State.ACKNOWLEDGED, patient_id=patient.id, site_id=patient.site_id)
    store(handled)
    detail = client.get(f"{URL}/{handled.id}", headers=clinician.headers).get_json()
    assert (detail["handled_by"], detail["handled_at"]) == ("clinician", on_day(3).isoformat())
