"""Texts of safety over HTTP: proposed by an administrator, shown to patients once a clinician has agreed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People, Person
from tests.questionnaires import alsfrs

TEXTS: dict[str, Any] = {
    "crisis_text": {"pt": "Ligue para o 112, ou para a linha de crise 0800 000 000."},
    "breathing_text": {"pt": "Se lhe falta o ar, ligue agora para o 112."},
}


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


def test_patients_are_told_what_two_people_have_looked_at(
    client: FlaskClient, people: People, site: Site, admin: Person, clinician: Person, now: datetime
) -> None:
    patient = people.patient(site, consent_at=now)
    own, at = people.own(site, patient), f"/v1/sites/{site.id}/safety-texts"

    def told() -> Any:
        body = alsfrs(now, instrument="phq_9", answers={"phq_9": 1})
        return client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=own.headers).json[
            "crisis_text"
        ]

    usual = told()
    proposed = client.put(
        f"{at}/proposal", json=TEXTS | {"note": "Ours."}, headers=admin.headers | {"If-Match": '"0"'}
    )
    assert (proposed.status_code, proposed.headers["ETag"]) == (200, '"1"')
    assert proposed.json["proposal"] | TEXTS == proposed.json["proposal"]
    assert (proposed.json["proposal"]["by"], told()) == (admin.shown, usual)
    tag = clinician.headers | {"If-Match": '"1"'}
    word = {"decision": "agree", "note": "Numbers dialled."}
    assert client.post(f"{at}/decision", json=word, headers=clinician.headers).status_code == 428
    assert client.post(f"{at}/decision", json=word, headers=admin.headers).status_code == 403
    agreed = client.post(f"{at}/decision", json=word, headers=tag)
    assert (agreed.status_code, agreed.json["proposal"]) == (200, None)
    assert client.get(at, headers=admin.headers).json == agreed.json
    assert told() == TEXTS["crisis_text"]["pt"]
    lines = client.get(f"{at}/steps", headers=clinician.headers).json["items"]
    assert [(line["event"], line["by"], line["note"]) for line in lines] == [
        ("agreed", clinician.shown, "Numbers dialled."),
        ("proposed", admin.shown, "Ours."),
    ]


def test_no_other_way_changes_them(client: FlaskClient, site: Site, admin: Person) -> None:
    headers = admin.headers | {"If-Match": '"0"'}
    for name, text in TEXTS.items():
        response = client.patch(f"/v1/sites/{site.id}", json={name: text}, headers=headers)
        assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, f"/{name}")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"crisis_text": {}}, "/crisis_text"),
        ({"crisis_text": "Call 112, or the crisis line 0800 000 000."}, "/crisis_text"),
        ({"crisis_text": {"en": ""}}, "/crisis_text/en"),
        ({"breathing_text": {"en": "Call."}}, "/breathing_text/en"),
        ({"crisis_text": {"English": "Call 112, or the crisis line."}}, "/crisis_text/English"),
        ({"reads_reports": "On Mondays."} | TEXTS, "/reads_reports"),
    ],
)
def test_a_text_is_one_in_a_language(
    client: FlaskClient, site: Site, admin: Person, body: dict[str, Any], pointer: str
) -> None:
    response = client.put(
        f"/v1/sites/{site.id}/safety-texts/proposal",
        json=body | {"note": "Why."},
        headers=admin.headers | {"If-Match": '"0"'},
    )
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json["errors"]] == [pointer]
