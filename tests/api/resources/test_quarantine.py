"""A report of an unknown version is kept, shown, and let in once the version is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.security.actor import Role
from api.services import catalogue
from models import ledger
from models.patients import Patient
from models.sites import Site
from scoring import instruments
from scoring.instruments import Definition
from tests.api.people import People, Person
from tests.api.questionnaires import alsfrs


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
    assert (answer.status_code, answer.json["state"], answer.json["total"]) == (201, "current", 40)
    assert listed(client, admin) == []
    assert release(client, patient, kept, admin).status_code == 200
    head = ledger.read_head(patient.id)
    assert head is not None
    assert head.evaluated.evaluation["trajectory"]["last_on"] == "2076-02-28"
