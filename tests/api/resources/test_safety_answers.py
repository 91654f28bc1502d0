"""Answers that are about safety or a carer's burden: what they set off, and who reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.patients.patient import Patient
from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People, Person
from tests.questionnaires import alsfrs

PHQ = [f"phq_{place}" for place in range(1, 10)]
WHO = ("cheerful", "calm", "active", "rested", "interested")
BURDEN = [f"zbi_{place}" for place in range(1, 13)]
Send = Callable[..., TestResponse]


@pytest.fixture
def caregiver(people: People, site: Site, patient: Patient) -> Person:
    return people.caregiver(site, patient)


@pytest.fixture
def send(client: FlaskClient, patient: Patient, now: datetime) -> Send:
    def post(instrument: str, answers: dict[str, int], by: Person) -> TestResponse:
        body = alsfrs(now, instrument=instrument, answers=answers)
        return client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=by.headers)

    return post


@pytest.fixture
def flags(client: FlaskClient, patient: Patient, clinician: Person) -> Callable[[], dict[str, Any]]:
    """What stands, by topic."""

    def get() -> dict[str, Any]:
        response = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers)
        return {flag["topic"]: flag for flag in response.json["flags"]}

    return get


def test_item_9_is_not_hidden_in_a_low_total(
    send: Send, own: Person, flags: Callable[[], dict[str, Any]]
) -> None:
    response = send("phq_9", dict.fromkeys(PHQ, 0) | {"phq_9": 1}, own)
    assert (response.json["total"], response.json["complete"]) == (1, True)
    assert response.json["crisis_text"] is not None
    assert {topic: flag["level"] for topic, flag in flags().items()} == {"self_harm": "urgent"}


def test_item_9_left_open_is_said_to_be_missing_and_is_not_zero(
    send: Send, own: Person, flags: Callable[[], dict[str, Any]]
) -> None:
    response = send("phq_9", dict.fromkeys(PHQ[:8], 0), own)
    assert (response.json["complete"], response.json["missing"]) == (False, ["phq_9"])
    assert response.json["crisis_text"] is None
    assert flags() == {}


def test_a_carers_answer_to_item_9_is_a_carers_concern_and_urgent(
    send: Send, caregiver: Person, flags: Callable[[], dict[str, Any]]
) -> None:
    """The others of the form, all at their worst, are no measure of the patient's mood."""
    response = send("phq_9", dict.fromkeys(PHQ, 3), caregiver)
    assert (response.status_code, response.json["mode"]) == (201, "proxy")
    assert response.json["crisis_text"] is not None
    found = flags()
    assert list(found) == ["self_harm"]
    assert (found["self_harm"]["rule"], found["self_harm"]["level"]) == ("self_harm_concern", "urgent")
    assert found["self_harm"]["sentence"].startswith("Carer's concern")


@pytest.mark.parametrize(("by", "expected"), [("own", ["mood"]), ("caregiver", [])])
def test_a_proxys_total_is_no_self_report(
    request: pytest.FixtureRequest,
    send: Send,
    flags: Callable[[], dict[str, Any]],
    by: str,
    expected: list[str],
) -> None:
    assert send("who_5", dict.fromkeys(WHO, 0), request.getfixturevalue(by)).status_code == 201
    assert list(flags()) == expected


def test_a_carers_burden_is_read_by_the_carer_and_by_clinicians_only(
    send: Send,
    client: FlaskClient,
    people: People,
    site: Site,
    patient: Patient,
    own: Person,
    caregiver: Person,
    clinician: Person,
) -> None:
    sent = send("zbi_12", dict.fromkeys(BURDEN, 4), caregiver)
    assert (sent.status_code, sent.json["respondent"], sent.json["mode"]) == (201, "caregiver", "self")
    readers = {
        "carer": caregiver,
        "clinician": clinician,
        "patient": own,
        "another carer": people.caregiver(site, patient),
        "coordinator": people.staff(site, Role.COORDINATOR),
    }
    for name, reader in readers.items():
        (shown,) = client.get(f"/v1/patients/{patient.id}/reports", headers=reader.headers).json["items"]
        readable = name in {"carer", "clinician"}
        assert shown["withheld"] is not readable, name
        assert (shown["versions"][0]["total"] == 48) is readable, name
        assert (shown["versions"][0]["answers"] is not None) is readable, name


@pytest.mark.parametrize("by", ["own", "clinician"])
def test_nobody_answers_for_the_carer(request: pytest.FixtureRequest, send: Send, by: str) -> None:
    response = send("zbi_12", dict.fromkeys(BURDEN, 4), request.getfixturevalue(by))
    assert (response.status_code, response.json["code"]) == (403, "respondent_not_allowed")
