"""Signing in and out, and the end of a session, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from services import clock
from services.access import totp
from services.access.security import Security
from services.accounts import second_factor
from tests.browser.conftest import PHONE, ZOOMED, Watched
from tests.browser.hands import Hands
from tests.browser.steps import sign_in
from tests.people import PASSWORD, Person


def test_signing_in_with_a_second_factor(
    watched: Watched,
    clinician: Person,
    security: Security,
    now: datetime,
    hands: Callable[[Page], Hands],
) -> None:
    made = second_factor.begin(security, clinician.actor, PASSWORD, issuer="Slope", now=now)
    step = totp.step_at(now)
    second_factor.confirm(security, clinician.actor, totp.code_at(made.secret, step - 1), now=now)
    page = watched.page(ZOOMED)
    by = hands(page)
    page.goto("/")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    by.write(page.get_by_label("E-mail address"), clinician.account.email or "")
    by.write(page.get_by_label("Password"), PASSWORD)
    by.press(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_label("Code of your second factor")).to_be_focused()
    code = totp.code_at(made.secret, totp.step_at(clock.now()))
    by.write(page.get_by_label("Code of your second factor"), code)
    by.press(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    assert page.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_after_signing_out_the_back_button_shows_nothing(watched: Watched, clinician: Person) -> None:
    page = watched.page(PHONE)
    sign_in(page, clinician)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Dr. Anna Weiss" not in page.content()


def test_without_a_script_one_signs_in_and_out_all_the_same(watched: Watched, clinician: Person) -> None:
    page = watched.page(script=False)
    sign_in(page, clinician)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_end_of_a_session_is_announced_and_loses_nothing(
    watched: Watched,
    clinician: Person,
    now: datetime,
    set_clock: Callable[[datetime], None],
    accessible: Callable[[Page], None],
) -> None:
    page = watched.page()
    sign_in(page, clinician)
    set_clock(now + timedelta(minutes=28))
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    warning = page.get_by_role("dialog", name="Are you still there?")
    expect(warning).to_be_visible()
    accessible(page)
    warning.get_by_role("button", name="Go on working").click()
    expect(warning).to_be_hidden()
    watched.expected.append("401")
    set_clock(now + timedelta(minutes=90))
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    over = page.get_by_role("dialog", name="You were signed out")
    expect(over).to_be_visible()
    expect(page.get_by_role("heading", name="Worklist")).to_be_hidden()
    accessible(page)
    with page.context.expect_page() as opened:
        over.get_by_role("link", name="Sign in in another tab").click()
    tab = opened.value
    tab.get_by_label("E-mail address").fill(clinician.account.email or "")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="You are signed in")).to_be_visible()
    tab.close()
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    expect(over).to_be_hidden()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
