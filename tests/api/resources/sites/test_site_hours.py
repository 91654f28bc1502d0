"""A site's working hours over HTTP: who may read and change them, and the form they have."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.examples.site_hours import HOURS
from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People, Person


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def put(client: FlaskClient, site: Site, admin: Person):
    def send(*, rev: int = 0, by: Person = admin, **fields: Any) -> TestResponse:
        headers = by.headers | {"If-Match": f'"{rev}"'}
        return client.put(f"/v1/sites/{site.id}/hours", json=HOURS | fields, headers=headers)

    return send


def test_a_site_begins_with_monday_to_friday(client: FlaskClient, site: Site, clinician: Person) -> None:
    response = client.get(f"/v1/sites/{site.id}/hours", headers=clinician.headers)
    assert (response.status_code, response.headers["ETag"]) == (200, '"0"')
    assert response.json["weekly"]["friday"] == {"opens": "08:00", "closes": "18:00"}
    assert response.json["weekly"]["saturday"] is None
    assert response.json["zone"] == site.zone


def test_an_administrator_changes_the_hours(
    put, client: FlaskClient, site: Site, admin: Person, clinician: Person
) -> None:
    response = put()
    assert (response.status_code, response.headers["ETag"]) == (200, '"1"')
    shown = response.json
    assert {name: shown[name] for name in HOURS} == HOURS
    assert shown["changed_by"] == admin.shown
    assert {"day": "2027-03-08", "name": "Women's Day"} in shown["holidays"] or shown["holidays"]
    assert client.get(f"/v1/sites/{site.id}/hours", headers=clinician.headers).json == shown
    assert put().status_code == 412


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.RESEARCHER])
def test_others_do_not(put, people: People, site: Site, role: Role) -> None:
    assert put(by=people.staff(site, role)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        (
            {"weekly": HOURS["weekly"] | {"monday": {"opens": "25:00", "closes": "26:00"}}},
            "/weekly/monday/opens",
        ),
        (
            {"weekly": HOURS["weekly"] | {"monday": {"opens": "12:00", "closes": "09:00"}}},
            "/weekly/monday/closes",
        ),
        ({"weekly": {"monday": None}}, "/weekly/tuesday"),
        ({"country": "de"}, "/country"),
        ({"country": "XX", "subdivision": ""}, "/country"),
        ({"closed_days": ["2027-12-24"] * 2}, "/closed_days"),
        ({"closed_days": ["24.12.2027"]}, "/closed_days/0"),
        ({"open_days": [{"day": "2027-12-24", "opens": "09:00"}]}, "/open_days/0/closes"),
    ],
)
def test_what_is_wrong_is_named(put, fields: dict[str, Any], pointer: str) -> None:
    response = put(**fields)
    assert response.status_code == 422
    assert pointer in {error["pointer"] for error in response.json["errors"]}


def test_who_changed_what_of_a_site_is_listed(
    put, client: FlaskClient, site: Site, admin: Person, clinician: Person
) -> None:
    path = f"/v1/sites/{site.id}/steps"
    assert client.get(path, headers=clinician.headers).json["items"] == []
    put()
    headers = admin.headers | {"If-Match": '"1"'}
    client.patch(f"/v1/sites/{site.id}", json={"takes_notes": False}, headers=headers)
    items = client.get(path, headers=clinician.headers).json["items"]
    assert [step["changed"] for step in items] == [["takes_notes"], ["hours"]]
    assert {step["by"]["id"] for step in items} == {admin.account.id}
