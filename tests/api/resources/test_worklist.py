"""The worklist over HTTP: cheap to ask for again, searched by a body, and what is new in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.alerts.alert import Alert, State
from models.patients.patient import Patient
from models.sites.sites import Site
from scoring.decline import Topic
from services.access.actor import Role
from tests.alert_samples import Told, make_alert, on_day, store
from tests.people import People, Person

URL = "/v1/alerts"


@pytest.fixture
def now() -> datetime:
    return on_day(5)


@pytest.fixture
def alert(patient: Patient) -> Alert:
    """An open alert of the patient, stored."""
    made = make_alert(patient_id=patient.id, site_id=patient.site_id)
    store(made)
    return made


def ask(client: FlaskClient, person: Person, tag: str | None = None, **query: Any) -> TestResponse:
    headers = person.headers if tag is None else person.headers | {"If-None-Match": tag}
    return client.get(URL, query_string=query, headers=headers)


def search(client: FlaskClient, person: Person, **wanted: Any) -> TestResponse:
    return client.post(f"{URL}/search", json=wanted, headers=person.headers)


def test_an_unchanged_list_is_not_sent_again(
    client: FlaskClient, clinician: Person, alert: Alert, now: datetime
) -> None:
    first = ask(client, clinician)
    assert first.json["read_at"] == now.isoformat()
    tag = first.headers["ETag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        again = ask(client, clinician, known)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "no-store"
    path = f"{URL}/{alert.public_id}"
    headers = clinician.headers | {"If-Match": client.get(path, headers=clinician.headers).headers["ETag"]}
    done = client.post(f"{path}/actions", json={"action": "acknowledge"}, headers=headers)
    assert done.status_code == 200
    changed = ask(client, clinician, tag)
    assert (changed.status_code, changed.json["items"][0]["state"]) == (200, "acknowledged")


def test_a_tag_is_nobody_elses(
    client: FlaskClient, people: People, site: Site, clinician: Person, alert: Alert
) -> None:
    tag = ask(client, clinician).headers["ETag"]
    for person in (people.staff(site, Role.COORDINATOR), people.staff(people.site(), Role.CLINICIAN)):
        assert ask(client, person, tag).status_code == 200


def test_a_patient_who_is_called_otherwise_shows_behind_a_tag(
    client: FlaskClient, clinician: Person, patient: Patient, alert: Alert
) -> None:
    tag, url = ask(client, clinician).headers["ETag"], f"/v1/patients/{patient.id}"
    headers = clinician.headers | {"If-Match": client.get(url, headers=clinician.headers).headers["ETag"]}
    assert client.patch(url, json={"name": "Maria Costa"}, headers=headers).status_code == 200
    changed = ask(client, clinician, tag)
    assert changed.json["items"][0]["patient"]["name"] == "Maria Costa"


def test_lists_of_what_has_ended_have_no_tag(client: FlaskClient, clinician: Person) -> None:
    for state in ("ended", "any"):
        assert "ETag" not in ask(client, clinician, state=state).headers


def test_a_worklist_takes_four_queries_however_long_it_is_and_one_when_nothing_changed(
    commands: list[str],
    client: FlaskClient,
    people: People,
    site: Site,
    clinician: Person,
) -> None:
    for _ in range(30):
        store(make_alert(patient_id=people.patient(site).id, site_id=site.id))
    tag = ask(client, clinician).headers["ETag"]
    commands.clear()
    assert len(ask(client, clinician).json["items"]) == 30
    assert commands == ["find"] * 4
    commands.clear()
    assert ask(client, clinician, tag).status_code == 304
    assert commands == ["find"]
    commands.clear()
    assert ask(client, clinician, state="ended").json["items"] == []
    assert commands == ["find"] * 2
    commands.clear()
    assert len(search(client, clinician, words="silva").json["items"]) == 30
    assert commands == ["find"] * 4


def test_a_search_is_by_topic_and_name_and_changes_nothing(
    client: FlaskClient, people: People, site: Site, clinician: Person, alert: Alert
) -> None:
    jose = people.patient(site, name="José Núñez", study_code="S-7")
    speech = make_alert(told=Told(Topic.SPEECH), patient_id=jose.id, site_id=site.id)
    ended = make_alert(State.ENDED, patient_id=jose.id, site_id=site.id)
    store(speech, ended)

    def found(**wanted: Any) -> set[str]:
        return {item["id"] for item in search(client, clinician, **wanted).json["items"]}

    tag = ask(client, clinician).headers["ETag"]
    assert found(topic="speech") == found(words="nunez jo") == found(words="S-7") == {speech.public_id}
    assert found(words="NÚÑEZ", state="any") == {speech.public_id, ended.public_id}
    assert found(words="nunez", topic="decline") == set()
    assert found(overdue=True, seen=False, assigned_to="nobody", words="maria") == set()
    first = search(client, clinician, words="jose", state="any", limit=1).json
    rest = search(client, clinician, words="jose", state="any", limit=1, after=first["next"]).json
    assert [item["id"] for item in first["items"] + rest["items"]] == [speech.public_id, ended.public_id]
    assert rest["next"] is None
    assert ask(client, clinician, tag).status_code == 304


@pytest.mark.parametrize(
    "wanted",
    [
        *({}, {"state": "any"}),
        *({"topic": "x"}, {"words": ""}, {"words": "x" * 101}, {"words": 1}, {"overdue": "true"}),
        *({"limit": "5"}, {"limit": 0}, {"after": "1"}, {"assigned_to": "you"}, {"name": "maria"}),
    ],
)
def test_a_search_that_means_nothing_is_refused(
    client: FlaskClient, clinician: Person, wanted: dict[str, Any]
) -> None:
    assert search(client, clinician, **wanted).status_code == 422


def test_what_is_searched_for_stands_in_no_log(
    client: FlaskClient, clinician: Person, alert: Alert, capsys: pytest.CaptureFixture[str]
) -> None:
    search(client, clinician, words="maria", topic="decline")
    written = capsys.readouterr().err
    assert "/v1/alerts/search" in written
    assert "maria" not in written
    assert "decline" not in written


def test_what_changed_since_one_looked_is_new(
    client: FlaskClient, people: People, site: Site, clinician: Person, alert: Alert
) -> None:
    first = ask(client, clinician)
    assert [item["new"] for item in first.json["items"]] == [True]
    look = {"read_at": first.json["read_at"]}
    noted = client.post(f"{URL}/looks", json=look, headers=clinician.headers)
    assert (noted.status_code, noted.data) == (204, b"")
    again = ask(client, clinician, first.headers["ETag"])
    assert [item["new"] for item in again.json["items"]] == [False]
    assert [item["new"] for item in ask(client, people.staff(site, Role.CLINICIAN)).json["items"]] == [True]


@pytest.mark.parametrize("query", [{"assigned_to": "me"}, {"seen": "true"}, {"overdue": "true"}])
def test_filters_of_the_list(
    client: FlaskClient, clinician: Person, alert: Alert, query: dict[str, str]
) -> None:
    assert ask(client, clinician, **query).json["items"] == []
    fields = {"assigned_to": clinician.account.id, "seen_at": on_day(2), "due_at": on_day(3)}
    mine = make_alert(patient_id=alert.patient_id, site_id=alert.site_id, episode=2, **fields)
    store(mine)
    assert [item["id"] for item in ask(client, clinician, **query).json["items"]] == [mine.public_id]
