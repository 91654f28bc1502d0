"""What was dealt with over HTTP: how an alert may end, what brings it back, and what swallows nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.patients.patient import Patient
from tests.people import Person
from tests.questionnaires import ITEMS, alsfrs, answers_for, phq_9

Act = Callable[..., TestResponse]
Alerts = Callable[[], dict[str, dict[str, Any]]]
ENDS = ("resolve", "called"), ("dismiss", "known")


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Callable[[dict[str, Any]], None]:
    def post(body: dict[str, Any]) -> None:
        response = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
        assert response.status_code == 201, response.json

    return post


@pytest.fixture
def alerts(client: FlaskClient, clinician: Person) -> Alerts:
    """The alerts before the clinician, by topic."""

    def get() -> dict[str, dict[str, Any]]:
        listed = client.get("/v1/alerts", headers=clinician.headers).json["items"]
        return {alert["topic"]: alert for alert in listed}

    return get


@pytest.fixture
def act(client: FlaskClient, clinician: Person) -> Act:
    def post(alert: dict[str, Any], **body: Any) -> TestResponse:
        path = f"/v1/alerts/{alert['id']}"
        tag = client.get(path, headers=clinician.headers).headers["ETag"]
        headers = clinician.headers | {"If-Match": tag}
        return client.post(f"{path}/actions", json=body, headers=headers)

    return post


def codes(**changed: int) -> dict[str, int]:
    return dict.fromkeys(ITEMS, 4) | changed


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize(("action", "outcome"), ENDS)
def test_an_urgent_safety_alert_is_ended_with_outcome_and_note_and_in_no_other_way(
    client: FlaskClient,
    send: Callable[[dict[str, Any]], None],
    alerts: Alerts,
    act: Act,
    clinician: Person,
    now: datetime,
    action: str,
    outcome: str,
) -> None:
    send(phq_9(now, phq_9=2))
    alert = alerts()["self_harm"]
    until = (now + timedelta(hours=1)).isoformat()
    refused = [
        act(alert, action=action),
        act(alert, action=action, note="Talked on the phone."),
        act(alert, action=action, outcome=outcome),
        act(alert, action=action, outcome=outcome, note=" "),
    ]
    assert [response.status_code for response in refused] == [422] * 4
    pointers = [{error["pointer"] for error in response.json["errors"]} for response in refused]
    assert "/outcome" in pointers[0] & pointers[1]
    assert pointers[2:] == [{"/note"}] * 2
    assert act(alert, action="snooze", until=until).status_code == 409
    named = {"alerts": [{"id": alert["id"], "rev": alert["rev"]}], "note": "All of them."}
    closed = client.post("/v1/alerts/closures", json=named, headers=clinician.headers)
    assert [verdict["verdict"] for verdict in closed.json["verdicts"]] == ["needs_its_own"]
    assert alerts()["self_harm"]["state"] == "open"
    assert act(alert, action=action, outcome=outcome, note="Talked on the phone.").status_code == 200
    assert "self_harm" not in alerts()


COURSES = {
    "breathing": (
        "respiratory",
        [(60, codes()), (40, codes(dyspnea=1)), (38, codes(dyspnea=1))],
        [(10, codes(dyspnea=1, orthopnea=2)), (5, codes(dyspnea=1, orthopnea=2))],
    ),
    "decline": (
        "decline",
        [
            *((days, answers_for(46)) for days in (250, 222, 194)),
            *((days, answers_for(40)) for days in (100, 96)),
        ],
        [(days, answers_for(total)) for days, total in ((68, 39), (54, 38), (40, 38), (26, 37), (12, 36))],
    ),
}


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize(("topic", "first", "then"), COURSES.values(), ids=COURSES)
def test_a_rule_that_was_dealt_with_swallows_no_other_of_its_topic(
    send: Callable[[dict[str, Any]], None],
    alerts: Alerts,
    act: Act,
    now: datetime,
    topic: str,
    first: list[tuple[int, dict[str, int]]],
    then: list[tuple[int, dict[str, int]]],
) -> None:
    for days, answers in first:
        send(alsfrs(now - timedelta(days=days), answers=answers))
    alert = alerts()[topic]
    assert act(alert, action="resolve", outcome="called").status_code == 200
    assert topic not in alerts()
    for days, answers in then:
        send(alsfrs(now - timedelta(days=days), answers=answers))
    again = alerts()[topic]
    assert (again["state"], again["raised_because"]) == ("open", "new_rule")


@pytest.mark.usefixtures("stopped_clock")
def test_nothing_that_leaves_the_service_holds_the_key_of_an_alert(
    client: FlaskClient,
    send: Callable[[dict[str, Any]], None],
    alerts: Alerts,
    act: Act,
    patient: Patient,
    clinician: Person,
    now: datetime,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It names the patient and the topic."""
    send(phq_9(now, phq_9=2))
    alert = alerts()["self_harm"]
    path = f"/v1/alerts/{alert['id']}"
    named = {"alerts": [{"id": alert["id"], "rev": alert["rev"]}], "note": "All of them."}
    answers = [
        client.get("/v1/alerts", headers=clinician.headers),
        client.get(path, headers=clinician.headers),
        act(alert, action="acknowledge", note="Calling."),
        act(alert, action="resolve", note="Called.", outcome="called"),
        client.post("/v1/alerts/closures", json=named, headers=clinician.headers),
        client.get("/v1/alerts?state=ended", headers=clinician.headers),
        client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers),
    ]
    assert {response.status_code for response in answers} == {200}
    said = [f"{response.headers}{response.text}" for response in answers] + list(capsys.readouterr())
    assert not [text for text in said if f"{patient.id}:" in text]
    assert all(word not in alert["id"] for word in ("self_harm", patient.id))
