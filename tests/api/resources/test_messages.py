"""Who was told of an alert is shown by name; what was given up is listed and tried again by one request."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from api.schemas.accounts.auth import Language
from models.alerts.alert import Alert
from models.outbox import messages
from models.sites.sites import Site
from services.access.actor import Role
from services.delivery.carry import carry_next
from services.delivery.channels.email import switch_off
from services.delivery.channels.port import Gone
from services.delivery.outbox import make_messages
from services.languages import LANGUAGES
from tests.alert_samples import make_alert, store
from tests.message_samples import Keeping, make_message
from tests.people import People, Person

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def doctor(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)


@pytest.fixture
def alert(site: Site, doctor: Person, now: datetime) -> Alert:
    made = make_alert(site_id=site.id)
    store(made)
    refusing = Keeping(outcomes=[Gone("address_refused")])
    make_messages({"test": refusing}, now)
    carry_next(refusing, urgent=False, now=now)
    return made


def listed(client: FlaskClient, path: str, by: Person) -> Any:
    response = client.get(path, headers=by.headers)
    assert response.status_code == 200
    return response.json["items"]


def test_an_alert_shows_who_was_told_and_when(client: FlaskClient, alert: Alert, doctor: Person) -> None:
    (shown,) = listed(client, f"/v1/alerts/{alert.public_id}/messages", doctor)
    assert shown["recipient"] == doctor.shown
    assert (shown["state"], shown["reason"], shown["alert_id"]) == (
        "dead",
        "address_refused",
        alert.public_id,
    )
    (delivery,) = shown["deliveries"]
    assert (delivery["outcome"], delivery["reason"]) == ("gone", "address_refused")


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ADMIN])
def test_what_was_given_up_is_listed_and_tried_again(
    client: FlaskClient, people: People, site: Site, alert: Alert, role: Role
) -> None:
    person, path = people.staff(site, role), f"/v1/sites/{site.id}/messages"
    (shown,) = listed(client, path, person)
    retry = f"{path}/{shown['id']}/retry"
    assert client.post(retry, headers=person.headers).json["state"] == "waiting"
    again = client.post(retry, headers=person.headers)
    assert (again.status_code, again.json["code"]) == (409, "not_dead")
    assert listed(client, path, person) == []
    assert len(listed(client, f"{path}?state=waiting", person)) == 1


def test_what_one_notice_told_several_people_is_gone_through_page_by_page(
    client: FlaskClient, people: People, site: Site, alert: Alert, doctor: Person, now: datetime
) -> None:
    for number in range(4):
        messages.insert(make_message(site_id=site.id, recipient=f"person-{number}", created_at=now))
    path, found = f"/v1/sites/{site.id}/messages?state=waiting&limit=3", []
    page = client.get(path, headers=doctor.headers).json
    found += page["items"]
    page = client.get(f"{path}&after={page['next']}", headers=doctor.headers).json
    found += page["items"]
    assert (len({message["id"] for message in found}), page["next"]) == (4, None)
    never = "20761301T090000000000-0190b0f0-0000-7000-8000-000000000001"
    for wrong in ("x", now.isoformat(), never):
        refused = client.get(f"{path}&after={quote(wrong)}", headers=doctor.headers)
        assert refused.status_code == 422


def test_one_says_how_one_is_told_and_tries_it(client: FlaskClient, doctor: Person) -> None:
    path = "/v1/me/notifications"
    wanted = {"pace": "digest", "quiet_hours": {"begin": 20, "end": 7}, "locale": "es"}
    changed = client.patch(path, json=wanted, headers=doctor.headers).json
    assert {name: changed[name] for name in wanted} == wanted
    assert changed == client.get(path, headers=doctor.headers).json
    assert client.patch(path, json={"quiet_hours": None}, headers=doctor.headers).json["quiet_hours"] is None
    sent = client.post(f"{path}/tests", headers=doctor.headers)
    assert (sent.status_code, sent.json["kind"], sent.json["state"]) == (202, "test", "waiting")
    assert client.get(f"{path}/tests/{sent.json['id']}", headers=doctor.headers).json == sent.json


@pytest.mark.parametrize(
    "wanted",
    [{}, {"locale": "xx"}, {"digest_hour": 24}, {"quiet_hours": {"begin": 3}}, {"email": "nobody"}, {"x": 1}],
)
def test_what_cannot_be_chosen_is_refused(
    client: FlaskClient, doctor: Person, wanted: dict[str, Any]
) -> None:
    response = client.patch("/v1/me/notifications", json=wanted, headers=doctor.headers)
    assert response.status_code == 422


def test_an_address_that_was_switched_off_is_seen_by_the_sites_staff(
    client: FlaskClient, people: People, site: Site, doctor: Person, now: datetime
) -> None:
    path = f"/v1/sites/{site.id}/members"
    assert [member["email_off_at"] for member in listed(client, path, doctor)] == [None]
    switch_off(doctor.account.id, doctor.account.email or "", "address_refused", now=now)
    shown = listed(client, path, people.staff(site, Role.ADMIN))
    off = [member["id"] for member in shown if member["email_off_at"] is not None]
    assert off == [doctor.account.id]


def test_every_language_that_there_is_can_be_chosen() -> None:
    assert {language.value for language in Language} == set(LANGUAGES)
