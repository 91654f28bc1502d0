"""The notice of a form that was not taken: stored before the answer, finished after a crash, kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.errors import AutoReconnect

from models.ledger import ledger
from models.patients import patients
from models.patients.patient import Patient
from models.patients.steps import PatientStep
from models.store.base import new_id
from models.store.scope import Scope
from services.reports import reconcile
from tests.api.resources.safety_first.forms import Alerts, Send, at_risk, with_answers
from tests.people import CLINIC, Person
from tests.questionnaires import alsfrs, phq_9


def test_a_crash_after_the_notice_is_finished_by_the_sweep_and_said_to_be_pending(
    send: Send, alerts: Alerts, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as crashing:
        crashing.setattr(reconcile.align, "align", crash)
        response = send(with_answers(now, phq_2=9))
    assert (response.status_code, response.json["evaluation"]) == (422, "pending")
    assert alerts() == {}
    reconcile.sweep(now + reconcile.UNATTENDED)
    assert "self_harm" in alerts()


def test_a_notice_that_cannot_be_stored_has_the_phone_send_again(
    send: Send, alerts: Alerts, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise AutoReconnect

    form = with_answers(now, phq_2=9)
    with monkeypatch.context() as outage:
        outage.setattr(ledger, "append_all", away)
        response = send(form)
    assert (response.status_code, "crisis_text" in response.json) == (503, True)
    assert send(form).status_code == 422
    assert "self_harm" in alerts()


@pytest.mark.parametrize(
    ("corrected", "answers", "text"),
    [
        ("phq_9", {"phq_9": 2}, "crisis_text"),
        ("phq_9", {"phq_9": "often"}, "crisis_text"),
        ("alsfrs_r", {"orthopnea": 0}, "breathing_text"),
        ("phq_9", {"phq_1": 2}, None),
        ("phq_9", "often", None),
    ],
    ids=str,
)
def test_while_the_database_is_away_a_correction_is_answered_with_its_text(
    client: FlaskClient,
    send: Send,
    patient: Patient,
    own: Person,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    corrected: str,
    answers: Any,
    text: str | None,
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise AutoReconnect

    report = phq_9(now) if corrected == "phq_9" else alsfrs(now)
    assert send(report).status_code == 201
    path = f"/v1/patients/{patient.id}/reports/{report['id']}/corrections"
    body = {"id": new_id(), "reason": "slip", "answers": answers, "surplus": 1}
    with monkeypatch.context() as outage:
        outage.setattr(ledger, "read_entries", away)
        response = client.post(path, json=body, headers=own.headers | {"If-Match": '"1"'})
    assert response.status_code == (422 if text is None else 503)
    assert {"crisis_text", "breathing_text"} & response.json.keys() == ({text} if text else set())


def test_a_notice_cannot_be_voided_and_its_id_cannot_be_taken(
    client: FlaskClient, send: Send, patient: Patient, clinician: Person, alerts: Alerts, now: datetime
) -> None:
    form = with_answers(now, phq_2=9)
    send(form)
    path = f"/v1/patients/{patient.id}/reports/{form['id']}/void"
    headers = clinician.headers | {"If-Match": '"1"'}
    response = client.post(path, json={"id": new_id(), "reason": "x"}, headers=headers)
    assert response.status_code == 404
    (entry,) = ledger.read_entries(patient.id)
    assert send(at_risk(now, id=entry.event_id)).status_code == 422
    assert "self_harm" in alerts()


def test_the_alert_goes_on_with_later_reports_and_with_another_evaluation(
    send: Send, client: FlaskClient, patient: Patient, clinician: Person, now: datetime
) -> None:
    send(with_answers(now, phq_2=9))
    for days in (20, 10, 0):
        assert send(alsfrs(now - timedelta(days=days))).status_code == 201
    path = f"/v1/patients/{patient.id}/evaluation"
    shown = client.get(path, headers=clinician.headers).json
    assert [flag["topic"] for flag in shown["flags"]] == ["self_harm"]
    stored = patients.read(patient.id, Scope(patient_id=patient.id), now=now)
    assert stored is not None
    profile = replace(stored.profile, height_cm=180)
    step = PatientStep(now, CLINIC, {})
    patients.change_profile(patient.id, Scope(patient_id=patient.id), stored.rev, step=step, profile=profile)
    reconcile.reevaluate(patient.id, now=now)
    again = client.get(path, headers=clinician.headers).json
    assert _without(again, "seq", "news") == _without(shown, "seq", "news")


def _without(shown: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in names}
