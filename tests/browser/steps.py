"""What people do on many pages."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.people import PASSWORD, Person

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A virtual authenticator that knows its person, as the browser is asked for one."""


def sign_in(page: Page, person: Person) -> None:
    """Sign in, and arrive at the worklist, with its script."""
    page.goto("/")
    page.get_by_label("E-mail address").fill(person.account.email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    page.wait_for_load_state()
