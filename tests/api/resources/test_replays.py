"""Replays over HTTP: asked for, followed, read; each role sees what is for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.patients.patient import Patient
from models.store.base import new_id
from services.access.actor import Role
from services.replays import replays
from tests.clinics import Clinic
from tests.people import People, Person
from tests.questionnaires import phq_9

STRICT = {"limits": {"primary": {"loss_per_month": 3.5, "steep_loss_per_month": 4.0}}}
Ask = Callable[..., TestResponse]


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def clinician(people: People, clinic: Clinic) -> Person:
    return people.staff(clinic.site, Role.CLINICIAN)


@pytest.fixture
def admin(people: People, clinic: Clinic) -> Person:
    return people.staff(clinic.site, Role.ADMIN)


@pytest.fixture
def fast(clinic: Clinic) -> Patient:
    (made,) = clinic.patients(1)
    for back, total in enumerate((28, 32, 36, 40, 43, 46)):
        clinic.send(made, total, days_ago=28 * back)
    return made


@pytest.fixture
def ask(client: FlaskClient, clinic: Clinic, clinician: Person) -> Ask:
    def post(body: object = STRICT, by: Person = clinician) -> TestResponse:
        return client.post(f"/v1/sites/{clinic.site.id}/replays", json=body, headers=by.headers)

    return post


@pytest.mark.usefixtures("fast")
def test_a_replay_is_asked_for_followed_and_read(
    ask: Ask, client: FlaskClient, clinic: Clinic, clinician: Person, now: datetime
) -> None:
    asked = ask()
    assert asked.status_code == 202
    where = asked.headers["Location"]
    assert where == f"/v1/sites/{clinic.site.id}/replays/{asked.json['id']}"
    waiting = client.get(where, headers=clinician.headers).json
    assert (waiting["state"], waiting["result"]) == ("waiting", None)
    assert waiting["progress"] == {"patients_done": 0, "patients_in_all": 1, "remaining_seconds": None}
    assert (waiting["version_before"], waiting["limits"]) == ("default-1", STRICT["limits"])
    replays.go_on(now)
    done = client.get(where, headers=clinician.headers).json
    assert (done["state"], done["progress"]["patients_done"]) == ("done", 1)
    assert done["result"]["patients_changed"] == 1
    assert done["result"]["totals"].keys() >= {"opened", "dropped", "earlier", "later"}
    listed = client.get(f"/v1/sites/{clinic.site.id}/replays", headers=clinician.headers).json["items"]
    assert [replay["id"] for replay in listed] == [asked.json["id"]]


def test_differences_are_read_patient_by_patient_in_pages(
    ask: Ask,
    client: FlaskClient,
    clinic: Clinic,
    clinician: Person,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replays, "PATIENTS_A_PART", 1)
    followed = clinic.patients(3)
    for patient in followed:
        for back, total in enumerate((28, 32, 36, 40, 43, 46)):
            clinic.send(patient, total, days_ago=28 * back)
    where = ask().headers["Location"]
    replays.go_on(now)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while query:
        page = client.get(f"{where}/differences", query_string=query, headers=clinician.headers).json
        seen += [difference["patient"] for difference in page["items"]]
        query = {"limit": 2, "after": page["next"]} if page["next"] is not None else {}
    assert list(dict.fromkeys(seen)) == [patient.id for patient in followed]


def test_an_administrator_reads_sums_and_no_patients(
    ask: Ask,
    client: FlaskClient,
    clinic: Clinic,
    fast: Patient,
    admin: Person,
    clinician: Person,
    now: datetime,
) -> None:
    path = f"/v1/patients/{fast.id}/reports"
    client.post(path, json=phq_9(now, phq_9=1), headers=clinician.headers)
    where = ask(by=admin).headers["Location"]
    replays.go_on(now)
    shown = client.get(where, headers=admin.headers)
    assert shown.json["state"] == "done"
    assert fast.id not in shown.text
    assert client.get(f"{where}/differences", headers=admin.headers).status_code == 403
    assert client.get(f"{where}/differences", headers=clinician.headers).status_code == 200


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.RESEARCHER])
def test_others_of_the_staff_do_not_replay(ask: Ask, people: People, clinic: Clinic, role: Role) -> None:
    assert ask(by=people.staff(clinic.site, role)).status_code == 403


def test_another_sites_replay_does_not_exist(
    ask: Ask, client: FlaskClient, people: People, clinician: Person
) -> None:
    elsewhere = people.site()
    other = people.staff(elsewhere, Role.CLINICIAN)
    asked = ask()
    where, replay_id = asked.headers["Location"], asked.json["id"]
    assert ask(by=other).status_code == 404
    for path in (where, f"{where}/differences", f"/v1/sites/{elsewhere.id}/replays/{replay_id}"):
        assert client.get(path, headers=other.headers).status_code == 404
    assert client.get(where.replace(replay_id, new_id()), headers=clinician.headers).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/limits"),
        ({"limits": {"primary": {"loss_per_month": 99}}}, "/limits/primary/loss_per_month"),
        ({**STRICT, "overrides": []}, "/overrides"),
    ],
)
def test_limits_that_cannot_be_are_refused(ask: Ask, body: dict[str, Any], pointer: str) -> None:
    response = ask(body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json["errors"]] == [pointer]


def test_no_more_than_a_few_wait(ask: Ask) -> None:
    assert [ask().status_code for _ in range(4)] == [202, 202, 202, 409]
