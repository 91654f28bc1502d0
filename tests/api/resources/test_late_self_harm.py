"""Every report of thoughts of self-harm raises the alert, whenever it arrives and whatever is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from tests.people import Person
from tests.questionnaires import phq_9


def send(client: FlaskClient, patient: Patient, by: Person, body: dict[str, Any]) -> None:
    response = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=by.headers)
    assert response.status_code == 201


def current(client: FlaskClient, clinician: Person) -> list[dict[str, Any]]:
    wanted = {"topic": "self_harm"}
    listed = client.post("/v1/alerts/search", json=wanted, headers=clinician.headers).json["items"]
    return [client.get(f"/v1/alerts/{alert['id']}", headers=clinician.headers).json for alert in listed]


def act(client: FlaskClient, clinician: Person, alert: dict[str, Any], action: str) -> None:
    headers = clinician.headers | {"If-Match": f'"{alert["rev"]}"'}
    body = {"action": action, "note": "Talked on the phone."}
    body |= {"outcome": "called"} if action == "resolve" else {}
    response = client.post(f"/v1/alerts/{alert['id']}/actions", json=body, headers=headers)
    assert response.status_code == 200, response.json


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_an_older_report_that_arrives_late_raises_what_was_dealt_with_again(
    client: FlaskClient, patient: Patient, own: Person, clinician: Person, now: datetime, action: str
) -> None:
    later, older = phq_9(now - timedelta(days=2), phq_9=1), phq_9(now - timedelta(days=9), phq_9=3)
    send(client, patient, own, later)
    act(client, clinician, current(client, clinician)[0], action)
    assert [alert["state"] for alert in current(client, clinician)] == ["acknowledged"] * (
        action == "acknowledge"
    )
    send(client, patient, own, older)
    raised = current(client, clinician)
    assert [alert["state"] for alert in raised] == ["open"]
    assert {later["id"], older["id"]} <= set(raised[0]["flag"]["evidence"])


def test_the_same_report_again_raises_nothing_that_was_dealt_with(
    client: FlaskClient, patient: Patient, own: Person, clinician: Person, now: datetime
) -> None:
    body = phq_9(now - timedelta(days=2), phq_9=1)
    send(client, patient, own, body)
    act(client, clinician, current(client, clinician)[0], "acknowledge")
    client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
    send(client, patient, own, phq_9(now - timedelta(days=1)))
    assert [alert["state"] for alert in current(client, clinician)] == ["acknowledged"]
