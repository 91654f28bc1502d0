"""Exceptions for one patient, from the request that makes them to the alert that comes or does not come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.alerts import alerts as stored_alerts
from models.ledger import ledger
from models.patients.patient import Patient
from services.alerts import align
from services.errors import busy
from services.reports import alert_clock, reconcile
from tests.people import Person
from tests.questionnaires import alsfrs, falling, phq_9

SLOW = (46, 46, 45, 45, 44, 44)
Make = Callable[..., TestResponse]


@pytest.fixture
def make(client: FlaskClient, patient: Patient, clinician: Person) -> Make:
    """Give the patient these exceptions in place of all before."""

    def change(*overrides: dict[str, Any]) -> TestResponse:
        path = f"/v1/patients/{patient.id}"
        tag = client.get(path, headers=clinician.headers).headers["ETag"]
        headers = clinician.headers | {"If-Match": tag}
        return client.patch(path, json={"overrides": list(overrides)}, headers=headers)

    return change


@pytest.fixture
def send(client: FlaskClient, patient: Patient, clinician: Person) -> Callable[[list[dict[str, Any]]], None]:
    def post(bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            path = f"/v1/patients/{patient.id}/reports"
            assert client.post(path, json=body, headers=clinician.headers).status_code == 201

    return post


@pytest.fixture
def alerts(client: FlaskClient, patient: Patient, clinician: Person) -> Callable[[], dict[str, Any]]:
    """The patient's alerts by topic: the current one, or else one that has ended."""

    def get() -> dict[str, Any]:
        query = {"patient_id": patient.id, "state": "any"}
        response = client.get("/v1/alerts", query_string=query, headers=clinician.headers)
        return {item["topic"]: item for item in reversed(response.json["items"])}

    return get


def override(starts_on: date, ends_on: date, **fields: Any) -> dict[str, Any]:
    dates = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    return {"reason": "Known to the team.", **dates, **fields}


def around(now: datetime, **fields: Any) -> dict[str, Any]:
    """An exception over the whole history."""
    return override(now.date() - timedelta(days=400), now.date() + timedelta(days=30), **fields)


def test_without_an_exception_the_alert_opens(
    send: Callable[..., None], alerts: Callable[[], dict[str, Any]], now: datetime
) -> None:
    send(falling(now))
    assert alerts()["decline"]["state"] == "open"


def test_a_muted_topic_opens_no_alert_and_the_others_do(
    make: Make, send: Callable[..., None], alerts: Callable[[], dict[str, Any]], now: datetime
) -> None:
    assert make(around(now, mute=["decline"])).status_code == 200
    send([*falling(now), phq_9(now, phq_9=1)])
    found = alerts()
    assert "decline" not in found
    assert found["self_harm"]["level"] == "urgent"


def test_muting_ends_with_its_last_day(
    make: Make, send: Callable[..., None], alerts: Callable[[], dict[str, Any]], now: datetime
) -> None:
    """The last day counts in the patient's own dates; the report of the day after is read as usual."""
    *earlier, last = falling(now)
    end = now.date() - timedelta(days=1)
    make(override(end - timedelta(days=400), end, mute=["decline"]))
    send(earlier)
    assert "decline" not in alerts()
    send([last])
    assert alerts()["decline"]["state"] == "open"


def test_limits_of_ones_own_hold_while_they_are_in_force(
    make: Make, send: Callable[..., None], alerts: Callable[[], dict[str, Any]], now: datetime
) -> None:
    watchful = {"primary": {"loss_per_month": 0.2, "inform_probability": 0.5, "clear_probability": 0.4}}
    send(falling(now - timedelta(days=28), totals=SLOW))
    assert "decline" not in alerts()
    past = now.date() - timedelta(days=15)
    make(override(past - timedelta(days=400), past - timedelta(days=385), limits=watchful))
    send([alsfrs(now - timedelta(days=14), 44)])
    assert "decline" not in alerts()
    make(around(now, limits=watchful))
    assert alerts()["decline"]["state"] == "open"


def test_an_exception_made_later_ends_the_alert_as_known_and_its_end_brings_it_back(
    make: Make, send: Callable[..., None], alerts: Callable[[], dict[str, Any]], now: datetime
) -> None:
    send(falling(now))
    assert alerts()["decline"]["condition"] == "holds"
    make(around(now, mute=["decline"]))
    assert (alerts()["decline"]["state"], alerts()["decline"]["ended_how"]) == ("ended", "dismissed")
    assert make().status_code == 200
    back = alerts()["decline"]
    assert (back["condition"], back["raised_because"]) == ("holds", "mute_ended")


def broken(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Something fails there, or a worker dies; `busy`: others write the same each time."""

    insert = stored_alerts.insert

    def fails(*given: Any, **_: Any) -> Any:
        if place == "inserted":
            insert(*given)
        raise busy("this patient") if place == "busy" else RuntimeError(place)

    module, name = {
        "aligning": (align, "align"),
        "busy": (align, "align"),
        "sealed": (stored_alerts, "insert"),
        "inserted": (stored_alerts, "insert"),
        "reading": (ledger, "read_head"),
    }[place]
    monkeypatch.setattr(module, name, fails)


@pytest.mark.parametrize("place", [None, "reading", "aligning", "busy", "sealed", "inserted"])
def test_what_holds_when_a_mute_ends_is_raised_again_whatever_fails_on_that_day(
    make: Make,
    send: Callable[..., None],
    alerts: Callable[[], dict[str, Any]],
    patient: Patient,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    place: str | None,
) -> None:
    send(falling(now))
    tomorrow = now + timedelta(days=1)
    make(override(tomorrow.date(), now.date() + timedelta(days=30), mute=["decline"]))
    reconcile.reconcile(patient.id, now=tomorrow + timedelta(hours=4))
    assert alerts()["decline"]["state"] == "ended"
    after = datetime.combine(now.date() + timedelta(days=32), time(), UTC)
    with monkeypatch.context() as meanwhile:
        if place is not None:
            broken(meanwhile, place)
            for minutes in range(3):
                alert_clock.go_on(after + timedelta(minutes=minutes))
    for hours in range(1, 4):
        alert_clock.go_on(after + timedelta(hours=hours))
    back = alerts()["decline"]
    assert (back["state"], back["raised_because"]) == ("open", "mute_ended")
    assert stored_alerts.patients_unmuted(after + timedelta(days=900)) == []


@pytest.mark.parametrize("topic", ["self_harm", "respiratory"])
def test_a_safety_topic_cannot_be_muted_for_anybody(make: Make, now: datetime, topic: str) -> None:
    response = make(around(now, mute=["weight", topic]))
    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json["errors"]] == [
        ("/overrides/0/mute/1", "never_muted")
    ]
