"""Who entered a report is named to those who may read the name, wherever it is shown."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from services.access.actor import Role
from tests.people import People
from tests.questionnaires import alsfrs


@pytest.mark.parametrize("shows", [("total",), ("total", "staff_names")])
def test_a_patient_reads_who_of_the_staff_entered_a_report_where_the_site_lets_them(
    client: FlaskClient, people: People, now: datetime, shows: tuple[str, ...]
) -> None:
    site = people.site(shows_patient=shows)
    patient, nurse = people.patient(site, consent_at=now), people.staff(site, Role.COORDINATOR)
    path = f"/v1/patients/{patient.id}/reports"
    sent = client.post(path, json=alsfrs(now, mode="paper", respondent="patient"), headers=nurse.headers)
    assert (sent.status_code, sent.json["entered_by"]) == (201, nurse.shown)
    unnamed = {"id": nurse.account.id, "name": None}
    for reader, person in (
        (people.own(site, patient), nurse.shown if "staff_names" in shows else unnamed),
        (people.staff(site, Role.CLINICIAN), nurse.shown),
    ):
        (report,) = client.get(path, headers=reader.headers).json["items"]
        assert report["entered_by"] == person
        assert report["versions"][0]["sent_by"] == person


def test_what_a_patient_sent_was_entered_by_nobody_and_sent_by_the_patient(
    client: FlaskClient, people: People, now: datetime
) -> None:
    site = people.site()
    patient = people.patient(site, consent_at=now)
    own = people.own(site, patient)
    path = f"/v1/patients/{patient.id}/reports"
    sent = client.post(path, json=alsfrs(now), headers=own.headers)
    assert (sent.status_code, sent.json["entered_by"]) == (201, None)
    (report,) = client.get(path, headers=own.headers).json["items"]
    assert (report["entered_by"], report["versions"][0]["sent_by"]) == (None, own.shown)
