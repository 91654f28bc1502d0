"""Fixtures of the tests that need the service: the application on the run's database, and a clock to set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.application import SECURITY
from models import indexes
from models.alerts import looks
from models.sites import sites
from models.store import connection, unreadable
from services import clock, gauges, readiness
from services.access import call_limits
from services.access.security import Security
from services.access.tokens import new_key_set
from services.settings import Environment, Settings
from tests.checked_client import CheckedClient
from tests.people import People

# Every response of the suite is held to the document.
Flask.test_client_class = CheckedClient

# Far ahead, because engines remove what has expired by their own clock.
REFRESH_SECRET = "a secret of the tests, long enough"
MANY_CALLS = 100_000
"""Tests call from one address, at a moment that stands still; the limit itself is tested by name."""
MORNING = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def settings(database_uri: str, database_name: str) -> Settings:
    return Settings(
        database_uri=database_uri,
        database_name=database_name,
        signing_keys=new_key_set(),
        refresh_secret=REFRESH_SECRET,
        env=Environment.TEST,
        anonymous_per_minute=MANY_CALLS,
    )


@pytest.fixture(scope="session")
def _application(settings: Settings, _prepared: None) -> Flask:
    connection.register(settings.database_uri, settings.database_name)  # a bench's test may have closed it
    indexes.create_all()
    return create_app(settings)


@pytest.fixture
def app(_application: Flask, database: Any) -> Flask:
    """The application, on an empty database."""
    sites.forget()
    looks.forget()
    unreadable.forget()
    readiness.forget()
    gauges.forget()
    call_limits.forget()
    return _application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def security(app: Flask) -> Security:
    """The application's own security parts."""
    parts: Security = app.extensions[SECURITY]
    return parts


@pytest.fixture
def now() -> datetime:
    return MORNING


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Stop the clock at a moment."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def stopped_clock(set_clock: Callable[[datetime], None], now: datetime) -> None:
    """Stop the clock in the morning."""
    set_clock(now)


@pytest.fixture
def people(app: Flask, security: Security, now: datetime) -> People:
    """Makes sites, patients and signed-in accounts."""
    return People(security, now)
