"""What every test may use: a database that is empty when the test begins, on the engine the run names.

The engine is the one at SLOPE_TEST_DATABASE_URI, or an embedded database that lives as long as the run.
Each process of a parallel run has a database name of its own. Factories stand beside their tests.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from mongoengine.connection import get_db

from models.store import connection, embedded, unreadable

pytest_plugins = ["tests.application", "tests.round_trips"]

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def database_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URI of the engine that this run tests."""
    given = os.environ.get("SLOPE_TEST_DATABASE_URI")
    if given:
        yield given
        return
    running = embedded.start(tmp_path_factory.mktemp("database"))
    yield running.uri
    running.stop()


@pytest.fixture(scope="session")
def database_name() -> str:
    """Name of this process's own database."""
    return f"slope_test_{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def _prepared(database_uri: str, database_name: str) -> Iterator[None]:
    connection.register(database_uri, database_name)
    yield
    connection.register(database_uri, database_name)
    connection.drop_database()
    connection.close()


@pytest.fixture
def database(_prepared: None, database_uri: str, database_name: str) -> Any:
    """The registered database, emptied; its indexes stay. What was damaged in it is forgotten too."""
    unreadable.forget()
    connection.register(database_uri, database_name)  # a test of outages may have closed it
    emptied = get_db()
    for name in emptied.list_collection_names():
        emptied[name].delete_many({})
    return emptied
