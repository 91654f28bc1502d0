"""Every instrument there is, and a site's own, through the API: fetched, answered, scored, read back.

The answers are made from the definition as it was fetched; the scores are compared with the library's.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.ledger import ledger
from models.patients.patient import Patient
from models.sites.sites import Site
from scoring import instruments
from scoring.instruments import Definition, Proxy, Respondent
from services.access.actor import Role
from services.sites import catalogue
from tests import definitions
from tests.people import People, Person

SUPPLIED = {definition["key"]: definition for definition in (definitions.OWN, definitions.EVERYTHING)}
KEYS = [*(instrument.key for instrument in instruments.catalogue()), *SUPPLIED]
each_instrument = pytest.mark.parametrize("key", KEYS)
Send = Callable[..., TestResponse]


@pytest.fixture
def caregiver(people: People, site: Site, patient: Patient) -> Person:
    return people.caregiver(site, patient)


@pytest.fixture
def fetched(client: FlaskClient, people: People, site: Site, own: Person, key: str) -> dict[str, Any]:
    """The definition as the patient's phone reads it."""
    if key in SUPPLIED:
        admin = people.staff(site, Role.ADMIN)
        path = f"/v1/sites/{site.id}/instruments"
        assert client.post(path, json=SUPPLIED[key], headers=admin.headers).status_code == 201
    response = client.get(f"/v1/instruments/{key}?locale=pt-BR", headers=own.headers)
    assert response.status_code == 200
    content: dict[str, Any] = response.json
    return content


@pytest.fixture
def definition(site: Site, fetched: dict[str, Any]) -> Definition:
    return catalogue.find(site.id, fetched["key"], fetched["version"])


@pytest.fixture
def send(
    client: FlaskClient,
    patient: Patient,
    own: Person,
    caregiver: Person,
    fetched: dict[str, Any],
    now: datetime,
) -> Send:
    """Report as whom the instrument is about, or as somebody else."""

    def post(answers: dict[str, Any], by: Person | None = None) -> TestResponse:
        subject = caregiver if fetched["subject"] == Respondent.CAREGIVER else own
        body = definitions.report(fetched, answers, now)
        path = f"/v1/patients/{patient.id}/reports"
        return client.post(path, json=body, headers=(by or subject).headers)

    return post


@pytest.fixture
def read_back(client: FlaskClient, patient: Patient, clinician: Person) -> Callable[[str], dict[str, Any]]:
    def get(report_id: str) -> dict[str, Any]:
        path = f"/v1/patients/{patient.id}/reports/{report_id}"
        (version,) = client.get(path, headers=clinician.headers).json["versions"]
        content: dict[str, Any] = version
        return content

    return get


@each_instrument
def test_the_definition_is_the_librarys_and_can_be_kept_by_a_phone(
    client: FlaskClient, own: Person, fetched: dict[str, Any], definition: Definition, key: str
) -> None:
    assert fetched == definition.as_dict()
    listed = client.get("/v1/instruments", headers=own.headers).json["items"]
    assert (key, definition.version) in {(instrument["key"], instrument["version"]) for instrument in listed}
    kept = client.get(f"/v1/instruments/{key}", headers=own.headers).headers["ETag"]
    again = client.get(f"/v1/instruments/{key}", headers=own.headers | {"If-None-Match": kept})
    assert (again.status_code, again.data) == (304, b"")


@each_instrument
def test_complete_answers_come_back_with_the_librarys_score(
    send: Send,
    read_back: Callable[[str], dict[str, Any]],
    fetched: dict[str, Any],
    definition: Definition,
) -> None:
    for seed in range(3):
        answers = definitions.filled(fetched, random.Random(seed))
        response = send(answers)
        score = instruments.score(definition, answers)
        assert (response.status_code, response.json["complete"], response.json["missing"]) == (201, True, [])
        version = read_back(response.json["id"])
        assert version["answers"] == answers
        assert version["score"] == score.as_dict()
        assert version["total"] == score.total


@each_instrument
def test_incomplete_answers_are_taken_marked_and_scored_as_the_library_does(
    send: Send,
    read_back: Callable[[str], dict[str, Any]],
    fetched: dict[str, Any],
    definition: Definition,
) -> None:
    """One left out, and half of them."""
    answers = definitions.filled(fetched, random.Random(1))
    required = [key for key in answers if not definition.by_key[key].optional]
    for gone in (required[:1], required[::2]):
        left = {key: code for key, code in answers.items() if key not in gone}
        if not left:
            continue
        response = send(left)
        score = instruments.score(definition, left)
        assert (response.status_code, response.json["complete"]) == (201, False)
        assert response.json["missing"] == list(score.missing) != []
        assert read_back(response.json["id"])["score"] == score.as_dict()


@each_instrument
def test_wrong_answers_are_refused_item_by_item_and_nothing_is_stored(
    send: Send, fetched: dict[str, Any], patient: Patient
) -> None:
    wrong = {item["key"]: item["codes"]["high"] + 1 for item in fetched["items"]}
    response = send(wrong | {"no_such_item": 0})
    assert response.status_code == 422
    pointers = {error["pointer"]: error["code"] for error in response.json["errors"]}
    assert pointers.pop("/answers/no_such_item") == "unknown_item"
    assert pointers.keys() == {f"/answers/{key}" for key in wrong}
    for code in (True, "1", 0.5, [0]):
        response = send({fetched["items"][0]["key"]: code})
        assert response.status_code == 422, code
        assert [error["pointer"] for error in response.json["errors"]] == [f"/answers/{next(iter(wrong))}"]
    assert [entry for entry in ledger.read_entries(patient.id) if entry.report_id is not None] == []


@each_instrument
def test_a_form_in_which_nothing_is_answered_is_refused(send: Send, patient: Patient) -> None:
    response = send({})
    assert (response.status_code, response.json["errors"][0]["code"]) == (422, "empty")
    assert ledger.read_entries(patient.id) == []


@each_instrument
def test_who_answers_is_marked_and_who_cannot_is_refused(
    send: Send,
    fetched: dict[str, Any],
    definition: Definition,
    own: Person,
    caregiver: Person,
    clinician: Person,
) -> None:
    people = {Respondent.PATIENT: own, Respondent.CAREGIVER: caregiver, Respondent.CLINICIAN: clinician}
    for respondent, person in people.items():
        response = send(definitions.filled(fetched, random.Random(respondent)), by=person)
        apart = respondent not in {definition.subject, Respondent.CLINICIAN}
        if respondent not in definition.respondents or (apart and definition.proxy is Proxy.REFUSED):
            assert (response.status_code, response.json["code"]) == (403, "respondent_not_allowed")
            continue
        mode = "clinic" if respondent is Respondent.CLINICIAN else "proxy" if apart else "self"
        assert response.status_code == 201
        assert (response.json["respondent"], response.json["mode"]) == (respondent, mode)
