"""What somebody sets up in a real browser: a second factor, thresholds with it, the pages of the site."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from models.alerts.alert import State
from models.outbox import messages
from models.outbox.message import MessageState
from models.sites import sites
from models.sites.sites import Site
from services.access import totp
from services.access.actor import Role
from services.alerts import actions
from services.replays import replays
from services.sites import site_policy
from tests.api.pages.desk import Desk
from tests.browser.conftest import LAPTOP, PHONE, Watched
from tests.browser.hands import Hands
from tests.browser.steps import sign_in
from tests.message_samples import dead_message
from tests.people import PASSWORD, People, Person
from tests.qr_reader import texts_in

Check = Callable[[Page], None]
SetClock = Callable[[datetime], None]
Hold = Callable[[Page], Hands]
LOOK = "() => dispatchEvent(new Event('focus'))"
"""Coming back to the tab: the page looks whether the session lasts."""


@pytest.fixture
def desk(people: People, site: Site, now: datetime) -> Desk:
    return Desk(people, site, now)


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.signed_in(people.account((site, Role.ADMIN), name="Tom Berger"))


def sign_in_again(by: Hands, page: Page, person: Person) -> None:
    by.write(page.get_by_label("E-mail address"), person.account.email or "")
    by.write(page.get_by_label("Password"), PASSWORD)
    by.press(page.get_by_role("button", name="Sign in", exact=True))


def test_a_second_factor_is_set_up_and_asked_for_when_thresholds_are_saved(
    watched: Watched, clinician: Person, desk: Desk, now: datetime, set_clock: SetClock, hands: Hold
) -> None:
    desk.falling()
    page = watched.page()
    by = hands(page)
    sign_in(page, clinician)
    by.press(page.get_by_role("link", name="Dr. Anna Weiss"))
    by.write(page.locator("#factor-password"), PASSWORD)
    by.press(page.get_by_role("button", name="Set up an app"))
    shot = page.get_by_role("img", name="QR code").screenshot()
    (read,) = texts_in(Image.open(io.BytesIO(shot)))
    secret = page.locator("code.key").inner_text()
    assert read.startswith("otpauth://totp/")
    assert f"secret={secret}" in read
    set_clock(now)
    by.write(page.get_by_label("First code of the app"), totp.code_at(secret, totp.step_at(now)))
    by.press(page.get_by_role("button", name="Set it"))
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.goto(f"/pages/sites/{desk.site.id}/thresholds")
    by.write(page.get_by_label("Fast loss, points a month"), "3,9")
    by.write(page.get_by_label("Steep loss, points a month"), "60")
    watched.expected.append("422")
    by.press(page.get_by_role("button", name="Try it on the stored histories"))
    by.press(page.get_by_role("link", name="Steep loss, points a month: Give a number from 0.2 to 6."))
    by.write(page.get_by_label("Steep loss, points a month"), "6")
    by.press(page.get_by_role("button", name="Try it on the stored histories"))
    expect(page.get_by_role("status")).to_contain_text("Replaying")
    while replays.go_on(now):
        pass
    expect(page.get_by_role("heading", name="In words")).to_be_visible()
    set_clock(now + timedelta(minutes=20))
    watched.expected.append("403")
    by.write(page.get_by_label("Why they are changed"), "Fewer alerts at night")
    by.press(page.get_by_role("button", name="Put them in force"))
    expect(page.get_by_role("heading", name="Give your second factor again")).to_be_visible()
    code = totp.code_at(secret, totp.step_at(now + timedelta(minutes=20)))
    by.write(page.get_by_label("Code of your second factor"), code)
    by.press(page.get_by_role("button", name="Go on"))
    expect(page.get_by_text("Fewer alerts at night")).to_be_visible()
    assert site_policy.read(desk.site.id, desk.scope).number == 0
    by.press(page.get_by_role("button", name="Send it"))
    expect(page.get_by_role("status")).to_contain_text("The thresholds are in force.")
    policy = site_policy.read(desk.site.id, desk.scope)
    assert (policy.number, policy.note) == (1, "Fewer alerts at night")


def test_what_could_not_be_delivered_is_tried_again(
    watched: Watched, clinician: Person, site: Site, now: datetime, hands: Hold
) -> None:
    message = dead_message(site.id, clinician.account.id, now)
    page = watched.page()
    by = hands(page)
    sign_in(page, clinician)
    by.press(page.get_by_role("link", name="Site", exact=True))
    by.press(page.get_by_role("link", name="Messages"))
    by.press(page.get_by_role("button", name="Try again"))
    expect(page.get_by_role("status")).to_contain_text("It is tried again")
    assert messages.read(message.key).state is MessageState.WAITING


def test_what_was_typed_outlives_the_session(
    watched: Watched, clinician: Person, desk: Desk, now: datetime, set_clock: SetClock, hands: Hold
) -> None:
    desk.falling()
    line = next(line for line in desk.lines() if line.topic == "decline")
    page = watched.page()
    by = hands(page)
    sign_in(page, clinician)
    page.goto(f"/pages/alerts/{line.id}")
    comment = page.get_by_label("Comment", exact=True)
    by.press(page.locator("summary", has_text="Comment"))
    by.write(comment, "Her son calls back at six")
    set_clock(now + timedelta(minutes=28))
    page.evaluate(LOOK)
    warning = page.get_by_role("dialog", name="Are you still there?")
    by.press(warning.get_by_role("button", name="Go on working"))
    expect(warning).to_be_hidden()
    expect(comment).to_have_value("Her son calls back at six")
    watched.expected.append("401")
    set_clock(now + timedelta(minutes=90))
    page.evaluate(LOOK)
    over = page.get_by_role("dialog", name="You were signed out")
    expect(over).to_be_visible()
    with page.context.expect_page() as opened:
        by.press(over.get_by_role("link", name="Sign in in another tab"))
    sign_in_again(hands(opened.value), opened.value, clinician)
    expect(opened.value.get_by_role("heading", name="You are signed in")).to_be_visible()
    opened.value.close()
    page.evaluate(LOOK)
    expect(over).to_be_hidden()
    expect(comment).to_have_value("Her son calls back at six")
    by.press(page.get_by_role("button", name="Store the comment"))
    expect(page.get_by_text("The comment was stored.")).to_be_visible()


def test_without_a_script_what_was_typed_is_sent_after_signing_in_again(
    watched: Watched, clinician: Person, desk: Desk, now: datetime, set_clock: SetClock, hands: Hold
) -> None:
    desk.falling()
    line = next(line for line in desk.lines() if line.topic == "decline")
    page = watched.page(PHONE, script=False)
    by = hands(page)
    sign_in(page, clinician)
    page.goto(f"/pages/alerts/{line.id}")
    by.press(page.locator("summary", has_text="Comment"))
    by.write(page.get_by_label("Comment", exact=True), "Her son calls back at six")
    set_clock(now + timedelta(minutes=90))
    watched.expected.append("401")
    by.press(page.get_by_role("button", name="Store the comment"))
    sign_in_again(by, page, clinician)
    expect(page.get_by_role("heading", name="Send it now?")).to_be_visible()
    expect(page.get_by_text("Her son calls back at six")).to_be_visible()
    by.press(page.get_by_role("button", name="Send it"))
    expect(page.get_by_text("The comment was stored.")).to_be_visible()
    found = actions.read(line.id, desk.scope)
    assert [step.note for step in found.history if step.note] == ["Her son calls back at six"]
    assert found.alert.state is State.OPEN


def test_the_hours_are_put_in_force(watched: Watched, admin: Person, desk: Desk) -> None:
    page = watched.page(LAPTOP)
    page.goto("/")
    page.get_by_label("E-mail address").fill(admin.account.email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who works here")).to_be_visible()
    page.get_by_role("link", name="Working hours").click()
    page.get_by_role("group", name="Friday").get_by_label("to").fill("14:00")
    page.get_by_label("Country", exact=True).select_option("Portugal")
    page.get_by_role("button", name="Put the hours in force").click()
    expect(page.get_by_role("status")).to_contain_text("The hours are in force.")
    kept = sites.read_anew(desk.site.id).hours
    assert (kept.country, kept.weekly[4].closes) == ("PT", 14 * 60)
