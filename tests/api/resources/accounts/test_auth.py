"""Enrolling, signing in, refreshing and signing out over HTTP."""

from __future__ import annotations

import json
import queue
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.rest.bodies import MOST_ANONYMOUS
from models.sites.sites import Site
from models.store.base import new_id
from models.store.call_counts import CallCountDocument
from services.access.actor import Role
from services.access.passwords import MAX_BYTES, WAITING
from services.access.security import Security
from tests.people import PASSWORD, People, Person

TOKENS = {"access_token", "token_type", "expires_in", "refresh_token", "account"} | {
    "confirmed",
    "waiting",
    "recovery_code",
}


@pytest.fixture
def anna(people: People, site: Site) -> Person:
    return people.signed_in(
        people.account((site, Role.CLINICIAN), email="anna@example.org", name="Anna Weiss")
    )


def sign_in(client: FlaskClient, **fields: Any) -> Any:
    return client.post("/v1/auth/sign-in", json={"email": "anna@example.org", "password": PASSWORD} | fields)


def test_signing_in_gives_tokens_and_the_account(client: FlaskClient, anna: Person, site: Site) -> None:
    response = sign_in(client)
    body = response.get_json()
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert set(body) == TOKENS
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["account"] == {
        "id": anna.account.id,
        "name": "Anna Weiss",
        "email": "anna@example.org",
        "patient_id": None,
        "roles": [{"site_id": site.id, "role": "clinician"}],
    }


def test_the_token_opens_the_account_until_signing_out(client: FlaskClient, anna: Person) -> None:
    headers = {"Authorization": f"Bearer {sign_in(client).get_json()['access_token']}"}
    assert client.get("/v1/me", headers=headers).get_json()["id"] == anna.account.id
    assert client.post("/v1/auth/sign-out", headers=headers).status_code == 204
    refused = client.get("/v1/me", headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (401, "session_ended")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert refused.mimetype == "application/problem+json"


def test_a_refresh_token_is_exchanged(client: FlaskClient, anna: Person) -> None:
    first = sign_in(client).get_json()["refresh_token"]
    response = client.post("/v1/auth/refresh", json={"refresh_token": first})
    assert response.status_code == 200
    assert response.get_json()["refresh_token"] != first


def test_a_wrong_password_is_not_echoed(client: FlaskClient, anna: Person) -> None:
    response = sign_in(client, password="a secret typed wrongly")
    assert (response.status_code, response.get_json()["code"]) == (401, "wrong_credentials")
    assert "typed wrongly" not in response.get_data(as_text=True)


def test_of_many_at_once_those_who_find_no_place_cost_the_database_nothing(
    app: Flask, security: Security, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave, together, callers = threading.Event(), threading.Barrier(16), range(16)

    class Slow:
        def verify(self, _stored: str, _password: str) -> bool:
            return leave.wait(20)

        def check_needs_rehash(self, _stored: str) -> bool:
            return False

    monkeypatch.setattr(security.passwords, "_hasher", Slow())
    refused = queue.SimpleQueue[Any]()

    def call(place: int) -> None:
        person = app.test_client()
        together.wait(20)
        answer = person.post(
            "/v1/auth/sign-in",
            json={"email": f"{place}@example.org", "password": PASSWORD},
            environ_base={"REMOTE_ADDR": f"192.0.2.{place}"},
        )
        if answer.status_code == 429:
            refused.put(answer.get_json()["code"])

    with ThreadPoolExecutor(len(callers)) as pool:
        calls = [pool.submit(call, place) for place in callers]
        codes = [refused.get(timeout=20) for _ in range(len(callers) - WAITING)]
        leave.set()
    assert [future.result() for future in calls] == [None] * len(callers)
    assert codes == ["too_many_sign_ins"] * (len(callers) - WAITING)
    assert refused.empty()
    assert CallCountDocument.raw().count_documents({}) == WAITING


def test_too_many_wrong_passwords_have_to_wait(client: FlaskClient, anna: Person) -> None:
    for _ in range(4):
        sign_in(client, password="wrong")
    response = sign_in(client)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "1")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sign-in", {"email": "anna@example.org"}),
        ("sign-in", {"email": "anna", "password": "x"}),
        ("sign-in", {"email": "anna@example.org", "password": 7}),
        ("sign-in", {"email": "anna@example.org", "password": ""}),
        ("sign-in", {"email": "anna@example.org", "password": "\ud800"}),
        ("sign-in", {"email": "a\ud800@example.org", "password": "x"}),
        ("sign-in", {"email": "anna@example.org", "password": "x", "role": "admin"}),
        ("sign-in", {"email": "anna@example.org", "password": "x", "device": {"id": "1", "name": "phone"}}),
        ("refresh", {}),
        ("refresh", {"refresh_token": "x" * 201}),
        ("refresh", {"refresh_token": "\x00.AAAA"}),
        ("enrol", {"code": ""}),
        ("enrol", {"code": "7K3M-9QX2-TB4E", "name": "me"}),
    ],
)
def test_a_malformed_request_is_refused_with_the_place(
    client: FlaskClient, path: str, body: dict[str, Any]
) -> None:
    response = client.post(f"/v1/auth/{path}", json=body)
    assert response.status_code == 422
    assert response.get_json()["errors"]


LARGEST = MOST_ANONYMOUS
PHONE = {"id": "6d0f3a52-6a4f-4f60-9a52-0b2f2f1f7a10", "name": "phone"}
TEXTS = [
    ("sign-in", "email"),
    ("sign-in", "password"),
    ("sign-in", "device"),
    ("enrol", "code"),
    ("enrol", "email"),
    ("enrol", "password"),
    ("enrol", "device"),
    ("refresh", "refresh_token"),
]
# What costs the most: marks to be put in order, and letters to be put together or taken apart.
UNITS = {"marks": "\u0300\u0316", "syllables": "\u1100\u1161\u11a8", "apart": "\ufb2c", "addresses": "a@a."}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
@pytest.mark.parametrize(("path", "member"), TEXTS)
def test_a_text_as_large_as_a_body_may_be_costs_nothing_before_its_length_is_looked_at(
    client: FlaskClient, path: str, member: str, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to be signed in for these. The time of a normal form grows with the square of the length."""
    fits = {"email": "anna@example.org", "password": "x", "device": PHONE}
    body: dict[str, Any] = (
        fits if path == "sign-in" else {"code": "7K3M-9QX2-TB4E"} if path == "enrol" else {}
    )
    text = "a" + unit * ((LARGEST - 500) // len(unit.encode()))
    sent = json.dumps(
        body | {member: PHONE | {"name": text} if member == "device" else text}, ensure_ascii=False
    )
    assert LARGEST - 1000 < len(sent.encode()) <= LARGEST
    lengths, normalize = [0], unicodedata.normalize

    def watched(form: Any, text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", watched)
    response = client.post(f"/v1/auth/{path}", data=sent.encode(), content_type="application/json")
    assert max(lengths) <= MAX_BYTES
    assert response.status_code == 422
    pointer = "/device/name" if member == "device" else f"/{member}"
    assert [error["pointer"] for error in response.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("path", "member", "most"), [("sign-in", "password", 1024), ("refresh", "refresh_token", 200)]
)
def test_a_text_that_its_normal_form_makes_too_long_is_too_long(
    client: FlaskClient, path: str, member: str, most: int
) -> None:
    body = {"email": "anna@example.org"} if path == "sign-in" else {}
    longest, grows = "a" * most, "a" * (most - 1) + "\ufb2c"
    assert len(grows) == most < len(unicodedata.normalize("NFC", grows))
    assert client.post(f"/v1/auth/{path}", json=body | {member: longest}).status_code == 401
    response = client.post(f"/v1/auth/{path}", json=body | {member: grows})
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, f"/{member}")


@pytest.mark.parametrize("token", ["nothing", "é.AAAA", "a.b", "." * 50])
def test_what_is_no_refresh_token_is_refused(client: FlaskClient, token: str) -> None:
    response = client.post("/v1/auth/refresh", json={"refresh_token": token})
    assert (response.status_code, response.get_json()["code"]) == (401, "refresh_token_invalid")


@pytest.mark.parametrize("header", ["Bearer é", "Bearer a.b.c", "Basic YTpi", "Bearer " + "x" * 9000])
def test_what_is_no_access_token_is_refused(client: FlaskClient, header: str) -> None:
    response = client.get("/v1/me", headers={"Authorization": header})
    assert response.status_code == 401


def test_the_public_keys_verify_our_tokens(client: FlaskClient, anna: Person) -> None:
    response = client.get("/.well-known/jwks.json")
    keys = {key["kid"]: jwt.PyJWK(key) for key in response.get_json()["keys"]}
    token = sign_in(client).get_json()["access_token"]
    kid = jwt.get_unverified_header(token)["kid"]
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    claims = jwt.decode(token, keys[kid], ["EdDSA"], audience="slope", issuer="slope", options=options)
    assert claims["sub"] == anna.account.id
    assert "max-age" in response.headers["Cache-Control"]
    assert not [key for key in response.get_json()["keys"] if "d" in key]


def test_no_secret_is_logged(client: FlaskClient, anna: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    tokens = sign_in(client).get_json()
    for token in [tokens["refresh_token"]] * 2:
        client.post("/v1/auth/refresh", json={"refresh_token": token})
    sign_in(client, password="wrong password")
    shown = caplog.text
    secrets = (PASSWORD, "wrong password", tokens["access_token"], tokens["refresh_token"])
    assert not [secret for secret in secrets if secret in shown]


def test_a_phone_that_the_clinic_ended_does_not_come_back_by_the_code_that_it_redeemed(
    client: FlaskClient, people: People, site: Site
) -> None:
    patient, coordinator = people.patient(site), people.staff(site, Role.COORDINATOR)
    way = f"/v1/patients/{patient.id}"
    code = client.post(f"{way}/invitations", json={"kind": "patient"}, headers=coordinator.headers).json[
        "code"
    ]
    body = {"code": code, "device": {"id": new_id(), "name": "phone"}}
    assert [client.post("/v1/auth/enrol", json=body).status_code for _ in range(2)] == [201, 201]
    (device,) = client.get(f"{way}/devices", headers=coordinator.headers).json["items"]
    assert client.delete(f"{way}/devices/{device['id']}", headers=coordinator.headers).status_code == 204
    again = client.post("/v1/auth/enrol", json=body)
    assert (again.status_code, again.json["code"]) == (422, "code_not_usable")
    assert client.get(f"{way}/devices", headers=coordinator.headers).json["items"] == []
