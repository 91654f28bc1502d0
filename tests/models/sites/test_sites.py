"""Sites are remembered for a few seconds, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from mongoengine.errors import NotUniqueError

from models.sites import sites
from models.sites.sites import Site, SiteDocument
from models.store.base import new_id
from models.store.remembered import Remembered

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forgotten(database: Any) -> None:
    sites.forget()


def made(**fields: Any) -> Site:
    site = Site(**{"id": new_id(), "name": "Clinic", "zone": "Europe/Berlin"} | fields)
    sites.create(site, now=NOW)
    return site


def rename(site: Site) -> None:
    SiteDocument.raw().update_one({"_id": site.id}, {"$set": {"name": "Renamed"}})


def test_what_was_stored_is_read_back() -> None:
    site = made(policy={"limits": {}}, policy_version="ours-3", shows_patient=("total",))
    assert sites.read(site.id) == site
    assert sites.read("nothing") is None


def test_a_site_is_not_made_twice() -> None:
    site = made()
    with pytest.raises(NotUniqueError):
        made(id=site.id)


def test_a_site_is_remembered_for_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = [100.0]
    monkeypatch.setattr(sites, "_remembered", Remembered(10, seconds=5.0, ticks=lambda: ticks[0]))
    site = made()
    sites.read(site.id)
    rename(site)
    names = []
    for moment in (100.0, 104.9, 105.0):
        ticks[0] = moment
        names.append(sites.read(site.id).name)  # type: ignore[union-attr]
    assert names == ["Clinic", "Clinic", "Renamed"]
