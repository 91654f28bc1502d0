"""Health: alive without looking, ready only with database, indexes and keys, and the worker shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import indexes
from models.store import connection, heartbeats
from models.store.embedded import free_port, uri_of
from services.readiness import WorkerGroup


def readiness(client: FlaskClient) -> tuple[int, dict[str, str]]:
    response = client.get("/readyz")
    return response.status_code, response.json["checks"]


@pytest.fixture
def database_is_away(app: Flask) -> Iterator[None]:
    """Nothing listens; the next test registers the real one again."""
    connection.close()
    connection.register(uri_of(free_port()), "nothing")
    yield
    connection.close()


def test_a_service_that_has_everything_is_ready(client: FlaskClient, now: datetime) -> None:
    for group in WorkerGroup:
        heartbeats.beat(group.heartbeat, [], now=now)
    response = client.get("/readyz")
    assert (response.status_code, response.json["ready"]) == (200, True)
    assert set(response.json["checks"].values()) == {"ok"}


def test_without_a_database_it_lives_and_is_not_ready(client: FlaskClient, database_is_away: None) -> None:
    assert client.get("/livez").json == {"live": True}
    response = client.get("/readyz")
    assert (response.status_code, response.json["code"]) == (503, "not_ready")
    assert response.json["checks"]["database"] == "the database does not answer"
    assert "Retry-After" in response.headers


def test_a_missing_index_makes_it_unready_and_is_named(client: FlaskClient, database: Any) -> None:
    database["accounts"].drop_indexes()
    try:
        status, checks = readiness(client)
        assert status == 503
        assert "accounts(email_key)" in checks["indexes"]
        assert "flask database indexes" in checks["indexes"]
    finally:
        indexes.create_all()
    assert readiness(client)[0] == 200


def test_a_worker_that_was_never_seen_is_shown_and_not_needed(client: FlaskClient) -> None:
    assert readiness(client) == (
        200,
        {
            "database": "ok",
            "indexes": "ok",
            "keys": "ok",
            "zones": "ok",
            "log": "ok",
            "documents": "ok",
            "clock": "ok",
            "descriptors": "ok",
            "worker": "; ".join(f"{group}: never seen" for group in WorkerGroup),
            "delivery": "ok",
            "escalation": "ok",
            "look": "ok",
        },
    )


def test_a_worker_that_has_stopped_is_shown(client: FlaskClient, now: datetime) -> None:
    for group in WorkerGroup:
        heartbeats.beat(group.heartbeat, [], now=now)
    heartbeats.beat(WorkerGroup.KEEP_IN_STEP.heartbeat, [], now=now - timedelta(minutes=3))
    status, checks = readiness(client)
    assert status == 200
    assert checks["worker"].startswith("keep_in_step: last seen at 2076-03-02T08:27")


def test_a_step_that_fails_is_named(client: FlaskClient, now: datetime) -> None:
    for group in WorkerGroup:
        heartbeats.beat(group.heartbeat, [], now=now)
    heartbeats.beat(WorkerGroup.KEEP_IN_STEP.heartbeat, ["silence"], now=now)
    assert readiness(client)[1]["worker"] == "keep_in_step: failing: silence"


def test_a_worker_whose_clock_is_ahead_is_not_ok(client: FlaskClient, now: datetime) -> None:
    for group in WorkerGroup:
        heartbeats.beat(group.heartbeat, [], now=now + timedelta(days=30))
    assert "its clock is ahead" in readiness(client)[1]["worker"]


def test_without_time_zones_it_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.machine._ZONE", "Nowhere/Nothing")
    status, checks = readiness(client)
    assert status == 503
    assert checks["zones"] == "there is no time zone database: install the package tzdata"
