"""The door of the pages: never mixed with the JSON door, and safe by its headers."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.sites.sites import Site
from services import errors
from tests.people import Person
from tests.visitor import Visitor, hidden, text_of


def test_a_bearer_token_opens_no_page(client: FlaskClient, clinician: Person) -> None:
    response = client.get("/pages/", headers=clinician.headers)
    assert (response.status_code, response.location) == (303, "/pages/sign-in?next=/pages/")


def test_a_cookie_is_nothing_to_the_json_door(signed_in: Visitor) -> None:
    assert signed_in.get("/pages/").status_code == 200
    assert signed_in.get("/v1/alerts").status_code == 401


def test_the_token_in_the_cookie_cannot_be_refreshed_at_the_json_door(signed_in: Visitor) -> None:
    token = signed_in.cookie("slope-renewal")
    response = signed_in.client.post("/v1/auth/refresh", json={"refresh_token": token})
    assert (response.status_code, response.json["code"]) == (401, "refresh_token_invalid")
    assert signed_in.get("/pages/").status_code == 200


OPEN_TO_ALL = {
    "pages.sign_in.show",
    "pages.sign_in.sign_in",
    "pages.passkeys.challenge",
    "pages.passkeys.sign_in",
    "pages.assets.asset",
    "pages.nothing",
}


def test_every_other_page_asks_who_it_is(app: Flask, visitor: Visitor) -> None:
    asked = 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/pages/") or rule.endpoint in OPEN_TO_ALL:
            continue
        path = re.sub(r"<[^>]+>", "019ab1c2-0000-7000-8000-0000000000b1", rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            response = visitor.get(path) if method == "GET" else visitor.post(path, {"note": "x"})
            assert response.status_code == (303 if method == "GET" else 401), f"{method} {rule.rule}"
            asked += 1
    assert asked > 4


@pytest.mark.parametrize("path", ["/pages/", "/pages/sign-in", "/pages/nowhere", "/pages/nowhere/at/all"])
def test_every_page_has_the_headers_of_the_door(signed_in: Visitor, path: str) -> None:
    response = signed_in.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.mimetype == "text/html"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_nobody_knows_is_answered_by_a_page(visitor: Visitor, method: str) -> None:
    response = getattr(visitor, method)("/pages/nowhere")
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "This did not work" in response.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_only_our_own_forms_are_taken(signed_in: Visitor, headers: dict[str, str], status: int) -> None:
    response = signed_in.client.post("/pages/sign-out", headers=headers)
    assert response.status_code == status
    assert (signed_in.get("/pages/").status_code == 200) == (status == 403)


def test_nobody_is_signed_in_by_another_site(app: Flask, clinician: Person) -> None:
    form = {"email": clinician.account.email, "password": "nine lives of a tabby cat"}
    sent = app.test_client().post("/pages/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert (sent.status_code, sent.headers.getlist("Set-Cookie")) == (403, [])


def test_files_are_kept_for_good_under_their_digest_only(visitor: Visitor) -> None:
    page = visitor.get("/pages/sign-in").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    kept = visitor.get(address)
    assert (kept.status_code, kept.mimetype) == (200, "text/css")
    assert "immutable" in kept.headers["Cache-Control"]
    assert visitor.get(address.split("?")[0]).headers["Cache-Control"] == "no-cache"
    assert visitor.get("/pages/static/../door.py").status_code == 404


def test_files_go_compressed_to_who_takes_them_so_and_pages_about_people_never_do(
    visitor: Visitor, signed_in: Visitor
) -> None:
    path = "/pages/static/pages.css"
    plain, smaller = visitor.get(path), visitor.get(path, **{"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert smaller.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert gzip.decompress(smaller.data) == plain.data
    assert len(smaller.data) < len(plain.data) / 3
    page = signed_in.get("/pages/", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page.headers


def test_the_address_of_a_form_leads_to_the_page_above_it(app: Flask, signed_in: Visitor) -> None:
    some = "019ab1c2-0000-7000-8000-0000000000b1"
    for path, above in (
        (f"/pages/alerts/{some}/resolve", f"/pages/alerts/{some}"),
        (f"/pages/sites/{some}/thresholds/try", f"/pages/sites/{some}/thresholds"),
        ("/pages/several", "/pages/"),
    ):
        led = signed_in.get(path)
        assert (led.status_code, led.location) == (303, above)


def test_what_answers_a_form_names_a_page_that_can_be_read_again(signed_in: Visitor, site: Site) -> None:
    own = f"/pages/sites/{site.id}/thresholds"
    form = {"primary.loss_per_month": "nonsense"}
    for came_from, again in (
        (f"http://localhost{own}?done=saved&more=1", f"{own}?more=1"),
        (f"http://elsewhere.example{own}?more=1", own),
        ("http://localhost/pages/several", own),
        ("http://localhost/nowhere", own),
        ("", own),
    ):
        refused = signed_in.post(f"{own}/try", form, Referer=came_from)
        assert refused.status_code == 422
        assert f'data-read-again-at="{again}"' in refused.text, came_from
    assert "data-read-again-at" not in signed_in.get(own).text


def test_what_could_not_be_stored_for_a_while_is_kept_to_be_sent_again(
    signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object, **_more: object) -> None:
        raise errors.database_away()

    monkeypatch.setattr("services.alerts.several.acknowledge", away)
    form = {"alert": "019ab1c2-0000-7000-8000-0000000000b1:0", "note": "She comes on Monday"}
    refused = signed_in.post("/pages/several", form)
    assert refused.status_code == 503
    assert "She comes on Monday" in text_of(refused)
    assert hidden(refused) == form
    assert 'action="/pages/several"' in refused.text
    foreign = signed_in.client.post("/pages/several", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, "She comes on Monday" in foreign.text) == (403, False)
