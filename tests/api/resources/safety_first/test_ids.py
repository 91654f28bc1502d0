"""Ids beside a safety answer: however they are spelled they are the same, and what is none hides nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.ledger import ledger
from models.patients.patient import Patient
from tests.api.resources.safety_first.forms import Alerts, Send, at_risk, with_answers
from tests.people import Person

SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "mixed case": str.title,
    "braces": lambda text: f"{{{text}}}",
    "urn": lambda text: UUID(text).urn,
    "no dashes": lambda text: UUID(text).hex,
    "spaces around it": lambda text: f" {text}\n",
}
NOBODY: list[Any] = [None, 7, "", "7", "\0", "\ud800", "x" * 5000, [], {}, str(UUID(int=0))]
spelled = pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
SendBatch = Callable[..., TestResponse]


@pytest.fixture
def send_batch(client: FlaskClient, own: Person) -> SendBatch:
    def post(*entries: dict[str, Any], **surplus: Any) -> TestResponse:
        headers = {**own.headers, "Content-Type": "application/json"}
        body = json.dumps({"entries": entries, **surplus})
        return client.post("/v1/report-batches", data=body, headers=headers)

    return post


@spelled
def test_a_refused_entry_is_heard_however_it_spells_the_patient(
    send_batch: SendBatch, patient: Patient, alerts: Alerts, now: datetime, spelling: Callable[[str], str]
) -> None:
    entry = with_answers(now, phq_2=9) | {"patient_id": spelling(patient.id)}
    (verdict,) = send_batch(entry).json["verdicts"]
    assert (verdict["status"], "crisis_text" in verdict["problem"]) == (422, True)
    assert alerts()["self_harm"]["level"] == "urgent"


@spelled
def test_so_is_one_of_a_batch_that_is_refused_as_a_whole(
    send_batch: SendBatch, patient: Patient, alerts: Alerts, now: datetime, spelling: Callable[[str], str]
) -> None:
    response = send_batch(at_risk(now, patient_id=spelling(patient.id)), surplus=1)
    assert (response.status_code, "crisis_text" in response.json) == (422, True)
    assert alerts()["self_harm"]["level"] == "urgent"


@pytest.mark.parametrize("named", NOBODY, ids=lambda named: repr(named)[:20])
def test_an_entry_that_names_nobody_is_answered_with_the_text(
    send_batch: SendBatch, patient: Patient, alerts: Alerts, now: datetime, named: Any
) -> None:
    entry = at_risk(now, patient_id=named)
    (verdict,) = send_batch(entry).json["verdicts"]
    assert (verdict["status"], "crisis_text" in verdict["problem"]) == (422, True)
    whole = send_batch(entry, surplus=1)
    assert (whole.status_code, "crisis_text" in whole.json) == (422, True)
    assert alerts() == {}
    assert ledger.read_entries(patient.id) == []


@spelled
def test_the_same_form_is_told_once_however_it_spells_its_id(
    send: Send, patient: Patient, now: datetime, spelling: Callable[[str], str]
) -> None:
    form = with_answers(now, phq_2=9)
    for id_ in (form["id"], spelling(form["id"])):
        assert send(form | {"id": id_}).status_code == 422
    (entry,) = ledger.read_entries(patient.id)
    (stored,) = ledger.LedgerDocument.raw().find({"patient_id": patient.id})
    assert entry.notice is not None
    assert (entry.notice.report_id, stored.get("repeats", 0)) == (form["id"], 0)


@spelled
def test_a_correction_is_heard_however_it_spells_its_id(
    client: FlaskClient,
    send: Send,
    patient: Patient,
    own: Person,
    alerts: Alerts,
    now: datetime,
    spelling: Callable[[str], str],
) -> None:
    harmless = at_risk(now) | {"answers": at_risk(now)["answers"] | {"phq_9": 0}}
    assert send(harmless).status_code == 201
    path = f"/v1/patients/{patient.id.upper()}/reports/{harmless['id'].upper()}/corrections"
    body = {"id": spelling(harmless["id"]), "reason": "slip", "answers": {"phq_9": 2}, "surplus": 1}
    response = client.post(path, json=body, headers=own.headers | {"If-Match": '"1"'})
    assert (response.status_code, "crisis_text" in response.json) == (422, True)
    assert alerts()["self_harm"]["level"] == "urgent"
