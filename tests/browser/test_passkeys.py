"""Passkeys in a real browser with a virtual authenticator: added, signed in by, and refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from services.access.security import Security
from tests.browser.conftest import Watched
from tests.browser.hands import Hands
from tests.browser.steps import AUTHENTICATOR, sign_in
from tests.people import PASSWORD, Person


def with_authenticator(page: Page) -> tuple[CDPSession, str]:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools, made["authenticatorId"]


def test_a_passkey_is_added_and_signs_in(
    watched: Watched,
    clinician: Person,
    security: Security,
    monkeypatch: pytest.MonkeyPatch,
    hands: Callable[[Page], Hands],
) -> None:
    monkeypatch.setattr(security, "public_url", watched.address)
    page = watched.page()
    by = hands(page)
    devtools, authenticator = with_authenticator(page)
    sign_in(page, clinician)
    by.press(page.get_by_role("link", name="Dr. Anna Weiss"))
    added = page.locator("form[data-passkey=create]")
    by.write(added.get_by_label("What you call it"), "Laptop")
    watched.expected.append("422")
    watched.expected.append("401")
    by.write(added.get_by_label("Present password"), "wrong")
    by.press(added.get_by_role("button", name="Add a passkey"))
    expect(added.get_by_role("alert")).to_be_visible()
    by.write(added.get_by_label("Present password"), PASSWORD)
    by.press(added.get_by_role("button", name="Add a passkey"))
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    by.press(page.get_by_role("link", name="I have them"))
    expect(page.get_by_text("Laptop")).to_be_visible()
    by.press(page.get_by_role("button", name="Sign out", exact=True).first)
    by.press(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    by.press(page.get_by_role("button", name="Sign out", exact=True))
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    by.press(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page.get_by_text("This did not work with a passkey.")).to_be_visible()
