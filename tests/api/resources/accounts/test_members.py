"""The staff of a site over HTTP: listed by name, given and taken roles, shut out and let in again."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.sites.sites import Site
from services.access.actor import Role
from tests.people import PASSWORD, People, Person

REASON = "As agreed."


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def anna(people: People, site: Site) -> Person:
    account = people.account((site, Role.CLINICIAN), name="Anna Weiss", email="anna@example.org")
    return people.signed_in(account)


def listed(client: FlaskClient, site: Site, by: Person) -> dict[str, Any]:
    items = client.get(f"/v1/sites/{site.id}/members", headers=by.headers).json["items"]
    return {item["name"]: item for item in items}


def test_somebody_is_given_and_taken_a_role_which_the_directory_shows(
    client: FlaskClient, site: Site, admin: Person, anna: Person
) -> None:
    path = f"/v1/sites/{site.id}/members/{anna.account.id}/roles"
    body = {"role": "coordinator", "reason": REASON}
    for method, roles in (("POST", {"clinician", "coordinator"}), ("DELETE", {"clinician"})):
        for _ in range(2):  # the second changes nothing
            assert client.open(path, method=method, json=body, headers=admin.headers).status_code == 200
        shown = listed(client, site, admin)["Anna Weiss"]
        assert {role["role"] for role in shown["roles"]} == roles
        assert client.get("/v1/me", headers=anna.headers).json["code"] == "token_expired", "of other powers"


def test_somebody_whose_account_is_closed_is_out_at_once_until_it_is_opened_again(
    client: FlaskClient, site: Site, admin: Person, anna: Person
) -> None:
    path = f"/v1/sites/{site.id}/members/{anna.account.id}"
    given = {"email": "anna@example.org", "password": PASSWORD}
    assert client.get("/v1/me", headers=anna.headers).status_code == 200
    closed = client.post(f"{path}/close", json={"reason": REASON}, headers=admin.headers)
    assert (closed.status_code, closed.json["closed_at"] is not None) == (200, True)
    assert client.get("/v1/me", headers=anna.headers).status_code == 401
    assert client.post("/v1/auth/sign-in", json=given).json["code"] == "wrong_credentials"
    assert listed(client, site, admin)["Anna Weiss"]["closed_at"] is not None
    assert client.post(f"{path}/reopen", json={"reason": REASON}, headers=admin.headers).status_code == 200
    assert client.post("/v1/auth/sign-in", json=given).status_code == 200
    assert client.get("/v1/me", headers=anna.headers).status_code == 401, "what was ended stays ended"


def test_a_change_says_why_and_is_not_of_oneself(
    client: FlaskClient, site: Site, admin: Person, anna: Person
) -> None:
    path = f"/v1/sites/{site.id}/members"
    without = client.post(f"{path}/{anna.account.id}/close", json={}, headers=admin.headers)
    assert [error["pointer"] for error in without.json["errors"]] == ["/reason"]
    own = {"role": "clinician", "reason": REASON}
    refused = client.post(f"{path}/{admin.account.id}/roles", json=own, headers=admin.headers)
    assert (refused.status_code, refused.json["code"]) == (403, "own_account")
