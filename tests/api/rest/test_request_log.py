"""Each line says who asked: the account and the session, or a pseudonym of who was not let in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.store.base import new_id
from services.access.actor import Role
from tests.people import PASSWORD, People
from tests.visitor import Visitor


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().err.splitlines()[-1])
    return found


def test_the_account_and_the_session_stand_in_the_line(
    client: FlaskClient, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    client.get("/v1/me", headers=person.headers)
    logged = line(capsys)
    assert (logged["account_id"], logged["session_id"]) == (person.account.id, person.session.id)
    assert "caller" not in logged


def test_who_was_not_let_in_is_known_by_a_pseudonym(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []
    for address in ("203.0.113.9", "203.0.113.9", "203.0.113.10"):
        client.get("/v1/me", environ_overrides={"REMOTE_ADDR": address})
        text = capsys.readouterr().err
        assert address not in text
        seen.append(json.loads(text.splitlines()[-1])["caller"])
    assert seen[0] == seen[1] != seen[2]


def test_who_signs_in_and_goes_on_is_named_with_the_session_and_a_pseudonym(
    client: FlaskClient, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    account = people.account((people.site(), Role.CLINICIAN), email="anna@example.org")
    given = {"email": "anna@example.org", "password": PASSWORD}
    signed = client.post("/v1/auth/sign-in", json=given).json
    first = line(capsys)
    client.post("/v1/auth/refresh", json={"refresh_token": signed["refresh_token"]})
    again = line(capsys)
    for logged in (first, again):
        assert logged["account_id"] == account.id
        assert logged["session_id"] == signed["refresh_token"].partition(".")[0]
    assert first["caller"] == again["caller"]
    client.post("/v1/auth/sign-in", json=given | {"password": "wrong"})
    refused = line(capsys)
    assert (refused["caller"], "account_id" in refused) == (first["caller"], False)


def test_who_signs_in_to_the_pages_is_named_too(
    app: Flask, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    account = people.account((people.site(), Role.CLINICIAN))
    visitor = Visitor(app)
    visitor.sign_in(account.email)
    logged = line(capsys)
    assert (logged["route"], logged["account_id"]) == ("/pages/sign-in", account.id)
    assert logged.keys() >= {"session_id", "caller"}
    assert visitor.sign_in(account.email, "wrong").status_code == 422
    assert "caller" in line(capsys)


@pytest.mark.parametrize(
    ("way", "named"), [("devices", True), ("grants", True), ("invitations", True), ("reports", False)]
)
def test_what_changes_who_is_let_in_is_logged_with_the_pseudonym_and_a_report_is_not(
    client: FlaskClient, people: People, capsys: pytest.CaptureFixture[str], way: str, named: bool
) -> None:
    site = people.site()
    patient, person = people.patient(site), people.staff(site, Role.COORDINATOR)
    path = f"/v1/patients/{patient.id}/{way}" + ("/" + new_id() if way == "devices" else "")
    client.open(path, method="DELETE" if way == "devices" else "POST", json={}, headers=person.headers)
    logged = line(capsys)
    assert logged["account_id"] == person.account.id
    assert ("caller" in logged) is named
