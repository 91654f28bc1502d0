"""Ten questions of a clinic's day, each answered from what a screen reader gets, at most two steps away.

The demo's site is the clinic. A step is a link, a button or a search; the first answers stand in the worklist
itself.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from api.application import SECURITY
from api.demo import seeding
from services import clock
from tests.browser.conftest import Watched

ANNA, COLLEAGUE = "anna.weiss@demo.example", "Dr. Chidi Okafor"
FALLING, BY_TWO = "Zoe Marin (synthetic)", "Katja Simic (synthetic)"
DAY = r"\d{1,2} \w{3,4}( \d{4})?"
MOST_STEPS = 2


class Reader:
    """Somebody who hears the pages, and counts the steps from the worklist."""

    def __init__(self, page: Page) -> None:
        self._page, self._steps = page, 0

    def begin(self) -> None:
        self._page.goto("/pages/")
        self._steps = 0

    def follow(self, name: str) -> None:
        """Follow the first link of this name."""
        self._steps += 1
        with self._page.expect_navigation():
            self._page.get_by_role("link", name=name, exact=True).first.click()

    def hears(self, answer: str) -> None:
        """The answer is there, and it took no more than two steps."""
        told = " ".join(self._page.locator("main").aria_snapshot().split())
        assert re.search(answer, told), (answer, told)
        assert self._steps <= MOST_STEPS

    def hears_in_row(self, name: str, answer: str) -> None:
        """The same of the first row about somebody."""
        row = self._page.get_by_role("listitem").filter(has_text=name).first
        told = " ".join(row.aria_snapshot().split())
        assert re.search(answer, told), (answer, told)


@pytest.fixture
def page(app: Flask, watched: Watched) -> Page:
    """The demo's worklist, read by its first clinician."""
    seeded = seeding.seed(app.extensions[SECURITY], now=clock.now())
    page = watched.page()
    page.goto("/")
    page.get_by_label("E-mail address").fill(ANNA)
    page.get_by_label("Password").fill(seeded.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    page.wait_for_load_state()
    return page


def test_each_is_answered_within_two_steps(page: Page) -> None:
    reader = Reader(page)

    # Who is overdue, and by how much?
    reader.hears_in_row(FALLING, r"overdue by \d+ (days|weeks)")

    # Since when is she falling faster, and how sure is that?
    reader.follow(FALLING)
    reader.hears(rf"Changed with a chance of \d+\s?%, if so since about {DAY} \({DAY} to {DAY}\)")

    # How many points a month does she lose now, within which limits? The same, wherever it stands.
    reader.hears(r"Points lost a month now.{0,40}\"?(\d\.\d)\"? .{0,20}95 %: -?\d\.\d to \d\.\d")
    reader.hears(r"(\d\.\d) points a month are lost now, 95 % between \d\.\d and \d\.\d")
    once = set(re.findall(r"(\d\.\d) (?:points a month|lost a month)", page.locator("main").aria_snapshot()))
    assert len(once) == 1, once

    # Which hand item changed last, from what to what?
    reader.hears(rf"of 12 .{{0,30}}(Handwriting|Cutting food|Dressing, hygiene) \d → \d, {DAY}")

    # What did my colleague do about her alert, and when?
    reader.begin()
    reader.hears_in_row(FALLING, rf"assigned by {COLLEAGUE}, {DAY}, \d\d:\d\d")
    reader.follow(FALLING)
    reader.hears(rf"{COLLEAGUE}, {DAY}, \d\d:\d\d: comment “Rang her")

    # Who has not been heard from, and which number do I call?
    reader.begin()
    reader.follow("Phone list")
    reader.hears(rf"Yann Lefevre.*last heard from {DAY}.*\+49 30 23125 \d+")
    reader.hears(rf"Adam Wolff.*never heard from; enrolled {DAY}")

    # Which alerts are mine?
    reader.begin()
    reader.follow("Mine")
    reader.hears(FALLING.split(" ", maxsplit=1)[0])
    expect(page.locator(".row")).to_have_count(1)

    # What was kept aside, and why?
    reader.begin()
    reader.follow("Kept aside")
    reader.hears(r"Sven Dahl.*ALSFRS-R.*version 9 is not known here")

    # Did the carer's answers differ from the patient's? Who gave the last two reports, and when?
    reader.begin()
    reader.follow("Patients")
    reader.follow(BY_TWO)
    reader.hears(rf"Caregiver, {DAY}, beside the patient, {DAY}: \d+ and \d+ in all\. \w+.* instead of \d")
    by_whom = rf"last ALSFRS-R {DAY} by the (patient|caregiver), before that {DAY} by the (patient|caregiver)"
    reader.hears(by_whom)
