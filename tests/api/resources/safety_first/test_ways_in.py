"""Both texts by every way in: one form, a batch, a correction, each in the language of the person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from models.store.base import new_id
from tests.api.resources.safety_first.forms import Alerts, Send, at_risk, with_answers
from tests.people import People, Person
from tests.questionnaires import alsfrs, answers_for, phq_9


@pytest.mark.parametrize("item", ["dyspnea", "orthopnea"])
@pytest.mark.parametrize("fate", ["refused", "kept aside"])
def test_breathing_at_its_worst_is_urgent_also_from_a_form_that_is_not_evaluated(
    send: Send, alerts: Alerts, now: datetime, item: str, fate: str
) -> None:
    answers: dict[str, Any] = answers_for(40) | {item: "0" if fate == "refused" else 0}
    version = "1" if fate == "refused" else "2027-01"
    response = send(alsfrs(now, instrument_version=version, answers=answers))
    assert response.status_code == (422 if fate == "refused" else 202)
    assert "emergency number" in response.json["breathing_text"]
    assert response.json.get("crisis_text") is None
    alert = alerts()["respiratory"]
    assert (alert["level"], alert["restricted"]) == ("urgent", False)
    assert fate in alert["sentence"]


def test_a_form_that_is_taken_carries_the_breathing_text(send: Send, alerts: Alerts, now: datetime) -> None:
    response = send(alsfrs(now, answers=answers_for(40) | {"orthopnea": 0}))
    assert (response.status_code, response.json["breathing_text"] is not None) == (201, True)
    assert send(alsfrs(now - timedelta(days=1))).json["breathing_text"] is None
    assert alerts()["respiratory"]["level"] == "urgent"


def test_the_texts_are_in_the_language_of_the_person(
    client: FlaskClient, send: Send, people: People, now: datetime
) -> None:
    texts = {"en": "Call 112 when you are in danger.", "de": "Rufen Sie 112, wenn Sie in Gefahr sind."}
    site = people.site(crisis_text=texts, breathing_text=texts)
    for locale, expected in (("de-AT", "de"), ("de", "de"), ("fr", "en"), (None, "en")):
        person = people.patient(site, consent_at=now, locale=locale)
        own = people.own(site, person)
        assert send(at_risk(now), by=own, about=person).json["crisis_text"] == texts[expected]
        refused = send(with_answers(now, phq_2=9), by=own, about=person)
        assert refused.json["crisis_text"] == texts[expected]
        worst = alsfrs(now, answers=answers_for(40) | {"dyspnea": 0})
        assert send(worst, by=own, about=person).json["breathing_text"] == texts[expected]


def test_each_verdict_of_a_batch_carries_its_text_and_what_is_refused_whole_too(
    client: FlaskClient, patient: Patient, own: Person, alerts: Alerts, now: datetime
) -> None:
    entries: list[Any] = [
        alsfrs(now - timedelta(days=1)),
        with_answers(now, phq_2=9),
        at_risk(now, instrument_version="2027-01"),
    ]
    named = [entry | {"patient_id": patient.id} for entry in entries]
    response = client.post("/v1/report-batches", json={"entries": [*named]}, headers=own.headers)
    verdicts = response.json["verdicts"]
    assert [verdict["status"] for verdict in verdicts] == [201, 422, 202]
    assert "crisis_text" in verdicts[1]["problem"]
    assert verdicts[2]["report"]["crisis_text"] is not None
    assert "self_harm" in alerts()


def test_a_batch_that_is_refused_as_a_whole_is_seen(
    client: FlaskClient, patient: Patient, own: Person, alerts: Alerts, now: datetime
) -> None:
    body = {"entries": [None, 7, at_risk(now) | {"patient_id": patient.id}], "surplus": 1}
    response = client.post("/v1/report-batches", json=body, headers=own.headers)
    assert (response.status_code, "crisis_text" in response.json) == (422, True)
    assert "self_harm" in alerts()


def test_a_refused_correction_is_seen_and_one_that_is_taken_carries_the_text(
    client: FlaskClient, send: Send, patient: Patient, own: Person, alerts: Alerts, now: datetime
) -> None:
    harmless = phq_9(now)
    send(harmless)
    path = f"/v1/patients/{patient.id}/reports/{harmless['id']}/corrections"
    body = {"id": new_id(), "reason": "slip", "answers": harmless["answers"] | {"phq_9": 2}}
    headers = own.headers | {"If-Match": '"1"'}
    refused = client.post(path, json=body | {"surplus": 1}, headers=headers)
    assert (refused.status_code, "crisis_text" in refused.json) == (422, True)
    assert alerts()["self_harm"]["level"] == "urgent"
    taken = client.post(path, json=body, headers=headers)
    assert (taken.status_code, taken.json["crisis_text"]) == (201, refused.json["crisis_text"])
