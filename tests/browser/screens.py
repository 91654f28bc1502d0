"""`make screens`: pictures of every page of the demo's site into docs/screens, to be looked at.

Phone, laptop and wide; light and dark. The demo is the same each time but for the present day. Pictures are
for eyes: no test compares them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from services import clock
from services.replays import replays
from tests.browser.conftest import CHROMIUM, LAPTOP, PHONE, WIDE
from tests.browser.demo_site import DemoSite, served

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SIZES = {"phone": PHONE, "laptop": LAPTOP, "wide": WIDE}
SCHEMES = ("light", "dark")
ANOTHER_ALERT = "alert-safety"
COLOURS = 128
"""A palette picture is a third of the size, and as good to look at."""


def main(wanted: Sequence[str] = ()) -> None:
    """Take all pictures, or those whose names begin with one of the words."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as demo, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        made = _made(browser, demo)
        for size in SIZES:
            for scheme in SCHEMES:
                _take_all(browser, demo, made, f"{size}-{scheme}", tuple(wanted))
        browser.close()


def _made(browser: Browser, demo: DemoSite) -> dict[str, str]:
    """Have what the demo has none of made: thresholds that were tried, and a webhook; where they stand."""
    site = f"/pages/sites/{demo.site_id}"
    with _signed_in(browser, demo, "clinician") as page:
        page.goto(f"{site}/thresholds")
        page.get_by_label("Fast loss, points a month").fill("1.3")
        page.get_by_role("button", name="Try it on the stored histories").click()
        page.wait_for_url("**/tried/*")
        tried = page.url.removeprefix(demo.address)
        while replays.go_on(clock.now()):
            pass
    with _signed_in(browser, demo, "admin") as page:
        page.goto(f"{site}/webhooks")
        page.get_by_label("What it is for").fill("Pager of the ward")
        page.get_by_label("Address").fill("https://pager.example.org/slope")
        page.get_by_role("button", name="Make it, and show its secret").click()
        page.goto(f"{site}/webhooks")
        webhook = page.get_by_role("link", name="Pager of the ward").get_attribute("href") or ""
    return {"site-thresholds-tried": tried, "site-webhook": webhook}


@contextmanager
def _signed_in(
    browser: Browser,
    demo: DemoSite,
    role: str,
    size: str = "laptop",
    scheme: str = "light",
    *,
    first: str = "",
) -> Iterator[Page]:
    """A page of somebody who has signed in; a picture of the form before, where it is given a name."""
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
        if first:
            _take(page, first)
        page.fill("#email", demo.email_of(role))
        page.fill("#password", demo.seeded.password)
        page.keyboard.press("Enter")
        page.wait_for_selector("nav ul")
        yield page


def _take_all(
    browser: Browser, demo: DemoSite, made: dict[str, str], kind: str, wanted: tuple[str, ...]
) -> None:
    """Take the pictures of one size and scheme: what each of the staff sees."""
    size, scheme = kind.split("-")
    for role, places_of in _PLACES.items():
        first = f"sign-in-{kind}" if role == "clinician" and _is_wanted("sign-in", wanted) else ""
        with _signed_in(browser, demo, role, size, scheme, first=first) as page:
            places = {**places_of(page, demo), **{name: made[name] for name in _MADE[role]}}
            for name, path in places.items():
                if _is_wanted(name, wanted):
                    page.goto(path)
                    _take(page, f"{name}-{kind}")


def _of_clinician(page: Page, demo: DemoSite) -> dict[str, str]:
    site = f"/pages/sites/{demo.site_id}"
    own = {"account": "/pages/mine", "messages": "/pages/mine/told", "signed-in": "/pages/signed-in"}
    own |= {"nowhere": "/pages/nowhere"}
    more = {
        "patients": "/pages/patients",
        "phone-list": "/pages/phone-list",
        "kept-aside": "/pages/kept-aside",
    }
    of_site = {"site": site, "site-figures": f"{site}/figures", "site-thresholds": f"{site}/thresholds"}
    return {"worklist": "/pages/", **_found(page), **more, **own, **of_site}


def _of_coordinator(page: Page, _demo: DemoSite) -> dict[str, str]:
    """Enrolment, and the code of a patient as the clinic and as the patient's phone show it."""
    page.goto("/pages/patients")
    patient = page.get_by_role("rowheader").first.get_by_role("link").get_attribute("href") or ""
    page.goto(f"{patient}/phones")
    page.get_by_role("button", name="Code for the patient’s phone").click()
    page.wait_for_selector("#code code")
    code = page.locator("#code code").inner_text()
    return {"enrol": "/pages/enrol", "code": f"{patient}/code", "code-on-phone": f"/enrol#{code}"}


def _of_administrator(_page: Page, demo: DemoSite) -> dict[str, str]:
    site = f"/pages/sites/{demo.site_id}"
    return {
        "site-hours": f"{site}/hours",
        "site-escalation": f"{site}/escalation",
        "site-texts": f"{site}/texts",
        "site-questionnaires": f"{site}/questionnaires",
        "site-messages": f"{site}/messages",
        "site-webhooks": f"{site}/webhooks",
    }


_PLACES: dict[str, Callable[[Page, DemoSite], dict[str, str]]] = {
    "clinician": _of_clinician,
    "coordinator": _of_coordinator,
    "admin": _of_administrator,
}
_MADE = {"clinician": ("site-thresholds-tried",), "coordinator": (), "admin": ("site-webhook",)}


def _is_wanted(name: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or name.startswith(wanted)


def _found(page: Page) -> dict[str, str]:
    """An alert about safety, an alert with a figure, and the pages of that patient."""
    alerts = page.locator(".row .headline")
    addresses = [alert.get_attribute("href") or "" for alert in alerts.all()]
    found = {ANOTHER_ALERT: addresses[0]}
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
