"""Instruments over HTTP: every definition can be fetched whole, by version, and kept by its tag."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from api.examples.site_instruments import TRANSLATION
from models.sites.sites import Site
from scoring import instruments
from services.access.actor import Role
from tests.people import People, Person

KEYS = [definition.key for definition in instruments.catalogue()]


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return people.staff(people.site(), Role.RESEARCHER).headers


def test_the_list_names_every_instrument_in_its_newest_version(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    items = client.get("/v1/instruments", headers=headers).json["items"]
    assert [(item["key"], item["version"]) for item in items] == [
        (definition.key, definition.version) for definition in instruments.catalogue()
    ]
    assert {item["wording"] for item in items} >= {"own_words", "labels"}


@pytest.mark.parametrize("key", KEYS)
def test_a_definition_arrives_whole(client: FlaskClient, headers: dict[str, str], key: str) -> None:
    response = client.get(f"/v1/instruments/{key}", headers=headers)
    assert response.status_code == 200
    assert response.json == instruments.get(key).as_dict()


@pytest.mark.parametrize("path", ["", "/alsfrs_r", "/who_5?version=1"])
def test_what_is_kept_is_not_sent_again(client: FlaskClient, headers: dict[str, str], path: str) -> None:
    first = client.get(f"/v1/instruments{path}", headers=headers)
    again = client.get(f"/v1/instruments{path}", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, max-age=3600"


def test_another_instrument_has_another_tag(client: FlaskClient, headers: dict[str, str]) -> None:
    tags = {client.get(f"/v1/instruments/{key}", headers=headers).headers["ETag"] for key in KEYS}
    assert len(tags) == len(KEYS)


@pytest.mark.parametrize("path", ["/nothing", "/alsfrs_r?version=99", "/..%2f", "/__init__"])
def test_an_unknown_instrument_or_version_is_404(
    client: FlaskClient, headers: dict[str, str], path: str
) -> None:
    assert client.get(f"/v1/instruments{path}", headers=headers).status_code == 404


def test_a_language_there_are_no_texts_in_gets_the_nearest(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    response = client.get("/v1/instruments/alsfrs_r?locale=pt-BR", headers=headers)
    assert (response.status_code, response.json["locale"]) == (200, "en")


@pytest.mark.parametrize("query", ["locale=portugu%C3%AAs", "locale=", "local=en", "version="])
def test_a_query_that_makes_no_sense_is_422(client: FlaskClient, headers: dict[str, str], query: str) -> None:
    response = client.get(f"/v1/instruments/alsfrs_r?{query}", headers=headers)
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"].startswith("?")


def test_instruments_are_for_those_who_signed_in(client: FlaskClient) -> None:
    assert client.get("/v1/instruments").status_code == 401


def test_the_language_is_that_of_the_parameter_else_of_the_phone(
    client: FlaskClient, people: People, site: Site, clinician: Person
) -> None:
    admin = people.staff(site, Role.ADMIN)
    path = f"/v1/sites/{site.id}/instruments/who_5/1/translations"
    put = client.put(f"{path}/de", json=TRANSLATION, headers=admin.headers)
    assert (put.status_code, put.json["locale"]) == (200, "de")
    listed = client.get(path, headers=clinician.headers)
    assert [translation["locale"] for translation in listed.json["items"]] == ["de"]
    german, english = {"Accept-Language": "de-AT, en;q=0.5"}, {"Accept-Language": "en-GB, de;q=0.5"}
    for query, headers, locale in (
        ("", german, "de"),
        ("", english, "en"),
        ("", {}, "en"),
        ("?locale=de-CH", english, "de"),
        ("?locale=en", german, "en"),
        ("?locale=fr", german, "en"),
    ):
        response = client.get(f"/v1/instruments/who_5{query}", headers=clinician.headers | headers)
        assert response.json["locale"] == locale, (query, headers)
        assert "Accept-Language" in response.headers["Vary"]


def test_a_translation_with_mistakes_names_each(client: FlaskClient, people: People, site: Site) -> None:
    admin = people.staff(site, Role.ADMIN)
    path = f"/v1/sites/{site.id}/instruments/who_5/1/translations/de"
    half = {**TRANSLATION, "items": {"calm": {"label": "Ruhe", "text": "Ich war ruhig."}}}
    response = client.put(path, json=half, headers=admin.headers)
    assert (response.status_code, response.json["code"]) == (422, "invalid_translation")
    assert {"/items/cheerful", "/items/calm/text", "/items/calm/options/0"} <= {
        error["pointer"] for error in response.json["errors"]
    }
