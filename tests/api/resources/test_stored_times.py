"""Times are cut to the milliseconds that are stored before anything is compared with them.

Who sends a time back as it was shown means the same time: it is the same report, enrolment or correction.
What is finer never reaches a comparison: the fields cut it, and so does the reader of usual reports.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.rest.bodies import plain_report
from api.schemas.fields import PhoneTime, Timestamp
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Role
from tests.people import People, Person
from tests.questionnaires import alsfrs


@pytest.fixture
def coordinator(people: People, site: Site) -> Person:
    return people.staff(site, Role.COORDINATOR)


FINE = timedelta(microseconds=456_789)
CUT = timedelta(milliseconds=456)


@pytest.mark.parametrize("field", [Timestamp(), PhoneTime()], ids=lambda field: type(field).__name__)
def test_a_time_is_cut_where_it_comes_in_and_keeps_its_offset(field: Timestamp) -> None:
    read = field.deserialize("2076-03-02T08:30:00.456789+05:30")
    assert read.isoformat() == "2076-03-02T08:30:00.456000+05:30"


def test_so_is_that_of_the_usual_report(now: datetime) -> None:
    body = alsfrs(now + FINE) | {"sent_at": (now + FINE).isoformat()}
    read = plain_report(body)
    assert read is not None
    assert (read["observed_at"], read["sent_at"]) == (now + CUT, now + CUT)


@pytest.mark.parametrize("more", [{}, {"note": "Slept badly."}], ids=["usual", "by the schema"])
def test_a_report_with_the_time_as_it_is_shown_is_the_same_report(
    client: FlaskClient, patient: Patient, own: Person, now: datetime, more: dict[str, Any]
) -> None:
    path = f"/v1/patients/{patient.id}/reports"
    body = alsfrs(now - timedelta(hours=1) + FINE) | more
    assert client.post(path, json=body, headers=own.headers).status_code == 201
    shown = client.get(f"{path}/{body['id']}", headers=own.headers).json["versions"][-1]["observed_at"]
    again = client.post(path, json=body | {"observed_at": shown}, headers=own.headers)
    assert (again.status_code, again.json["repeated"]) == (200, True)
    in_a_batch = {"entries": [body | {"observed_at": shown, "patient_id": patient.id}]}
    response = client.post("/v1/report-batches", json=in_a_batch, headers=own.headers)
    assert response.json["verdicts"][0]["status"] == 200


def test_an_enrolment_with_the_time_as_it_is_shown_is_the_same_enrolment(
    client: FlaskClient, site: Site, coordinator: Person, now: datetime
) -> None:
    consent = now - timedelta(days=3) + FINE
    body = {"id": new_id(), "site_id": site.id, "name": "Maria Silva", "zone": "Europe/Lisbon"}
    body["consent_at"] = consent.isoformat()
    first = client.post("/v1/patients", json=body, headers=coordinator.headers)
    assert first.status_code == 201
    again = client.post(
        "/v1/patients", json=body | {"consent_at": first.json["consent_at"]}, headers=coordinator.headers
    )
    assert (again.status_code, again.json["id"]) == (200, body["id"])


def test_a_correction_with_the_time_as_it_is_shown_is_the_same_correction(
    client: FlaskClient, patient: Patient, own: Person, clinician: Person, now: datetime
) -> None:
    path = f"/v1/patients/{patient.id}/reports"
    report = alsfrs(now - timedelta(days=2))
    client.post(path, json=report, headers=own.headers)
    headers = clinician.headers | {"If-Match": '"1"'}
    moment = now - timedelta(days=3) + FINE
    change = {"id": new_id(), "reason": "Another day.", "observed_at": moment.isoformat()}
    first = client.post(f"{path}/{report['id']}/corrections", json=change, headers=headers)
    assert first.status_code == 201
    shown = client.get(f"{path}/{report['id']}", headers=clinician.headers).json["versions"][-1]
    assert datetime.fromisoformat(shown["observed_at"]) == now - timedelta(days=3) + CUT
    again = client.post(
        f"{path}/{report['id']}/corrections",
        json=change | {"observed_at": shown["observed_at"]},
        headers=headers,
    )
    assert again.status_code == 200


def test_a_consent_that_is_written_back_as_it_is_shown_changes_nothing(
    client: FlaskClient, patient: Patient, clinician: Person, now: datetime
) -> None:
    path = f"/v1/patients/{patient.id}"
    tag = client.get(path, headers=clinician.headers).headers["ETag"]
    change = {"consent_at": (now - timedelta(days=9) + FINE).isoformat()}
    first = client.patch(path, json=change, headers=clinician.headers | {"If-Match": tag})
    assert first.status_code == 200
    back = {"consent_at": first.json["consent_at"]}
    second = client.patch(path, json=back, headers=clinician.headers | {"If-Match": first.headers["ETag"]})
    assert (second.status_code, second.json["consent_at"]) == (200, first.json["consent_at"])


def test_a_list_goes_on_after_a_paper_form_of_whatever_year(
    client: FlaskClient, people: People, site: Site, patient: Patient
) -> None:
    clinician = people.staff(site, Role.CLINICIAN)
    path, years = f"/v1/patients/{patient.id}/reports", ["1950", "0999", "0900", "0002"]
    for year in years:
        body = alsfrs(people.now, mode="paper", respondent="patient")
        body["observed_at"] = f"{year}-01-02T12:00:00Z"
        assert client.post(path, json=body, headers=clinician.headers).status_code == 201
    shown, following = [], ""
    while following is not None:
        after = f"&after={following}" if following else ""
        page = client.get(f"{path}?limit=1{after}", headers=clinician.headers)
        assert page.status_code == 200
        shown += [report["observed_at"][:4] for report in page.json["items"]]
        following = page.json["next"]
    assert shown == years
