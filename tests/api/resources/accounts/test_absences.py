"""Absences over HTTP: one's own, and those of others by an administrator."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People, Person


def body(now: datetime, deputy: Person | None = None) -> dict[str, object]:
    return {
        "away_from": now.isoformat(),
        "away_until": (now + timedelta(days=7)).isoformat(),
        "deputy_id": deputy and deputy.account.id,
    }


def test_one_changes_ones_own_absence(
    client: FlaskClient, people: People, site: Site, clinician: Person, now: datetime
) -> None:
    deputy = people.staff(site, Role.CLINICIAN)
    before = client.get("/v1/me/absence", headers=clinician.headers)
    assert (before.status_code, before.headers["ETag"], before.json["away_from"]) == (200, '"0"', None)
    headers = clinician.headers | {"If-Match": '"0"'}
    response = client.put("/v1/me/absence", json=body(now, deputy), headers=headers)
    assert (response.status_code, response.headers["ETag"]) == (200, '"1"')
    assert (response.json["deputy"], response.json["changed_by"]) == (deputy.shown, clinician.shown)
    assert client.put("/v1/me/absence", json=body(now, deputy), headers=headers).status_code == 412
    assert client.get("/v1/me/absence", headers=clinician.headers).json == response.json


def test_an_administrator_sees_to_the_absence_of_others(
    client: FlaskClient, people: People, site: Site, clinician: Person, now: datetime
) -> None:
    admin = people.staff(site, Role.ADMIN)
    path = f"/v1/sites/{site.id}/members/{clinician.account.id}/absence"
    headers = admin.headers | {"If-Match": '"0"'}
    response = client.put(path, json=body(now), headers=headers)
    assert (response.status_code, response.json["changed_by"]) == (200, admin.shown)
    assert client.get(path, headers=clinician.headers).json == response.json
    assert client.put(path, json=body(now), headers=clinician.headers).status_code == 403


@pytest.mark.parametrize("role", [Role.ADMIN, Role.RESEARCHER])
def test_who_is_told_of_no_alert_has_no_absence(
    client: FlaskClient, people: People, site: Site, role: Role
) -> None:
    assert client.get("/v1/me/absence", headers=people.staff(site, role).headers).status_code == 403


def test_a_deputy_who_cannot_read_is_named_as_wrong(
    client: FlaskClient, people: People, site: Site, clinician: Person, now: datetime
) -> None:
    coordinator = people.staff(site, Role.COORDINATOR)
    headers = clinician.headers | {"If-Match": '"0"'}
    response = client.put("/v1/me/absence", json=body(now, coordinator), headers=headers)
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == "/deputy_id"
