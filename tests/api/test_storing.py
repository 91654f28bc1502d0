"""A database that answers and cannot store: 503, not ready, nothing half done, well again without a restart.

The embedded engine may write no file further than its first page, as on a full device; other engines' errors
are told by their codes and words.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.errors import BulkWriteError, OperationFailure

from api import create_app
from api.application import SECURITY
from models import indexes
from models.ledger.document import LedgerDocument
from models.sites import sites
from models.store import connection, embedded, heartbeats
from services import clock, readiness
from services.access.tokens import new_key_set
from services.settings import Environment, Settings
from tests.application import MANY_CALLS, MORNING, REFRESH_SECRET
from tests.people import People, Person
from tests.questionnaires import alsfrs, phq_9

FIRST_PAGE = 4096


@pytest.fixture
def running(tmp_path: Path) -> Iterator[embedded.Running]:
    found = embedded.start(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def full(running: embedded.Running) -> Callable[[bool], None]:
    """Fills the device of the database, or empties it."""

    def set_to(is_full: bool) -> None:
        soft = FIRST_PAGE if is_full else resource.RLIM_INFINITY
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    return set_to


@pytest.fixture
def own(running: embedded.Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FlaskClient, Person]]:
    """A client of a service of its own, and a patient's account there."""
    settings = Settings(
        database_uri=running.uri,
        signing_keys=new_key_set(),
        refresh_secret=REFRESH_SECRET,
        env=Environment.TEST,
        anonymous_per_minute=MANY_CALLS,
    )
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    connection.close()  # what another test has opened would be used on
    app = create_app(settings)
    connection.register(running.uri)
    indexes.create_all()
    sites.forget()
    people = People(app.extensions[SECURITY], MORNING)
    site = people.site()
    patient = people.patient(site, consent_at=MORNING)
    yield app.test_client(), people.own(site, patient)
    connection.close()
    sites.forget()


def ledger_of(person: Person) -> list[Any]:
    return list(LedgerDocument.raw().find({"patient_id": person.account.id}, {"event_id": 1}))


def test_a_full_device_is_said_stores_nothing_half_and_is_over_when_it_is_over(
    own: tuple[FlaskClient, Person], full: Callable[[bool], None]
) -> None:
    client, person = own
    path = f"/v1/patients/{person.account.id}/reports"
    assert client.post(path, headers=person.headers, json=alsfrs(MORNING)).status_code == 201
    assert client.get("/readyz").status_code == 200
    full(True)
    report, grave = alsfrs(MORNING), phq_9(MORNING, phq_9=3)
    answers = [client.post(path, headers=person.headers, json=body) for body in (report, grave)]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(answer.headers["Retry-After"] for answer in answers)
    assert answers[1].json["crisis_text"]
    assert client.get(path, headers=person.headers).status_code == 200
    told = client.get("/readyz")
    assert (told.status_code, told.json["checks"]["database"][:30]) == (503, "the database cannot store now:")
    assert len(ledger_of(person)) == 1
    full(False)
    assert client.post(path, headers=person.headers, json=report).status_code == 201
    assert client.post(path, headers=person.headers, json=grave).status_code == 201
    readiness.forget()  # a refusal is believed for some seconds
    assert client.get("/readyz").status_code == 200
    assert len(ledger_of(person)) == 3


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (8, "database or disk is full"),
        (8, "disk I/O error"),
        (8, "attempt to write a readonly database"),
        (1, 'could not extend file "base/5/16396": No space left on device'),
        (25006, "cannot execute INSERT in a read-only transaction"),
        (10107, "not primary"),
        (13435, "not primary and secondaryOk=false"),
        (14031, "available disk space is less than required"),
        (8000, "you are over your space quota"),
        (50, "operation exceeded time limit"),
        (91, "the server is in quiesce mode and will shut down"),
        (189, "primary stepped down"),
    ],
)
def test_what_engines_say_when_they_cannot_store_now_is_worth_a_retry(code: int, words: str) -> None:
    assert connection.is_away(OperationFailure(words, code))
    joint = BulkWriteError({"writeErrors": [{"index": 0, "code": code, "errmsg": words}]})
    assert connection.is_away(joint)


@pytest.mark.parametrize("code", [2, 9, 14, 121, 10334])
def test_what_is_our_own_mistake_is_not(code: int) -> None:
    assert not connection.is_away(OperationFailure("no such operator", code))


def test_what_is_tried_is_stored_on_every_engine(database: Any) -> None:
    heartbeats.try_storing(now=MORNING)
    heartbeats.try_storing(now=MORNING)
    assert database["heartbeats"].count_documents({"_id": "storing"}) == 1
