"""Passkeys in a real browser with a virtual authenticator: added, signed in by, and refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from services.access.security import Security
from tests.browser.conftest import Watched
from tests.browser.steps import AUTHENTICATOR, sign_in
from tests.people import PASSWORD, Person


def with_authenticator(page: Page) -> tuple[object, str]:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools, made["authenticatorId"]


def test_a_passkey_is_added_and_signs_in(
    watched: Watched, clinician: Person, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "public_url", watched.address)
    page = watched.page()
    devtools, authenticator = with_authenticator(page)
    sign_in(page, clinician)
    page.get_by_role("link", name="Dr. Anna Weiss").click()
    added = page.locator("form[data-passkey=create]")
    added.get_by_label("What you call it").fill("Laptop")
    watched.expected.append("422")
    watched.expected.append("401")
    added.get_by_label("Present password").fill("wrong")
    added.get_by_role("button", name="Add a passkey").click()
    expect(added.get_by_role("alert")).to_be_visible()
    added.get_by_label("Present password").fill(PASSWORD)
    added.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have them").click()
    expect(page.get_by_text("Laptop")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This did not work with a passkey.")).to_be_visible()
