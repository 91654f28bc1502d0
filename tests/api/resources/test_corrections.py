"""Corrections and voids: they say what changes, are guarded by what was read, and pass the one gate."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.ledger import ledger
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Role
from tests.people import People, Person
from tests.questionnaires import alsfrs, answers_for

Amend = Callable[..., TestResponse]


@pytest.fixture
def report_id(client: FlaskClient, patient: Patient, own: Person, now: datetime) -> str:
    body = alsfrs(now - timedelta(hours=1))
    response = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers)
    assert response.headers["ETag"] == '"1"'
    return str(body["id"])


@pytest.fixture
def amend(client: FlaskClient, patient: Patient, clinician: Person, report_id: str) -> Amend:
    def post(way: str, version: int | None = 1, by: Person = clinician, **fields: Any) -> TestResponse:
        body = {"id": new_id(), "reason": "Slip.", **fields}
        headers = by.headers | ({} if version is None else {"If-Match": f'"{version}"'})
        return client.post(f"/v1/patients/{patient.id}/reports/{report_id}/{way}", json=body, headers=headers)

    return post


@pytest.fixture
def latest(
    client: FlaskClient, patient: Patient, clinician: Person, report_id: str
) -> Callable[[], dict[str, Any]]:
    def get() -> dict[str, Any]:
        response = client.get(f"/v1/patients/{patient.id}/reports/{report_id}", headers=clinician.headers)
        assert response.headers["ETag"] == f'"{response.json["version"]}"'
        content: dict[str, Any] = response.json["versions"][-1]
        return content

    return get


def test_a_correction_changes_what_it_names_and_leaves_the_rest(
    amend: Amend, latest: Callable[[], dict[str, Any]]
) -> None:
    response = amend("corrections", answers={"speech": 2})
    assert (response.status_code, response.json["version"], response.headers["ETag"]) == (201, 2, '"2"')
    assert latest()["answers"] == answers_for(40) | {"speech": 2}


def test_null_takes_an_answer_away(amend: Amend, latest: Callable[[], dict[str, Any]]) -> None:
    response = amend("corrections", answers={"speech": None})
    assert response.json["missing"] == ["speech"]
    assert "speech" not in latest()["answers"]


def test_one_alternative_takes_the_place_of_the_other(
    amend: Amend, latest: Callable[[], dict[str, Any]]
) -> None:
    both = amend("corrections", answers={"cutting_with_gastrostomy": 3})
    assert both.status_code == 422
    answers = {"cutting_without_gastrostomy": None, "cutting_with_gastrostomy": 3}
    assert amend("corrections", answers=answers).status_code == 201
    assert latest()["answers"]["cutting_with_gastrostomy"] == 3


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"answers": {}},
        {"answers": answers_for(40)},
        {"answers": {"speech": 4.0, "cutting_with_gastrostomy": None}},
    ],
    ids=["only a reason", "no answers", "the same answers", "the same in another spelling"],
)
def test_a_correction_that_changes_nothing_is_refused(
    amend: Amend, patient: Patient, fields: dict[str, Any]
) -> None:
    response = amend("corrections", **fields)
    assert (response.status_code, response.json["code"]) == (422, "changes_nothing")
    assert len(ledger.read_entries(patient.id)) == 1


def test_a_correction_that_leaves_nothing_answered_is_refused(amend: Amend, patient: Patient) -> None:
    """It would count as having been heard from; a void takes the report out of the history."""
    response = amend("corrections", answers=dict.fromkeys(answers_for(40)))
    assert (response.status_code, response.json["errors"][0]["code"]) == (422, "empty")
    assert len(ledger.read_entries(patient.id)) == 1


@pytest.mark.parametrize("way", ["corrections", "void"])
def test_who_read_another_version_is_told_to_read_again(amend: Amend, way: str, patient: Patient) -> None:
    fields = {"answers": {"speech": 1}} if way == "corrections" else {}
    assert amend("corrections", answers={"speech": 2}).status_code == 201
    assert amend(way, **fields).status_code == 412
    assert amend(way, version=None, **fields).status_code == 428
    assert len(ledger.read_entries(patient.id)) == 2
    assert amend(way, version=2, **fields).status_code == 201


def test_the_same_correction_again_is_answered_again_whatever_came_between(amend: Amend) -> None:
    first = {"id": new_id(), "answers": {"speech": 2}}
    assert amend("corrections", **first).status_code == 201
    assert amend("corrections", version=2, answers={"speech": 1}).status_code == 201
    for version in (1, 2, 3):
        again = amend("corrections", version=version, **first | {"answers": {"speech": 2.0}})
        assert (again.status_code, again.json["repeated"]) == (200, True)
    assert amend("corrections", **first | {"reason": "Another."}).status_code == 409


def test_the_same_correction_again_has_the_same_receipt(amend: Amend, own: Person) -> None:
    """Also what follows from the evaluation: the next date, the totals, the text that breathing asks for."""
    for by, answers in ((own, {"speech": 2}), (own, {"dyspnea": 0})):
        version = 1 if "speech" in answers else 2
        first = {"id": new_id(), "answers": answers}
        stored, again = (amend("corrections", version=version, by=by, **first).json for _ in range(2))
        assert stored["next_due_on"] is not None
        assert stored["history"]
        assert bool(stored["breathing_text"]) is ("dyspnea" in answers)
        assert again == stored | {"repeated": True}


def test_of_twenty_who_read_the_same_version_one_corrects_it(amend: Amend, patient: Patient) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: amend("corrections", answers={"speech": n % 4}), range(20)))
    assert sorted(response.status_code for response in answers) == [201] + [412] * 19
    assert len(ledger.read_entries(patient.id)) == 2


def test_of_twenty_voids_at_once_one_is_made_and_its_repeats_are_answered_again(
    amend: Amend, patient: Patient
) -> None:
    ids = [new_id() for _ in range(10)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda place: amend("void", id=ids[place % 10]), range(20)))
    (taken,) = ledger.read_entries(patient.id)[1:]
    expected = {void_id: {201, 200} if void_id == taken.event_id else {409} for void_id in ids}
    found = {one: {response.status_code for response in answers[place::10]} for place, one in enumerate(ids)}
    assert found == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"closed": True}, "patient_closed"),
        ({"consent_withdrawn_at": "2076-03-02T08:00:00Z"}, "consent_withdrawn"),
        ({"consent_at": None}, "no_consent"),
    ],
    ids=["closed", "withdrawn", "never given"],
)
def test_every_event_passes_one_gate(
    client: FlaskClient,
    amend: Amend,
    people: People,
    site: Site,
    patient: Patient,
    own: Person,
    clinician: Person,
    now: datetime,
    change: dict[str, Any],
    code: str,
) -> None:
    """Reports, corrections, voids, releases; what was taken before is still answered again."""
    kept = alsfrs(now, instrument_version="9")
    path = f"/v1/patients/{patient.id}"
    client.post(f"{path}/reports", json=kept, headers=own.headers)
    if "consent_withdrawn_at" in change:
        given = {"consent_at": "2076-03-02T07:00:00Z"}
        client.patch(path, json=given, headers=clinician.headers | {"If-Match": '"0"'})
        response = client.patch(path, json=change, headers=clinician.headers | {"If-Match": '"1"'})
    else:
        response = client.patch(path, json=change, headers=clinician.headers | {"If-Match": '"0"'})
    assert response.status_code == 200
    admin = people.signed_in(people.account((site, Role.ADMIN)))
    refused = [
        client.post(f"{path}/reports", json=alsfrs(now), headers=own.headers),
        amend("corrections", answers={"speech": 1}),
        amend("void"),
        client.post(
            f"{path}/reports/{kept['id']}/void",
            json={"id": new_id(), "reason": "x"},
            headers=clinician.headers | {"If-Match": '"1"'},
        ),
    ]
    assert [(response.status_code, response.json["code"]) for response in refused] == [(409, code)] * 4
    assert client.post(f"{path}/reports/{kept['id']}/release", headers=admin.headers).status_code == 409
    assert client.post(f"{path}/reports", json=kept, headers=own.headers).status_code == 200
