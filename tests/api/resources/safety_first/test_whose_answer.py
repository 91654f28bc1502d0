"""Whose safety answer is seen, by whom, and how long after it was given."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models.ledger import ledger
from models.patients import patients
from models.patients.patient import Patient
from models.patients.steps import PatientStep
from models.sites.sites import Site
from models.store.scope import Scope
from services.access.actor import Role
from tests.api.resources.safety_first.forms import Alerts, Send, at_risk, with_answers
from tests.people import CLINIC, People, Person
from tests.questionnaires import alsfrs, answers_for


def test_without_recorded_consent_the_alert_names_no_answer(
    send: Send, people: People, site: Site, alerts: Alerts, now: datetime
) -> None:
    newcomer = people.patient(site)
    response = send(at_risk(now), by=people.own(site, newcomer), about=newcomer)
    assert (response.status_code, response.json["code"]) == (409, "no_consent")
    assert "crisis_text" in response.json
    alert = alerts()["self_harm"]
    assert (alert["level"], alert["restricted"]) == ("urgent", True)
    assert "consent is not recorded" in alert["sentence"]
    (entry,) = ledger.read_entries(newcomer.id)
    assert entry.notice is not None
    assert entry.notice.items == ()
    assert entry.content.answers == {}


@pytest.mark.parametrize("field", ["closed_at", "consent_withdrawn_at"])
def test_of_a_patient_who_left_only_the_text_is_shown(
    send: Send, patient: Patient, alerts: Alerts, now: datetime, field: str
) -> None:
    leaving = {field: now} | ({"consent_at": None} if field == "consent_withdrawn_at" else {})
    assert patients.change_profile(
        patient.id, Scope(patient_id=patient.id), patient.rev, step=PatientStep(now, CLINIC, {}), **leaving
    )
    response = send(at_risk(now))
    assert response.status_code == 409
    assert "crisis_text" in response.json
    assert alerts() == {}
    assert ledger.read_entries(patient.id) == []


def test_a_role_that_may_not_report_gets_the_text_and_raises_nothing(
    send: Send, people: People, site: Site, patient: Patient, alerts: Alerts, now: datetime
) -> None:
    response = send(at_risk(now), by=people.staff(site, Role.RESEARCHER))
    assert (response.status_code, "crisis_text" in response.json) == (403, True)
    assert alerts() == {}


def test_a_stranger_raises_nothing(
    client: FlaskClient, send: Send, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    assert send(at_risk(now), by=people.caregiver(site)).status_code == 404
    path = f"/v1/patients/{patient.id}/reports"
    assert client.post(path, json=at_risk(now)).status_code == 401
    assert ledger.read_entries(patient.id) == []


def test_a_carers_refused_answer_is_a_carers_concern(
    send: Send, people: People, site: Site, patient: Patient, alerts: Alerts, now: datetime
) -> None:
    send(with_answers(now, phq_2=9), by=people.caregiver(site, patient))
    assert alerts()["self_harm"]["sentence"].startswith("Carer's concern: thoughts")


@pytest.mark.parametrize(("days", "level"), [(31, "inform"), (29, "urgent")])
@pytest.mark.parametrize("fate", ["taken", "refused", "kept aside"])
def test_what_staff_enter_long_afterwards_informs_with_its_date(
    send: Send, alerts: Alerts, clinician: Person, now: datetime, days: int, level: str, fate: str
) -> None:
    observed_at = now - timedelta(days=days)
    others = {"taken": {}, "refused": {"surplus": 1}, "kept aside": {"instrument_version": "2027-01"}}
    response = send(at_risk(observed_at, **others[fate]), by=clinician)
    assert response.status_code == {"taken": 201, "refused": 422, "kept aside": 202}[fate]
    alert = alerts()["self_harm"]
    assert alert["level"] == level
    dated = observed_at.date().isoformat() in alert["sentence"]
    assert dated == (level == "inform" or fate == "taken")


@pytest.mark.parametrize("topic", ["self_harm", "respiratory"])
def test_what_staff_enter_long_afterwards_does_not_use_up_the_hour_of_what_is_so_now(
    send: Send, alerts: Alerts, clinician: Person, now: datetime, topic: str
) -> None:
    worst = answers_for(40) | {"dyspnea": 0}
    for days, level in ((60, "inform"), (0, "urgent"), (59, "urgent")):
        at = now - timedelta(days=days)
        form = at_risk(at) if topic == "self_harm" else alsfrs(at, answers=worst)
        assert send(form | {"surplus": 1}, by=clinician).status_code == 422
        assert alerts()[topic]["level"] == level
