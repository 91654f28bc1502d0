"""The pages about patients in a real browser: course, enrolment, phone list, caseload."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from models.patients.patient import Patient
from models.sites.sites import Site
from scoring.decline import Profile
from services.access.actor import Role
from services.patients import silence
from tests.browser.conftest import LAPTOP, PHONE, WIDE, ZOOMED, Watched
from tests.browser.hands import Hands
from tests.browser.steps import sign_in
from tests.clinics import Clinic
from tests.people import People, Person
from tests.qr_reader import texts_in

FASTER = (43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 39, 37, 36, 34)


@pytest.fixture
def clinic(people: People, site: Site, clinician: Person, now: datetime) -> Clinic:
    return Clinic(people, site, clinician.actor, now)


@pytest.fixture
def falling(clinic: Clinic) -> Patient:
    return falling_at(clinic)


def falling_at(clinic: Clinic) -> Patient:
    """Somebody who loses faster since a while, and whose carer has answered once."""
    now = clinic.now
    made = clinic.people.patient(
        clinic.site,
        name="Maria Silva",
        study_code="S-014",
        consent_at=now - timedelta(days=800),
        profile=Profile(
            report_interval_days=14,
            onset_on=(now - timedelta(days=700)).date(),
            ventilation_on=(now - timedelta(days=50)).date(),
        ),
        contact={"born_on": "1961-03-02", "phone_number": "+351 21 000 00 00"},
    )
    for place, total in enumerate(FASTER):
        clinic.send(made, total, days_ago=14 * (len(FASTER) - 1 - place), by_patient=True)
    return made


def test_the_course_is_one_screen_with_identifiers_in_view_at_every_size(
    watched: Watched, clinician: Person, falling: Patient, fits: Callable[[Page], None]
) -> None:
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.goto(f"/pages/patients/{falling.id}")
    expect(page.get_by_role("heading", name="Maria Silva")).to_be_visible()
    bottom = page.locator(".figure-grid").bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= LAPTOP[1] + 40
    for size in (LAPTOP, PHONE, WIDE, ZOOMED):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        fits(page)
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    expect(page.get_by_text("2 Mar 1961", exact=True)).to_be_in_viewport()


def test_all_reports_come_when_they_are_asked_for(
    watched: Watched, clinician: Person, falling: Patient
) -> None:
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.goto(f"/pages/patients/{falling.id}")
    page.get_by_role("link", name=f"All {len(FASTER)} reports as a table").click()
    expect(page.get_by_role("table")).to_be_visible()
    assert page.url.endswith(falling.id)
    expect(page.get_by_role("row")).to_have_count(len(FASTER) + 1)


def test_the_figure_is_told_in_sentences(watched: Watched, clinician: Person, falling: Patient) -> None:
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.goto(f"/pages/patients/{falling.id}")
    figure = page.get_by_role("img", name="17 ALSFRS-R reports from")
    name = figure.get_attribute("aria-label") or ""
    told = (
        "points a month are lost now",
        "The pace has changed",
        "ventilation",
        "alert opened, Acceleration",
    )
    for said in told:
        assert said in name
    expect(page.get_by_role("img", name="Walking:")).to_have_count(1)
    expect(page.get_by_role("heading", name="Items that changed last")).to_be_visible()


def test_what_a_screen_reader_gets_is_as_it_was_read_through(
    watched: Watched,
    clinician: Person,
    people: People,
    site: Site,
    set_clock: Callable[[datetime], None],
) -> None:
    """A golden file: after a change that is meant, delete it and run the test once more."""
    moment = datetime.fromisoformat("2076-03-02T08:30:00+00:00")
    set_clock(moment)
    made = falling_at(Clinic(people, site, clinician.actor, moment))
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.goto(f"/pages/patients/{made.id}")
    shown = page.locator("main").aria_snapshot()
    found = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", shown) + "\n"
    file = Path(__file__).parent / "golden" / "patient.yaml"
    if not file.exists():
        file.write_text(found, encoding="utf-8")
        pytest.fail(f"{file.name} was written anew: read it through")
    assert found == file.read_text(encoding="utf-8")


def test_with_the_systems_own_colours_words_and_answers_can_still_be_read(
    watched: Watched, clinician: Person, falling: Patient
) -> None:
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.emulate_media(forced_colors="active", color_scheme="dark")
    level = page.locator(".level").first
    expect(level).to_be_visible()
    assert level.evaluate("(one) => getComputedStyle(one).borderStyle") == "solid"
    page.goto(f"/pages/patients/{falling.id}")
    drawn = page.locator(".patient svg text").first
    ink, paper = page.evaluate(
        "(one) => [getComputedStyle(one).fill, getComputedStyle(document.body).backgroundColor]",
        drawn.element_handle(),
    )
    assert ink != paper


def test_it_prints_on_one_page(watched: Watched, clinician: Person, falling: Patient) -> None:
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.goto(f"/pages/patients/{falling.id}")
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    page.emulate_media(media="print")
    expect(page.get_by_text("Printed")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_be_hidden()


def test_a_patient_is_enrolled_and_a_decoder_reads_the_code(
    watched: Watched,
    people: People,
    site: Site,
    hands: Callable[[Page], Hands],
) -> None:
    page = watched.page(LAPTOP)
    by = hands(page)
    coordinator = people.signed_in(people.account((site, Role.COORDINATOR), name="Lea Fontaine"))
    sign_in(page, coordinator)
    by.press(page.get_by_role("link", name="Enrol"))
    by.write(page.get_by_label("Name", exact=True), "Ana Reis")
    by.press(page.get_by_label("The patient has given consent today"))
    by.press(page.get_by_role("button", name="Enrol, and make the code"))
    expect(page.get_by_role("heading", name="Code for the phone of Ana Reis")).to_be_visible()
    page.emulate_media(color_scheme="dark")
    shot = page.get_by_role("img", name="QR code").screenshot()
    (read,) = texts_in(Image.open(io.BytesIO(shot)))
    code = page.locator("#code code").inner_text()
    page.reload()
    expect(page.locator("#code code")).to_have_text(code)
    assert read.endswith(f"/enrol#{code}")
    phone = watched.page(PHONE)
    phone.goto(f"/enrol#{code}")
    expect(phone.locator("[data-fragment-code]")).to_have_text(code)
    assert phone.url.endswith("/enrol")
    phone.reload()
    expect(phone.locator("[data-fragment-code]")).to_have_text(code)
    by.press(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_who_was_silent_is_called_and_leaves_the_list(
    watched: Watched, clinician: Person, clinic: Clinic, accessible: Callable[[Page], None]
) -> None:
    made = clinic.people.patient(clinic.site, name="Rui Costa", consent_at=clinic.now - timedelta(days=300))
    clinic.send(made, 40, days_ago=90, by_patient=True)
    silence.look(clinic.now)
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.get_by_role("link", name="Phone list").click()
    expect(page.get_by_role("link", name="Rui Costa")).to_be_visible()
    accessible(page)
    page.get_by_label("What came of it").select_option("reached")
    page.get_by_label("Note").fill("Was away; reports tonight.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is on the list now.")).to_be_visible()


def test_the_caseload_is_searched_without_an_address_that_tells(
    watched: Watched,
    clinician: Person,
    falling: Patient,
    accessible: Callable[[Page], None],
    fits: Callable[[Page], None],
) -> None:
    page = watched.page(LAPTOP)
    sign_in(page, clinician)
    page.get_by_role("link", name="Patients").click()
    accessible(page)
    page.get_by_label("Name, study code or hospital number").fill("silva")
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    assert "silva" not in page.url
    page.set_viewport_size({"width": ZOOMED[0], "height": ZOOMED[1]})
    fits(page)
    page.get_by_role("link", name="Maria Silva").click()
    expect(page.get_by_role("heading", name="Maria Silva")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Name, study code or hospital number")).to_have_value("silva")
    page.reload()
    expect(page.get_by_role("rowheader")).to_have_count(1)
