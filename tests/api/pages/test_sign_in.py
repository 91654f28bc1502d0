"""Signing in to the pages, and what is kept of a form whose session was over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from models.accounts import accounts, sessions
from models.accounts.sessions import EndReason
from models.sites.sites import Site
from models.store.call_counts import CallCountDocument
from services.access import totp
from services.access.actor import Actor, Role
from services.access.passwords import WAITING
from services.access.security import Security
from services.accounts import second_factor
from services.settings import Settings
from tests.people import PASSWORD, People, Person
from tests.visitor import Visitor, hidden, text_of

Clock = Callable[[datetime], None]
IDLE, NOTED = timedelta(minutes=30), timedelta(minutes=2)


@pytest.fixture
def secret(security: Security, clinician: Person, now: datetime) -> str:
    """The secret of the clinician's second factor."""
    made = second_factor.begin(security, clinician.actor, PASSWORD, issuer="Slope", now=now)
    code = totp.code_at(made.secret, totp.step_at(now) - 1)
    second_factor.confirm(security, clinician.actor, code, now=now)
    return made.secret


def test_the_cookies_cannot_be_read_by_scripts_or_sent_from_elsewhere(
    visitor: Visitor, clinician: Person
) -> None:
    response = visitor.sign_in(clinician.account.email)
    set_cookies = response.headers.getlist("Set-Cookie")
    assert {text.partition("=")[0] for text in set_cookies} == {"slope", "slope-renewal", "slope-device"}
    assert all("HttpOnly" in text and "SameSite=Lax" in text for text in set_cookies)
    assert response.location == "/pages/"


def test_one_comes_back_to_the_page_that_was_asked_for(visitor: Visitor, clinician: Person) -> None:
    led = visitor.get("/pages/?state=open")
    assert led.location == "/pages/sign-in?next=/pages/?state%3Dopen"
    asked = visitor.get(led.location)
    form = {**hidden(asked), "email": clinician.account.email, "password": PASSWORD}
    assert visitor.post("/pages/sign-in", form).location == "/pages/?state=open"


@pytest.mark.parametrize(
    "place",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/v1/me", "/pages/\\x", "/pages/\n"],
)
def test_nobody_is_led_elsewhere_after_signing_in(visitor: Visitor, clinician: Person, place: str) -> None:
    assert visitor.sign_in(clinician.account.email, next=place).location == "/pages/"


def test_a_wrong_password_says_neither_which_nor_whether_there_is_such_an_account(
    visitor: Visitor, clinician: Person
) -> None:
    wrong = visitor.sign_in(clinician.account.email, "wrong")
    unknown = visitor.sign_in("nobody@example.org", "wrong")
    assert wrong.status_code == unknown.status_code == 422
    assert "The e-mail address or the password is wrong." in wrong.text
    assert text_of(wrong) == text_of(unknown)
    assert visitor.cookie("slope") is None


def test_who_finds_no_place_is_told_so_and_costs_the_database_nothing(
    visitor: Visitor, security: Security, clinician: Person
) -> None:
    places = [security.passwords._admitted.acquire(blocking=False) for _ in range(WAITING)]
    refused = visitor.sign_in(clinician.account.email)
    for _ in places:
        security.passwords._admitted.release()
    assert (all(places), refused.status_code) == (True, 429)
    assert "Too many people sign in at this moment." in refused.text
    assert CallCountDocument.raw().count_documents({}) == 0
    assert visitor.sign_in(clinician.account.email).location == "/pages/"


def test_tries_are_slowed_down(visitor: Visitor, clinician: Person) -> None:
    for _ in range(4):
        assert visitor.sign_in(clinician.account.email, "wrong").status_code == 422
    slowed = visitor.sign_in(clinician.account.email, "wrong")
    slowed = visitor.sign_in(clinician.account.email, "wrong")
    assert slowed.status_code == 429
    assert "Retry-After" in slowed.headers


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER])
def test_patients_and_carers_have_no_pages_here(
    visitor: Visitor, people: People, site: Site, role: Role
) -> None:
    response = visitor.sign_in(people.account((site, role)).email)
    assert response.status_code == 422
    assert "These pages are for the staff of a clinic." in response.text


def test_the_second_factor_is_asked_for_on_a_page_of_its_own(
    visitor: Visitor, clinician: Person, secret: str, now: datetime
) -> None:
    asked = visitor.sign_in(clinician.account.email)
    assert (asked.status_code, visitor.cookie("slope")) == (200, None)
    assert PASSWORD not in asked.text
    wrong = visitor.post("/pages/sign-in", {**hidden(asked), "code": "000000"})
    assert (wrong.status_code, visitor.cookie("slope")) == (422, None)
    assert "The code of the second factor is wrong." in wrong.text
    right = totp.code_at(secret, totp.step_at(now))
    assert visitor.post("/pages/sign-in", {**hidden(wrong), "code": right}).status_code == 303
    assert visitor.get("/pages/").status_code == 200


def test_the_code_has_to_come_soon(
    visitor: Visitor, clinician: Person, secret: str, now: datetime, set_clock: Clock
) -> None:
    asked = visitor.sign_in(clinician.account.email)
    later = now + timedelta(minutes=6)
    set_clock(later)
    form = {**hidden(asked), "code": totp.code_at(secret, totp.step_at(later))}
    late = visitor.post("/pages/sign-in", form)
    assert (late.status_code, visitor.cookie("slope")) == (422, None)
    assert "That took too long." in late.text
    forged = visitor.post("/pages/sign-in", {"ticket": "forged", "code": "000000"})
    assert (forged.status_code, visitor.cookie("slope")) == (422, None)


def test_who_does_nothing_is_signed_out(signed_in: Visitor, now: datetime, set_clock: Clock) -> None:
    set_clock(now + timedelta(minutes=20))
    assert signed_in.get("/pages/").status_code == 200
    set_clock(now + timedelta(minutes=20) + IDLE)
    assert signed_in.get("/pages/").status_code == 200
    set_clock(now + timedelta(minutes=20) + 2 * IDLE + NOTED)
    assert signed_in.get("/pages/").status_code == 303


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(
    signed_in: Visitor, now: datetime, set_clock: Clock
) -> None:
    for minutes in range(0, 30, 3):
        set_clock(now + timedelta(minutes=minutes))
        assert signed_in.get("/pages/session").json["seconds"] == (32 - minutes) * 60
    set_clock(now + timedelta(minutes=33))
    assert signed_in.get("/pages/session", **{"HX-Request": "true"}).status_code == 401


def test_somebody_who_is_there_lets_it_go_on(signed_in: Visitor, now: datetime, set_clock: Clock) -> None:
    set_clock(now + timedelta(minutes=29))
    assert signed_in.post("/pages/session").json["seconds"] == 32 * 60


def test_it_ends_after_twelve_hours_whatever_is_done(
    signed_in: Visitor, now: datetime, set_clock: Clock
) -> None:
    for minutes in range(0, 12 * 60, 15):
        set_clock(now + timedelta(minutes=minutes))
        assert signed_in.get("/pages/").status_code == 200, minutes
    set_clock(now + timedelta(hours=12, seconds=11))
    assert signed_in.get("/pages/").status_code == 303


def test_a_session_that_was_taken_away_is_over_at_once(
    signed_in: Visitor, clinician: Person, security: Security, now: datetime
) -> None:
    (session,) = (session for session in sessions.active(clinician.account.id, now) if session.ends_at)
    sessions.end(session.id, EndReason.TAKEN_AWAY, now=now)
    security.revocations.add(session.id)
    assert signed_in.get("/pages/").status_code == 303


def test_after_signing_out_nothing_is_left_in_the_browser(signed_in: Visitor) -> None:
    access = signed_in.cookie("slope")
    response = signed_in.post("/pages/sign-out")
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert signed_in.cookie("slope") is None
    assert signed_in.cookie("slope-renewal") is None
    signed_in.client.set_cookie("slope", access or "")
    assert signed_in.get("/pages/").status_code == 303


def test_a_form_whose_session_was_over_is_kept_for_whoever_sent_it(
    app: Flask,
    signed_in: Visitor,
    clinician: Person,
    people: People,
    site: Site,
    now: datetime,
    set_clock: Clock,
) -> None:
    set_clock(now + timedelta(hours=1))
    asked = signed_in.post("/pages/somewhere", {"note": "She <fell> & called", "level": "soon"})
    assert asked.status_code == 404  # nobody knows this address, signed in or not
    asked = signed_in.post("/pages/second-factor", {"note": "She <fell> & called", "level": "soon"})
    assert asked.status_code == 401
    assert "what you typed is kept" in asked.text
    again = signed_in.post(
        "/pages/sign-in", {**hidden(asked), "email": clinician.account.email, "password": PASSWORD}
    )
    assert again.status_code == 200
    assert hidden(again) == {"note": "She <fell> & called", "level": "soon"}
    assert 'action="/pages/second-factor"' in again.text
    other = people.account((site, Role.CLINICIAN))
    stranger = Visitor(app).post(
        "/pages/sign-in", {**hidden(asked), "email": other.email, "password": PASSWORD}
    )
    assert (stranger.status_code, stranger.location) == (303, "/pages/")


def test_passwords_and_codes_are_never_kept(signed_in: Visitor, now: datetime, set_clock: Clock) -> None:
    set_clock(now + timedelta(hours=1))
    asked = signed_in.post("/pages/second-factor", {"code": "123456"})
    assert asked.status_code == 401
    assert "123456" not in asked.text


def test_who_reads_no_alerts_is_led_to_the_site_and_reaches_no_patients(
    visitor: Visitor, people: People, site: Site
) -> None:
    researcher = people.staff(site, Role.RESEARCHER)
    visitor.sign_in(researcher.account.email)
    begun = visitor.get("/pages/")
    assert (begun.status_code, begun.location) == (303, "/pages/site")
    assert visitor.get(visitor.get(begun.location).location).status_code == 200
    for path in ("/pages/patients", "/pages/phone-list", "/pages/kept-aside"):
        response = visitor.get(path)
        assert (response.status_code, response.mimetype) == (403, "text/html")


def test_the_page_session_is_listed_with_its_browser(
    signed_in: Visitor, clinician: Person, now: datetime
) -> None:
    listed = sessions.active(clinician.account.id, now)
    assert [session.device_name for session in listed if session.ends_at is not None] == ["Browser"]


def test_the_account_is_the_one_that_signed_in(signed_in: Visitor, clinician: Person) -> None:
    found = signed_in.get("/pages/session").json["account"]
    assert accounts.read(found) is not None
    assert found == clinician.account.id
    assert isinstance(clinician.actor, Actor)


def test_the_demo_names_its_accounts_and_never_the_password(
    visitor: Visitor, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Try it out" not in visitor.get("/pages/sign-in").text
    file = tmp_path / "sign-ins.json"
    cards = [
        {"role": "clinician", "email": "anna@demo.example"},
        {"role": "patient", "email": "p@demo.example"},
    ]
    file.write_text(json.dumps({"password": "not shown", "sign_ins": cards}), encoding="utf-8")
    given = replace(settings, demo_sign_ins=str(file))
    monkeypatch.setattr("api.pages.sign_in_page.settings", lambda: given)
    shown = visitor.get("/pages/sign-in").text
    assert "anna@demo.example" in shown
    assert "All data here is synthetic: no real person is in it." in shown
    assert "p@demo.example" not in shown, "patients have no pages here"
    assert "not shown" not in shown
