"""The signed-in account about itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from services.access import totp
from services.access.actor import Role
from services.access.security import Security
from services.accounts.passkeys import passkeys
from tests.authenticator import Authenticator
from tests.people import PASSWORD, People


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


@pytest.mark.parametrize(("minutes", "permitted"), [(14, True), (16, False)])
def test_codes_beside_a_passkey_ask_for_it_to_begin_and_to_set(
    client: FlaskClient, security: Security, people: People, now: datetime, minutes: int, permitted: bool
) -> None:
    person, way = people.staff(people.site(), Role.ADMIN), "/v1/me/second-factor"
    asked = passkeys.begin(security, person.actor, PASSWORD, now=now)
    passkeys.add(security, person.actor, Authenticator().create(asked), "key", now=now)

    def given(ago: int) -> dict[str, str]:
        actor = replace(person.actor, second_factor=True, second_factor_at=now - timedelta(minutes=ago))
        return {"Authorization": f"Bearer {security.signer.issue(actor, now)}"}

    secret = client.post(way, json={"password": PASSWORD}, headers=given(1)).json["secret"]
    code = {"code": totp.code_at(secret, totp.step_at(now))}
    answers = [
        client.put(way, json=code, headers=given(minutes)),
        client.post(way, json={"password": PASSWORD}, headers=given(minutes)),
    ]
    expected = [(200, None), (409, "second_factor_set")] if permitted else [(403, "second_factor_needed")] * 2
    assert [(answer.status_code, answer.json.get("code")) for answer in answers] == expected
