"""Instruments that a site brings along: added once, checked whole, used by its own patients only."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.patients.patient import Patient
from models.sites import site_instruments
from models.sites.site_instruments import SiteInstrument
from models.sites.sites import Site
from models.store.base import new_id
from models.store.remembered import Remembered
from scoring import instruments
from services.access.actor import Role
from services.sites import catalogue
from tests.definitions import own, report, shipped
from tests.people import CLINIC, People, Person

Add = Callable[..., TestResponse]
Send = Callable[..., TestResponse]


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def add(client: FlaskClient, site: Site, admin: Person) -> Add:
    def post(definition: object, by: Person = admin) -> TestResponse:
        return client.post(f"/v1/sites/{site.id}/instruments", json=definition, headers=by.headers)

    return post


@pytest.fixture
def send(
    client: FlaskClient, patient: Patient, clinician: Person, now: datetime
) -> Callable[..., TestResponse]:
    def post(definition: dict[str, Any], answers: dict[str, int], at: datetime = now) -> TestResponse:
        body = report(definition, answers, at)
        return client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=clinician.headers)

    return post


def problems(response: TestResponse) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in response.json["errors"]}


def test_what_was_added_is_listed_with_author_and_digest(
    add: Add, client: FlaskClient, site: Site, clinician: Person, admin: Person, now: datetime
) -> None:
    added = add(own())
    assert added.status_code == 201
    assert (added.json["key"], added.json["version"]) == ("sleep_two", "1")
    assert (added.json["added_by"], added.json["added_at"]) == (admin.shown, now.isoformat())
    path = f"/v1/sites/{site.id}/instruments"
    page = {"items": [added.json], "next": None, "unreadable": 0}
    assert client.get(path, headers=clinician.headers).json == page


def test_the_same_again_is_the_same_whatever_its_order(add: Add, site: Site) -> None:
    first = add(own())
    turned = dict(reversed(own().items()))
    again = add(turned)
    assert (again.status_code, again.json) == (200, first.json)
    assert len(site_instruments.of_site(site.id)) == 1


def test_a_version_is_never_changed(add: Add, client: FlaskClient, admin: Person) -> None:
    add(own())
    response = add(own(title="Another title"))
    assert (response.status_code, response.json["code"]) == (409, "version_taken")
    assert response.json["stored_digest"] != response.json["sent_digest"]
    shown = client.get("/v1/instruments/sleep_two", headers=admin.headers).json
    assert shown["title"] == own()["title"]
    assert add(own(title="Another title", version="2")).status_code == 201


def test_of_those_that_race_for_one_version_one_is_stored(app: Flask, site: Site, admin: Person) -> None:
    def post(place: int) -> int:
        body = own(title=f"Title {place % 2}")
        path = f"/v1/sites/{site.id}/instruments"
        return app.test_client().post(path, json=body, headers=admin.headers).status_code

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(post, range(8)))
    assert outcomes == [200] * 3 + [201] + [409] * 4
    assert len(site_instruments.of_site(site.id)) == 1


def test_every_mistake_is_named_with_its_place(add: Add, site: Site) -> None:
    broken = own(direction="up", colour="red", main="sum")
    broken["items"][1] |= {"key": "falling_asleep", "domain": "rest"}
    broken["scores"][0]["high"] = 7
    response = add(broken)
    assert response.status_code == 422
    found = problems(response)
    assert found.keys() >= {"/direction", "/colour", "/main", "/items/1/key", "/items/1/domain"}
    assert found["/items/1/key"] == "duplicate_item"
    assert site_instruments.of_site(site.id) == []


@pytest.mark.parametrize("body", [{}, {"key": "x"}, {"items": {}}], ids=["empty", "only a key", "wrong type"])
def test_what_is_no_definition_is_refused(add: Add, body: object) -> None:
    response = add(body)
    assert (response.status_code, response.json["code"]) == (422, "invalid_definition")


def test_what_is_no_object_is_refused(add: Add) -> None:
    assert add([own()]).status_code == 422


def test_an_answer_for_a_clinicians_eyes_needs_a_rule_that_reads_it(add: Add) -> None:
    """No rule reads a site's own instrument, so it cannot promise that an alert is raised."""
    definition = own()
    definition["items"][1]["safety_from"] = 1
    assert problems(add(definition)) == {"/items/1/safety_from": "not_watched"}


def test_more_items_than_a_report_holds_are_refused(add: Add) -> None:
    item = own()["items"][0]
    more = [item | {"key": f"item_{place}", "optional": True} for place in range(99)]
    definition = own()
    assert problems(add(own(items=[*definition["items"], *more]))) == {"/items": "wrong_length"}


def test_a_licensed_text_is_shown_and_changes_no_score_and_no_rule(
    add: Add,
    client: FlaskClient,
    people: People,
    site: Site,
    patient: Patient,
    clinician: Person,
    now: datetime,
) -> None:
    definition = shipped("zbi_12", instruction="The licensed instruction.")
    for place, item in enumerate(definition["items"], 1):
        item["text"] = f"The licensed question {place}?"
    assert add(definition).status_code == 201
    caregiver = people.caregiver(site, patient)
    shown = client.get("/v1/instruments/zbi_12", headers=caregiver.headers).json
    assert (shown["version"], shown["items"][0]["text"]) == ("clinic-1", "The licensed question 1?")
    plain = client.get("/v1/instruments/zbi_12?version=1", headers=caregiver.headers).json
    assert plain == instruments.get("zbi_12", "1").as_dict()
    answers = {item["key"]: item["codes"]["high"] for item in shown["items"]}
    body = report(shown, answers, now)
    taken = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=caregiver.headers)
    assert taken.json["total"] == instruments.score(instruments.get("zbi_12"), answers).total
    evaluated = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers).json
    assert [flag["topic"] for flag in evaluated["flags"]] == ["carer_burden"]


def test_where_the_decline_rules_read_the_scoring_has_to_stay(add: Add) -> None:
    definition = shipped("who_5")
    definition["items"][0]["reversed"] = True
    assert problems(add(definition)) == {"/scores": "scoring_changed"}


def test_a_licensed_key_brings_the_scores_that_are_not_shipped(add: Add, send: Send) -> None:
    definition = shipped("alssqol_sf", domains=[{"key": "all", "label": "All items"}], main="total")
    for item in definition["items"]:
        item["domain"] = "all"
    definition["items"][3]["reversed"] = True
    keys = [item["key"] for item in definition["items"]]
    total = {"key": "total", "label": "Total", "kind": "mean", "of": keys, "low": 0, "high": 10}
    definition["scores"] = [total | {"direction": "higher_is_better"}]
    assert add(definition).status_code == 201
    answers = dict.fromkeys(keys, 10)
    assert send(definition, answers).json["total"] == 9.5
    assert send(shipped("alssqol_sf", version="1"), answers).json["total"] is None


@pytest.mark.parametrize(
    ("change", "at", "code"),
    [
        ({"codes": {"low": 0, "high": 5}}, "/items/0", "item_changed"),
        ({"optional": True}, "/items/0", "item_changed"),
        ({"key": "another"}, "/items/0", "item_changed"),
    ],
)
def test_answers_under_a_shipped_key_mean_the_same_in_every_version(
    add: Add, change: dict[str, Any], at: str, code: str
) -> None:
    definition = shipped("alssqol_sf")
    definition["items"][0] |= change
    assert problems(add(definition))[at] == code


def test_a_shipped_version_cannot_be_taken(add: Add) -> None:
    assert problems(add(shipped("zbi_12", version="1"))) == {"/version": "version_taken"}


def test_another_sites_instrument_does_not_exist(
    add: Add, client: FlaskClient, people: People, site: Site, now: datetime
) -> None:
    add(own())
    elsewhere = people.site()
    other = people.staff(elsewhere, Role.CLINICIAN)
    assert client.get("/v1/instruments/sleep_two", headers=other.headers).status_code == 404
    listed = client.get("/v1/instruments", headers=other.headers).json["items"]
    assert "sleep_two" not in {instrument["key"] for instrument in listed}
    assert client.get(f"/v1/sites/{site.id}/instruments", headers=other.headers).status_code == 404
    stranger = people.patient(elsewhere, consent_at=now)
    body = report(own(), {"falling_asleep": 1}, now)
    sent = client.post(f"/v1/patients/{stranger.id}/reports", json=body, headers=other.headers)
    assert problems(sent) == {"/instrument": "unknown_instrument"}


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.RESEARCHER])
def test_only_administrators_add(add: Add, people: People, site: Site, role: Role) -> None:
    assert add(own(), by=people.staff(site, role)).status_code == 403


def test_an_administrator_of_another_site_does_not_add(add: Add, people: People) -> None:
    assert add(own(), by=people.staff(people.site(), Role.ADMIN)).status_code == 404


def test_what_another_process_added_a_moment_ago_is_taken_at_once(
    send: Send, site: Site, now: datetime
) -> None:
    """This process has just seen that the site has no such instrument."""
    assert send(own(), {"falling_asleep": 2}).status_code == 422
    stored = SiteInstrument(site.id, "sleep_two", "1", "digest", json.dumps(own()), CLINIC, now)
    assert site_instruments.add(stored)
    assert send(own(), {"falling_asleep": 2}).status_code == 201


def test_a_newer_version_is_noticed_within_five_seconds(
    add: Add, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = [100.0]
    monkeypatch.setattr(catalogue, "_remembered", Remembered(10, seconds=5.0, ticks=lambda: ticks[0]))
    add(own())
    assert catalogue.find(site.id, "sleep_two").version == "1"
    (stored,) = site_instruments.of_site(site.id)
    newer = stored.definition.replace('"version": "1"', '"version": "2"')
    later = stored.added_at + timedelta(seconds=1)
    site_instruments.add(replace(stored, version="2", definition=newer, added_at=later))
    seen = []
    for moment in (104.9, 105.0):
        ticks[0] = moment
        seen.append(catalogue.find(site.id, "sleep_two").version)
    assert seen == ["1", "2"]


def test_reports_of_an_old_version_are_scored_by_its_own_rules(
    add: Add, send: Send, client: FlaskClient, patient: Patient, clinician: Person
) -> None:
    add(own())
    first = send(own(), {"falling_asleep": 3, "waking_up": 1}).json["id"]
    turned = own(version="2")
    turned["items"][0]["reversed"] = True
    assert add(turned).status_code == 201
    assert send(turned, {"falling_asleep": 3, "waking_up": 1}).json["total"] == 1
    body = {"id": new_id(), "reason": "Slip.", "answers": {"waking_up": 2}}
    headers = clinician.headers | {"If-Match": '"1"'}
    path = f"/v1/patients/{patient.id}/reports/{first}/corrections"
    assert client.post(path, json=body, headers=headers).json["total"] == 5


def test_a_report_that_came_before_its_version_is_kept_and_released_by_it(
    add: Add, send: Send, client: FlaskClient, patient: Patient, admin: Person
) -> None:
    add(own())
    newer = own(version="2")
    kept = send(newer, {"falling_asleep": 3, "waking_up": 1})
    assert (kept.status_code, kept.json["state"]) == (202, "quarantined")
    path = f"/v1/patients/{patient.id}/reports/{kept.json['id']}/release"
    assert client.post(path, headers=admin.headers).status_code == 409
    add(newer)
    released = client.post(path, headers=admin.headers)
    assert (released.status_code, released.json["state"]) == (201, "current")
    assert (released.json["complete"], released.json["missing"]) == (None, []), (
        "an administrator reads no answers"
    )
