"""`flask site` and `flask account`: from an empty database to somebody who is signed in."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from tests.people import PASSWORD

NEW = "another tabby cat of nine"


@pytest.fixture
def commands(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def ran(commands: FlaskCliRunner, *arguments: str) -> str:
    result = commands.invoke(args=[*arguments])
    assert result.exit_code == 0, result.output
    return result.output


def code_in(said: str) -> str:
    found = re.match(r"\S+-\S+-\S+(?=  for)", said)
    assert found is not None, said
    return found[0]


@pytest.fixture
def admin(commands: FlaskCliRunner, client: FlaskClient) -> str:
    """Make a site and its administrator; return the address."""
    site_id = ran(commands, "site", "create", "--name", "Clinic", "--zone", "Europe/Lisbon").strip()
    said = ran(commands, "account", "create-admin", "--site", site_id, "--name", "Mia Costa")
    body = {"code": code_in(said), "email": "mia@example.org", "password": PASSWORD}
    response = client.post("/v1/auth/enrol", json=body)
    assert response.json["account"]["roles"] == [{"site_id": site_id, "role": "admin"}]
    return "mia@example.org"


def signs_in(client: FlaskClient, email: str, password: str) -> bool:
    body = {"email": email, "password": password}
    return client.post("/v1/auth/sign-in", json=body).status_code == 200


def test_a_password_is_reset_by_the_printed_code(
    commands: FlaskCliRunner, client: FlaskClient, admin: str
) -> None:
    said = ran(commands, "account", "reset-password", "--email", admin)
    assert "/v1/auth/password-reset" in said
    body = {"code": code_in(said), "password": NEW}
    assert client.post("/v1/auth/password-reset", json=body).status_code == 204
    assert signs_in(client, admin, NEW)
    assert not signs_in(client, admin, PASSWORD)


def test_an_account_is_closed(commands: FlaskCliRunner, client: FlaskClient, admin: str) -> None:
    assert signs_in(client, admin, PASSWORD)
    ran(commands, "account", "close", "--email", admin, "--reason", "Left.")
    assert not signs_in(client, admin, PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("account", "close", "--email", "nobody@example.org", "--reason", "x"), "no such account"),
        (("account", "create-admin", "--site", "nowhere", "--name", "x"), "no such site"),
        (("site", "create", "--name", "x", "--zone", "Mars/Base"), "IANA"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    commands: FlaskCliRunner, arguments: tuple[str, ...], said: str
) -> None:
    result = commands.invoke(args=[*arguments])
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
