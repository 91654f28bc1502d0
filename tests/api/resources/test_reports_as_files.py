"""What the service returns goes through the command line without an option, to the numbers that it stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from scoring.progression import Reading, fit_line
from services.access.actor import Role
from tests.people import People, Person
from tests.questionnaires import alsfrs, phq_9
from tests.scoring.cli.program import call_here, csv_of, document_of, errors_of, json_of

Fetch = Callable[..., Any]


@pytest.fixture
def fetch(client: FlaskClient, patient: Patient, own: Person, clinician: Person, now: datetime) -> Fetch:
    """Reports of five days, two of one day; one is voided, one corrected, one of another instrument."""
    path = f"/v1/patients/{patient.id}/reports"

    def send(body: dict[str, Any], way: str = "", by: Person = own) -> None:
        sent = client.post(path + way, json=body, headers=by.headers | {"If-Match": '"1"'})
        assert sent.status_code in {200, 201}, sent.text

    bodies = [
        alsfrs(now - timedelta(days=days), total) for days, total in ((84, 44), (56, 43), (28, 41), (14, 30))
    ]
    for body in (*bodies, alsfrs(now - timedelta(hours=8), 42), alsfrs(now - timedelta(hours=2), 40)):
        send(body)
    send(phq_9(now - timedelta(hours=1)))
    voided, corrected = bodies[3]["id"], bodies[2]["id"]
    send({"id": new_id(), "reason": "a sibling answered"}, f"/{voided}/void", clinician)
    better = {"id": new_id(), "reason": "mistyped", "answers": alsfrs(now, 42)["answers"]}
    send(better, f"/{corrected}/corrections")

    def get(**query: Any) -> Any:
        response = client.get(path, query_string=query, headers=clinician.headers)
        assert response.status_code == 200
        return response.json

    return get


def readings(now: datetime) -> list[Reading]:
    series = ((84, 44), (56, 43), (28, 42), (0, 40))
    return [Reading((now - timedelta(days=days)).date(), total) for days, total in series]


def test_a_patients_reports_give_their_trend(fetch: Fetch, patient: Patient, now: datetime) -> None:
    page = json.dumps(fetch(limit=200))
    found = document_of("trend", "-", stdin=page)
    (course,) = found["results"]
    assert (course["patient"], course["respondent"]) == (patient.id, "patient")
    assert (course["readings"], course["put_together"]) == (4, 1)
    assert course["least_squares"]["slope_per_month"] == fit_line(readings(now)).slope_per_month
    assert found["notes"] == [
        "5 reports read from what the service returned",
        "reports left out: 1 of other instruments",
        "reports left out: 1 voided",
        "put together (--duplicates last): 2 rows to 1 values; different values:"
        f" {patient.id} patient ({now.date()}, that of 06:30 UTC)",
    ]


def test_they_are_scored_and_staged_too(fetch: Fetch) -> None:
    page = json.dumps(fetch(limit=200))
    scored = json_of("score", "alsfrs_r", "-", stdin=page, notes=3)
    assert [row["total"] for row in scored] == [40, 42, 42, 43, 44]
    assert len(json_of("stage", "-", "--keep", "date", stdin=page, notes=3)) == 5
    assert len(json_of("score", "phq_9", "-", stdin=page, notes=3)) == 1


def test_the_order_of_the_reports_does_not_matter(fetch: Fetch) -> None:
    page = fetch(limit=200)
    there = json_of("trend", "-", stdin=json.dumps(page), notes=4)
    back = json_of("trend", "-", stdin=json.dumps({**page, "items": page["items"][::-1]}), notes=4)
    assert back == there


def test_one_page_of_several_is_no_history_and_all_pages_in_a_list_are(fetch: Fetch) -> None:
    first = fetch(limit=3)
    assert errors_of(1, "trend", "-", stdin=json.dumps(first)) == [
        "this is one page of several (next is not null): fetch the others, and put all into one list"
    ]
    pages = [first]
    while pages[-1]["next"]:
        pages.append(fetch(limit=3, after=pages[-1]["next"]))
    whole = json_of("trend", "-", stdin=json.dumps(fetch(limit=200)), notes=4)
    assert json_of("trend", "-", stdin=json.dumps(pages), notes=4) == whole
    items = [item for page in pages for item in page["items"]]
    assert json_of("trend", "-", stdin=json.dumps(items), notes=4) == whole


def test_a_table_with_the_services_names_goes_through(fetch: Fetch, now: datetime) -> None:
    lines = ["patient_id,observed_on,observed_at,total,respondent"]
    for item in fetch(limit=200, instrument="alsfrs_r")["items"]:
        if item["state"] == "current" and item["versions"][-1]["total"] != 42:
            cells = (
                item["patient_id"],
                item["observed_on"],
                item["observed_at"],
                item["versions"][-1]["total"],
            )
            lines.append(",".join(map(str, (*cells, item["respondent"]))))
    (row,) = csv_of("trend", "-", stdin="\n".join(lines))
    assert (row["readings"], row["last_on"]) == ("3", now.date().isoformat())


def test_withheld_answers_are_left_out_and_counted(fetch: Fetch) -> None:
    page = fetch(limit=200)
    hidden = [{**item, "withheld": True} for item in page["items"]]
    done = call_here("trend", "-", stdin=json.dumps({**page, "items": hidden}))
    assert (done.returncode, done.stdout) == (1, "")
    assert "reports left out: 5 withheld" in done.stderr


def test_the_data_of_a_figure_give_the_same_trend_as_the_reports(
    fetch: Fetch, client: FlaskClient, patient: Patient, clinician: Person
) -> None:
    shown = client.get(f"/v1/patients/{patient.id}/series?span=all", headers=clinician.headers)
    found = document_of("trend", "-", stdin=shown.text)
    (course,) = found["results"]
    (there,) = json_of("trend", "-", stdin=json.dumps(fetch(limit=200)), notes=4)
    assert course == {**there, "put_together": 0}
    (note,) = found["notes"]
    assert note.startswith("4 values read from a figure that the service returned; it shows ")
    assert document_of("trend", "-", stdin=f"[{shown.text}]") == {**found, "input_sha256": ANY}
    moods = document_of("trend", "-", "--instrument", "phq_9", stdin=shown.text)["notes"]
    assert moods[0].startswith("1 values read from a figure")
    assert errors_of(1, "score", "alsfrs_r", "-", stdin=shown.text)[0].startswith("column speech: ")


def test_the_table_of_a_figure_gives_the_same_trend_as_the_reports(
    fetch: Fetch, client: FlaskClient, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    path, caregiver = f"/v1/patients/{patient.id}", people.caregiver(site, patient)
    clinician = people.staff(site, Role.CLINICIAN)
    early = alsfrs(now - timedelta(days=800), 47)
    gap = alsfrs(now - timedelta(days=40), 41)
    gap["answers"].pop("speech")
    later = (
        alsfrs(now - timedelta(days=days), total) for days, total in ((3, 38), (33, 41), (70, 45), (360, 46))
    )
    for body in (early, gap, *later):
        sent = client.post(f"{path}/reports", json=body, headers=caregiver.headers)
        assert sent.status_code == 201, sent.text
    table = client.get(f"{path}/series.csv", headers=clinician.headers)
    found = document_of("trend", "-", stdin=table.text)
    there = document_of("trend", "-", stdin=json.dumps(fetch(limit=200)))
    assert [
        (result["respondent"], result["readings"], result["incomplete"]) for result in found["results"]
    ] == [
        ("caregiver", 5, 1),
        ("patient", 4, 0),
    ]
    assert found["results"] == [{**result, "put_together": 0} for result in there["results"]]
    assert found["rule_version"] == there["rule_version"]
    (note,) = found["notes"]
    assert note.startswith("forms without a total")
    assert f"{patient.id} caregiver ({now.date() - timedelta(days=40)})" in note
    assert note in there["notes"]
    lately = client.get(f"{path}/series.csv?span=12_months", headers=clinician.headers)
    assert len(lately.text.splitlines()) == len(table.text.splitlines()) - 1
