"""Translations that a site brings along: for whoever asks for the language, and nobody's default."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from api.examples.site_instruments import TRANSLATION
from models.sites.sites import Site
from models.sites.translations import TranslationDocument
from scoring import instruments
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.errors import AppError
from services.sites import catalogue, site_translations
from services.sites.site_translations import SiteTranslation
from tests.people import People

GERMAN = {**TRANSLATION, "locale": "de"}
WHO_5 = instruments.get("who_5")


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def admin(people: People, site: Site) -> Actor:
    return people.staff(site, Role.ADMIN).actor


def put(
    site: Site, actor: Actor, now: datetime, texts: Any = None, of: tuple[str, str] = ("who_5", "1")
) -> SiteTranslation:
    scope = scope_for(actor, Operation.INSTRUMENT_ADD)
    given = GERMAN if texts is None else texts
    return site_translations.put(site.id, of, given, scope, actor=actor, now=now)


def title(site: Site, *wanted: str) -> tuple[str, str]:
    found = catalogue.in_language([site.id], catalogue.find(site.id, "who_5"), wanted)
    return found.locale, found.items[0].label


def test_it_is_shown_to_whoever_asks_for_the_language_and_to_nobody_else(
    people: People, site: Site, admin: Actor, now: datetime
) -> None:
    put(site, admin, now)
    assert title(site, "de-AT", "en") == ("de", "Gute Laune")
    assert title(site, "en", "de") == ("en", WHO_5.items[0].label)
    assert title(site, "fr") == ("en", WHO_5.items[0].label)
    assert title(site) == ("en", WHO_5.items[0].label)
    assert title(people.site(), "de") == ("en", WHO_5.items[0].label)


def test_a_mistake_is_put_right_in_place_and_who_did_it_is_kept(
    site: Site, admin: Actor, now: datetime
) -> None:
    first = put(site, admin, now)
    second = put(site, admin, now, {**GERMAN, "title": "WHO-5 (neu)", "locale": "DE"})
    scope = scope_for(admin, Operation.SITE_READ)
    assert site_translations.listed(site.id, ("who_5", "1"), scope) == [second]
    assert second.locale == "de"
    (raw,) = TranslationDocument.raw().find({})
    assert [step["digest"] for step in raw["steps"]] == [first.digest, second.digest]
    assert raw["steps"][0]["changed_by"]["account_id"] == admin.account_id


@pytest.mark.parametrize(
    ("texts", "of", "code"),
    [
        ({**GERMAN, "items": {}}, ("who_5", "1"), "invalid_translation"),
        ({**GERMAN, "locale": "EN"}, ("who_5", "1"), "invalid"),
        (GERMAN, ("who_5", "99"), "instrument_not_found"),
        (GERMAN, ("horoscope", "1"), "instrument_not_found"),
    ],
    ids=["half", "original", "version", "instrument"],
)
def test_what_does_not_fit_is_refused(
    site: Site, admin: Actor, now: datetime, texts: Any, of: tuple[str, str], code: str
) -> None:
    with pytest.raises(AppError) as caught:
        put(site, admin, now, texts, of)
    assert caught.value.code == code


def test_another_site_is_not_there(people: People, site: Site, now: datetime) -> None:
    foreign = people.staff(people.site(), Role.ADMIN).actor
    with pytest.raises(AppError) as caught:
        put(site, foreign, now)
    assert caught.value.code == "site_not_found"
