"""Every page of the staff in a real browser: at every size, in light and dark, without anything of axe's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from models.sites import webhooks
from models.sites.sites import Site
from services import clock, errors
from services.access import totp
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.patients import silence
from services.replays import replays
from tests.api.pages.desk import Desk
from tests.browser.conftest import LAPTOP, PHONE, WIDE, ZOOMED, Watched
from tests.browser.every_page import NO_PAGES, PAGES, PICTURES
from tests.browser.screens import ANOTHER_ALERT, FOLDER, SCHEMES, SIZES
from tests.browser.steps import sign_in
from tests.clinics import Clinic
from tests.message_samples import dead_message
from tests.people import PASSWORD, People, Person

Check = Callable[[Page], None]
CONTACT = {"born_on": "1961-03-02", "phone_number": "+351 21 000 00 00", "lives_with": "her daughter"}
OPEN_ALL = "() => document.querySelectorAll('main details').forEach((one) => { one.open = true })"


@pytest.fixture
def everybody(people: People, site: Site) -> Person:
    """Somebody who may see every page."""
    roles = [(site, role) for role in (Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN)]
    return people.signed_in(people.account(*roles, name="Dr. Anna Weiss"))


@pytest.fixture
def desk(people: People, site: Site, now: datetime) -> Desk:
    return Desk(people, site, now)


def test_each_page_is_in_the_list(app: Flask) -> None:
    read = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    ours = {endpoint for endpoint in read if endpoint.startswith(("pages.", "home."))} - NO_PAGES
    assert ours == {endpoint for part in PAGES.values() for endpoint in part}


def test_each_page_has_its_pictures() -> None:
    assert set(PICTURES) == {endpoint for part in PAGES.values() for endpoint in part}
    kinds = [f"{size}-{scheme}" for size in SIZES for scheme in SCHEMES]
    names = {*PICTURES.values(), ANOTHER_ALERT}
    assert {file.stem for file in FOLDER.iterdir()} == {f"{name}-{kind}" for name in names for kind in kinds}


@pytest.mark.parametrize("part", list(PAGES))
def test_the_pages_hold_at_every_size_in_light_and_dark(
    watched: Watched,
    people: People,
    site: Site,
    everybody: Person,
    now: datetime,
    part: str,
    accessible: Check,
    fits: Check,
) -> None:
    page = watched.page(LAPTOP)
    sign_in(page, everybody)
    known = _clinic_of(part, page, people, site, everybody, now)
    watched.expected.append("404")
    for endpoint, path in PAGES[part].items():
        if endpoint == "pages.sign_in.show":
            page.context.clear_cookies()
        page.goto(path.format_map(known))
        page.evaluate(OPEN_ALL)
        for size in (ZOOMED, PHONE, LAPTOP, WIDE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            accessible(page)
            fits(page)


def _clinic_of(
    part: str, page: Page, people: People, site: Site, everybody: Person, now: datetime
) -> dict[str, str]:
    """Something to show on the pages of a part, and its ids."""
    desk = Desk(people, site, now)
    patient = desk.falling(study_code="ALS-7", contact=CONTACT)
    known = {"site": site.id, "patient": patient.id}
    if part == "desk":
        desk.in_danger(contact=CONTACT)
        silent = people.patient(site, name="Rui Costa", consent_at=now - timedelta(days=300))
        Clinic(people, site, everybody.actor, now).send(silent, 40, days_ago=90, by_patient=True)
        silence.look(now)
        known["alert"] = next(line.id for line in desk.lines() if line.topic == "decline")
    elif part == "patients":
        page.goto(f"/pages/patients/{patient.id}/phones")
        page.get_by_role("button", name="Code for the patient’s phone").click()
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
    elif part == "site, continued":
        reach = scope_for(everybody.actor, Operation.REPLAY_RUN)
        limits = {"primary": {"loss_per_month": 3.9, "steep_loss_per_month": 6.0}}
        asked = replays.ask(site.id, limits, reach, actor=everybody.actor, now=now)
        while replays.go_on(now):
            pass
        dead_message(site.id, everybody.account.id, now)
        page.goto(f"/pages/sites/{site.id}/webhooks")
        page.get_by_label("What it is for").fill("Pager of the ward")
        page.get_by_label("Address").fill("https://engine.example.org/slope")
        page.get_by_role("button", name="Make it, and show its secret").click()
        expect(page.locator("code")).to_contain_text("whsec_")
        known |= {"replay": asked.id, "webhook": webhooks.of_site(site.id)[0].id}
    return known


def test_what_answers_a_form_holds_too(
    watched: Watched,
    clinician: Person,
    desk: Desk,
    accessible: Check,
    fits: Check,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages that no address leads to: a code asked for, codes to keep, what failed and can be sent again."""
    desk.falling()
    page = watched.page(ZOOMED)
    sign_in(page, clinician)
    page.goto("/pages/mine")
    page.locator("#factor-password").fill(PASSWORD)
    page.get_by_role("button", name="Set up an app").click()
    secret = page.locator("code.key").inner_text()
    _looked_at(page, accessible, fits)
    page.get_by_label("First code of the app").fill(totp.code_at(secret, totp.step_at(clock.now())))
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    _looked_at(page, accessible, fits)
    page.get_by_role("link", name="I have them").click()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.get_by_label("E-mail address").fill(clinician.account.email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code of your second factor")).to_be_visible()
    _looked_at(page, accessible, fits)
    page.get_by_label("Code of your second factor").fill(
        totp.code_at(secret, totp.step_at(clock.now() + timedelta(seconds=30)))
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    watched.expected.append("503")
    monkeypatch.setattr("services.alerts.several.acknowledge", _away)
    page.get_by_role("checkbox", name="Choose").first.check()
    page.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(page.get_by_role("button", name="Send it again")).to_be_focused()
    _looked_at(page, accessible, fits)


def _away(*_given: object, **_more: object) -> None:
    raise errors.database_away()


def _looked_at(page: Page, accessible: Check, fits: Check) -> None:
    accessible(page)
    fits(page)
