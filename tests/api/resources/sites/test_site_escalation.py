"""A site's escalation over HTTP: who may read and change it, and what an alert shows of it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.examples.escalation import ESCALATION
from models.accounts import accounts
from models.accounts.account import AccountEvent, AccountStep
from models.accounts.notifications import Notifications, SwitchedOff
from models.sites.sites import Site
from scoring.decline import Level, Topic
from services.access.actor import Role
from tests.alert_samples import Told, make_alert, store
from tests.people import CLINIC, People, Person


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def put(client: FlaskClient, site: Site, admin: Person, clinician: Person):
    contact = {"contact_id": clinician.account.id, "telephone": "+49 30 5550100"}

    def send(*, rev: int = 0, by: Person = admin, **fields: Any) -> TestResponse:
        headers = by.headers | {"If-Match": f'"{rev}"'}
        body = ESCALATION | {"out_of_hours": contact} | fields
        return client.put(f"/v1/sites/{site.id}/escalation", json=body, headers=headers)

    return send


def test_an_administrator_changes_the_policy(
    put, client: FlaskClient, site: Site, admin: Person, clinician: Person
) -> None:
    before = client.get(f"/v1/sites/{site.id}/escalation", headers=clinician.headers)
    assert (before.status_code, before.headers["ETag"]) == (200, '"0"')
    assert {fault["code"] for fault in before.json["faults"]} == {
        "no_out_of_hours_contact",
        "no_second_address",
    }
    response = put()
    assert (response.status_code, response.headers["ETag"]) == (200, '"1"')
    shown = response.json
    assert shown["levels"]["soon"] == ESCALATION["levels"]["soon"]
    assert shown["levels"]["urgent"]["due"] == {"count": 1, "unit": "working_days"}
    assert shown["minutes_between_steps"]["urgent"] == 30
    assert shown["out_of_hours"] == {"contact": clinician.shown, "telephone": "+49 30 5550100"}
    assert (shown["faults"], shown["changed_by"]) == ([], admin.shown)
    assert client.get(f"/v1/sites/{site.id}/escalation", headers=clinician.headers).json == shown
    assert put().status_code == 412


def test_a_policy_is_taken_while_nobody_takes_mail_and_the_fault_is_shown(put, clinician: Person) -> None:
    """A second address is what helps then."""
    off = SwitchedOff(str(clinician.account.email), clinician.account.created_at, "address_refused")
    step = AccountStep(clinician.account.created_at, AccountEvent.NOTIFICATIONS_CHANGED, CLINIC)
    account = accounts.read(clinician.account.id)
    assert account is not None
    assert accounts.change(account, step, notifications=Notifications(switched_off=off))
    response = put()
    assert response.status_code == 200
    assert [fault["code"] for fault in response.json["faults"]] == ["nobody_there"]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.RESEARCHER])
def test_others_do_not(put, people: People, site: Site, role: Role) -> None:
    assert put(by=people.staff(site, role)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"second_address": None}, "/second_address"),
        ({"second_address": "no address"}, "/second_address"),
        ({"out_of_hours": None}, "/out_of_hours"),
        ({"topics": {"weather": ESCALATION["topics"]["respiratory"]}}, "/topics/weather"),
        ({"topics": {"speech": {"due": {"count": 1}}}}, "/topics/speech/due/unit"),
        ({"minutes_between_steps": {"urgent": 1}}, "/minutes_between_steps/urgent"),
        ({"levels": {"urgent": ESCALATION["levels"]["soon"]}}, "/levels/urgent/due"),
    ],
)
def test_what_is_wrong_is_named(put, fields: dict[str, Any], pointer: str) -> None:
    response = put(**fields)
    assert response.status_code == 422
    assert pointer in {error["pointer"] for error in response.json["errors"]}


def test_a_dry_run_names_people_and_times(put, client: FlaskClient, site: Site, clinician: Person) -> None:
    put()
    response = client.get(f"/v1/sites/{site.id}/escalation/dry-run", headers=clinician.headers)
    assert response.status_code == 200
    courses = {
        (course["occasion"], course["level"], course["topic"]): course for course in response.json["courses"]
    }
    friday = courses["friday_18", "urgent", "respiratory"]["tellings"]
    assert friday[0]["recipients"] == [{"person": clinician.shown, "because": "out_of_hours"}]
    assert friday[1]["recipients"][-1] == {"person": None, "because": "second_address"}


def test_what_cannot_wait_shows_whom_to_ring_up(
    put, client: FlaskClient, people: People, site: Site, clinician: Person
) -> None:
    put()
    patient = people.patient(site)
    urgent = make_alert(told=Told(Topic.DECLINE, Level.URGENT), site_id=site.id, patient_id=patient.id)
    soon = make_alert(told=Told(Topic.SPEECH, Level.SOON), site_id=site.id, patient_id=patient.id)
    store(urgent, soon)

    def shown(public_id: str) -> dict[str, Any]:
        return dict(client.get(f"/v1/alerts/{public_id}", headers=clinician.headers).json)

    contact = {"contact": clinician.shown, "telephone": "+49 30 5550100"}
    of_urgent, of_soon = shown(urgent.public_id), shown(soon.public_id)
    assert (of_urgent["out_of_hours"], of_urgent["can_be_muted"]) == (contact, False)
    assert (of_soon["out_of_hours"], of_soon["can_be_muted"]) == (None, True)


def test_the_operator_prints_faults_and_a_dry_run(put, app: Flask, site: Site, clinician: Person) -> None:
    runner = app.test_cli_runner()
    before = runner.invoke(args=["site", "escalation-faults"]).output
    assert site.id in before
    put()
    assert runner.invoke(args=["site", "escalation-faults"]).output == ""
    printed = runner.invoke(args=["site", "escalation-dry-run", site.id])
    assert printed.exit_code == 0
    assert f"{clinician.account.name} (raised)" in printed.output
    assert "the second address" in printed.output
    assert runner.invoke(args=["site", "escalation-dry-run", "nowhere"]).exit_code == 1
