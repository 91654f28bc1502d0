"""One application with one seeded world for each module, and a clock that stands still.

The world lasts for the module because generated requests are many; tests that change things take a chart of
their own from it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mongoengine.connection import get_db

from api import create_app
from models import indexes
from models.sites import sites
from models.store import connection
from services import clock
from services.access.tokens import new_key_set
from services.settings import Environment, Settings
from tests.application import MANY_CALLS, MORNING
from tests.contract.world import LOOPBACK, World


@pytest.fixture(scope="module")
def world(_prepared: None, database_uri: str, database_name: str) -> Iterator[World]:
    """Two clinics on an emptied database."""
    settings = Settings(
        database_uri=database_uri,
        database_name=database_name,
        signing_keys=new_key_set(),
        refresh_secret="a secret of the tests, long enough",
        env=Environment.TEST,
        anonymous_per_minute=MANY_CALLS,
        webhook_networks=LOOPBACK,
    )
    connection.register(database_uri, database_name)
    for name in get_db().list_collection_names():
        get_db()[name].delete_many({})
    indexes.create_all()
    sites.forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: MORNING)
        yield World(create_app(settings))
