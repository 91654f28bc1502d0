"""The signed-in account about itself."""

from __future__ import annotations

from flask.testing import FlaskClient

from services.access.actor import Role
from tests.people import People


def test_staff_see_their_name_and_roles(client: FlaskClient, people: People) -> None:
    site = people.site()
    person = people.staff(site, Role.CLINICIAN)
    response = client.get("/v1/me", headers=person.headers)
    assert response.status_code == 200
    assert response.json["id"] == person.account.id
    assert response.json["roles"] == [{"site_id": site.id, "role": "clinician"}]
    assert response.json["patient_id"] is None


def test_a_patient_learns_which_patient_to_report_about(client: FlaskClient, people: People) -> None:
    site = people.site()
    patient = people.patient(site)
    response = client.get("/v1/me", headers=people.own(site, patient).headers)
    assert response.json["patient_id"] == patient.id


def test_nothing_secret_is_shown(client: FlaskClient, people: People) -> None:
    person = people.staff(people.site(), Role.ADMIN)
    response = client.get("/v1/me", headers=person.headers)
    assert set(response.json) == {"id", "name", "email", "patient_id", "roles"}


def test_nobody_is_told_anything_without_signing_in(client: FlaskClient) -> None:
    response = client.get("/v1/me")
    assert (response.status_code, response.json["code"]) == (401, "not_signed_in")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
