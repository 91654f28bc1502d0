"""A form is sent, and the open alerts are looked at."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.patients.patient import Patient
from tests.api.resources.safety_first.forms import Alerts, Send
from tests.people import Person


@pytest.fixture
def alerts(client: FlaskClient, clinician: Person) -> Alerts:
    """The open alerts that the clinician sees, by topic."""

    def get() -> dict[str, Any]:
        listed = client.get("/v1/alerts", headers=clinician.headers).json["items"]
        return {alert["topic"]: alert for alert in listed}

    return get


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Send:
    """Send a form from the patient's phone, or by somebody else; text is sent as it stands."""

    def post(body: Any, by: Person = own, about: Patient = patient) -> TestResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {**by.headers, "Content-Type": "application/json"}
        return client.post(f"/v1/patients/{about.id}/reports", data=text, headers=headers)

    return post
