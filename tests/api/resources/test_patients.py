"""Patients over HTTP: the shapes, the preconditions, and that another site's patient does not exist."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Role
from tests.people import People, Person


@pytest.fixture
def patient(people: People, site: Site) -> Patient:
    return people.patient(site)


@pytest.fixture
def coordinator(people: People, site: Site) -> Person:
    return people.staff(site, Role.COORDINATOR)


def body_for(site: Site, **fields: Any) -> dict[str, Any]:
    return {"id": new_id(), "site_id": site.id, "name": "Maria Silva", "zone": "Europe/Lisbon"} | fields


def test_a_patient_is_enrolled_and_read(client: FlaskClient, site: Site, coordinator: Person) -> None:
    profile = {"onset_on": "2025-03-01", "onset_precision": "month", "diagnosis_weight_g": 71_500}
    body = body_for(site, profile=profile, consent_at="2076-03-01T10:00:00+01:00", study_code=None)
    made = client.post("/v1/patients", json=body, headers=coordinator.headers)
    response = made.get_json()
    assert (made.status_code, made.headers["ETag"]) == (201, '"0"')
    assert response["profile"] == {
        **dict.fromkeys(["gastrostomy_on", "ventilation_on", "tracheostomy_on", "died_on", "height_cm"]),
        **profile,
        "report_interval_days": 28,
    }
    assert response["consent_at"] == "2076-03-01T09:00:00+00:00"
    assert client.get(f"/v1/patients/{response['id']}", headers=coordinator.headers).get_json() == response


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "\x00"}, "/name"),
        ({"zone": "Mars/Olympus"}, "/zone"),
        ({"zone": "europe/lisbon"}, "/zone"),
        ({"site_id": "north"}, "/site_id"),
        ({"profile": {"onset_on": "2025-3-1"}}, "/profile/onset_on"),
        ({"profile": {"onset_on": "2076-09-01"}}, "/profile/onset_on"),
        ({"profile": {"onset_precision": "week"}}, "/profile/onset_precision"),
        ({"profile": {"height_cm": True}}, "/profile/height_cm"),
        ({"profile": {"height_cm": 10**30}}, "/profile/height_cm"),
        ({"profile": {"report_interval_days": 0}}, "/profile/report_interval_days"),
        ({"profile": {"shoe_size": 41}}, "/profile/shoe_size"),
        ({"rev": 4}, "/rev"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    client: FlaskClient, site: Site, coordinator: Person, fields: dict[str, Any], pointer: str
) -> None:
    response = client.post("/v1/patients", json=body_for(site, **fields), headers=coordinator.headers)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == [pointer]


def test_another_sites_patient_does_not_exist(client: FlaskClient, people: People, patient: Patient) -> None:
    elsewhere = people.site()
    path = f"/v1/patients/{patient.id}"
    grant = {"account_id": new_id(), "scope": "read"}
    for role in (Role.CLINICIAN, Role.COORDINATOR):
        headers = people.staff(elsewhere, role).headers
        listed = client.get("/v1/patients", headers=headers).get_json()
        assert listed == {"items": [], "next": None, "unreadable": 0}
        answers = [
            client.get(path, headers=headers),
            client.patch(path, json={"name": "Mine"}, headers=headers | {"If-Match": '"0"'}),
            client.get(f"{path}/grants", headers=headers),
            client.delete(f"{path}/grants/{new_id()}", headers=headers),
        ]
        assert {response.status_code for response in answers} == {404}
        assert client.post(f"{path}/grants", json=grant, headers=headers).status_code in {404, 422}
        assert client.post("/v1/patients", json=body_for(people.site()), headers=headers).status_code in {
            403,
            404,
        }


def test_an_account_at_two_sites_lists_both(
    client: FlaskClient, people: People, site: Site, patient: Patient
) -> None:
    other = people.site()
    second, _third = people.patient(other), people.patient(people.site())
    person = people.signed_in(people.account((site, Role.CLINICIAN), (other, Role.COORDINATOR)))
    items = client.get("/v1/patients", headers=person.headers).get_json()["items"]
    assert {item["id"] for item in items} == {patient.id, second.id}


def test_pages_are_followed_by_next(
    client: FlaskClient, people: People, site: Site, coordinator: Person
) -> None:
    made = [people.patient(site).id for _ in range(5)]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while query:
        response = client.get("/v1/patients", query_string=query, headers=coordinator.headers).get_json()
        seen += [item["id"] for item in response["items"]]
        query = {"limit": 2, "after": response["next"]} if response["next"] else {}
    assert seen == sorted(made)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "after=1", "page=2", "site_id=north"])
def test_a_query_that_means_nothing_is_refused(client: FlaskClient, coordinator: Person, query: str) -> None:
    assert client.get(f"/v1/patients?{query}", headers=coordinator.headers).status_code == 422


def test_a_change_names_what_was_read(client: FlaskClient, patient: Patient, clinician: Person) -> None:
    path = f"/v1/patients/{patient.id}"
    tag = client.get(path, headers=clinician.headers).headers["ETag"]
    changed = client.patch(path, json={"name": "M. Silva"}, headers=clinician.headers | {"If-Match": tag})
    again = client.patch(path, json={"name": "Late"}, headers=clinician.headers | {"If-Match": tag})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"1"')
    assert (again.status_code, again.get_json()["code"]) == (412, "changed_meanwhile")
    assert client.get(path, headers=clinician.headers).get_json()["name"] == "M. Silva"


@pytest.mark.parametrize(("tag", "status"), [(None, 428), ("0", 412), ('W/"7"', 412), ('"x"', 412)])
def test_without_a_tag_of_ours_nothing_is_changed(
    client: FlaskClient, patient: Patient, clinician: Person, tag: str | None, status: int
) -> None:
    headers = clinician.headers if tag is None else clinician.headers | {"If-Match": tag}
    response = client.patch(f"/v1/patients/{patient.id}", json={"name": "Late"}, headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"site_id": new_id()},
        {"overrides": [{"reason": "r"}]},
        {"overrides": [{"reason": "\ud800", "starts_on": "2076-03-01", "ends_on": "2076-03-02"}]},
        {
            "overrides": [
                {"reason": "r", "starts_on": "2076-03-01", "ends_on": "2076-03-02", "limits": {"x": {}}}
            ]
        },
        {"closed": "yes"},
        {"profile": {"report_interval_days": None}},
        {"name": None},
    ],
)
def test_a_change_that_cannot_be_is_refused(
    client: FlaskClient, patient: Patient, clinician: Person, body: dict[str, Any]
) -> None:
    headers = clinician.headers | {"If-Match": '"0"'}
    assert client.patch(f"/v1/patients/{patient.id}", json=body, headers=headers).status_code == 422


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER, Role.RESEARCHER, Role.ADMIN])
def test_those_who_may_not_enrol_or_change_are_told_so(
    client: FlaskClient, people: People, site: Site, patient: Patient, role: Role
) -> None:
    headers = people.staff(site, role).headers | {"If-Match": '"0"'}
    assert client.post("/v1/patients", json=body_for(site), headers=headers).status_code == 403
    assert client.patch(f"/v1/patients/{patient.id}", json={"name": "x"}, headers=headers).status_code == 403


def test_a_patient_gives_and_revokes_a_caregivers_grant(
    client: FlaskClient, people: People, site: Site, patient: Patient
) -> None:
    own, carer = people.own(site, patient), people.caregiver(site)
    path = f"/v1/patients/{patient.id}"
    body = {"account_id": carer.account.id, "scope": "read"}
    given = client.post(f"{path}/grants", json=body, headers=own.headers)
    assert (given.status_code, given.get_json()["given_by"]["id"]) == (201, patient.id)
    assert client.get(path, headers=carer.headers).status_code == 200
    assert client.delete(f"{path}/grants/{given.get_json()['id']}", headers=own.headers).status_code == 204
    assert client.get(path, headers=carer.headers).status_code == 404
    (kept,) = client.get(f"{path}/grants", headers=own.headers).get_json()["items"]
    assert kept["revoked_at"] is not None


@pytest.mark.parametrize("relation", ["a\nb", "\u200b", "\u202etsirucal"], ids=ascii)
def test_a_relation_is_one_line_with_something_visible(
    client: FlaskClient, people: People, site: Site, patient: Patient, relation: str
) -> None:
    body = {"account_id": people.caregiver(site).account.id, "scope": "read", "relation": relation}
    path, own = f"/v1/patients/{patient.id}/grants", people.own(site, patient)
    response = client.post(path, json=body, headers=own.headers)
    assert (response.status_code, [error["pointer"] for error in response.json["errors"]]) == (
        422,
        ["/relation"],
    )


def test_a_caregiver_gives_nobody_a_grant(
    client: FlaskClient, people: People, site: Site, patient: Patient
) -> None:
    carer = people.caregiver(site, patient)
    body = {"account_id": carer.account.id, "scope": "report"}
    assert (
        client.post(f"/v1/patients/{patient.id}/grants", json=body, headers=carer.headers).status_code == 403
    )


@pytest.mark.parametrize("wrong", ["1", "not-a-uuid", "%00", "{}"])
def test_an_id_that_cannot_be_is_not_found(client: FlaskClient, coordinator: Person, wrong: str) -> None:
    assert client.get(f"/v1/patients/{wrong}", headers=coordinator.headers).status_code == 404
