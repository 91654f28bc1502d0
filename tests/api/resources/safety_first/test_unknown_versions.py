"""A form that nobody can score is kept aside, and its safety answer is seen at once."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.ledger import ledger
from models.patients.patient import Patient
from tests.api.resources.safety_first.forms import Alerts, Send, at_risk
from tests.questionnaires import phq_9


def test_a_form_of_an_unknown_version_is_kept_aside_and_seen(
    send: Send, alerts: Alerts, patient: Patient, now: datetime
) -> None:
    form = at_risk(now, instrument_version="2027-01")
    response = send(form)
    assert (response.status_code, response.json["evaluation"]) == (202, "quarantined")
    assert response.json["crisis_text"] is not None
    found = alerts()
    assert found["self_harm"]["level"] == "urgent"
    assert "kept aside" in found["self_harm"]["sentence"]
    assert (found["data_query"]["level"], found["data_query"]["restricted"]) == ("soon", False)
    assert "PHQ-9 in version 2027-01" in found["data_query"]["sentence"]
    again = send(form)
    assert (again.status_code, again.json["evaluation"]) == (200, "quarantined")
    assert again.json["crisis_text"] == response.json["crisis_text"]
    assert len(ledger.read_entries(patient.id)) == 1


def test_an_unknown_version_without_the_safety_item_could_not_be_read(
    send: Send, alerts: Alerts, now: datetime
) -> None:
    response = send(phq_9(now) | {"instrument_version": "2027-01", "answers": {"mood_1": 2}})
    assert response.status_code == 202
    alert = alerts()["self_harm"]
    assert (alert["level"], alert["restricted"]) == ("urgent", True)
    assert alert["sentence"].startswith("The safety item could not be read")


@pytest.mark.parametrize(
    ("version", "state", "kept"), [("1", "note", False), ("2027-01", "quarantined", True)]
)
def test_a_note_beside_no_answer_hides_no_safety_item_of_an_unknown_version(
    send: Send, alerts: Alerts, now: datetime, version: str, state: str, kept: bool
) -> None:
    form = phq_9(now) | {"instrument_version": version, "answers": {"phq_1": None}, "note": "A word."}
    response = send(form)
    assert (response.status_code, response.json["state"]) == (202 if kept else 201, state)
    assert (response.json["crisis_text"] is not None, "self_harm" in alerts()) == (kept, kept)


def test_a_known_version_without_the_safety_item_was_not_answered(
    send: Send, alerts: Alerts, now: datetime
) -> None:
    assert send(phq_9(now, phq_9=None)).status_code == 201  # type: ignore[arg-type]
    assert "self_harm" not in alerts()
