"""`make screens`: pictures of each page of the demo's site into docs/screens, to be looked at.

Phone, laptop and wide; light and dark. The demo is the same each time but for the present day. Pictures are
for eyes: no test compares them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, LAPTOP, PHONE, WIDE
from tests.browser.demo_site import DemoSite, served

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SIZES = {"phone": PHONE, "laptop": LAPTOP, "wide": WIDE}
SCHEMES = ("light", "dark")
COLOURS = 128
"""A palette picture is a third of the size, and as good to look at."""


def main(wanted: Sequence[str] = ()) -> None:
    """Take all pictures, or those whose names begin with one of the words."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as demo, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        for size in SIZES:
            for scheme in SCHEMES:
                _take_all(browser, demo, f"{size}-{scheme}", tuple(wanted))
        browser.close()


def _take_all(browser: Browser, demo: DemoSite, kind: str, wanted: tuple[str, ...]) -> None:
    """Take the pictures of one size and scheme: what a clinician sees, and what an administrator does."""
    size, scheme = kind.split("-")
    width, height = SIZES[size]
    for role in ("clinician", "admin"):
        with browser.new_context(
            base_url=demo.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            locale="en",
        ) as context:
            page = context.new_page()
            page.goto("/")
            if role == "clinician" and _is_wanted("sign-in", wanted):
                _take(page, f"sign-in-{kind}")
            page.fill("#email", demo.email_of(role))
            page.fill("#password", demo.seeded.password)
            page.keyboard.press("Enter")
            page.wait_for_selector("nav ul")
            places = _of_clinician(page, demo) if role == "clinician" else _of_administrator(demo)
            for name, path in places.items():
                if _is_wanted(name, wanted):
                    page.goto(path)
                    _take(page, f"{name}-{kind}")


def _of_clinician(page: Page, demo: DemoSite) -> dict[str, str]:
    site = f"/pages/sites/{demo.site_id}"
    own = {"account": "/pages/mine", "messages": "/pages/mine/told"}
    more = {
        "patients": "/pages/patients",
        "phone-list": "/pages/phone-list",
        "kept-aside": "/pages/kept-aside",
    }
    of_site = {"site": site, "site-figures": f"{site}/figures", "site-thresholds": f"{site}/thresholds"}
    return {"worklist": "/pages/", **_found(page), **more, **own, **of_site}


def _of_administrator(demo: DemoSite) -> dict[str, str]:
    site = f"/pages/sites/{demo.site_id}"
    return {
        "site-hours": f"{site}/hours",
        "site-escalation": f"{site}/escalation",
        "site-texts": f"{site}/texts",
        "site-questionnaires": f"{site}/questionnaires",
        "site-messages": f"{site}/messages",
        "site-webhooks": f"{site}/webhooks",
    }


def _is_wanted(name: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or name.startswith(wanted)


def _found(page: Page) -> dict[str, str]:
    """An alert about safety, an alert with a figure, and the pages of that patient."""
    alerts = page.locator(".row .headline")
    addresses = [one.get_attribute("href") or "" for one in alerts.all()]
    found = {"alert-safety": addresses[0]}
    for address in addresses[1:]:
        page.goto(address)
        if page.locator("figure.evidence").count():
            found["alert"] = address
            break
    patient = page.locator("main a[href*='/pages/patients/']").first.get_attribute("href") or ""
    return {**found, "patient": patient, "reports": f"{patient}/reports", "phones": f"{patient}/phones"}


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file, full_page=True)
    _shrink(file)


def _shrink(file: Path) -> None:
    with Image.open(file) as picture:
        reduced = picture.convert("RGB").quantize(COLOURS)
    reduced.save(file, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
