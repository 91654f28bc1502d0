"""Invitations and enrolment over HTTP, from the coordinator's click to the phone's first request."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Role
from tests.people import PASSWORD, People, Person


@pytest.fixture
def patient(people: People, site: Site) -> Patient:
    return people.patient(site)


@pytest.fixture
def coordinator(people: People, site: Site) -> Person:
    return people.staff(site, Role.COORDINATOR)


def enrolled(client: FlaskClient, code: str, **fields: Any) -> dict[str, str]:
    response = client.post("/v1/auth/enrol", json={"code": code} | fields)
    assert response.status_code == 201, response.get_json()
    return {"Authorization": f"Bearer {response.get_json()['access_token']}"}


def test_an_invited_patient_enrols_and_reads_their_own_record(
    client: FlaskClient, patient: Patient, coordinator: Person
) -> None:
    path = f"/v1/patients/{patient.id}"
    invited = client.post(f"{path}/invitations", json={"kind": "patient"}, headers=coordinator.headers)
    assert invited.status_code == 201
    assert set(invited.get_json()) == {"id", "code", "kind", "name", "expires_at"}
    assert invited.headers["Cache-Control"] == "no-store"
    device = {"id": new_id(), "name": "Maria's phone"}
    headers = enrolled(client, invited.get_json()["code"], device=device)
    assert client.get(path, headers=headers).get_json()["name"] == patient.name
    assert client.get("/v1/me", headers=headers).get_json()["patient_id"] == patient.id


def test_an_invited_caregiver_reaches_this_patient_only(
    client: FlaskClient, people: People, site: Site, patient: Patient, coordinator: Person
) -> None:
    body = {"kind": "caregiver", "name": "Jo", "grant_scope": "report"}
    invited = client.post(f"/v1/patients/{patient.id}/invitations", json=body, headers=coordinator.headers)
    headers = enrolled(client, invited.get_json()["code"], email="jo@example.org", password=PASSWORD)
    stranger = people.patient(site)
    items = client.get("/v1/patients", headers=headers).get_json()["items"]
    assert [item["id"] for item in items] == [patient.id]
    assert client.get(f"/v1/patients/{stranger.id}", headers=headers).status_code == 404


def test_a_used_code_is_refused(client: FlaskClient, patient: Patient, coordinator: Person) -> None:
    path = f"/v1/patients/{patient.id}/invitations"
    code = client.post(path, json={"kind": "patient"}, headers=coordinator.headers).get_json()["code"]
    enrolled(client, code)
    response = client.post("/v1/auth/enrol", json={"code": code})
    assert (response.status_code, response.get_json()["code"]) == (422, "code_not_usable")
    assert code not in response.get_data(as_text=True)


def test_staff_are_invited_by_an_administrator(client: FlaskClient, people: People, site: Site) -> None:
    admin = people.staff(site, Role.ADMIN)
    body = {"name": "Dr. Okafor", "role": "clinician"}
    invited = client.post(f"/v1/sites/{site.id}/invitations", json=body, headers=admin.headers)
    headers = enrolled(client, invited.get_json()["code"], email="okafor@example.org", password=PASSWORD)
    account = client.get("/v1/me", headers=headers).get_json()
    assert account["roles"] == [{"site_id": site.id, "role": "clinician"}]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "staff"},
        {"kind": "caregiver"},
        {"kind": "patient", "name": "Jo"},
        {"kind": "patient", "grant_scope": "read"},
        {"kind": "caregiver", "name": "Jo", "grant_scope": "all"},
        {"kind": "caregiver", "name": "Jo", "grant_ends_at": "2076-05-01T00:00:00"},
        {"kind": "caregiver", "name": "Jo", "role": "admin"},
        {"kind": 5},
    ],
)
def test_an_invitation_that_does_not_fit_is_refused(
    client: FlaskClient, patient: Patient, coordinator: Person, body: dict[str, Any]
) -> None:
    response = client.post(f"/v1/patients/{patient.id}/invitations", json=body, headers=coordinator.headers)
    assert response.status_code == 422


@pytest.mark.parametrize("role", ["patient", "caregiver", "emperor"])
def test_staff_roles_only_are_given_at_a_site(
    client: FlaskClient, people: People, site: Site, role: str
) -> None:
    admin = people.staff(site, Role.ADMIN)
    body = {"name": "Jo", "role": role}
    response = client.post(f"/v1/sites/{site.id}/invitations", json=body, headers=admin.headers)
    assert response.status_code == 422


def test_another_sites_patient_and_site_do_not_exist(
    client: FlaskClient, people: People, patient: Patient
) -> None:
    elsewhere = people.site()
    coordinator, admin = people.staff(elsewhere, Role.COORDINATOR), people.staff(elsewhere, Role.ADMIN)
    path = f"/v1/patients/{patient.id}/invitations"
    assert client.post(path, json={"kind": "patient"}, headers=coordinator.headers).status_code == 404
    body = {"name": "Jo", "role": "admin"}
    path = f"/v1/sites/{patient.site_id}/invitations"
    assert client.post(path, json=body, headers=admin.headers).status_code == 404
