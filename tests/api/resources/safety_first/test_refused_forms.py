"""Safety is looked at first: what is refused or put off is seen, and answered with a text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.application import settings
from api.resources import reports as resources
from models.alerts.alerts import AlertDocument
from models.ledger import ledger
from models.ledger.entries import EntryKind
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from tests.api.resources.safety_first.forms import Alerts, Send, at_risk, later, with_answers, with_text
from tests.people import People, Person
from tests.questionnaires import alsfrs, answers_for, phq_9

REFUSED: dict[str, Callable[[datetime], Any]] = {
    "text beside it": lambda now: with_answers(now, phq_2="often"),
    "a list beside it": lambda now: with_answers(now, phq_2=[[1]]),
    "a wrong code beside it": lambda now: with_answers(now, phq_2=9),
    "an unknown item beside it": lambda now: with_answers(now, nothing=1),
    "a key that cannot be stored beside it": lambda now: with_answers(now, **{"\0": 1}),
    "text for a number": lambda now: with_answers(now, phq_9="3"),
    "a number out of range": lambda now: with_answers(now, phq_9=7),
    "a broken number": lambda now: with_answers(now, phq_9=2.5),
    "a clock ahead": lambda now: at_risk(now + timedelta(hours=6)),
    "a clock six minutes ahead": lambda now: at_risk(now + timedelta(minutes=6)),
    "a clock of 1970": lambda now: at_risk(now) | {"observed_at": "1970-01-01T00:00:00Z"},
    "no time": lambda now: at_risk(now, observed_at=None),
    "no id": lambda now: {name: value for name, value in at_risk(now).items() if name != "id"},
    "an id that is none": lambda now: at_risk(now, id="7"),
    "another field": lambda now: at_risk(now, surplus=1),
    "a version that cannot be": lambda now: at_risk(now, instrument_version="\n"),
    "a version of another type": lambda now: at_risk(now, instrument_version=2),
    "a key given twice": lambda now: with_text(now, '"phq_9": 3', '"phq_9": 3, "phq_9": 0'),
    "all answers given twice": lambda now: with_text(now, '"answers": {', '"answers": {}, "answers": {'),
    "the instrument given twice": lambda now: with_text(now, "{", '{"instrument": "phq_9", '),
    "a mark before it": lambda now: "\ufeff" + json.dumps(at_risk(now)),
    "something after it": lambda now: json.dumps(at_risk(now)) + "}",
    "a constant": lambda now: with_text(now, '"phq_1": 0', '"phq_1": NaN'),
    "a long number": lambda now: with_text(now, '"phq_1": 0', '"phq_1": ' + "9" * 5000),
    "a mode of somebody else": lambda now: at_risk(now, mode="clinic"),
}


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
def test_a_refused_form_brings_the_crisis_text_and_an_urgent_alert(
    send: Send, alerts: Alerts, patient: Patient, now: datetime, form: Callable[[datetime], Any]
) -> None:
    response = send(form(now))
    assert response.status_code in {400, 403, 422}
    assert "emergency number" in response.json["crisis_text"]
    assert "evaluation" not in response.json
    alert = alerts()["self_harm"]
    assert (alert["level"], alert["restricted"], alert["state"]) == ("urgent", True, "open")
    assert "in a form that was refused" in alert["sentence"]
    assert [entry.kind for entry in ledger.read_entries(patient.id)] == [EntryKind.SAFETY_NOTICE]


TAKEN: dict[str, Callable[[datetime], Any]] = {
    "a null beside it": lambda now: with_answers(now, phq_2=None),
    "3.0": lambda now: with_text(now, '"phq_9": 3', '"phq_9": 3.0'),
    "3e0": lambda now: with_text(now, '"phq_9": 3', '"phq_9": 3e0'),
    "a clock six minutes ahead that says so": lambda now: at_risk(
        now + timedelta(minutes=6), sent_at=(now + timedelta(minutes=6)).isoformat()
    ),
}


@pytest.mark.parametrize("form", TAKEN.values(), ids=TAKEN)
def test_an_odd_form_that_is_taken_brings_them_too(
    send: Send, alerts: Alerts, now: datetime, form: Callable[[datetime], Any]
) -> None:
    response = send(form(now))
    assert response.status_code == 201
    assert "emergency number" in response.json["crisis_text"]
    assert (alerts()["self_harm"]["level"], alerts()["self_harm"]["state"]) == ("urgent", "open")


def test_a_form_that_is_put_off_brings_them_and_is_taken_later(
    send: Send, alerts: Alerts, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many late reports of one day that this one has to come again."""
    form = at_risk(now - timedelta(days=9))
    for days in (1, 2):
        assert send(phq_9(now - timedelta(days=days))).status_code == 201
    with monkeypatch.context() as narrow:
        narrow.setattr(resources, "settings", lambda: replace(settings(), reports_per_day=2))
        response = send(form)
    assert (response.status_code, response.json["code"]) == (429, "too_many_reports")
    assert "emergency number" in response.json["crisis_text"]
    assert (alerts()["self_harm"]["level"], alerts()["self_harm"]["state"]) == ("urgent", "open")
    assert send(form).status_code == 201
    assert list(alerts()) == ["self_harm"]


@pytest.mark.parametrize("code", [0, None, "0", -1, 0.0], ids=repr)
def test_a_refused_form_that_tells_of_nothing_raises_nothing(
    send: Send, alerts: Alerts, patient: Patient, now: datetime, code: Any
) -> None:
    response = send(with_answers(now, phq_9=code, phq_2=9))
    assert response.status_code == 422
    assert "crisis_text" not in response.json
    assert alerts() == {}
    assert ledger.read_entries(patient.id) == []


def test_a_safety_answer_that_is_no_number_could_not_be_read(
    send: Send, alerts: Alerts, now: datetime
) -> None:
    response = send(with_answers(now, phq_9="nearly every day"))
    assert (response.status_code, "crisis_text" in response.json) == (422, True)
    assert alerts()["self_harm"]["sentence"].startswith("The safety item could not be read")


def test_a_query_that_is_not_asked_for_hides_nothing(
    client: FlaskClient, send: Send, patient: Patient, own: Person, now: datetime
) -> None:
    harmless = phq_9(now)
    send(harmless)
    reports, corrected = f"/v1/patients/{patient.id}/reports", {"id": new_id(), "reason": "slip"}
    for path, body in (
        (reports, at_risk(now)),
        (f"{reports}/{harmless['id']}/corrections", corrected | {"answers": {"phq_9": 2}}),
        ("/v1/report-batches", {"entries": [at_risk(now) | {"patient_id": patient.id}]}),
    ):
        response = client.post(f"{path}?debug=1", json=body, headers=own.headers | {"If-Match": '"1"'})
        assert response.json["errors"][0]["pointer"] == "?debug"
        assert "emergency number" in response.json["crisis_text"]
    kinds = [entry.kind for entry in ledger.read_entries(patient.id)]
    assert kinds == [EntryKind.REPORT, EntryKind.SAFETY_NOTICE]


def test_a_media_type_that_is_not_json_hides_nothing(
    client: FlaskClient, patient: Patient, own: Person, alerts: Alerts, now: datetime
) -> None:
    path, headers = f"/v1/patients/{patient.id}/reports", {**own.headers, "Content-Type": "text/plain"}
    response = client.post(path, data=json.dumps(at_risk(now)), headers=headers)
    assert (response.status_code, "crisis_text" in response.json) == (415, True)
    assert "self_harm" in alerts()


def test_the_same_refused_form_raises_once_however_often_it_comes(
    send: Send,
    alerts: Alerts,
    people: People,
    own: Person,
    patient: Patient,
    now: datetime,
    set_clock: Callable[[datetime], None],
) -> None:
    form = with_answers(now, phq_2=9)
    first = send(form)
    raised = alerts()["self_harm"]
    for hours in (0, 1, 30):
        moment = now + timedelta(hours=hours, seconds=1)
        set_clock(moment)
        assert send(form, by=later(people, own, moment)).json["crisis_text"] == first.json["crisis_text"]
    set_clock(now)
    assert len(ledger.read_entries(patient.id)) == 1
    assert alerts()["self_harm"]["since"] == raised["since"]


@pytest.mark.parametrize("breathing_first", [True, False])
def test_another_concern_under_the_same_id_is_raised_too(
    send: Send, alerts: Alerts, now: datetime, breathing_first: bool
) -> None:
    worst = alsfrs(now, answers=answers_for(40) | {"dyspnea": 0}, surplus=1)
    forms = [worst, at_risk(now, id=worst["id"], surplus=1)]
    for form in forms if breathing_first else reversed(forms):
        assert send(form).status_code == 422
    assert sorted(alerts()) == ["respiratory", "self_harm"]


def test_further_forms_within_the_hour_are_counted_and_later_ones_are_noticed_anew(
    send: Send,
    people: People,
    own: Person,
    patient: Patient,
    now: datetime,
    set_clock: Callable[[datetime], None],
) -> None:
    for minutes in (0, 10, 59, 61):
        moment = now + timedelta(minutes=minutes)
        set_clock(moment)
        form = with_answers(now, phq_2=9) | {"id": new_id()}
        assert "crisis_text" in send(form, by=later(people, own, moment)).json
    stored = list(ledger.LedgerDocument.raw().find({"patient_id": patient.id}))
    assert sorted(raw.get("repeats", 0) for raw in stored) == [0, 2]


def test_what_one_person_sends_does_not_use_up_the_hour_of_another(
    send: Send, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    send(with_answers(now, phq_2=9))
    send(with_answers(now, phq_2=9) | {"id": new_id()}, by=people.caregiver(site, patient))
    assert len(ledger.read_entries(patient.id)) == 2


def test_a_form_that_is_mended_and_taken_has_one_alert(send: Send, alerts: Alerts, now: datetime) -> None:
    refused = with_answers(now, phq_2=9)
    send(refused)
    assert send(refused | {"answers": refused["answers"] | {"phq_2": 1}}).status_code == 201
    alert = alerts()["self_harm"]
    assert AlertDocument.raw().find_one({"public_id": alert["id"]})["episode"] == 1


def test_an_id_that_was_used_for_another_body_is_seen(send: Send, alerts: Alerts, now: datetime) -> None:
    harmless = phq_9(now)
    assert send(harmless).status_code == 201
    assert alerts() == {}
    response = send(harmless | {"answers": harmless["answers"] | {"phq_9": 2}})
    assert (response.status_code, response.json["code"]) == (409, "id_used")
    assert "crisis_text" in response.json
    assert "self_harm" in alerts()
