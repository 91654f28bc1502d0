"""Webhooks over HTTP: who may, what is shown, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from api.examples import webhooks as examples
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Role
from tests.people import People, Person


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def path(site: Site) -> str:
    return f"/v1/sites/{site.id}/webhooks"


@pytest.fixture
def made(client: FlaskClient, path: str, admin: Person) -> dict[str, Any]:
    response = client.post(path, json=examples.NEW | {"id": new_id()}, headers=admin.headers)
    assert (response.status_code, response.headers["ETag"]) == (201, '"0"')
    found: dict[str, Any] = response.json
    return found


def test_the_secret_is_in_the_first_answer_and_in_no_other(
    client: FlaskClient, path: str, admin: Person, made: dict[str, Any]
) -> None:
    assert made["secret"].startswith("whsec_")
    again = client.post(path, json=examples.NEW | {"id": made["id"]}, headers=admin.headers)
    assert (again.status_code, again.json["secret"]) == (200, None)
    for shown in (path, f"{path}/{made['id']}"):
        response = client.get(shown, headers=admin.headers)
        assert response.status_code == 200
        assert "whsec_" not in response.text
        assert "sealed" not in response.text


def test_all_kinds_of_events_are_sent_unless_some_are_named(made: dict[str, Any]) -> None:
    assert made["events"] == ["alert.escalated", "alert.raised", "alert.withdrawn"]
    assert made["active"]


def test_who_changed_what_is_shown(
    client: FlaskClient, path: str, admin: Person, made: dict[str, Any]
) -> None:
    one, headers = f"{path}/{made['id']}", admin.headers | {"If-Match": '"0"'}
    assert client.patch(one, json={"active": False}, headers=headers).json["active"] is False
    assert client.patch(one, json={"active": True}, headers=headers).status_code == 412
    rotated = client.post(f"{one}/secret", json={"keep_hours": 1}, headers=headers | {"If-Match": '"1"'})
    assert rotated.json["secret"] not in {None, made["secret"]}
    assert [secret["until"] is None for secret in rotated.json["secrets"]] == [True, False]
    shown = client.get(one, headers=admin.headers)
    assert shown.headers["ETag"] == '"2"'
    steps = [(step["event"], step["by"], step["changed"]) for step in shown.json["history"]]
    assert steps[1:] == [
        ("changed", admin.shown, {"active": False}),
        ("rotated", admin.shown, {"keep_hours": 1}),
    ]


def test_what_is_removed_is_not_there_any_more(
    client: FlaskClient, path: str, admin: Person, made: dict[str, Any]
) -> None:
    one, headers = f"{path}/{made['id']}", admin.headers | {"If-Match": '"0"'}
    assert client.delete(one, headers=headers).status_code == 204
    for response in (client.get(one, headers=admin.headers), client.delete(one, headers=headers)):
        assert (response.status_code, response.json["code"]) == (404, "webhook_not_found")
    assert client.get(path, headers=admin.headers).json["items"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "https://127.0.0.1/"),
        ("address", "not an address"),
        ("audience", "everybody"),
        ("events", []),
        ("events", ["webhook.test"]),
        ("events", ["alert.raised"] * 9),
        ("description", "x" * 201),
    ],
)
def test_what_is_wrong_is_named(
    client: FlaskClient, path: str, admin: Person, made: dict[str, Any], field: str, value: Any
) -> None:
    sent = client.post(path, json=examples.NEW | {"id": new_id(), field: value}, headers=admin.headers)
    headers = admin.headers | {"If-Match": '"0"'}
    changed = client.patch(f"{path}/{made['id']}", json={field: value}, headers=headers)
    for response in (sent, changed):
        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"].startswith(f"/{field}")


def test_a_test_says_why_nothing_arrived(
    client: FlaskClient, path: str, admin: Person, made: dict[str, Any], now: Any
) -> None:
    """In development and tests addresses may be http; where they lead is looked at all the same."""
    one, headers = f"{path}/{made['id']}", admin.headers | {"If-Match": '"0"'}
    assert client.patch(one, json={"address": "http://localhost:9/"}, headers=headers).status_code == 200
    response = client.post(f"{one}/test", headers=admin.headers)
    assert response.json == {"delivered": False, "at": now.isoformat(), "reason": "address_refused"}


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.RESEARCHER])
def test_only_administrators_see_and_change_them(
    client: FlaskClient, path: str, people: People, site: Site, role: Role
) -> None:
    person = people.staff(site, role)
    assert client.get(path, headers=person.headers).status_code == 403
    assert client.post(path, json=examples.NEW, headers=person.headers).status_code == 403


def test_what_was_sent_is_listed_with_each_attempt(
    client: FlaskClient, path: str, admin: Person, made: dict[str, Any]
) -> None:
    one, headers = f"{path}/{made['id']}", admin.headers | {"If-Match": '"0"'}
    assert client.patch(one, json={"address": "http://localhost:9/"}, headers=headers).status_code == 200
    client.post(f"{one}/test", headers=admin.headers)
    response = client.get(f"{one}/deliveries", headers=admin.headers)
    assert response.status_code == 200
    (message,) = response.json["items"]
    assert (message["kind"], message["channel"], message["state"]) == ("test", "webhook", "dead")
    assert message["recipient"] == {"id": made["id"], "name": made["description"]}
    assert [attempt["reason"] for attempt in message["deliveries"]] == ["address_refused"]
