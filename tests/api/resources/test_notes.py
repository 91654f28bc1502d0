"""A word with a report: kept, shown to who may read the report, listed until somebody has read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.patients.patient import Patient
from models.sites.sites import Site
from services.access.actor import Role
from services.reports.histories import last_heard_on
from tests.people import People, Person
from tests.questionnaires import alsfrs, phq_9

Send = Callable[..., TestResponse]
NOTE = "The new mask presses.\nMay I loosen it?"


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Send:
    def post(body: dict[str, Any], by: Person = own) -> TestResponse:
        return client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=by.headers)

    return post


@pytest.fixture
def unread(client: FlaskClient) -> Callable[[Person], list[str]]:
    def get(by: Person) -> list[str]:
        items = client.get("/v1/notes", headers=by.headers).json["items"]
        return [item["versions"][0]["note"] for item in items]

    return get


@pytest.fixture
def coordinator(people: People, site: Site) -> Person:
    return people.staff(site, Role.COORDINATOR)


def test_a_note_is_shown_to_who_may_read_the_report_and_listed_until_it_is_read(
    send: Send,
    client: FlaskClient,
    unread: Callable[[Person], list[str]],
    patient: Patient,
    clinician: Person,
    coordinator: Person,
    now: datetime,
) -> None:
    report_id = send(alsfrs(now, note=NOTE)).json["id"]
    path = f"/v1/patients/{patient.id}/reports/{report_id}"
    assert client.get(path, headers=clinician.headers).json["versions"][0]["note"] == NOTE
    assert unread(clinician) == unread(coordinator) == [NOTE]
    for _ in range(2):
        assert client.post(f"{path}/note/read", headers=coordinator.headers).status_code == 204
    assert unread(clinician) == []
    (stored,) = LedgerDocument.raw().find({"event_id": report_id})
    assert stored["note_read"]["by"]["account_id"] == coordinator.account.id


def test_a_note_beside_restricted_answers_is_as_restricted(
    send: Send,
    client: FlaskClient,
    unread: Callable[[Person], list[str]],
    patient: Patient,
    clinician: Person,
    coordinator: Person,
    now: datetime,
) -> None:
    report_id = send(phq_9(now, phq_9=1) | {"note": NOTE}).json["id"]
    path = f"/v1/patients/{patient.id}/reports/{report_id}"
    assert client.get(path, headers=coordinator.headers).json["versions"][0]["note"] is None
    assert (unread(clinician), unread(coordinator)) == ([NOTE], [])
    assert client.post(f"{path}/note/read", headers=coordinator.headers).status_code == 403
    assert unread(clinician) == [NOTE]


def test_notes_of_other_sites_are_not_listed(
    send: Send, people: People, unread: Callable[[Person], list[str]], now: datetime
) -> None:
    send(alsfrs(now, note=NOTE))
    assert unread(people.staff(people.site(), Role.CLINICIAN)) == []


def test_unread_notes_are_paged_to_the_end_past_those_that_one_may_not_read(
    send: Send, client: FlaskClient, coordinator: Person, now: datetime
) -> None:
    for hour in range(8):
        moment, note = now - timedelta(hours=hour), f"Note {hour}"
        send(alsfrs(moment, note=note) if hour % 4 == 0 else phq_9(moment, phq_9=1) | {"note": note})
    after, pages = "", []
    while len(pages) < 8:
        page = client.get(f"/v1/notes?limit=2{after}", headers=coordinator.headers).json
        pages.append([item["versions"][0]["note"] for item in page["items"]])
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert pages == [["Note 0"], [], ["Note 4"], []]
    nowhere = client.get("/v1/notes?after=99999999T999999999999-" + "0" * 36, headers=coordinator.headers)
    assert (nowhere.status_code, nowhere.json["errors"][0]["pointer"]) == (422, "?after")


def test_a_note_without_answers_is_kept_and_is_no_report(
    send: Send, client: FlaskClient, patient: Patient, clinician: Person, now: datetime
) -> None:
    """It ends no silence, asks for no next date, and changes no evaluation."""
    heard = send(alsfrs(now - timedelta(days=20))).json
    body = alsfrs(now, answers={}, note=NOTE)
    taken = send(body)
    assert (taken.status_code, taken.json["state"], taken.json["total"]) == (201, "note", None)
    assert taken.json["next_due_on"] == heard["next_due_on"]
    assert (send(body).status_code, send(body).json["state"]) == (200, "note")
    last = last_heard_on(ledger.read_entries(patient.id), "alsfrs_r")
    assert last == (now - timedelta(days=20)).date()
    trajectory = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers).json
    assert trajectory["seq"] == 2
    assert trajectory["topics"] == {}


def test_a_form_without_answers_and_without_a_note_is_refused(send: Send, now: datetime) -> None:
    assert send(alsfrs(now, answers={})).status_code == 422


def test_a_site_may_switch_notes_off_and_no_report_is_lost_by_it(
    send: Send,
    client: FlaskClient,
    people: People,
    site: Site,
    unread: Callable[[Person], list[str]],
    clinician: Person,
    now: datetime,
) -> None:
    admin = people.staff(site, Role.ADMIN)
    headers = admin.headers | {"If-Match": '"0"'}
    changed = client.patch(f"/v1/sites/{site.id}", json={"takes_notes": False}, headers=headers)
    assert (changed.status_code, changed.json["takes_notes"]) == (200, False)
    response = send(alsfrs(now, note=NOTE))
    assert (response.status_code, response.json["takes_notes"], response.json["total"]) == (201, False, 40)
    assert unread(clinician) == []
    assert send(alsfrs(now, note=NOTE, answers={})).status_code == 422


def test_a_note_is_bounded(send: Send, now: datetime) -> None:
    assert send(alsfrs(now, note="x" * 500)).status_code == 201
    assert send(alsfrs(now, note="x" * 501)).status_code == 422


@pytest.mark.parametrize("empty", ["", "  \n", "\u200b", "\x00\x1f", "\ud83d"], ids=ascii)
def test_a_box_with_nothing_to_see_in_it_is_no_note_and_costs_no_report(
    send: Send, unread: Callable[[Person], list[str]], clinician: Person, now: datetime, empty: str
) -> None:
    assert send(alsfrs(now, note=empty)).json["total"] == 40
    assert unread(clinician) == []
    alone = send(alsfrs(now, note=empty, answers={}))
    assert (alone.status_code, alone.json["errors"][0]["pointer"]) == (422, "/answers")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Cut in the middle of \ud83d", "Cut in the middle of"), ("Pasted\x0b\x00 text\n2", "Pasted text\n2")],
    ids=ascii,
)
def test_what_cannot_be_stored_is_left_out_of_a_note(
    send: Send, unread: Callable[[Person], list[str]], clinician: Person, now: datetime, sent: str, kept: str
) -> None:
    body = alsfrs(now, note=sent)
    assert [send(body).status_code, send(body | {"note": kept}).status_code] == [201, 200]
    assert unread(clinician) == [kept]
