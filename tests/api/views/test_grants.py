"""Patients see carers' names, and staff's where their site lets them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.grants import GrantScope
from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People, Person


@pytest.fixture
def named_site(people: People) -> Site:
    return people.site(shows_patient=("total", "staff_names"))


def listed(client: FlaskClient, patient_id: str, reader: Person) -> list[dict[str, Any]]:
    response = client.get(f"/v1/patients/{patient_id}/grants", headers=reader.headers)
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.json["items"]
    return found


def given(client: FlaskClient, people: People, site: Site) -> tuple[Person, Person, Person, str]:
    """A grant that a clinician gave to a caregiver; and the patient."""
    clinician, patient = people.staff(site, Role.CLINICIAN), people.patient(site)
    carer = people.caregiver(site)
    body = {"account_id": carer.account.id, "scope": GrantScope.REPORT}
    response = client.post(f"/v1/patients/{patient.id}/grants", json=body, headers=clinician.headers)
    assert response.status_code == 201
    return clinician, carer, people.own(site, patient), patient.id


def test_the_clinic_reads_who_gave_a_grant_to_whom(client: FlaskClient, people: People) -> None:
    clinician, carer, _, patient_id = given(client, people, people.site())
    (grant,) = listed(client, patient_id, clinician)
    assert (grant["given_by"], grant["caregiver"]) == (clinician.shown, carer.shown)


def test_a_patient_reads_the_carers_name_and_not_the_staffs(client: FlaskClient, people: People) -> None:
    clinician, carer, own, patient_id = given(client, people, people.site())
    (grant,) = listed(client, patient_id, own)
    assert grant["caregiver"] == carer.shown
    assert grant["given_by"] == {"id": clinician.account.id, "name": None}


def test_a_site_may_show_its_patients_the_staffs_names(
    client: FlaskClient, people: People, named_site: Site
) -> None:
    clinician, _, own, patient_id = given(client, people, named_site)
    (grant,) = listed(client, patient_id, own)
    assert grant["given_by"] == clinician.shown


def test_a_caregiver_who_was_invited_has_a_name_and_a_relation(client: FlaskClient, people: People) -> None:
    site = people.site()
    clinician, patient = people.staff(site, Role.CLINICIAN), people.patient(site)
    body = {"kind": "caregiver", "name": "Ana Silva", "relation": "daughter"}
    path = f"/v1/patients/{patient.id}/invitations"
    invited = client.post(path, json=body, headers=clinician.headers)
    assert client.post("/v1/auth/enrol", json={"code": invited.json["code"]}).status_code == 201
    (grant,) = listed(client, patient.id, people.own(site, patient))
    assert (grant["caregiver"]["name"], grant["relation"]) == ("Ana Silva", "daughter")


def test_a_patients_own_code_takes_no_relation(client: FlaskClient, people: People) -> None:
    site = people.site()
    path = f"/v1/patients/{people.patient(site).id}/invitations"
    body = {"kind": "patient", "relation": "daughter"}
    response = client.post(path, json=body, headers=people.staff(site, Role.CLINICIAN).headers)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, "/relation")
