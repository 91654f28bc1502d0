"""The series over HTTP: a clinician gets everything that is drawn, a patient gets no line."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask.testing import FlaskClient

from models.sites.sites import Site
from services.access.actor import Role
from tests.api.resources.tables import rows_of
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
    assert all(point["low"] <= point["mean"] <= point["high"] for point in [*drawn["band"], *drawn["ahead"]])
    assert {item["item"] for item in body["items"]} >= {"cutting", "walking"}
    whole = client.get(f"{path}/series?span=all", headers=clinician.headers).get_json()
    assert len(whole["totals"]) == 7
    shown = client.get(f"{path}/series", headers=own.headers).get_json()
    assert (shown["assessed"], len(shown["totals"])) == (None, 6)


def test_another_span_is_refused(client: FlaskClient, people: People, site: Site) -> None:
    patient, clinician = people.patient(site), people.staff(site, Role.CLINICIAN)
    response = client.get(f"/v1/patients/{patient.id}/series?span=3_months", headers=clinician.headers)
    assert response.status_code == 422


def test_the_table_has_the_totals_of_the_series(
    client: FlaskClient, people: People, site: Site, now: datetime
) -> None:
    patient = people.patient(site, consent_at=now - timedelta(days=900))
    own, clinician = people.own(site, patient), people.staff(site, Role.CLINICIAN)
    path = f"/v1/patients/{patient.id}"
    part = alsfrs(now - timedelta(days=1))
    part["answers"].pop("walking")
    for body in [*falling(now - timedelta(days=2)), part, alsfrs(now - timedelta(days=700), 47)]:
        assert client.post(f"{path}/reports", json=body, headers=own.headers).status_code == 201
    for reader in (own, clinician):
        whole = client.get(f"{path}/series?span=all", headers=reader.headers).get_json()["totals"]
        table = client.get(f"{path}/series.csv", headers=reader.headers)
        assert table.headers["Content-Disposition"] == 'attachment; filename="series.csv"'
        assert rows_of(table) == [
            {
                "patient_id": patient.id,
                "observed_on": point["day"],
                "respondent": point["respondent"],
                "total": "" if point["total"] is None else str(point["total"]),
            }
            for point in whole
        ]
        assert [point["total"] for point in whole] == [47, 46, 43, 40, 36, 32, 28, None]
        for span, count in (("18_months", 7), ("all", 8)):
            assert len(rows_of(client.get(f"{path}/series.csv?span={span}", headers=reader.headers))) == count


def test_who_gets_no_series_gets_no_table(client: FlaskClient, people: People, now: datetime) -> None:
    site = people.site(shows_patient=("total",))
    patient = people.patient(site, consent_at=now)
    own, path = people.own(site, patient), f"/v1/patients/{patient.id}"
    assert client.post(f"{path}/reports", json=alsfrs(now), headers=own.headers).status_code == 201
    names = "patient_id,observed_on,respondent,total\r\n"
    assert client.get(f"{path}/series.csv", headers=own.headers).text == names, "the history is not shown"
    clinician = people.staff(site, Role.CLINICIAN)
    assert len(rows_of(client.get(f"{path}/series.csv", headers=clinician.headers))) == 1
    elsewhere = people.staff(people.site(), Role.CLINICIAN)
    for person, status in ((elsewhere, 404), (people.staff(site, Role.ADMIN), 403)):
        answers = [client.get(path + end, headers=person.headers) for end in ("/series", "/series.csv")]
        assert [answer.status_code for answer in answers] == [status, status]
    assert client.get(f"{path}/series.csv?span=3_months", headers=clinician.headers).status_code == 422
