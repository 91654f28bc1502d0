"""`make screens`: pictures of each page of the demo's site into docs/screens, to be looked at.

Phone, laptop and wide; light and dark. The demo is the same each time but for the present day. Pictures are
for eyes: no test compares them.
"""

from __future__ import annotations

import tempfile
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


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as demo, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        for size in SIZES:
            for scheme in SCHEMES:
                _take_all(browser, demo, size, scheme)
        browser.close()


def _take_all(browser: Browser, demo: DemoSite, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    with browser.new_context(
        base_url=demo.address,
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="en",
    ) as context:
        page = context.new_page()
        page.goto("/")
        _take(page, f"sign-in-{size}-{scheme}")
        page.fill("#email", demo.email_of("clinician"))
        page.fill("#password", demo.sown.password)
        page.keyboard.press("Enter")
        page.wait_for_selector(".rows")
        own = {"account": "/pages/mine", "messages": "/pages/mine/told", "site": "/pages/site"}
        more = {
            "patients": "/pages/patients",
            "phone-list": "/pages/phone-list",
            "kept-aside": "/pages/kept-aside",
        }
        pages = {"worklist": "/pages/", **_found(page), **more, **own}
        for name, path in pages.items():
            page.goto(path)
            _take(page, f"{name}-{size}-{scheme}")


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
    main()
