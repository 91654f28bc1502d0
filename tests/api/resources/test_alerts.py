"""Alerts over HTTP: from a report to the worklist, what is done with an alert, and who sees none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.alerts.alert import Alert, State
from models.patients.patient import Patient
from models.sites.sites import Site
from scoring.decline import Level, Topic
from services.access.actor import Role
from tests.alert_samples import PATIENT, Told, ended_unseen, make_alert, on_day, store
from tests.people import People, Person
from tests.questionnaires import falling, phq_9

SetClock = Callable[[datetime], None]
URL = "/v1/alerts"
RESOLVE = {"action": "resolve", "outcome": "called"}


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
    response = client.get(URL, query_string=query, headers=person.headers)
    assert response.status_code == 200
    items: list[dict[str, Any]] = response.get_json()["items"]
    return items


def searched(client: FlaskClient, person: Person, **wanted: Any) -> list[dict[str, Any]]:
    response = client.post(f"{URL}/search", json=wanted, headers=person.headers)
    assert response.status_code == 200
    items: list[dict[str, Any]] = response.get_json()["items"]
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
    response = client.get(f"{URL}/{listed['id']}", headers=clinician.headers)
    detail = response.get_json()
    assert detail["flag"]["numbers"]
    assert len(detail["flag"]["evidence"]) >= 2
    body = {"action": "acknowledge", "note": "Will phone today."}
    done = acted(client, clinician, listed["id"], body, response.headers["ETag"])
    assert (done.status_code, done.get_json()["state"]) == (200, "acknowledged")
    assert done.get_json()["history"][-1] == {
        "at": now.isoformat(),
        "event": "acknowledge",
        "by": clinician.shown,
        "state": "acknowledged",
        "note": "Will phone today.",
        "details": {},
    }
    assert client.get(f"{URL}/{listed['id']}", headers=clinician.headers).get_json() == done.get_json()
    assert done.get_json()["until"]


def test_evidence_that_is_voided_is_told_and_the_alert_waits_for_a_person(
    client: FlaskClient, people: People, site: Site, patient: Patient, clinician: Person, now: datetime
) -> None:
    own, path = people.own(site, patient), f"/v1/patients/{patient.id}/reports"
    bodies = falling(now)
    for body in bodies:
        client.post(path, json=body, headers=own.headers)
    for body in bodies[1:]:
        void = {"id": body["id"][:-4] + "0000", "reason": "entered for somebody else"}
        headers = clinician.headers | {"If-Match": '"1"'}
        voided = client.post(f"{path}/{body['id']}/void", json=void, headers=headers)
        assert voided.status_code in {200, 201}
    (listed,) = searched(client, clinician, topic="decline")
    assert (listed["state"], listed["condition"]) == ("open", "withdrawn")
    named = {"alerts": [{"id": listed["id"], "rev": listed["rev"]}], "outcome": "data_error"}
    closed = client.post(f"{URL}/closures", json=named, headers=clinician.headers)
    assert closed.get_json() == {"verdicts": [{"id": listed["id"], "verdict": "closed"}]}
    (ended,) = searched(client, clinician, topic="decline", state="ended", ended_how="dismissed")
    assert (ended["ended_how"], ended["ended_at"]) == ("dismissed", now.isoformat())
    detail = client.get(f"{URL}/{ended['id']}", headers=clinician.headers).get_json()
    assert detail["end"]["outcome"] == "data_error"
    assert detail["actions"] == ["reopen", "comment"]


def test_what_ended_unseen_is_listed_and_one_glance_closes_it(
    client: FlaskClient, clinician: Person, patient: Patient
) -> None:
    store(ended_unseen(patient_id=patient.id, site_id=patient.site_id))
    (listed,) = worklist(client, clinician, state="ended_unseen")
    detail = client.get(f"{URL}/{listed['id']}", headers=clinician.headers).get_json()
    assert detail["why_ended"] == "The reports say that what raised it has passed."
    assert (listed["seen_at"], detail["end"]["unseen"]) == (None, True), "loading a page is not seeing"
    named = {"alerts": [{"id": listed["id"], "rev": listed["rev"]}]}
    closed = client.post(f"{URL}/closures", json=named, headers=clinician.headers)
    assert closed.get_json()["verdicts"][0]["verdict"] == "seen"
    assert worklist(client, clinician, state="ended_unseen") == []
    assert len(worklist(client, clinician, state="ended")) == 1


@pytest.mark.parametrize(
    ("change", "why"), [({"closed": True}, "closed"), ({"profile": {"died_on": "2076-01-09"}}, "died")]
)
def test_alerts_of_who_died_or_is_closed_stand_apart_and_are_closed_together(
    client: FlaskClient,
    people: People,
    site: Site,
    patient: Patient,
    clinician: Person,
    now: datetime,
    change: dict[str, Any],
    why: str,
) -> None:
    own, path = people.own(site, patient), f"/v1/patients/{patient.id}/reports"
    for body in [*falling(now), phq_9(now, phq_9=2)]:
        assert client.post(path, json=body, headers=own.headers).status_code == 201
    store(make_alert(site_id=site.id, patient_id=people.patient(site).id))
    before = [item for item in worklist(client, clinician, patient_id=patient.id) if not item["data_query"]]
    assert {item["topic"] for item in before} >= {"decline", "self_harm"}
    url = f"/v1/patients/{patient.id}"
    etag = client.get(url, headers=clinician.headers).headers["ETag"]
    changed = client.patch(url, json=change, headers=clinician.headers | {"If-Match": etag})
    assert changed.status_code == 200
    listed = worklist(client, clinician)
    assert listed[0]["not_followed"] is None
    apart = [item for item in listed if item["not_followed"]]
    assert {item["id"] for item in apart} >= {item["id"] for item in before}
    assert {(item["condition"], item["not_followed"]) for item in apart} == {("withdrawn", why)}
    named = {"alerts": [{"id": item["id"], "rev": item["rev"]} for item in apart], "note": "Told by phone."}
    closed = client.post(f"{URL}/closures", json=named, headers=clinician.headers)
    assert {verdict["verdict"] for verdict in closed.get_json()["verdicts"]} == {"closed"}


def test_coordinators_see_and_deal_with_questions_about_the_data(
    client: FlaskClient, people: People, site: Site, patient: Patient
) -> None:
    owner: dict[str, Any] = {"patient_id": patient.id, "site_id": site.id}
    query, clinical = make_alert(told=Told(Topic.DATA_QUERY), **owner), make_alert(**owner)
    store(query, clinical)
    coordinator = people.staff(site, Role.COORDINATOR)
    assert [item["id"] for item in worklist(client, coordinator)] == [query.public_id]
    assert client.get(f"{URL}/{clinical.public_id}", headers=coordinator.headers).status_code == 404
    done = acted(client, coordinator, query.public_id, {"action": "resolve", "outcome": "called"})
    assert done.get_json()["end"]["how"] == "resolved"


def test_no_url_of_an_alert_names_its_patient_or_topic(
    client: FlaskClient, clinician: Person, alert: Alert
) -> None:
    page = client.get(URL, query_string={"limit": 1}, headers=clinician.headers).get_json()
    assert page["items"][0]["id"] == alert.public_id
    assert client.get(f"{URL}/{alert.key}", headers=clinician.headers).status_code == 404


def test_item_9_of_an_incomplete_form_is_urgent_at_once_and_restricted(
    client: FlaskClient, people: People, site: Site, patient: Patient, clinician: Person, now: datetime
) -> None:
    body = phq_9(now, phq_9=1)
    del body["answers"]["phq_1"]
    own, path = people.own(site, patient), f"/v1/patients/{patient.id}/reports"
    assert client.post(path, json=body, headers=own.headers).status_code == 201
    (listed,) = searched(client, clinician, topic="self_harm")
    assert (listed["level"], listed["restricted"]) == ("urgent", True)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.CLINICIAN, Role.COORDINATOR}])
def test_nobody_but_clinicians_and_coordinators_sees_alerts(
    client: FlaskClient, people: People, site: Site, alert: Alert, role: Role
) -> None:
    headers = people.staff(site, role).headers | {"If-Match": '"0"'}
    path = f"{URL}/{alert.public_id}"
    answers = [
        client.get(URL, headers=headers),
        client.get(path, headers=headers),
        client.post(f"{path}/actions", json={"action": "acknowledge"}, headers=headers),
    ]
    assert {response.status_code for response in answers} == {403}


def test_another_sites_alert_does_not_exist(client: FlaskClient, people: People, alert: Alert) -> None:
    stranger = people.staff(people.site(), Role.CLINICIAN)
    assert worklist(client, stranger, state="any") == []
    assert worklist(client, stranger, patient_id=alert.patient_id) == []
    assert client.get(f"{URL}/{alert.public_id}", headers=stranger.headers).status_code == 404
    response = acted(client, stranger, alert.public_id, {"action": "acknowledge"}, '"0"')
    assert (response.status_code, response.get_json()["code"]) == (404, "alert_not_found")


@pytest.mark.parametrize(
    "alert_id",
    [PATIENT, f"{PATIENT}:decline:1", "x", "%00:decline:1", "a%2Fb", "%ED%A0%80:decline:1"],
)
def test_an_id_that_cannot_be_is_not_found(client: FlaskClient, clinician: Person, alert_id: str) -> None:
    assert client.get(f"{URL}/{alert_id}", headers=clinician.headers).status_code == 404
    headers = clinician.headers | {"If-Match": '"0"'}
    response = client.post(f"{URL}/{alert_id}/actions", json=RESOLVE, headers=headers)
    assert response.status_code == 404


@pytest.mark.parametrize(("tag", "status"), [(None, 428), ("0", 412), ('"7"', 412), ('W/"7"', 412)])
def test_without_the_tag_of_what_was_read_nothing_is_done(
    client: FlaskClient, clinician: Person, alert: Alert, tag: str | None, status: int
) -> None:
    headers = clinician.headers if tag is None else clinician.headers | {"If-Match": tag}
    path = f"{URL}/{alert.public_id}"
    assert client.post(f"{path}/actions", json=RESOLVE, headers=headers).status_code == status
    assert client.get(path, headers=clinician.headers).get_json()["state"] == "open"


def test_what_the_state_does_not_allow_names_what_it_does(
    client: FlaskClient, clinician: Person, alert: Alert
) -> None:
    acted(client, clinician, alert.public_id, {"action": "resolve", "outcome": "called"})
    response = acted(client, clinician, alert.public_id, {"action": "acknowledge"})
    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (409, "action_not_allowed")
    assert (problem["state"], problem["allowed"]) == ("ended", ["reopen", "comment"])


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/action"]),
        ({"action": "delete"}, ["/action"]),
        ({"action": "snooze"}, ["/until"]),
        ({"action": "snooze", "until": "2076-01-12"}, ["/until"]),
        ({"action": "snooze", "until": "2076-01-10T08:00:00Z"}, ["/until"]),
        ({"action": "snooze", "until": "2079-01-10T08:00:00Z"}, ["/until"]),
        ({"action": "dismiss"}, ["/outcome"]),
        ({"action": "dismiss", "outcome": "because"}, ["/outcome"]),
        ({"action": "dismiss", "outcome": "called"}, ["/outcome"]),
        ({"action": "resolve", "outcome": "known"}, ["/outcome"]),
        ({"action": "resolve", "outcome": "called", "worth_a_look": "yes"}, ["/worth_a_look"]),
        ({"action": "acknowledge", "worth_a_look": True}, ["/worth_a_look"]),
        ({"action": "assign"}, ["/assigned_to"]),
        ({"action": "assign", "assigned_to": "me"}, ["/assigned_to"]),
        ({"action": "assign", "assigned_to": PATIENT}, ["/assigned_to"]),
        ({"action": "comment"}, ["/note"]),
        ({"action": "comment", "note": ""}, ["/note"]),
        ({"action": "comment", "note": "\ud800"}, ["/note"]),
        ({"action": "comment", "note": "x" * 1001}, ["/note"]),
        ({"action": "acknowledge", "until": "2076-01-12T08:00:00Z"}, ["/until"]),
        ({"action": "comment", "note": "x", "assigned_to": None}, ["/assigned_to"]),
        (
            {"action": "comment", "note": "x", "outcome": "known", "assigned_to": None},
            ["/assigned_to", "/outcome"],
        ),
        ({"action": "acknowledge", "state": "resolved"}, ["/state"]),
    ],
)
def test_an_action_that_cannot_be_is_refused_with_its_places(
    client: FlaskClient, clinician: Person, alert: Alert, body: dict[str, Any], pointers: list[str]
) -> None:
    response = acted(client, clinician, alert.public_id, body)
    assert response.status_code == 422
    assert sorted(error["pointer"] for error in response.get_json()["errors"]) == pointers


def test_a_snooze_hides_nothing_and_ends_by_itself(
    client: FlaskClient, clinician: Person, alert: Alert, now: datetime, set_clock: SetClock
) -> None:
    until = now + timedelta(minutes=5)
    done = acted(
        client, clinician, alert.public_id, {"action": "snooze", "until": until.isoformat()}
    ).get_json()
    assert (done["state"], done["until"]) == ("snoozed", until.isoformat())
    assert [item["state"] for item in worklist(client, clinician)] == ["snoozed"]
    set_clock(until)
    detail = client.get(f"{URL}/{alert.public_id}", headers=clinician.headers).get_json()
    assert (detail["state"], detail["until"], detail["since"]) == ("open", None, until.isoformat())
    assert worklist(client, clinician, state="snoozed") == []
    assert [item["state"] for item in worklist(client, clinician, state="open")] == ["open"]


def test_the_most_severe_come_first_and_pages_follow(
    client: FlaskClient, clinician: Person, patient: Patient
) -> None:
    whose: dict[str, Any] = {"patient_id": patient.id, "site_id": patient.site_id}
    for place, (topic, level) in enumerate(zip(Topic, [*Level, *Level], strict=False)):
        store(make_alert(told=Told(topic, level), due_at=on_day(place), **whose))
    first = client.get(URL, query_string={"limit": 4}, headers=clinician.headers).get_json()
    rest = client.get(
        URL, query_string={"limit": 4, "after": first["next"]}, headers=clinician.headers
    ).get_json()
    levels = [item["level"] for item in first["items"] + rest["items"]]
    assert levels == ["urgent", "urgent", "soon", "soon", "inform", "inform"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        *("state=opening", "state=resolved", "ended_how=cleared", "level=high", "topic=decline"),
        *("patient_id=1", "limit=0", "limit=201", "after=1", "sort=id", "condition=open"),
        *("assigned_to=you", "seen=1", "overdue=yes", "words=maria"),
    ],
)
def test_a_query_that_means_nothing_is_refused(client: FlaskClient, clinician: Person, query: str) -> None:
    assert client.get(f"{URL}?{query}", headers=clinician.headers).status_code == 422


def test_an_alert_says_who_dealt_with_it_and_when(
    client: FlaskClient, clinician: Person, patient: Patient
) -> None:
    alert = make_alert(State.ACKNOWLEDGED, patient_id=patient.id, site_id=patient.site_id)
    store(alert)
    detail = client.get(f"{URL}/{alert.public_id}", headers=clinician.headers).get_json()
    at = (on_day(1) + timedelta(hours=4)).isoformat()
    assert (detail["seen_by"]["id"], detail["seen_at"]) == ("clinician", at)
    assert (detail["baseline"]["at"], detail["baseline"]["by"]["id"]) == (at, "clinician")
    assert detail["baseline"]["dealt_with"]
