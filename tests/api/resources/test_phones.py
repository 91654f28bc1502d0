"""What real phones send: wrong clocks, odd zones, other spellings. Nothing is lost for its form."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.ledger import ledger
from models.patients.grants import GrantScope
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Role
from tests.people import People, Person
from tests.questionnaires import alsfrs, answers_for, phq_9
from tests.spellings import SAME

Send = Callable[..., TestResponse]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Send:
    """Send a body, or the very text of one."""

    def post(body: dict[str, Any] | str, by: Person = own, way: str = "", version: int = 1) -> TestResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = by.headers | ({"If-Match": f'"{version}"'} if way else {})
        path = f"/v1/patients/{patient.id}/reports{way}"
        return client.post(path, data=text, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def queries(client: FlaskClient, patient: Patient, clinician: Person) -> Callable[[], list[str]]:
    """The rules that ask about times, in the evaluation."""

    def get() -> list[str]:
        path = f"/v1/patients/{patient.id}/evaluation"
        flags = client.get(path, headers=clinician.headers).json["flags"]
        asked = [flag for flag in flags if flag["topic"] == "time_query"]
        return sorted(signal["rule"] for flag in asked for signal in (flag, *flag["further"]))

    return get


def codes(response: TestResponse) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in response.json["errors"]}


# Clocks


@pytest.mark.parametrize("said", [20 * HOUR, EPOCH], ids=["20 hours ahead", "1970"])
def test_a_time_that_cannot_be_is_taken_at_receipt_marked_and_asked_about(
    send: Send, queries: Callable[[], list[str]], now: datetime, said: timedelta | datetime
) -> None:
    at = said if isinstance(said, datetime) else now + said
    response = send(alsfrs(at, sent_at=now.isoformat()))
    assert response.status_code == 201
    assert response.json["observed_at"] == now.isoformat()
    assert response.json["clock"] == {
        "answered_at": at.isoformat(),
        "sent_at": now.isoformat(),
        "shift_seconds": 0,
        "certainty": "received",
        "doubts": ["time_not_possible"],
    }
    assert queries() == ["time_not_possible"]


@pytest.mark.parametrize("off", [20 * HOUR, -26 * HOUR, -3 * 365 * DAY, EPOCH], ids=str)
def test_a_clock_that_is_far_off_is_put_right_and_asked_about_once(
    send: Send, queries: Callable[[], list[str]], now: datetime, off: timedelta | datetime
) -> None:
    clock = off if isinstance(off, datetime) else now + off
    response = send(alsfrs(clock - HOUR, sent_at=clock.isoformat()))
    assert (response.status_code, response.json["observed_at"]) == (201, (now - HOUR).isoformat())
    assert response.json["clock"]["shift_seconds"] == round((now - clock).total_seconds())
    assert (response.json["clock"]["certainty"], response.json["clock"]["doubts"]) == (
        "shifted",
        ["clock_shifted"],
    )
    assert queries() == ["clock_shifted"]


def test_a_batch_of_a_phone_whose_clock_is_off_asks_one_question(
    client: FlaskClient, patient: Patient, own: Person, clinician: Person, now: datetime
) -> None:
    ahead = now + DAY
    entries = [
        alsfrs(ahead - day * DAY, 40, patient_id=patient.id, sent_at=ahead.isoformat()) for day in range(1, 6)
    ]
    client.post("/v1/report-batches", json={"entries": entries}, headers=own.headers)
    path = f"/v1/patients/{patient.id}/evaluation"
    flags = client.get(path, headers=clinician.headers).json["flags"]
    (asked,) = [flag for flag in flags if flag["topic"] == "time_query"]
    assert (asked["rule"], len(asked["evidence"]), asked["further"]) == ("clock_shifted", 1, [])


def test_a_shift_is_asked_about_once_per_phone_and_shift(
    send: Send,
    client: FlaskClient,
    people: People,
    patient: Patient,
    own: Person,
    clinician: Person,
    now: datetime,
) -> None:
    mine, other = own, people.signed_in(own.account)
    sent = [(20, mine), (20, mine), (20, other), (20, mine), (-9, mine), (-9, other), (20, other)]
    asked = []
    for days, (hours, phone) in enumerate(sent):
        clock = now + hours * HOUR
        report = send(alsfrs(clock - (7 - days) * DAY, sent_at=clock.isoformat()), by=phone).json
        flags = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers).json["flags"]
        (query,) = [flag for flag in flags if flag["topic"] == "time_query"]
        asked.append(report["id"] in query["evidence"])
    assert asked == [True, False, True, False, True, True, False]


def test_a_day_long_before_enrolment_is_asked_about(
    send: Send, queries: Callable[[], list[str]], now: datetime
) -> None:
    taken = send(alsfrs(now - 32 * DAY, sent_at=now.isoformat())).json
    assert (taken["observed_at"], taken["clock"]["certainty"]) == (now.isoformat(), "received")
    kept = send(alsfrs(now - 33 * DAY)).json
    assert (kept["observed_at"], kept["clock"]["certainty"]) == ((now - 33 * DAY).isoformat(), "unchecked")
    assert [report["clock"]["doubts"] for report in (taken, kept)] == [["before_enrolment"]] * 2
    assert queries() == ["before_enrolment"]


def test_the_month_before_enrolment_is_not(
    send: Send, queries: Callable[[], list[str]], now: datetime
) -> None:
    response = send(alsfrs(now - 30 * DAY, sent_at=now.isoformat()))
    assert (response.json["observed_at"], response.json["clock"]["doubts"]) == (
        (now - 30 * DAY).isoformat(),
        [],
    )
    assert queries() == []


def test_the_clinic_settles_the_question_by_correcting_the_time(
    send: Send, queries: Callable[[], list[str]], clinician: Person, now: datetime
) -> None:
    report = send(alsfrs(now + 20 * HOUR, sent_at=now.isoformat(), zone="Nowhere/At_All")).json
    body = {"id": new_id(), "reason": "Asked.", "observed_at": (now - 3 * DAY).isoformat()}
    response = send(body, by=clinician, way=f"/{report['id']}/corrections")
    assert (response.status_code, response.json["observed_on"]) == (201, (now - 3 * DAY).date().isoformat())
    clock = response.json["clock"]
    assert (clock["certainty"], clock["doubts"], clock["shift_seconds"]) == ("stated", ["unknown_zone"], 0)
    assert queries() == []


def test_a_form_that_was_open_for_days_says_nothing_about_its_time(send: Send, now: datetime) -> None:
    for seconds in (3 * 86_400, -60, 240.0):
        response = send(alsfrs(now, duration_seconds=seconds))
        assert response.status_code == 201
        assert response.json["clock"]["doubts"] == ([] if seconds == 240 else ["duration_not_possible"])


# Places


@pytest.mark.parametrize(
    "zone",
    [
        "Etc/Unknown",
        "GMT+02:00",
        "europe/berlin",
        "localtime",
        "Factory",
        "",
        "日本",
        "x" * 300,
        "Etc/UTC\x00",
    ],
)
def test_a_name_that_is_no_zone_is_noted_and_the_report_taken(send: Send, now: datetime, zone: str) -> None:
    """The offset decides the day, else the patient's own zone, Europe/Lisbon."""
    evening = now.replace(hour=23, minute=30) - DAY
    response = send(alsfrs(evening, zone=zone))
    assert (response.status_code, response.json["clock"]["doubts"]) == (201, ["unknown_zone"])
    assert (response.json["zone"], response.json["observed_on"]) == ("Europe/Lisbon", "2076-03-01")
    text = (evening + 2 * HOUR).replace(tzinfo=None).isoformat() + "+02:00"
    response = send(alsfrs(now, zone=zone) | {"observed_at": text})
    assert (response.json["zone"], response.json["observed_on"]) == ("UTC+02:00", "2076-03-02")


def test_z_alone_does_not_move_an_evening_to_another_day(
    client: FlaskClient, people: People, site: Site, now: datetime
) -> None:
    berliner = people.patient(site, consent_at=now, zone="Europe/Berlin")
    by = people.own(site, berliner)
    body = alsfrs(now) | {"observed_at": "2076-03-01T22:30:00Z"}
    response = client.post(f"/v1/patients/{berliner.id}/reports", json=body, headers=by.headers)
    assert (response.json["observed_on"], response.json["zone"]) == ("2076-03-01", "Europe/Berlin")


# Sameness


@pytest.mark.parametrize("spelling", SAME)
def test_the_same_meaning_in_another_spelling_is_answered_again(
    send: Send, patient: Patient, now: datetime, spelling: str
) -> None:
    at = now - HOUR
    body = alsfrs(at)
    first, again = send(body), send(SAME[spelling](body, at))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json | {"repeated": True}
    assert [entry.event_id for entry in ledger.read_entries(patient.id)] == [body["id"]]


OTHER: dict[str, dict[str, Any]] = {
    "an answer": {"answers": answers_for(40) | {"speech": 3}},
    "an answer less": {"answers": {k: v for k, v in answers_for(40).items() if k != "speech"}},
    "an instant": {"observed_at": "2076-03-01T08:30:00.001+00:00"},
    "a version": {"instrument_version": "2"},
    "an instrument": {"instrument": "phq_9", "answers": {}},
    "a note": {"note": "Slept badly."},
}


@pytest.mark.parametrize("what", OTHER)
def test_another_meaning_under_one_id_is_a_conflict(send: Send, now: datetime, what: str) -> None:
    body = alsfrs(now - DAY)
    send(body)
    response = send(body | OTHER[what])
    assert (response.status_code, response.json["code"]) == (409, "id_used")
    assert "digest" not in response.text


def test_the_digest_that_is_stored_gives_no_answers_away(send: Send, patient: Patient, now: datetime) -> None:
    """No plain hash over any spelling of the nine answers is what is stored; and no answer shows it."""
    body = phq_9(now, phq_9=2)
    shown = send(body).text
    (entry,) = ledger.read_entries(patient.id)
    assert len(entry.digest) == 64
    assert entry.digest not in shown


# Numbers


@pytest.mark.parametrize("number", ["3", "3.0", "3e0", "30e-1", "0.3E1", "3.000000"])
def test_a_whole_number_is_one_in_every_spelling_of_json(send: Send, now: datetime, number: str) -> None:
    text = json.dumps(alsfrs(now)).replace('"speech": 4', f'"speech": {number}')
    response = send(text)
    assert (response.status_code, response.json["total"]) == (201, 39)


def test_null_is_an_answer_that_was_not_given(send: Send, now: datetime) -> None:
    answers = answers_for(40) | {"speech": None, "cutting_with_gastrostomy": None}
    response = send(alsfrs(now, answers=answers))
    assert (response.status_code, response.json["missing"]) == (201, ["speech"])


def test_all_that_is_wrong_is_named_at_once_types_and_codes_together(send: Send, now: datetime) -> None:
    wrong = {"speech": "4", "walking": 9, "singing": 1, "dyspnea": 3.5, "orthopnea": True, "Speech!": 2}
    response = send(alsfrs(now, answers=answers_for(40) | wrong))
    assert response.status_code == 422
    assert codes(response) == {
        "/answers": "invalid",
        "/answers/speech": "wrong_type",
        "/answers/walking": "code_not_permitted",
        "/answers/singing": "unknown_item",
        "/answers/dyspnea": "wrong_type",
        "/answers/orthopnea": "boolean",
    }
    assert "Speech!" not in response.text


@pytest.mark.parametrize("code", ["four", [4], {"code": 4}, True, 10**7])
def test_what_is_no_number_is_not_kept_even_for_a_version_that_is_not_known(
    send: Send, patient: Patient, now: datetime, code: object
) -> None:
    response = send(alsfrs(now, instrument_version="9", answers={"speech": code, "walking": 2.5}))
    assert (response.status_code, codes(response)) == (422, {"/answers/speech": "wrong_type"})
    assert ledger.read_entries(patient.id) == []


@pytest.mark.parametrize("text", ["1e999", "-1e999", "NaN", "Infinity"])
def test_what_is_not_finite_is_refused(send: Send, patient: Patient, now: datetime, text: str) -> None:
    for version in ("1", "9"):
        body = json.dumps(alsfrs(now, instrument_version=version)).replace('"speech": 4', f'"speech": {text}')
        assert send(body).status_code in {400, 422}
    assert ledger.read_entries(patient.id) == []


# Batches


@pytest.mark.parametrize("entry", [None, [], "report", 7, True, {}, {"id": None}, [None]], ids=str)
def test_whatever_an_entry_is_it_has_a_verdict_and_blocks_no_other(
    client: FlaskClient, patient: Patient, own: Person, now: datetime, entry: object
) -> None:
    good = alsfrs(now, patient_id=patient.id)
    response = client.post("/v1/report-batches", json={"entries": [entry, good]}, headers=own.headers)
    assert response.status_code == 200
    bad, taken = response.json["verdicts"]
    assert (bad["status"], bad["id"], taken["status"]) == (422, None, 201)
    assert bad["problem"]["errors"]


# Who may not


def test_a_caregiver_with_a_grant_to_read_is_told_what_it_is_for(
    send: Send, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    reader = people.caregiver(site, patient, scope=GrantScope.READ)
    response = send(alsfrs(now), by=reader)
    assert (response.status_code, response.json["code"]) == (403, "grant_to_read")
    assert "read" in response.json["detail"]
    danger = alsfrs(now)
    danger["answers"] |= {"dyspnea": 0}
    response = send(danger, by=reader)
    assert (response.status_code, response.json["code"]) == (403, "grant_to_read"), "not to be sent for ever"
    assert response.json["breathing_text"]
    ended = people.caregiver(site, patient, scope=GrantScope.READ, ends_at=now)
    assert send(alsfrs(now), by=ended).status_code == 404
    assert send(alsfrs(now), by=people.caregiver(site)).status_code == 404


# Forms that the clinic enters


def test_a_paper_form_of_long_ago_is_stored_as_the_patients_with_who_entered_it(
    send: Send, client: FlaskClient, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    coordinator = people.staff(site, Role.COORDINATOR)
    at = now - 6 * 365 * DAY
    response = send(alsfrs(at, mode="paper", respondent="patient", duration_seconds=8), by=coordinator)
    assert response.status_code == 201
    shown = response.json
    assert (shown["respondent"], shown["mode"], shown["observed_at"]) == ("patient", "paper", at.isoformat())
    assert shown["entered_by"] == {"id": coordinator.account.id, "name": coordinator.account.name}
    assert (shown["clock"]["certainty"], shown["clock"]["doubts"]) == ("stated", [])


@pytest.mark.parametrize("respondent", ["patient", "caregiver", "clinician"])
def test_by_telephone_the_respondent_is_who_answered(
    send: Send, clinician: Person, now: datetime, respondent: str
) -> None:
    shown = send(alsfrs(now, mode="phone", respondent=respondent), by=clinician).json
    assert (shown["respondent"], shown["mode"]) == (respondent, "phone")


def test_a_paper_form_without_a_respondent_is_asked_about(
    send: Send, clinician: Person, now: datetime
) -> None:
    response = send(alsfrs(now, mode="paper"), by=clinician)
    assert (response.status_code, codes(response)) == (422, {"/respondent": "required"})


def test_nobody_else_names_another_respondent_or_mode(
    send: Send, people: People, site: Site, patient: Patient, now: datetime
) -> None:
    caregiver = people.caregiver(site, patient)
    assert send(alsfrs(now, respondent="patient"), by=caregiver).json["code"] == "respondent_not_yours"
    assert send(alsfrs(now, mode="paper", respondent="patient")).json["code"] == "mode_not_allowed"


def test_what_was_refused_while_nobody_followed_is_taken_once_somebody_does_again(
    client: FlaskClient, patient: Patient, send: Send, clinician: Person, now: datetime
) -> None:
    """So a phone sends it again now and then."""
    kept = alsfrs(now)
    for rev, (closed, status) in enumerate(((True, 409), (False, 201))):
        headers = clinician.headers | {"If-Match": f'"{rev}"'}
        client.patch(f"/v1/patients/{patient.id}", json={"closed": closed}, headers=headers)
        assert send(kept).status_code == status


# What a receipt says


def test_the_next_report_is_due_after_the_newest_that_counts(
    send: Send, clinician: Person, now: datetime
) -> None:
    newest = send(alsfrs(now)).json
    late = send(alsfrs(now - 20 * DAY)).json
    assert newest["next_due_on"] == late["next_due_on"] == (now + 28 * DAY).date().isoformat()
    voided = send({"id": new_id(), "reason": "x"}, by=clinician, way=f"/{newest['id']}/void").json
    assert voided["next_due_on"] == (now + 8 * DAY).date().isoformat()


def test_a_total_says_what_it_rests_on(send: Send, now: datetime) -> None:
    shown = send(phq_9(now, phq_9=None)).json
    assert (shown["total"], shown["complete"], shown["missing"]) == (0, False, ["phq_9"])
    assert shown["rests_on"] == {"answered": 8, "items": 9}
    assert send(alsfrs(now)).json["rests_on"] == {"answered": 12, "items": 12}
    assert send(alsfrs(now, answers={"speech": 4})).json["rests_on"] is None
