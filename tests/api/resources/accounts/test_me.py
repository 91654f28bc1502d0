"""The signed-in account about itself."""

from __future__ import annotations

from flask.testing import FlaskClient

from services.access.actor import Role
from tests.people import People


def test_staff_see_their_name_and_roles(client: FlaskClient, people: People) -> None:
    site = people.site()
    person = people.staff(site, Role.CLINICIAN)
    answer = client.get("/v1/me", headers=person.headers)
    assert answer.status_code == 200
    assert answer.json["id"] == person.account.id
    assert answer.json["roles"] == [{"site_id": site.id, "role": "clinician"}]
    assert answer.json["patient_id"] is None


def test_a_patient_learns_which_patient_to_report_about(client: FlaskClient, people: People) -> None:
    site = people.site()
    patient = people.patient(site)
    answer = client.get("/v1/me", headers=people.own(site, patient).headers)
    assert answer.json["patient_id"] == patient.id


def test_nothing_secret_is_shown(client: FlaskClient, people: People) -> None:
    person = people.staff(people.site(), Role.ADMIN)
    answer = client.get("/v1/me", headers=person.headers)
    assert set(answer.json) == {"id", "name", "email", "patient_id", "roles"}


def test_nobody_is_told_anything_without_signing_in(client: FlaskClient) -> None:
    answer = client.get("/v1/me")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
