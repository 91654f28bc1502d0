"""A real browser at a real server: Chromium, driven by playwright, and the application in a thread.

Every console message, page error, request to elsewhere and failed request fails the test that caused it; a
violation of the Content-Security-Policy is a console message. The data are made by `People`, at the present
moment, because the browser has a clock of its own.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from models.sites.sites import Site
from services import clock
from services.access.actor import Role
from tests.browser.hands import BOTH, Hands
from tests.people import People, Person

CHROMIUM = os.environ.get("SLOPE_TEST_CHROMIUM") or shutil.which("chromium")
LAPTOP, PHONE, WIDE, ZOOMED = (1280, 800), (390, 844), (1920, 1080), (320, 568)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 60_000
"""Milliseconds until what has to come about is given up: a busy machine takes its time."""
ALL_RULES = {"runOnly": TAGS, "rules": {"target-size": {"enabled": True}}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave these tests out, with one line, where there is no browser or another engine is asked for."""
    here = [item for item in items if "browser" in item.path.parent.parts]
    if os.environ.get("SLOPE_TEST_DATABASE_URI"):
        reason = "browser tests run on the embedded engine only"
    elif CHROMIUM is None and not os.environ.get("SLOPE_REQUIRE_BROWSER"):
        reason = "no Chromium here: the pages are not tried in a browser (apt-get install chromium)"
    else:
        return
    for item in here:
        item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM is not None, "SLOPE_REQUIRE_BROWSER is set, and there is no Chromium"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def now() -> datetime:
    """The present moment: the browser has a clock of its own."""
    return clock.now()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(people: People) -> Site:
    return people.site(name="Clinic in Lisbon", zone="Europe/Lisbon")


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.signed_in(people.account((site, Role.CLINICIAN), name="Dr. Anna Weiss"))


class Watched:
    """Pages of a browser, and all that went wrong in them."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self.address = browser, address
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        self.expected = ["Clear-Site-Data header"]  # what signing out does

    def page(self, size: tuple[int, int] = LAPTOP, *, script: bool = True, locale: str = "en") -> Page:
        """A page in a browser context of its own; cookies are shared by pages of one context only."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=self.address,
            java_script_enabled=script,
            locale=locale,
            timezone_id="Europe/Lisbon",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        context.on("page", self._watch)
        return context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("console", lambda message: self._note(f"console: {message.text} ({page.url})"))
        page.on("pageerror", lambda error: self._note(f"error: {error} ({page.url})"))
        page.on("request", lambda request: self._look_at(request.url))

    def _look_at(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self._note(f"request to elsewhere: {url}")

    def _note(self, what: str) -> None:
        self.wrong.append(what)

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        left = [problem for problem in self.wrong if not any(part in problem for part in self.expected)]
        assert left == []


@pytest.fixture
def watched(chromium: Browser, address: str) -> Iterator[Watched]:
    """Opens pages; at the end nothing may have gone wrong in any of them."""
    made = Watched(chromium, address)
    yield made
    made.close()


@pytest.fixture(params=list(BOTH))
def hands(request: pytest.FixtureRequest) -> Callable[[Page], Hands]:
    """A way to use a page: the test is run by keyboard alone, and by pointer."""
    made: Callable[[Page], Hands] = BOTH[request.param]
    return made


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Holds a page to the rules of axe, in light and dark."""

    def check(page: Page) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = Axe().run(page, options=ALL_RULES)
            shown = [
                f"{scheme}: {violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
                for violation in found.response["violations"]
                for node in violation["nodes"]
            ]
            assert shown == [], page.url
        page.emulate_media(color_scheme="light")

    return check


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Looks that nothing is wider than the window: at 320 px a page is what 400 % zoom makes of it."""

    def check(page: Page) -> None:
        wide = page.evaluate(
            """() => [...document.querySelectorAll('main *, header *, footer *')]
                .filter((one) => !one.closest('.scroll, svg, .hidden-text'))
                .filter((one) => getComputedStyle(one).position !== 'absolute')
                .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert wide == [], page.url
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url

    return check
