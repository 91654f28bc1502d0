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
    assert set(response.json) == {"id", "name", "email", "patient_id", "roles", "locale"}


def test_nobody_is_told_anything_without_signing_in(client: FlaskClient) -> None:
    response = client.get("/v1/me")
    assert (response.status_code, response.json["code"]) == (401, "not_signed_in")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_clinics_of_the_account_tell_what_is_shown_beside_the_box_and_without_a_signal(
    client: FlaskClient, people: People
) -> None:
    site = people.site(crisis_text={"en": "Call 112.", "pt": "Ligue 112."})
    carer = people.caregiver(site, people.patient(site))
    headers = carer.headers | {"Accept-Language": "pt-PT, en;q=0.3"}
    response = client.get("/v1/me/sites", headers=headers)
    (told,) = response.json["items"]
    assert (told["id"], told["crisis_text"]) == (site.id, "Ligue 112.")
    assert (told["reads_reports"], told["takes_notes"]) == (site.reads_reports, True)
    again = client.get("/v1/me/sites", headers=headers | {"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_everybody_chooses_a_language(client: FlaskClient, people: People) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    for locale in ("ko", None):
        assert (
            client.patch("/v1/me", json={"locale": locale}, headers=person.headers).json["locale"] == locale
        )
        assert client.get("/v1/me", headers=person.headers).json["locale"] == locale
        chosen = client.get("/v1/me/notifications", headers=person.headers).json["locale"]
        assert chosen == locale
    refused = client.patch("/v1/me", json={"locale": "xx"}, headers=person.headers)
    assert refused.status_code == 422


def test_a_list_of_devices_says_which_one_is_asking(client: FlaskClient, people: People) -> None:
    account = people.staff(people.site(), Role.CLINICIAN).account
    one, other = people.signed_in(account), people.signed_in(account)
    for asking in (one, other):
        listed = client.get("/v1/me/devices", headers=asking.headers).json["items"]
        assert {device["id"] for device in listed if device["current"]} == {asking.actor.session_id}
        for device in listed:
            way, named = f"/v1/me/devices/{device['id']}", {"name": "Phone"}
            renamed = client.patch(way, json=named, headers=asking.headers).json
            assert renamed == device | named
