"""Enrolling once by a client-made id: study codes, names, consent, and how to reach a person."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients import patients, study_codes
from models.patients.grants import GrantScope
from models.patients.patient import Patient
from models.patients.patients import PatientDocument
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services.access.actor import Role
from tests.people import People, Person

CONTACT: dict[str, Any] = {
    "phone_number": "+351 21 000 0000",
    "best_time": "mornings",
    "language": "Portuguese",
    "interpreter": True,
    "lives_with": "her sister",
    "may_be_told": "her sister, everything",
    "emergency_contact": {"name": "Ana Silva", "relation": "sister", "phone_number": "+351 21 000 0001"},
    "hospital_number": "H-4711",
    "born_on": "1961-04-12",
    "hospital_stays": [{"starts_on": "2076-01-03", "ends_on": "2076-01-09"}, {"starts_on": "2076-03-01"}],
}

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def coordinator(people: People, site: Site) -> Person:
    return people.staff(site, Role.COORDINATOR)


def body_for(site: Site, **fields: Any) -> dict[str, Any]:
    return {"id": new_id(), "site_id": site.id, "name": "Maria Silva", "zone": "Europe/Lisbon"} | fields


def patients_of(site: Site, now: datetime) -> list[Patient]:
    return patients.page(Scope(site_ids=frozenset({site.id})), after=None, limit=100, now=now)[0]


def test_an_enrolment_sent_again_makes_no_second_patient(
    client: FlaskClient, site: Site, coordinator: Person, now: datetime
) -> None:
    body = body_for(site, study_code="S-1", contact=CONTACT, consent_at="2076-03-01T10:00:00+01:00")
    made = client.post("/v1/patients", json=body, headers=coordinator.headers)
    assert (made.status_code, made.json["id"]) == (201, body["id"])
    spelt = body | {"id": body["id"].upper(), "consent_at": "2076-03-01T09:00:00Z", "profile": {}}
    again = client.post("/v1/patients", json=spelt, headers=coordinator.headers)
    assert (again.status_code, again.json, again.headers["ETag"]) == (200, made.json, '"0"')
    assert [patient.id for patient in patients_of(site, now)] == [body["id"]]


def test_a_repeat_finds_the_patient_as_it_is_now(
    client: FlaskClient, site: Site, coordinator: Person
) -> None:
    body = body_for(site)
    client.post("/v1/patients", json=body, headers=coordinator.headers)
    headers = coordinator.headers | {"If-Match": '"0"'}
    client.patch(f"/v1/patients/{body['id']}", json={"name": "M. Silva"}, headers=headers)
    again = client.post("/v1/patients", json=body, headers=coordinator.headers)
    assert (again.status_code, again.json["name"], again.headers["ETag"]) == (200, "M. Silva", '"1"')


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Another"},
        {"zone": "Europe/Berlin"},
        {"study_code": "S-9"},
        {"locale": "pt"},
        {"profile": {"height_cm": 170}},
        {"consent_at": "2076-03-01T09:00:00Z"},
        {"contact": {"best_time": "mornings"}},
    ],
    ids=str,
)
def test_one_id_for_two_people_is_a_conflict(
    client: FlaskClient, site: Site, coordinator: Person, fields: dict[str, Any], now: datetime
) -> None:
    body = body_for(site)
    client.post("/v1/patients", json=body, headers=coordinator.headers)
    response = client.post("/v1/patients", json=body | fields, headers=coordinator.headers)
    assert (response.status_code, response.json["code"]) == (409, "id_used")
    assert len(patients_of(site, now)) == 1


def test_the_id_of_another_sites_patient_tells_nothing(
    client: FlaskClient, people: People, site: Site, coordinator: Person
) -> None:
    elsewhere = people.patient(people.site(), name="Maria Silva")
    response = client.post("/v1/patients", json=body_for(site, id=elsewhere.id), headers=coordinator.headers)
    assert (response.status_code, response.json["code"]) == (409, "id_used")
    assert elsewhere.site_id not in response.text


def test_an_enrolment_needs_its_id(client: FlaskClient, site: Site, coordinator: Person) -> None:
    body = body_for(site)
    del body["id"]
    response = client.post("/v1/patients", json=body, headers=coordinator.headers)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, "/id")


def test_twenty_enrolments_with_one_id_make_one_patient(
    client: FlaskClient, site: Site, coordinator: Person, now: datetime
) -> None:
    body = body_for(site, study_code="S-1")
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: client.post("/v1/patients", json=body, headers=coordinator.headers), range(20))
        )
    assert sorted(response.status_code for response in answers) == [200] * 19 + [201]
    assert len(patients_of(site, now)) == 1


# Study codes


@pytest.mark.parametrize("code", ["S-014", "s-014", "\uff33-014"], ids=["same", "case", "width"])
def test_a_study_code_belongs_to_one_patient_of_a_site(
    client: FlaskClient, people: People, site: Site, coordinator: Person, code: str, now: datetime
) -> None:
    first = body_for(site, study_code="S-014")
    assert client.post("/v1/patients", json=first, headers=coordinator.headers).status_code == 201
    response = client.post("/v1/patients", json=body_for(site, study_code=code), headers=coordinator.headers)
    assert (response.status_code, response.json["code"]) == (409, "study_code_used")
    assert len(patients_of(site, now)) == 1
    other = people.site()
    there = people.staff(other, Role.COORDINATOR)
    assert (
        client.post("/v1/patients", json=body_for(other, study_code=code), headers=there.headers).status_code
        == 201
    )


def test_twenty_enrolments_with_one_code_give_it_once(
    client: FlaskClient, site: Site, coordinator: Person, now: datetime
) -> None:
    bodies = [body_for(site, study_code="S-1") for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda body: client.post("/v1/patients", json=body, headers=coordinator.headers), bodies)
        )
    assert sorted(response.status_code for response in answers) == [201] + [409] * 19
    assert len(patients_of(site, now)) == 1


def test_a_code_that_is_changed_is_free_again(client: FlaskClient, site: Site, coordinator: Person) -> None:
    body = body_for(site, study_code="S-1")
    client.post("/v1/patients", json=body, headers=coordinator.headers)
    path = f"/v1/patients/{body['id']}"
    for rev, code in enumerate(["S-2", "s-2", None]):
        headers = coordinator.headers | {"If-Match": f'"{rev}"'}
        assert client.patch(path, json={"study_code": code}, headers=headers).status_code == 200
    for code in ("S-1", "S-2"):
        other = body_for(site, study_code=code)
        assert client.post("/v1/patients", json=other, headers=coordinator.headers).status_code == 201
    headers = coordinator.headers | {"If-Match": '"3"'}
    assert client.patch(path, json={"study_code": "S-2"}, headers=headers).json["code"] == "study_code_used"


def test_a_claim_that_a_crash_left_behind_is_taken_over_after_a_minute(
    site: Site, people: People, now: datetime
) -> None:
    lost, patient = new_id(), people.patient(site)
    assert study_codes.claim(site.id, "S-1", lost, now=now)
    assert study_codes.claim(site.id, "S-1", lost, now=now)
    soon, later = now + timedelta(seconds=59), now + timedelta(seconds=61)
    assert not study_codes.claim(site.id, "S-1", patient.id, now=soon)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: study_codes.claim(site.id, "S-1", new_id(), now=later), range(8)))
    assert won.count(True) == 1


def test_a_claim_that_is_carried_is_never_taken_over(site: Site, people: People, now: datetime) -> None:
    holder = people.patient(site, study_code="S-1")
    assert study_codes.claim(site.id, "S-1", holder.id, now=now)
    assert not study_codes.claim(site.id, "s-1", new_id(), now=now + timedelta(days=9))


# Names


@pytest.mark.parametrize(
    "name",
    [
        "Maria\nSilva", "Maria\rSilva", "Maria\tSilva", "Maria\u2028Silva", "Maria\x85Silva", "\u200b",
        "\u00ad", "\u3164", "\u2800", "\u0301", "\u202eavliS airaM", "Maria \u2066Silva", " \u00a0 ",
        "\U000e0041",
    ],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("field", ["name", "study_code"])
def test_a_name_is_one_line_with_something_visible(
    client: FlaskClient, site: Site, coordinator: Person, name: str, field: str
) -> None:
    response = client.post("/v1/patients", json=body_for(site, **{field: name}), headers=coordinator.headers)
    assert (response.status_code, [error["pointer"] for error in response.json["errors"]]) == (
        422,
        [f"/{field}"],
    )


@pytest.mark.parametrize(
    "name", ["Zoë d'Arc", "李小龍", "محمد", "שרה", "O’Neill-Nguyễn", "علی\u200cرضا", "X"]
)
def test_names_of_all_scripts_are_taken(
    client: FlaskClient, site: Site, coordinator: Person, name: str
) -> None:
    response = client.post("/v1/patients", json=body_for(site, name=name), headers=coordinator.headers)
    assert (response.status_code, response.json["name"]) == (201, name)


# Consent


@pytest.mark.parametrize("at", ["2077-01-01T00:00:00Z", "2090-06-01T00:00:00+02:00", "2076-03-02T08:36:00Z"])
def test_consent_is_not_given_in_the_future(
    client: FlaskClient, site: Site, coordinator: Person, at: str, patient: Patient
) -> None:
    response = client.post("/v1/patients", json=body_for(site, consent_at=at), headers=coordinator.headers)
    assert [(error["pointer"], error["code"]) for error in response.json["errors"]] == [
        ("/consent_at", "in_the_future")
    ]
    for field in ("consent_at", "consent_withdrawn_at"):
        headers = coordinator.headers | {"If-Match": '"0"'}
        changed = client.patch(f"/v1/patients/{patient.id}", json={field: at}, headers=headers)
        assert (changed.status_code, changed.json["errors"][0]["pointer"]) == (422, f"/{field}")


def test_consent_is_given_before_it_is_withdrawn(
    client: FlaskClient, people: People, site: Site, coordinator: Person, now: datetime
) -> None:
    without = people.patient(site)
    withdrawn = {"consent_withdrawn_at": now.isoformat()}
    headers = coordinator.headers | {"If-Match": '"0"'}
    response = client.patch(f"/v1/patients/{without.id}", json=withdrawn, headers=headers)
    assert (response.status_code, response.json["errors"][0]["code"]) == (422, "out_of_order")


def test_every_change_of_consent_is_kept_with_who_and_when(
    client: FlaskClient, people: People, site: Site, coordinator: Person, clinician: Person, now: datetime
) -> None:
    patient = people.patient(site)
    path = f"/v1/patients/{patient.id}"
    given = {"consent_at": "2076-03-01T09:00:00+00:00"}
    withdrawn = {"consent_withdrawn_at": "2076-03-02T08:00:00+00:00"}
    client.patch(path, json=given, headers=coordinator.headers | {"If-Match": '"0"'})
    client.patch(path, json=withdrawn, headers=clinician.headers | {"If-Match": '"1"'})
    shown = client.get(path, headers=coordinator.headers).json
    assert {name: shown[name] for name in (*given, *withdrawn)} == given | withdrawn
    _, first, second = PatientDocument.raw().find_one({"_id": patient.id})["steps"]
    assert [(step["by"]["account_id"], step["at"], set(step["changed"])) for step in (first, second)] == [
        (coordinator.account.id, now, {"consent_at"}),
        (clinician.account.id, now, {"consent_withdrawn_at"}),
    ]


# Contact


def test_what_a_clinic_needs_to_reach_a_person_is_kept(
    client: FlaskClient, site: Site, coordinator: Person
) -> None:
    body = body_for(site, contact=CONTACT)
    made = client.post("/v1/patients", json=body, headers=coordinator.headers)
    assert made.json["contact"] == CONTACT
    path, headers = f"/v1/patients/{body['id']}", coordinator.headers | {"If-Match": '"0"'}
    changed = client.patch(
        path, json={"contact": {"best_time": None, "language": "English"}}, headers=headers
    )
    expected = {name: value for name, value in CONTACT.items() if name != "best_time"} | {
        "language": "English"
    }
    assert changed.json["contact"] == expected
    assert client.get(path, headers=coordinator.headers).json["contact"] == expected


def test_who_reads_the_contact_depends_on_the_role(
    client: FlaskClient, people: People, site: Site, coordinator: Person, clinician: Person, now: datetime
) -> None:
    """The care team and the person read it; a caregiver does not, and no list carries it."""
    patient = people.patient(site, consent_at=now, contact=CONTACT)
    path = f"/v1/patients/{patient.id}"
    own, caregiver = people.own(site, patient), people.caregiver(site, patient, scope=GrantScope.REPORT)
    shown = {
        name: client.get(path, headers=one.headers).json["contact"] != {}
        for name, one in {
            "coordinator": coordinator,
            "clinician": clinician,
            "own": own,
            "c": caregiver,
        }.items()
    }
    assert shown == {"coordinator": True, "clinician": True, "own": True, "c": False}
    listed = client.get("/v1/patients", headers=clinician.headers).text
    assert "4711" not in listed
    for role in (Role.RESEARCHER, Role.ADMIN):
        assert client.get(path, headers=people.staff(site, role).headers).status_code == 403


def test_the_contact_is_in_no_log_line(
    client: FlaskClient, site: Site, coordinator: Person, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.INFO)
    body = body_for(site, contact=CONTACT)
    client.post("/v1/patients", json=body, headers=coordinator.headers)
    client.post(
        "/v1/patients",
        json=body | {"contact": CONTACT | {"born_on": "2090-01-01"}},
        headers=coordinator.headers,
    )
    written = caplog.text + "".join(capfd.readouterr())
    assert not any(word in written for word in ("4711", "+351", "sister", "Ana Silva", "Maria", "1961-04"))


@pytest.mark.parametrize(
    ("contact", "pointer"),
    [
        ({"born_on": "2076-03-04"}, "/contact/born_on"),
        ({"born_on": "12.4.1961"}, "/contact/born_on"),
        ({"phone_number": "1\n2"}, "/contact/phone_number"),
        ({"interpreter": "yes"}, "/contact/interpreter"),
        ({"emergency_contact": {"name": "Ana"}}, "/contact/emergency_contact/phone_number"),
        ({"hospital_stays": [{"ends_on": "2076-01-01"}]}, "/contact/hospital_stays/0/starts_on"),
        (
            {"hospital_stays": [{"starts_on": "2076-01-02", "ends_on": "2076-01-01"}]},
            "/contact/hospital_stays/0/ends_on",
        ),
        ({"hospital_stays": [{"starts_on": "2076-03-09"}]}, "/contact/hospital_stays/0/starts_on"),
        ({"shoe_size": 41}, "/contact/shoe_size"),
    ],
    ids=str,
)
def test_a_contact_that_cannot_be_is_refused_with_its_place(
    client: FlaskClient, site: Site, coordinator: Person, contact: dict[str, Any], pointer: str
) -> None:
    response = client.post("/v1/patients", json=body_for(site, contact=contact), headers=coordinator.headers)
    assert (response.status_code, [error["pointer"] for error in response.json["errors"]]) == (422, [pointer])
