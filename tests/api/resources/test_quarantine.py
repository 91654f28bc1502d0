"""A report of an unknown version is kept, shown, and let in once the version is known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.ledger import ledger
from models.patients.patients import Patient
from models.sites.sites import Site
from scoring import instruments
from scoring.instruments import Definition
from services.access.actor import Role
from services.reports.histories import records
from services.sites import catalogue
from tests.people import People, Person
from tests.questionnaires import alsfrs


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def kept(client: FlaskClient, people: People, site: Site, patient: Patient, now: datetime) -> dict[str, Any]:
    own = people.own(site, patient)
    body = alsfrs(now - timedelta(days=3), 40, instrument_version="2027-01")
    answer = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
    assert answer.status_code == 202
    assert (answer.json["state"], answer.json["complete"], answer.json["total"]) == (
        "quarantined",
        None,
        None,
    )
    return body


SECRET = "zqsecretzq"
UNSTORABLE: dict[str, Any] = {
    "NUL": {"\0": 1},
    "NUL within": {f"{SECRET}\0": 1},
    "a lone surrogate": {f"{SECRET}\ud800": 1},
    "an operator": {f"${SECRET}": 1},
    "a path": {f"a.{SECRET}": 1},
    "a line break": {"speech\n": 1},
    "no key": {"": 1},
    "a long key": {SECRET * 20_000: 1},
    "a key of a letter too many": {"a" * 65: 1},
    "many keys": {f"a{place}": 1 for place in range(101)},
    "a long integer": {"speech": 2**63},
    "a large number": {"speech": 1e308},
    "text": {"speech": SECRET},
    "true": {"speech": True},
    "nested": {"speech": {"\0": SECRET}},
    "a list": {"speech": [[1]]},
    "both": {f"{SECRET}\0": SECRET, "speech": SECRET},
}


@pytest.mark.parametrize("answers", UNSTORABLE.values(), ids=UNSTORABLE)
@pytest.mark.parametrize("version", ["1", "2027-01"])
@pytest.mark.parametrize("way", ["alone", "in a batch"])
def test_answers_that_cannot_be_stored_are_refused_with_their_place_whatever_the_version(
    client: FlaskClient,
    patient: Patient,
    own: Person,
    now: datetime,
    answers: dict[str, Any],
    version: str,
    way: str,
) -> None:
    body = alsfrs(now, instrument_version=version, answers=answers)
    if way == "alone":
        answer = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
        status, problem = answer.status_code, answer.json
    else:
        batch = {"entries": [{**body, "patient_id": patient.id}]}
        answer = client.post("/v1/report-batches", json=batch, headers=own.headers)
        status, problem = (answer.json["verdicts"][0][name] for name in ("status", "problem"))
    assert status == 422
    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers <= {"/answers", "/answers/speech"}
    assert ("/answers/speech" in pointers) == ("speech" in answers)
    assert ("/answers" in pointers) == (answers.keys() != {"speech"})
    assert SECRET not in answer.text
    assert ledger.read_entries(patient.id) == []


def test_a_key_that_cannot_be_stored_is_refused_alone_while_others_report(
    app: Flask, people: People, site: Site, now: datetime
) -> None:
    phones = []
    for _ in range(12):
        phone = people.patient(site, consent_at=now)
        phones.append((f"/v1/patients/{phone.id}/reports", people.own(site, phone).headers))

    def send(place: int) -> int:
        path, headers = phones[place % len(phones)]
        body = alsfrs(now - timedelta(days=place))
        if place % len(phones) == 6:
            body |= {"instrument_version": "2027-01", "answers": {"\0": 1}}
        return app.test_client().post(path, json=body, headers=headers).status_code

    with ThreadPoolExecutor(len(phones)) as pool:
        statuses = list(pool.map(send, range(60)))
    assert statuses == [422 if place % len(phones) == 6 else 201 for place in range(60)]


def listed(client: FlaskClient, by: Person) -> list[str]:
    return [one["id"] for one in client.get("/v1/quarantine", headers=by.headers).json["items"]]


def release(client: FlaskClient, patient: Patient, kept: dict[str, Any], by: Person) -> Any:
    return client.post(f"/v1/patients/{patient.id}/reports/{kept['id']}/release", headers=by.headers)


def test_what_is_kept_aside_is_shown_to_its_own_clinic(
    client: FlaskClient, people: People, site: Site, kept: dict[str, Any]
) -> None:
    assert listed(client, people.staff(site, Role.COORDINATOR)) == [kept["id"]]
    assert listed(client, people.staff(people.site(), Role.COORDINATOR)) == []


def test_it_is_not_let_in_while_the_version_is_unknown(
    client: FlaskClient, patient: Patient, admin: Person, kept: dict[str, Any]
) -> None:
    assert release(client, patient, kept, admin).json["code"] == "still_unknown"
    assert listed(client, admin) == [kept["id"]]


def test_once_known_it_is_scored_and_counts_from_when_it_was_answered(
    client: FlaskClient,
    patient: Patient,
    admin: Person,
    kept: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = replace(instruments.get("alsfrs_r"), version="2027-01")

    def find(site_id: str, key: str, version: str | None = None) -> Definition:
        return newer if version == "2027-01" else instruments.get(key, version)

    monkeypatch.setattr(catalogue, "find", find)  # the deployment that brings the version
    answer = release(client, patient, kept, admin)
    # An administrator lets it in, and is told neither its total nor which items are blank.
    assert (answer.status_code, answer.json["state"], answer.json["total"]) == (201, "current", None)
    assert records(ledger.read_entries(patient.id))[kept["id"]].latest.score["total"] == 40
    assert listed(client, admin) == []
    assert release(client, patient, kept, admin).status_code == 200
    head = ledger.read_head(patient.id)
    assert head is not None
    assert head.evaluated.evaluation["trajectory"]["last_on"] == "2076-02-28"
