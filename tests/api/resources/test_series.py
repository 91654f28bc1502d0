"""The series over HTTP: a clinician gets everything that is drawn, a patient gets no line."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask.testing import FlaskClient

from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People
from tests.questionnaires import alsfrs, falling


def test_a_clinician_can_draw_what_the_series_says(
    client: FlaskClient, people: People, site: Site, stopped_clock: None, now: datetime
) -> None:
    patient = people.patient(site, consent_at=now - timedelta(days=900))
    own = people.own(site, patient)
    path = f"/v1/patients/{patient.id}"
    for body in [*falling(now), alsfrs(now - timedelta(days=700), 47)]:
        assert client.post(f"{path}/reports", json=body, headers=own.headers).status_code == 201
    clinician = people.staff(site, Role.CLINICIAN)
    body = client.get(f"{path}/series", headers=clinician.headers).get_json()
    assert body["span"] == "18_months"
    assert [point["total"] for point in body["totals"]] == [46, 43, 40, 36, 32, 28]
    drawn = body["assessed"]
    assert drawn["band"][-1]["day"] == body["totals"][-1]["day"] == drawn["trajectory"]["last_on"]
    assert all(one["low"] <= one["mean"] <= one["high"] for one in [*drawn["band"], *drawn["ahead"]])
    assert {item["item"] for item in body["items"]} >= {"cutting", "walking"}
    whole = client.get(f"{path}/series?span=all", headers=clinician.headers).get_json()
    assert len(whole["totals"]) == 7
    shown = client.get(f"{path}/series", headers=own.headers).get_json()
    assert (shown["assessed"], len(shown["totals"])) == (None, 6)


def test_another_span_is_refused(client: FlaskClient, people: People, site: Site) -> None:
    patient, clinician = people.patient(site), people.staff(site, Role.CLINICIAN)
    response = client.get(f"/v1/patients/{patient.id}/series?span=3_months", headers=clinician.headers)
    assert response.status_code == 422
