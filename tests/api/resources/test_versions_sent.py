"""Versions and questions that phones send: those nobody scores, those of before, those a site has retired."""

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
from tests.definitions import own as own_definition
from tests.definitions import report, shipped
from tests.people import People, Person
from tests.scoring.instruments.forms import filled

Send = Callable[..., TestResponse]


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person, now: datetime) -> Send:
    def post(instrument: str, answers: dict[str, int], version: str = "1") -> TestResponse:
        body = report({"key": instrument, "version": version}, answers, now)
        return client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)

    return post


@pytest.fixture
def add(client: FlaskClient, people: People, site: Site) -> Callable[[dict[str, Any]], str]:
    """Bring a version along; the path of it."""
    admin = people.staff(site, Role.ADMIN)

    def post(definition: dict[str, Any]) -> str:
        path = f"/v1/sites/{site.id}/instruments"
        assert client.post(path, json=definition, headers=admin.headers).status_code == 201
        return f"{path}/{definition['key']}/{definition['version']}"

    return post


@pytest.mark.parametrize(("instrument", "items"), [("phq_9", 9), ("gad_7", 7)])
def test_the_last_question_is_taken_and_not_scored(send: Send, instrument: str, items: int) -> None:
    stem = instrument.partition("_")[0]
    answers = {f"{stem}_{place}": 0 for place in range(1, items + 1)} | {f"{stem}_1": 3}
    without, asked, wrong = (
        send(instrument, answers | more) for more in ({}, {"difficulty": 2}, {"difficulty": 4})
    )
    for taken in (without, asked):
        assert (taken.status_code, taken.json["total"], taken.json["complete"]) == (201, 3, True)
    assert [error["pointer"] for error in wrong.json["errors"]] == ["/answers/difficulty"]


def test_promis_1_0_is_scored_as_1_1_and_not_kept_aside(
    client: FlaskClient, send: Send, patient: Patient, clinician: Person
) -> None:
    answers = dict(filled("promis_10", 3)) | {"g08": 5, "g10": 4}
    scores = []
    for version in ("1.0", "1.1"):
        taken = send("promis_10", answers, version)
        assert (taken.status_code, taken.json["evaluation"]) == (201, "complete")
        path = f"/v1/patients/{patient.id}/reports/{taken.json['id']}"
        scores.append(client.get(path, headers=clinician.headers).json["versions"][0]["score"]["values"])
    assert scores[0] == scores[1]
    assert scores[0]["physical_t"]["value"] is not None


def test_a_version_in_another_language_is_nobodys_default_and_its_reports_are_taken(
    client: FlaskClient, add: Callable[[dict[str, Any]], str], send: Send, own: Person
) -> None:
    add(shipped("who_5", version="1-de", locale="de"))
    for headers in ({}, {"Accept-Language": "de"}):
        assert client.get("/v1/instruments/who_5", headers=own.headers | headers).json["version"] == "1"
    listed = client.get("/v1/instruments", headers=own.headers).json["items"]
    assert [instrument["version"] for instrument in listed if instrument["key"] == "who_5"] == ["1"]
    assert send("who_5", dict(filled("who_5", 3)), "1-de").json["state"] == "current"


def test_a_retired_version_is_sent_to_no_phone_and_its_reports_are_taken(
    client: FlaskClient,
    people: People,
    site: Site,
    add: Callable[[dict[str, Any]], str],
    send: Send,
    own: Person,
) -> None:
    """The queue of a phone that was offline may hold reports of it."""
    path = [add(own_definition(version=version)) for version in ("1", "2")][-1]
    before = client.get("/v1/instruments/sleep_two", headers=own.headers).json["version"]
    clinician, admin = people.staff(site, Role.CLINICIAN), people.staff(site, Role.ADMIN)
    assert client.post(f"{path}/retirement", headers=clinician.headers).status_code == 403
    retired = client.post(f"{path}/retirement", headers=admin.headers)
    assert retired.status_code == 200
    again = client.post(f"{path}/retirement", headers=people.staff(site, Role.ADMIN).headers)
    assert again.json == retired.json
    after = client.get("/v1/instruments/sleep_two", headers=own.headers).json["version"]
    assert (before, after) == ("2", "1")
    taken = send("sleep_two", {"falling_asleep": 3, "waking_up": 1}, "2")
    assert (taken.status_code, taken.json["state"], taken.json["total"]) == (201, "current", 4)
