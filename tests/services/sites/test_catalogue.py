"""Which instruments a site may use: the shipped ones first, its own beside them, nobody else's."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.sites.sites import Site
from scoring import instruments
from scoring.instruments import UnknownInstrument, UnknownVersion
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.sites import catalogue, site_instruments
from tests.definitions import own, shipped
from tests.people import People


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def brought(people: People, site: Site, now: datetime, *definitions: dict[str, object]) -> None:
    admin = people.staff(site, Role.ADMIN).actor
    scope = scope_for(admin, Operation.INSTRUMENT_ADD)
    for definition in definitions:
        site_instruments.add(site.id, definition, scope, actor=admin, now=now)


def test_every_site_has_the_shipped_ones(site: Site) -> None:
    for definition in instruments.catalogue():
        assert catalogue.find(site.id, definition.key) == definition
    assert catalogue.listed([site.id]) == sorted(
        instruments.catalogue(), key=lambda instrument: instrument.key
    )


def test_what_a_site_brought_is_its_own(people: People, site: Site, now: datetime) -> None:
    definition, other = own(), people.site()
    brought(people, site, now, definition)
    assert catalogue.find(site.id, definition["key"]).key == definition["key"]
    with pytest.raises(UnknownInstrument):
        catalogue.find(other.id, definition["key"])
    assert catalogue.find_among([other.id, site.id], definition["key"]).key == definition["key"]


def test_a_version_added_a_moment_ago_is_found(people: People, site: Site, now: datetime) -> None:
    catalogue.listed([site.id])
    brought(people, site, now, own(version="2"))
    assert catalogue.find(site.id, own()["key"], "2").version == "2"


def test_without_a_version_the_sites_own_text_of_a_shipped_one_counts(
    people: People, site: Site, now: datetime
) -> None:
    brought(people, site, now, shipped("who_5"))
    assert catalogue.find(site.id, "who_5").version == "clinic-1"
    assert catalogue.find(site.id, "who_5", "1").version == "1"
    assert catalogue.versions([site.id], "who_5")[-1] == "clinic-1"


def test_an_unknown_version_is_told_from_an_unknown_instrument(site: Site) -> None:
    with pytest.raises(UnknownVersion):
        catalogue.find(site.id, "alsfrs_r", "99")
    with pytest.raises(UnknownVersion):
        catalogue.find_among([site.id], "alsfrs_r", "99")
    with pytest.raises(UnknownInstrument):
        catalogue.find(site.id, "horoscope", "1")
    with pytest.raises(UnknownInstrument):
        catalogue.find_among([], "alsfrs_r")


def test_a_version_in_another_language_is_nobodys_default(people: People, site: Site, now: datetime) -> None:
    brought(people, site, now, shipped("who_5", version="1-de", locale="de"))
    assert catalogue.find(site.id, "who_5").version == "1"
    assert catalogue.find(site.id, "who_5", "1-de").locale == "de"
    listed = {instrument.key: instrument.version for instrument in catalogue.listed([site.id])}
    assert listed["who_5"] == "1"


def test_a_retired_version_is_not_sent_any_more_and_still_known(
    people: People, site: Site, now: datetime
) -> None:
    admin = people.staff(site, Role.ADMIN).actor
    scope = scope_for(admin, Operation.INSTRUMENT_ADD)
    key = own()["key"]
    brought(people, site, now, own(), own(version="2"))
    site_instruments.retire(site.id, key, "2", scope, actor=admin, now=now)
    assert catalogue.find(site.id, key).version == "1"
    assert catalogue.find(site.id, key, "2").retired
    site_instruments.retire(site.id, key, "1", scope, actor=admin, now=now)
    with pytest.raises(UnknownInstrument):
        catalogue.find(site.id, key)
    assert key not in {instrument.key for instrument in catalogue.listed([site.id])}
    assert catalogue.find(site.id, key, "1").retired


@pytest.mark.parametrize(
    ("key", "restricted"), [("phq_9", True), ("zbi_12", True), ("alsfrs_r", False), ("x", False)]
)
def test_restricted_instruments_are_known_by_their_key(site: Site, key: str, restricted: bool) -> None:
    assert catalogue.is_restricted(site.id, key) is restricted


def test_what_a_site_brought_is_as_restricted_there_as_it_says(
    people: People, site: Site, now: datetime
) -> None:
    brought(people, site, now, own(audience="restricted"), own(key="sleep_three"))
    assert catalogue.is_restricted(site.id, own()["key"])
    assert not catalogue.is_restricted(site.id, "sleep_three")
    assert not catalogue.is_restricted(people.site().id, own()["key"])
