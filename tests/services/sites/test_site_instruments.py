"""Instruments that a site brings along: stored once, checked against what the service relies on."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest

from models.sites.sites import Site
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.errors import Conflict, Invalid, NotFound
from services.sites import site_instruments
from tests.definitions import own, shipped
from tests.people import People


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def admin(people: People, site: Site) -> Actor:
    return people.staff(site, Role.ADMIN).actor


def add(site: Site, definition: dict[str, Any], actor: Actor, now: datetime) -> tuple[Any, bool]:
    scope = scope_for(actor, Operation.INSTRUMENT_ADD)
    return site_instruments.add(site.id, definition, scope, actor=actor, now=now)


def codes(definition: dict[str, Any]) -> set[str]:
    with pytest.raises(Invalid) as caught:
        site_instruments.checked(definition)
    assert caught.value.code == "invalid_definition"
    return {error.code for error in caught.value.errors}


def test_it_is_stored_once_with_who_and_when(site: Site, admin: Actor, now: datetime) -> None:
    first, new = add(site, own(), admin, now)
    again, second = add(site, own(), admin, now)
    assert (new, second, again) == (True, False, first)
    assert (first.added_by.account_id, first.added_at) == (admin.account_id, now)
    scope = scope_for(admin, Operation.INSTRUMENT_ADD)
    assert site_instruments.listed(site.id, scope) == [first]


def test_the_order_of_keys_does_not_make_it_another(site: Site, admin: Actor, now: datetime) -> None:
    first, _ = add(site, own(), admin, now)
    turned = dict(reversed(list(own().items())))
    assert add(site, turned, admin, now) == (first, False)


def test_another_content_under_the_same_version_is_refused(site: Site, admin: Actor, now: datetime) -> None:
    add(site, own(), admin, now)
    with pytest.raises(Conflict) as caught:
        add(site, own(title="Another"), admin, now)
    assert caught.value.code == "version_taken"


def test_another_site_is_not_there(people: People, site: Site, now: datetime) -> None:
    foreign = people.staff(people.site(), Role.ADMIN).actor
    with pytest.raises(NotFound):
        add(site, own(), foreign, now)


def test_an_item_that_nobody_would_be_alerted_of_cannot_ask_for_it() -> None:
    definition = own()
    definition["items"][0]["safety_from"] = 1
    assert "not_watched" in codes(definition)


def test_what_the_rules_read_keeps_its_answers_and_its_scoring() -> None:
    changed = shipped("alsfrs_r")
    changed["items"] = copy.deepcopy(changed["items"])[1:]
    assert {"item_missing"} <= codes(changed) or "unknown_item" in codes(changed)


def test_a_shipped_one_in_the_sites_words_is_fine() -> None:
    assert site_instruments.checked(shipped("who_5", title="Wohlbefinden")).title == "Wohlbefinden"


def test_whoever_retires_a_version_first_stays_on_record(
    people: People, site: Site, admin: Actor, now: datetime
) -> None:
    add(site, own(), admin, now)
    other = people.staff(site, Role.ADMIN).actor
    key = own()["key"]
    for actor in (admin, other):
        scope = scope_for(actor, Operation.INSTRUMENT_ADD)
        retired = site_instruments.retire(site.id, key, "1", scope, actor=actor, now=now)
        assert retired.retired_by is not None
        assert (retired.retired_at, retired.retired_by.account_id) == (now, admin.account_id)
    with pytest.raises(NotFound):
        site_instruments.retire(site.id, "who_5", "1", scope, actor=admin, now=now)
