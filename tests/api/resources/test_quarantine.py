"""A report of an unknown version is kept, shown, and let in once the version is known."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.ledger import ledger
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from scoring import instruments
from scoring.instruments import Definition
from services.access.actor import Role
from services.reports.histories import records
from services.sites import catalogue
from tests.people import People, Person
from tests.questionnaires import alsfrs, phq_9


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def kept(client: FlaskClient, own: Person, patient: Patient, now: datetime) -> dict[str, Any]:
    body = alsfrs(now - timedelta(days=3), 40, instrument_version="2027-01")
    response = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
    assert response.status_code == 202
    assert (response.json["state"], response.json["complete"], response.json["total"]) == (
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
        response = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
        status, problem = response.status_code, response.json
    else:
        batch = {"entries": [{**body, "patient_id": patient.id}]}
        response = client.post("/v1/report-batches", json=batch, headers=own.headers)
        status, problem = (response.json["verdicts"][0][name] for name in ("status", "problem"))
    assert status == 422
    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers <= {"/answers", "/answers/speech"}
    assert ("/answers/speech" in pointers) == ("speech" in answers)
    assert ("/answers" in pointers) == (answers.keys() != {"speech"})
    assert SECRET not in response.text
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
    groups = client.get("/v1/quarantine", headers=by.headers).json["items"]
    return [report["id"] for group in groups for report in group["reports"]]


def release(client: FlaskClient, patient: Patient, kept: dict[str, Any], by: Person) -> Any:
    return client.post(f"/v1/patients/{patient.id}/reports/{kept['id']}/release", headers=by.headers)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN])
def test_what_is_kept_aside_is_shown_to_its_own_clinic(
    client: FlaskClient, people: People, site: Site, kept: dict[str, Any], role: Role
) -> None:
    assert listed(client, people.staff(site, role)) == [kept["id"]]
    assert listed(client, people.staff(people.site(), role)) == []


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN])
def test_a_restricted_instrument_is_shown_to_clinicians_only(
    client: FlaskClient, people: People, site: Site, patient: Patient, now: datetime, role: Role
) -> None:
    body = phq_9(now, phq_9=2) | {"instrument_version": "2027-01"}
    own = people.own(site, patient)
    assert (
        client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers).status_code == 202
    )
    reader = people.staff(site, role)
    (group,) = client.get("/v1/quarantine", headers=reader.headers).json["items"]
    assert (group["count"], group["withheld"]) == (1, 0 if role is Role.CLINICIAN else 1)
    assert listed(client, reader) == ([body["id"]] if role is Role.CLINICIAN else [])


def test_one_patient_cannot_fill_the_list_for_others(
    client: FlaskClient, people: People, site: Site, clinician: Person, now: datetime
) -> None:
    """Also not when a page holds one patient only."""
    senders = sorted((people.patient(site, consent_at=now) for _ in range(3)), key=lambda patient: patient.id)
    for place, sender in enumerate(senders):
        own = people.own(site, sender)
        for hours in range(30 if place == 0 else 1):
            body = alsfrs(now - timedelta(hours=hours), instrument_version="2027-01")
            client.post(f"/v1/patients/{sender.id}/reports", json=body, headers=own.headers)
    found, after = [], ""
    while True:
        page = client.get(f"/v1/quarantine?limit=1{after}", headers=clinician.headers).json
        found += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert [group["patient_id"] for group in found] == [sender.id for sender in senders]
    assert [group["count"] for group in found] == [30, 1, 1]
    assert [len(group["reports"]) for group in found] == [20, 1, 1]


def test_clinicians_release_and_reject_at_their_site_only(
    client: FlaskClient, people: People, site: Site, patient: Patient, clinician: Person, kept: dict[str, Any]
) -> None:
    elsewhere = people.staff(people.site(), Role.CLINICIAN)
    assert release(client, patient, kept, elsewhere).status_code == 404
    assert reject(client, patient, kept, elsewhere).status_code == 404
    assert reject(client, patient, kept, people.staff(site, Role.COORDINATOR)).status_code == 403
    assert query_of(client, patient, clinician) is not None
    body = {"id": new_id(), "reason": "Sent by a test phone."}
    rejected = reject(client, patient, kept, clinician, body)
    assert (rejected.status_code, rejected.json["state"]) == (201, "voided")
    assert reject(client, patient, kept, clinician, body).status_code == 200
    assert reject(client, patient, kept, clinician).json["code"] == "not_in_quarantine"
    assert release(client, patient, kept, clinician).json["code"] == "not_in_quarantine"
    assert listed(client, clinician) == []
    assert query_of(client, patient, clinician) is None


def test_a_report_that_counts_is_not_rejected(
    client: FlaskClient, patient: Patient, own: Person, clinician: Person, now: datetime
) -> None:
    body = alsfrs(now)
    client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
    assert reject(client, patient, body, clinician).json["code"] == "not_in_quarantine"


def test_nobody_can_take_the_id_of_a_release(
    client: FlaskClient,
    people: People,
    site: Site,
    patient: Patient,
    clinician: Person,
    kept: dict[str, Any],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caregiver = people.caregiver(site, patient)
    path = f"/v1/patients/{patient.id}/reports"
    guesses = [str(uuid.uuid5(uuid.UUID(kept["id"]), "release")), f"release:{kept['id']}"]
    statuses = [
        client.post(path, json=alsfrs(now, id=guess), headers=caregiver.headers).status_code
        for guess in guesses
    ]
    assert statuses == [201, 422]
    know(monkeypatch)
    assert release(client, patient, kept, clinician).status_code == 201


def reject(
    client: FlaskClient,
    patient: Patient,
    kept: dict[str, Any],
    by: Person,
    body: dict[str, Any] | None = None,
) -> Any:
    path = f"/v1/patients/{patient.id}/reports/{kept['id']}/reject"
    return client.post(path, json=body or {"id": new_id(), "reason": "x"}, headers=by.headers)


def query_of(client: FlaskClient, patient: Patient, clinician: Person) -> dict[str, Any] | None:
    """The flag on what is kept aside of the patient."""
    shown = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers).json
    found = [flag for flag in shown["flags"] if flag["rule"] == "quarantined"]
    return found[0] if found else None


def know(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deployment that brings the version."""
    newer = replace(instruments.get("alsfrs_r"), version="2027-01")

    def find(site_id: str, key: str, version: str | None = None) -> Definition:
        return newer if version == "2027-01" else instruments.get(key, version)

    monkeypatch.setattr(catalogue, "find", find)


def test_each_patient_with_something_kept_aside_has_a_query_that_ends_with_the_release(
    client: FlaskClient,
    own: Person,
    patient: Patient,
    clinician: Person,
    kept: dict[str, Any],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def alerts() -> list[tuple[str, str]]:
        found = client.get("/v1/alerts?state=any", headers=clinician.headers).json["items"]
        return [(alert["topic"], alert["level"]) for alert in found]

    assert alerts() == [("data_query", "soon")]
    query = query_of(client, patient, clinician)
    assert query is not None
    assert "ALSFRS-R in version 2027-01" in query["sentence"]
    client.post(f"/v1/patients/{patient.id}/reports", json=alsfrs(now), headers=own.headers)
    assert query_of(client, patient, clinician) == query
    know(monkeypatch)
    assert release(client, patient, kept, clinician).status_code == 201
    assert query_of(client, patient, clinician) is None
    shown = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers).json
    assert shown["topics"]["data_query"]["on"] is False
    assert shown["topics"]["data_query"]["cleared_at"] is not None


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
    know(monkeypatch)
    response = release(client, patient, kept, admin)
    # An administrator lets it in, and is told neither its total nor which items are blank.
    assert (response.status_code, response.json["state"], response.json["total"]) == (201, "current", None)
    assert records(ledger.read_entries(patient.id))[kept["id"]].latest.score["total"] == 40
    assert listed(client, admin) == []
    assert release(client, patient, kept, admin).status_code == 200
    head = ledger.read_head(patient.id)
    assert head is not None
    assert head.evaluated.evaluation["trajectory"]["last_on"] == "2076-02-28"
