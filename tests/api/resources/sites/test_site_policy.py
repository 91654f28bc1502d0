"""A site's thresholds and texts over HTTP: who may read and change them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.examples import site_policy as examples
from models.sites import policies
from models.sites.sites import Site
from scoring.decline import Policy
from services.access.actor import Role
from services.reports import reconcile
from tests.people import People, Person
from tests.questionnaires import alsfrs, falling

STEEP = {"primary": {"loss_per_month": 2.5, "steep_loss_per_month": 3.0}}
Put = Callable[..., TestResponse]


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def put(client: FlaskClient, site: Site, clinician: Person) -> Put:
    def send(limits: object, *, number: int = 0, by: Person = clinician, **fields: Any) -> TestResponse:
        headers = by.headers | {"If-Match": f'"{number}"'}
        body = {"limits": limits, "note": "Fewer alerts."} | fields
        return client.put(f"/v1/sites/{site.id}/policy", json=body, headers=headers)

    return send


def pointers(response: TestResponse) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in response.json["errors"]}


def test_a_site_begins_with_the_defaults(client: FlaskClient, site: Site, clinician: Person) -> None:
    response = client.get(f"/v1/sites/{site.id}/policy", headers=clinician.headers)
    assert (response.status_code, response.headers["ETag"]) == (200, '"0"')
    assert response.json["version"] == "default-1"
    assert response.json["limits"] == {}
    assert response.json["in_force"] == Policy().as_dict()["limits"]
    assert (response.json["changed_by"], response.json["reevaluating"]) == (None, False)


def test_changed_thresholds_are_a_version_with_author_time_and_reason(
    put: Put, client: FlaskClient, site: Site, clinician: Person, now: datetime
) -> None:
    response = put(STEEP)
    assert (response.status_code, response.headers["ETag"]) == (200, '"1"')
    shown = client.get(f"/v1/sites/{site.id}/policy", headers=clinician.headers).json
    assert shown == response.json
    assert (shown["number"], shown["version"], shown["limits"]) == (1, "site-1", STEEP)
    assert shown["in_force"]["primary"]["loss_per_month"] == 2.5
    assert shown["in_force"]["primary"]["window_days"] == Policy().limits.primary.window_days
    assert (shown["changed_by"], shown["note"]) == (clinician.shown, "Fewer alerts.")
    assert shown["changed_at"] == now.isoformat()


def test_every_earlier_version_stays_readable(
    put: Put, client: FlaskClient, site: Site, clinician: Person
) -> None:
    for number in range(4):
        limits = {"primary": {"loss_per_month": 1.2 + number / 10}}
        assert put(limits, number=number, note=f"Step {number}.").status_code == 200
    path = f"/v1/sites/{site.id}/policy/versions"
    first = client.get(path, query_string={"limit": 3}, headers=clinician.headers).json
    rest = client.get(path, query_string={"limit": 3, "after": first["next"]}, headers=clinician.headers).json
    items = first["items"] + rest["items"]
    assert rest["next"] is None
    assert [(item["number"], item["note"]) for item in items] == [
        (3, "Step 2."),
        (2, "Step 1."),
        (1, "Step 0."),
        (0, ""),
    ]
    assert items[1]["limits"] == {"primary": {"loss_per_month": 1.3}}


def test_every_mistake_is_named_with_its_place(put: Put, site: Site) -> None:
    limits = {
        "primary": {"loss_per_month": 99, "window_days": 90.5, "speed": 1},
        "mood": {"phq_9_inform": 25},
        "silence": [],
        "colour": {},
    }
    response = put(limits)
    assert response.status_code == 422
    found = pointers(response)
    assert found["/limits/primary/loss_per_month"] == "out_of_range"
    assert found["/limits/primary/window_days"] == "wrong_type"
    assert found["/limits/primary/speed"] == "unknown_field"
    assert found["/limits/mood/phq_9_inform"] in {"out_of_range", "out_of_order"}
    assert {found["/limits/silence"], found["/limits/colour"]} == {"wrong_type", "unknown_field"}
    assert "99" not in response.text
    policy = policies.in_force(site.id)
    assert policy is not None
    assert policy.number == 0


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"note": ""}, "/note"),
        ({"limits": None}, "/limits"),
        ({"limits": [1]}, "/limits"),
        ({"mute": ["self_harm"]}, "/mute"),
        ({"overrides": []}, "/overrides"),
    ],
)
def test_nothing_else_than_thresholds_and_a_note_can_be_sent(
    put: Put, fields: dict[str, Any], pointer: str
) -> None:
    """So no topic can be muted for a whole site, the safety topics least of all."""
    response = put(**{"limits": STEEP} | fields)
    assert response.status_code == 422
    assert list(pointers(response)) == [pointer]


def test_a_change_needs_what_was_read(put: Put, client: FlaskClient, site: Site, clinician: Person) -> None:
    path = f"/v1/sites/{site.id}/policy"
    body = {"limits": STEEP, "note": "x"}
    assert client.put(path, json=body, headers=clinician.headers).status_code == 428
    assert put(STEEP).status_code == 200
    assert put({}).status_code == 412


def test_of_changes_that_race_one_is_made_and_none_is_lost(app: Flask, site: Site, clinician: Person) -> None:
    headers = clinician.headers | {"If-Match": '"0"'}
    path = f"/v1/sites/{site.id}/policy"

    def send(place: int) -> int:
        body = {"limits": {"primary": {"loss_per_month": 1 + place / 20}}, "note": f"Racer {place}."}
        return app.test_client().put(path, json=body, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(send, range(8)))
    assert sorted(outcomes) == [200] + [412] * 7
    policy = policies.in_force(site.id)
    assert policy is not None
    assert (policy.number, policy.note) == (1, f"Racer {outcomes.index(200)}.")
    assert [policy.number for policy in policies.earlier(site.id, 1, 10)] == [0]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.RESEARCHER, Role.ADMIN])
def test_other_staff_reads_thresholds_and_does_not_change_them(
    put: Put, client: FlaskClient, people: People, site: Site, role: Role
) -> None:
    person = people.staff(site, role)
    assert client.get(f"/v1/sites/{site.id}/policy", headers=person.headers).status_code == 200
    assert put(STEEP, by=person).status_code == 403


def test_patients_and_other_sites_do_not_see_them(
    put: Put, client: FlaskClient, people: People, site: Site
) -> None:
    own = people.own(site, people.patient(site))
    elsewhere = people.staff(people.site(), Role.CLINICIAN)
    for path in (
        f"/v1/sites/{site.id}",
        f"/v1/sites/{site.id}/policy",
        f"/v1/sites/{site.id}/policy/versions",
    ):
        assert client.get(path, headers=own.headers).status_code == 403
        assert client.get(path, headers=elsewhere.headers).status_code == 404
    assert put(STEEP, by=elsewhere).status_code == 404


def test_limits_that_contradict_a_patients_exception_are_refused_with_the_patient(
    put: Put, client: FlaskClient, people: People, site: Site, clinician: Person
) -> None:
    patient, _other = people.patient(site), people.patient(site)
    override = {
        "reason": "Known to be fast.",
        "starts_on": "2076-01-01",
        "ends_on": "2076-12-31",
        "limits": {"primary": {"loss_per_month": 1.4}},
    }
    headers = clinician.headers | {"If-Match": '"0"'}
    path = f"/v1/patients/{patient.id}"
    assert client.patch(path, json={"overrides": [override]}, headers=headers).status_code == 200
    response = put({"primary": {"loss_per_month": 1.0, "steep_loss_per_month": 1.2}})
    assert (response.status_code, response.json["code"]) == (409, "exceptions_contradict")
    assert (response.json["patients"], response.json["patients_in_all"]) == ([patient.id], 1)
    assert put({"primary": {"loss_per_month": 1.0, "steep_loss_per_month": 1.6}}).status_code == 200


def test_an_exception_is_checked_against_the_sites_own_limits(
    put: Put, client: FlaskClient, people: People, site: Site, clinician: Person
) -> None:
    assert put({"primary": {"loss_per_month": 1.0, "steep_loss_per_month": 1.2}}).status_code == 200
    patient = people.patient(site)
    override = {
        "reason": "x",
        "starts_on": "2076-01-01",
        "ends_on": "2076-12-31",
        "limits": {"primary": {"loss_per_month": 1.4}},
    }
    response = client.patch(
        f"/v1/patients/{patient.id}",
        json={"overrides": [override]},
        headers=clinician.headers | {"If-Match": '"0"'},
    )
    assert response.status_code == 422
    assert pointers(response) == {"/overrides/0/limits/primary/loss_per_month": "out_of_order"}


def test_reports_and_histories_are_judged_by_the_new_thresholds(
    put: Put, client: FlaskClient, people: People, site: Site, clinician: Person, now: datetime
) -> None:
    patient = people.patient(site, consent_at=now)
    for body in falling(now, totals=(46, 44, 42, 40, 38, 36)):
        client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=clinician.headers)

    def evaluated() -> dict[str, Any]:
        response = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers)
        content: dict[str, Any] = response.json
        return content

    before = evaluated()
    assert "fast_decline" in {flag["rule"] for flag in before["flags"]}
    assert (before["policy_version"], before["topics"]["decline"]["on"]) == ("default-1", True)
    put(STEEP)
    reconcile.sweep(now)
    after = evaluated()
    assert (after["policy_version"], after["in_step"]) == ("site-1", True)
    assert "fast_decline" not in {flag["rule"] for flag in after["flags"]}
    assert not client.get(f"/v1/sites/{site.id}/policy", headers=clinician.headers).json["reevaluating"]


def test_the_example_in_the_document_is_possible(put: Put) -> None:
    assert put(examples.LIMITS).status_code == 200


def test_what_patients_are_told_is_the_sites(
    client: FlaskClient, people: People, site: Site, admin: Person, now: datetime
) -> None:
    texts: dict[str, Any] = {
        "reads_reports": "We read reports on Tuesdays.",
        "shows_patient": [],
    }
    headers = admin.headers | {"If-Match": '"0"'}
    changed = client.patch(f"/v1/sites/{site.id}", json=texts, headers=headers)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"1"')
    assert client.get(f"/v1/sites/{site.id}", headers=admin.headers).json == changed.json
    patient = people.patient(site, consent_at=now)
    own = people.own(site, patient)
    path = f"/v1/patients/{patient.id}/reports"
    shown = client.post(path, json=alsfrs(now), headers=own.headers).json
    assert (shown["reads_reports"], shown["total"], shown["history"]) == (texts["reads_reports"], None, [])
    assert client.patch(f"/v1/sites/{site.id}", json=texts, headers=headers).status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"shows_patient": ["stage"]}, "/shows_patient/0"),
        ({"shows_patient": ["total", "total"]}, "/shows_patient"),
        ({"zone": "Europe/Berlin"}, "/zone"),
        ({"policy": {}}, "/policy"),
    ],
)
def test_a_site_is_not_told_to_show_what_it_must_not(
    client: FlaskClient, site: Site, admin: Person, body: dict[str, Any], pointer: str
) -> None:
    response = client.patch(f"/v1/sites/{site.id}", json=body, headers=admin.headers | {"If-Match": '"0"'})
    assert response.status_code == 422
    assert list(pointers(response)) == [pointer]


def test_only_administrators_change_what_patients_are_told(
    client: FlaskClient, site: Site, clinician: Person
) -> None:
    headers = clinician.headers | {"If-Match": '"0"'}
    assert (
        client.patch(f"/v1/sites/{site.id}", json={"shows_patient": []}, headers=headers).status_code == 403
    )
