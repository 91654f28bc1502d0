"""Reports over HTTP: taken once, refused with reasons, shown to whom they are for."""

from __future__ import annotations

from collections.abc import Callable
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
from tests.questionnaires import alsfrs, answers_for, falling, phq_9

Send = Callable[..., TestResponse]


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Send:
    def post(
        body: dict[str, Any], by: Person = own, to: Patient = patient, way: str = "", version: int = 1
    ) -> TestResponse:
        headers = by.headers | ({"If-Match": f'"{version}"'} if way else {})
        return client.post(f"/v1/patients/{to.id}/reports{way}", json=body, headers=headers)

    return post


@pytest.fixture
def evaluation(client: FlaskClient, patient: Patient, clinician: Person) -> Callable[[], dict[str, Any]]:
    def get() -> dict[str, Any]:
        response = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers)
        assert response.status_code == 200
        content: dict[str, Any] = response.json
        return content

    return get


def stored(patient: Patient) -> list[str]:
    return [entry.event_id for entry in ledger.read_entries(patient.id)]


def codes(response: TestResponse) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in response.json["errors"]}


def test_a_report_is_stored_scored_and_answered(send: Send, patient: Patient, now: datetime) -> None:
    body = alsfrs(now - timedelta(hours=1), 41)
    response = send(body)
    assert response.status_code == 201
    shown = response.json
    assert (shown["id"], shown["total"], shown["complete"], shown["missing"]) == (body["id"], 41, True, [])
    assert (shown["respondent"], shown["mode"], shown["state"]) == ("patient", "self", "current")
    assert (shown["repeated"], shown["evaluation"], shown["crisis_text"]) == (False, "complete", None)
    assert shown["history"] == [{"observed_on": "2076-03-02", "total": 41}]
    assert shown["next_due_on"] == "2076-03-30"
    assert stored(patient) == [body["id"]]


def test_the_clinic_sees_the_whole_score(send: Send, clinician: Person, now: datetime) -> None:
    shown = send(alsfrs(now, 41), by=clinician).json
    total = shown["score"]["values"]["total"]
    assert (total["value"], total["low"], total["high"]) == (41, 0, 48)
    assert shown["assessment"]["stages"]["kings"]["stage"] == "2"
    assert shown["mode"] == "clinic"


def test_the_patient_sees_no_stage_no_probability_and_no_flag(send: Send, now: datetime) -> None:
    for body in falling(now):
        response = send(body)
    assert not {"score", "assessment"} & response.json.keys()
    assert not any(word in response.text for word in ("probability", "stage", "flag", "slope"))


def test_the_same_report_again_is_answered_again_and_stored_once(
    send: Send, patient: Patient, now: datetime
) -> None:
    body = alsfrs(now)
    first, again = send(body), send(body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json | {"repeated": True}
    assert stored(patient) == [body["id"]]


def test_the_same_id_with_another_meaning_is_a_conflict_that_gives_nothing_away(
    send: Send, patient: Patient, now: datetime
) -> None:
    body = alsfrs(now, 40)
    send(body)
    response = send(body | {"answers": answers_for(39)})
    assert response.status_code == 409
    assert response.json["code"] == "id_used"
    assert response.json.keys() == {"type", "title", "status", "code", "detail"}
    assert stored(patient) == [body["id"]]


def test_the_same_id_and_body_from_somebody_else_is_a_conflict(
    send: Send, clinician: Person, now: datetime
) -> None:
    body = alsfrs(now)
    send(body)
    assert send(body, by=clinician).status_code == 409


@pytest.mark.parametrize("spelling", ["upper case", "another offset", "sent later"])
def test_another_spelling_of_the_same_report_is_the_same_report(
    send: Send, patient: Patient, now: datetime, spelling: str
) -> None:
    body = alsfrs(now - timedelta(hours=1))
    send(body | {"sent_at": now.isoformat()})
    other = {
        "upper case": {"id": body["id"].upper()},
        "another offset": {"observed_at": body["observed_at"].replace("+00:00", "Z")},
        "sent later": {"sent_at": (now + timedelta(minutes=1)).isoformat()},
    }[spelling]
    assert send(body | other).status_code == 200
    assert stored(patient) == [body["id"]]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"singing": 4}, {"/answers/singing": "unknown_item"}),
        ({"speech": 5}, {"/answers/speech": "code_not_permitted"}),
        ({"speech": -1}, {"/answers/speech": "code_not_permitted"}),
        ({"speech": 3.5}, {"/answers/speech": "wrong_type"}),
        ({"speech": True}, {"/answers/speech": "boolean"}),
        ({"speech": "4"}, {"/answers/speech": "wrong_type"}),
        ({"speech": [4]}, {"/answers/speech": "wrong_type"}),
        ({"speech": 10**40}, {"/answers/speech": "code_not_permitted"}),
    ],
    ids=str,
)
def test_wrong_answers_are_refused_by_item(
    send: Send, patient: Patient, now: datetime, answers: dict[str, Any], expected: dict[str, str]
) -> None:
    response = send(alsfrs(now, answers=answers))
    assert response.status_code == 422
    assert codes(response) == expected
    assert stored(patient) == []


def test_every_wrong_answer_is_named_at_once_and_none_is_echoed(send: Send, now: datetime) -> None:
    response = send(alsfrs(now, answers={"speech": 77, "singing": 4, "walking": 12345}))
    assert set(codes(response)) == {"/answers/speech", "/answers/singing", "/answers/walking"}
    assert "77" not in response.text
    assert "12345" not in response.text


def test_both_forms_of_item_5_are_refused(send: Send, patient: Patient, now: datetime) -> None:
    response = send(alsfrs(now, answers=answers_for(40) | {"cutting_with_gastrostomy": 3}))
    assert response.status_code == 422
    assert stored(patient) == []


@pytest.mark.parametrize("left_out", ["speech", "cutting_without_gastrostomy"])
def test_an_incomplete_report_is_taken_and_has_no_total(send: Send, now: datetime, left_out: str) -> None:
    answers = answers_for(40)
    del answers[left_out]
    response = send(alsfrs(now, answers=answers))
    assert response.status_code == 201
    assert (response.json["complete"], response.json["total"]) == (False, None)
    assert len(response.json["missing"]) == 1


@pytest.mark.parametrize(
    ("shift", "code"),
    [(timedelta(minutes=6), "in_the_future"), (timedelta(days=-6 * 365), "too_old")],
    ids=["future", "absurd"],
)
def test_times_that_cannot_be_are_refused(send: Send, now: datetime, shift: timedelta, code: str) -> None:
    response = send(alsfrs(now + shift))
    assert response.status_code == 422
    assert codes(response) == {"/observed_at": code}


@pytest.mark.parametrize("text", ["2076-03-02T08:00:00", "2076-03-02", "yesterday", "0000-01-01T00:00:00Z"])
def test_times_without_an_offset_are_refused(send: Send, now: datetime, text: str) -> None:
    assert send(alsfrs(now) | {"observed_at": text}).status_code == 422


def test_a_wrong_clock_is_put_right_by_the_time_of_sending(send: Send, now: datetime) -> None:
    """The phone lives a day in the future; what it answered an hour ago was answered an hour ago."""
    ahead = now + timedelta(days=1)
    response = send(alsfrs(ahead - timedelta(hours=1), sent_at=ahead.isoformat()))
    assert response.status_code == 201
    assert response.json["observed_at"] == (now - timedelta(hours=1)).isoformat()


def test_the_local_date_is_that_of_the_zone(send: Send, now: datetime) -> None:
    at = now.replace(hour=3)
    assert send(alsfrs(at, zone="America/Los_Angeles")).json["observed_on"] == "2076-03-01"
    assert send(alsfrs(at)).json["observed_on"] == "2076-03-02"


def test_an_unknown_instrument_is_refused(send: Send, now: datetime) -> None:
    response = send(alsfrs(now, instrument="horoscope"))
    assert codes(response) == {"/instrument": "unknown_instrument"}


def test_somebody_elses_patient_does_not_exist(
    send: Send, people: People, site: Site, own: Person, now: datetime
) -> None:
    other = people.patient(site, consent_at=now)
    assert send(alsfrs(now), to=other).status_code == 404
    elsewhere = people.staff(people.site(), Role.CLINICIAN)
    assert send(alsfrs(now), by=elsewhere).status_code == 404
    assert stored(other) == []


def test_without_consent_nothing_is_taken(
    send: Send, people: People, site: Site, clinician: Person, now: datetime
) -> None:
    without = people.patient(site)
    response = send(alsfrs(now), by=clinician, to=without)
    assert (response.status_code, response.json["code"]) == (409, "no_consent")


def test_a_caregiver_with_a_grant_reports_as_a_proxy(
    send: Send, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    caregiver = people.caregiver(site, patient)
    response = send(alsfrs(now), by=caregiver)
    assert (response.json["respondent"], response.json["mode"]) == ("caregiver", "proxy")


def test_a_caregiver_may_not_pretend_to_be_the_patient(
    send: Send, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    caregiver = people.caregiver(site, patient)
    assert send(alsfrs(now, mode="clinic"), by=caregiver).status_code == 403


def test_a_fast_decline_is_assessed_for_the_clinician(
    send: Send, evaluation: Callable[[], dict[str, Any]], now: datetime
) -> None:
    for body in falling(now):
        assert send(body).json["evaluation"] == "complete"
    found = evaluation()
    flag = next(flag for flag in found["flags"] if flag["topic"] == "decline")
    assert flag["level"] == "soon"
    assert found["trajectory"]["slope_per_month"] < -2
    assert (found["seq"], found["in_step"]) == (6, True)


def test_a_slow_patient_raises_nothing(
    send: Send, evaluation: Callable[[], dict[str, Any]], now: datetime
) -> None:
    for body in falling(now, totals=(44, 44, 43, 43, 43, 42)):
        send(body)
    assert evaluation()["flags"] == []


def test_the_order_of_arrival_changes_nothing_but_the_trail(
    send: Send, evaluation: Callable[[], dict[str, Any]], now: datetime
) -> None:
    bodies = falling(now)
    for body in (bodies[3], bodies[0], bodies[5], bodies[1], bodies[4], bodies[2]):
        assert send(body).status_code == 201
    mixed = evaluation()
    assert mixed["trajectory"]["reports"] == 6
    assert mixed["topics"]["decline"]["raised_by"] in {body["id"] for body in bodies}


def test_a_report_that_somebody_at_risk_sends_brings_the_crisis_text(
    send: Send, evaluation: Callable[[], dict[str, Any]], now: datetime
) -> None:
    """Item 9 alone, on an otherwise empty form."""
    response = send(alsfrs(now, instrument="phq_9", answers={"phq_9": 1}))
    assert response.status_code == 201
    assert response.json["complete"] is False
    assert "emergency number" in response.json["crisis_text"]
    flag = next(flag for flag in evaluation()["flags"] if flag["topic"] == "self_harm")
    assert (flag["level"], flag["restricted"]) == ("urgent", True)


def test_an_answer_of_zero_brings_no_crisis_text(send: Send, now: datetime) -> None:
    assert send(phq_9(now)).json["crisis_text"] is None


def test_a_restricted_questionnaire_is_read_by_its_author_and_clinicians_only(
    send: Send, client: FlaskClient, people: People, site: Site, patient: Patient, own: Person, now: datetime
) -> None:
    report_id = send(phq_9(now, phq_2=3)).json["id"]
    path = f"/v1/patients/{patient.id}/reports/{report_id}"
    readers = {
        "own": own,
        "clinician": people.staff(site, Role.CLINICIAN),
        "coordinator": people.staff(site, Role.COORDINATOR),
        "caregiver": people.caregiver(site, patient),
    }
    withheld = {name: client.get(path, headers=one.headers).json["withheld"] for name, one in readers.items()}
    assert withheld == {"own": False, "clinician": False, "coordinator": True, "caregiver": True}
    hidden = client.get(path, headers=readers["caregiver"].headers).json["versions"][0]
    assert (hidden["answers"], hidden["total"], hidden["score"]) == (None, None, None)


def test_a_correction_is_a_new_version_and_evaluated(
    send: Send, client: FlaskClient, patient: Patient, own: Person, clinician: Person, now: datetime
) -> None:
    report_id = send(alsfrs(now, 40)).json["id"]
    body = {"id": new_id(), "reason": "Slip.", "answers": answers_for(44)}
    response = send(body, way=f"/{report_id}/corrections")
    assert (response.status_code, response.json["version"], response.json["total"]) == (201, 2, 44)
    assert send(body, way=f"/{report_id}/corrections").status_code == 200
    assert send(body | {"reason": "x"}, way=f"/{report_id}/corrections").status_code == 409
    shown = client.get(f"/v1/patients/{patient.id}/reports/{report_id}", headers=clinician.headers).json
    assert [version["total"] for version in shown["versions"]] == [40, 44]
    assert [version["reason"] for version in shown["versions"]] == [None, "Slip."]


def test_correcting_the_evidence_away_takes_the_flag_back(
    send: Send, evaluation: Callable[[], dict[str, Any]], now: datetime
) -> None:
    ids = [send(body).json["id"] for body in falling(now)]
    assert [flag["topic"] for flag in evaluation()["flags"]].count("decline") == 1
    for report_id in ids[1:]:
        body = {"id": new_id(), "reason": "Wrong person.", "answers": answers_for(46)}
        assert send(body, way=f"/{report_id}/corrections").status_code == 201
    assert "decline" not in evaluation()["topics"]


def test_only_the_author_and_the_clinic_correct_a_report(
    send: Send, people: People, site: Site, patient: Patient, clinician: Person, now: datetime
) -> None:
    report_id = send(alsfrs(now)).json["id"]
    way = f"/{report_id}/corrections"
    caregiver = people.caregiver(site, patient)
    by_caregiver = {"id": new_id(), "reason": "x", "answers": {"speech": 1}}
    by_clinician = {"id": new_id(), "reason": "x", "answers": {"speech": 2}}
    by_patient = {"id": new_id(), "reason": "x", "answers": {"speech": 3}}
    assert send(by_caregiver, by=caregiver, way=way).status_code == 403
    assert send(by_clinician, by=clinician, way=way).status_code == 201
    assert send(by_patient, way=way, version=2).status_code == 201


def test_a_voided_report_counts_no_longer_and_stays_readable(
    send: Send, client: FlaskClient, patient: Patient, clinician: Person, now: datetime
) -> None:
    report_id = send(alsfrs(now)).json["id"]
    body = {"id": new_id(), "reason": "Another patient's answers."}
    assert send(body, by=clinician, way=f"/{report_id}/void").status_code == 201
    assert send(body | {"id": new_id()}, by=clinician, way=f"/{report_id}/void").status_code == 409
    listed = client.get(f"/v1/patients/{patient.id}/reports", headers=clinician.headers).json["items"]
    assert [(report["state"], report["versions"][0]["total"]) for report in listed] == [("voided", 40)]


def test_a_patient_may_not_void(send: Send, now: datetime) -> None:
    report_id = send(alsfrs(now)).json["id"]
    assert send({"id": new_id(), "reason": "x"}, way=f"/{report_id}/void").status_code == 403


def test_reports_are_listed_in_pages_the_latest_first(
    send: Send, client: FlaskClient, patient: Patient, own: Person, now: datetime
) -> None:
    sent = [send(alsfrs(now - timedelta(days=day))).json["id"] for day in range(5)]
    path, seen, following = f"/v1/patients/{patient.id}/reports?limit=2", [], ""
    while following is not None:
        page = client.get(path + (f"&after={following}" if following else ""), headers=own.headers).json
        seen += [report["id"] for report in page["items"]]
        following = page["next"]
    assert seen == sent
    nowhere = client.get(path + "&after=99999999T999999999999-" + "0" * 36, headers=own.headers)
    assert (nowhere.status_code, nowhere.json["errors"][0]["pointer"]) == (422, "?after")


def test_a_profile_change_has_the_history_evaluated_anew(
    send: Send,
    client: FlaskClient,
    patient: Patient,
    clinician: Person,
    evaluation: Callable[[], dict[str, Any]],
    now: datetime,
) -> None:
    for body in falling(now):
        send(body)
    headers = clinician.headers | {"If-Match": '"0"'}
    died_on = (now - timedelta(days=1)).date().isoformat()
    changed = client.patch(
        f"/v1/patients/{patient.id}", json={"profile": {"died_on": died_on}}, headers=headers
    )
    assert changed.status_code == 200
    after = evaluation()
    assert after["seq"] == 7
    assert not after["topics"]["decline"]["on"]
