"""Safety is looked at first: what is refused, kept aside or put off is seen, and answered with a text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.application import settings
from api.resources import reports as resources
from models.alerts.alerts import AlertDocument
from models.ledger import ledger
from models.ledger.entries import EntryKind
from models.patients import patients
from models.patients.patient import Patient
from models.patients.steps import PatientStep
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services.access.actor import Role
from services.reports import reconcile
from tests.people import CLINIC, People, Person
from tests.questionnaires import alsfrs, answers_for, phq_9

Alerts = Callable[[], dict[str, Any]]


@pytest.fixture
def alerts(client: FlaskClient, clinician: Person) -> Alerts:
    """The open alerts that the clinician sees, by topic."""

    def get() -> dict[str, Any]:
        listed = client.get("/v1/alerts", headers=clinician.headers).json["items"]
        return {alert["topic"]: alert for alert in listed}

    return get


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Callable[..., TestResponse]:
    """Send a form from the patient's phone, or by somebody else; text is sent as it stands."""

    def post(body: Any, by: Person = own, about: Patient = patient) -> TestResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {**by.headers, "Content-Type": "application/json"}
        return client.post(f"/v1/patients/{about.id}/reports", data=text, headers=headers)

    return post


Send = Callable[..., TestResponse]


def at_risk(now: datetime, **fields: Any) -> dict[str, Any]:
    return phq_9(now, phq_9=3) | fields


def later(people: People, person: Person, moment: datetime) -> Person:
    """The person with a token of another moment."""
    token = people.security.signer.issue(person.actor, moment)
    return replace(person, headers={"Authorization": f"Bearer {token}"})


def with_answers(now: datetime, **answers: Any) -> dict[str, Any]:
    body = phq_9(now, phq_9=3)
    return body | {"answers": body["answers"] | answers}


def with_text(now: datetime, old: str, new: str) -> str:
    text = json.dumps(phq_9(now, phq_9=3))
    assert old in text
    return text.replace(old, new, 1)


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
    from pymongo.errors import AutoReconnect

    def away(*_args: Any, **_kwargs: Any) -> None:
        raise AutoReconnect

    form = with_answers(now, phq_2=9)
    with monkeypatch.context() as outage:
        outage.setattr(ledger, "append_all", away)
        response = send(form)
    assert (response.status_code, "crisis_text" in response.json) == (503, True)
    assert send(form).status_code == 422
    assert "self_harm" in alerts()


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
