"""Worklist and alert in a real browser: by keyboard and pointer, at every size, live, and in a conflict."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.alerts.alert import State
from models.sites.sites import Site
from services import readiness
from services.access.actor import Role
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from tests.api.pages.desk import Desk
from tests.browser.conftest import PHONE, Watched
from tests.browser.hands import Hands
from tests.browser.steps import sign_in
from tests.people import People, Person

Check = Callable[[Page], None]
Hold = Callable[[Page], Hands]
GOLDEN = Path(__file__).parent / "golden"
CONTACT = {"phone_number": "+351 21 000 00 00", "lives_with": "her daughter"}


@pytest.fixture
def desk(people: People, site: Site, now: datetime) -> Desk:
    return Desk(people, site, now)


def test_the_list_is_worked_through_by_keyboard_alone(
    watched: Watched, clinician: Person, desk: Desk
) -> None:
    desk.falling("Maria Silva")
    desk.in_danger("Ines Moreau")
    page = watched.page()
    sign_in(page, clinician)
    rows = page.locator(".row")
    count = rows.count()
    page.keyboard.press("j")
    expect(rows.nth(0).locator(".headline")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(0).locator(".headline")).to_be_focused()
    expect(rows.nth(0).get_by_role("checkbox")).to_be_disabled()  # what is urgent is never one of several
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="What it rests on")).to_be_visible()
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("a")
    expect(rows.nth(1).locator(".said")).to_have_text("acknowledged")
    expect(rows.nth(1).locator(".state")).to_contain_text("acknowledged")
    expect(rows.nth(1).locator(".due")).to_contain_text("back")
    expect(rows.nth(1).locator(".said")).to_have_text("acknowledged")
    expect(rows.nth(1).locator(".headline")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What it rests on")).to_be_visible()
    page.go_back()
    expect(page.locator(".row")).to_have_count(count)
    page.keyboard.press("/")
    page.keyboard.type("moreau")
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    assert "moreau" not in page.url
    page.locator(".row .headline").click()
    expect(page.get_by_role("heading", name="What it rests on")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Name or code")).to_have_value("moreau")
    page.reload()
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_label("Use these keys on this page").uncheck()
    page.keyboard.press("j")
    expect(page.locator(".row .headline").first).not_to_be_focused()


def test_an_alert_is_dealt_with_and_a_colleague_is_not_overwritten(
    watched: Watched, clinician: Person, people: People, site: Site, desk: Desk, hands: Hold
) -> None:
    patient = desk.falling(contact=CONTACT)
    line = next(line for line in desk.lines() if line.topic == "decline")
    colleague = people.signed_in(people.account((site, Role.CLINICIAN), name="Dr. Chidi Okafor"))
    page = watched.page()
    by = hands(page)
    sign_in(page, clinician)
    by.press(page.get_by_role("link", name=line.headline))
    by.press(page.get_by_role("link", name=patient.name))
    expect(page.get_by_role("img", name="ALSFRS-R reports from")).to_be_visible()
    page.go_back()
    by.press(page.get_by_role("button", name="Acknowledge"))
    expect(page.get_by_text("Acknowledged.")).to_be_visible()
    by.press(page.locator("summary", has_text="Assign"))
    by.choose(page.get_by_label("To whom"), "Dr. Chidi Okafor")
    by.press(page.get_by_role("button", name="Assign"))
    expect(page.get_by_text("The assignment was stored.")).to_be_visible()
    by.press(page.locator("summary", has_text="Snooze"))
    by.choose(page.get_by_label("For how long"), "3 days")
    by.press(page.get_by_role("button", name="Snooze"))
    expect(page.get_by_text("Snoozed.")).to_be_visible()
    assert actions.read(line.id, desk.scope).alert.state is State.SNOOZED
    by.press(page.locator("summary", has_text="Close it"))
    by.choose(page.get_by_label("What came of it").first, "called")
    by.write(page.get_by_label("Note").first, "She comes on Monday")
    rev = actions.read(line.id, desk.scope).alert.rev
    theirs = AlertAction(Action.ACKNOWLEDGE, note="I called her")
    actions.act(line.id, theirs, rev, desk.scope, actor=colleague.actor, now=desk.now)
    watched.expected.append("409")
    by.press(page.get_by_role("button", name="Close it"))
    expect(page.get_by_role("heading", name="Somebody was faster: nothing was stored")).to_be_visible()
    expect(page.get_by_label("Note").first).to_have_value("She comes on Monday")
    expect(page.get_by_label("What came of it").first).to_have_value("resolve:called")
    by.press(page.get_by_role("button", name="Close it"))
    expect(page.get_by_text("Closed.")).to_be_visible()
    history = page.get_by_role("list").last
    for name in ("Dr. Chidi Okafor", "Dr. Anna Weiss", "I called her", "She comes on Monday"):
        expect(history).to_contain_text(name)
    assert actions.read(line.id, desk.scope).alert.state is State.ENDED


def test_several_are_acknowledged_at_once(
    watched: Watched, clinician: Person, people: People, site: Site, desk: Desk, hands: Hold
) -> None:
    desk.falling("Maria Silva")
    desk.falling("Rui Costa")
    page = watched.page()
    by = hands(page)
    sign_in(page, clinician)
    first = desk.lines()[0]
    for box in page.get_by_role("checkbox", name="Choose").all():
        by.press(box)
    colleague = people.signed_in(people.account((site, Role.CLINICIAN), name="Dr. Chidi Okafor"))
    actions.act(
        first.id, AlertAction(Action.ACKNOWLEDGE), first.rev, desk.scope, actor=colleague.actor, now=desk.now
    )
    watched.expected.append("409")
    by.press(page.get_by_role("button", name="Acknowledge", exact=True))
    became = page.get_by_role("alert").filter(has_text="What became of each")
    expect(became.get_by_role("listitem")).to_have_count(len(desk.lines()))
    expect(became).to_contain_text("changed")
    assert {line.state for line in desk.lines()} == {State.ACKNOWLEDGED}


def test_back_leads_to_what_can_be_read_after_a_form_was_refused(
    watched: Watched, clinician: Person, desk: Desk
) -> None:
    desk.falling()
    line = next(line for line in desk.lines() if line.topic == "decline")
    page = watched.page()
    sign_in(page, clinician)
    page.get_by_role("link", name=line.headline).click()
    page.locator("summary", has_text="Close it").click()
    page.get_by_label("What came of it").first.select_option("resolve:called")
    actions.act(
        line.id, AlertAction(Action.ACKNOWLEDGE), line.rev, desk.scope, actor=clinician.actor, now=desk.now
    )
    watched.expected.append("409")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("heading", name="Somebody was faster: nothing was stored")).to_be_visible()
    expect(page).to_have_url(f"{watched.address}/pages/alerts/{line.id}")
    page.get_by_role("link", name="Maria Silva").click()
    expect(page.get_by_role("img", name="ALSFRS-R reports from")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=line.headline)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=line.headline)).to_be_visible()


def test_the_live_list_moves_nothing_that_one_is_about_to_press(
    watched: Watched, clinician: Person, people: People, site: Site, desk: Desk
) -> None:
    desk.falling("Maria Silva")
    page = watched.page()
    page.clock.install()
    sign_in(page, clinician)
    rows = page.locator(".row")
    about = [row.inner_text() for row in rows.locator(".headline").all()]
    last = rows.last
    last.locator(".headline").focus()
    places = [row.bounding_box() for row in rows.all()]
    desk.in_danger("Ines Moreau")
    above = next(line for line in desk.lines() if line.headline == about[0])
    colleague = people.signed_in(people.account((site, Role.CLINICIAN), name="Dr. Chidi Okafor of the ward"))
    assigned = AlertAction(Action.ASSIGN, assigned_to=colleague.account.id)
    actions.act(above.id, assigned, above.rev, desk.scope, actor=colleague.actor, now=desk.now)
    page.clock.fast_forward(21_000)
    expect(page.locator("#fresh")).to_contain_text("new alert")
    expect(rows.first).to_contain_text("Dr. Chidi Okafor")
    assert [row.inner_text() for row in rows.locator(".headline").all()] == about
    assert [row.bounding_box() for row in rows.all()] == places
    page.locator("#fresh").get_by_role("button", name="Show").click()
    expect(page.locator(".row").first).to_contain_text("Ines Moreau")


def test_without_a_script_the_list_is_worked_all_the_same(
    watched: Watched, clinician: Person, desk: Desk
) -> None:
    desk.falling("Maria Silva")
    desk.in_danger("Ines Moreau")
    page = watched.page(PHONE, script=False)
    watched.expected.append("409")
    sign_in(page, clinician)
    count = page.locator(".row").count()
    page.get_by_role("link", name="Act on it: Ines Moreau").click()
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_text("Acknowledged.")).to_be_visible()
    page.goto("/pages/")
    page.get_by_role("button", name="Acknowledge: Maria Silva").first.click()
    expect(page.get_by_text("1 alert was dealt with.")).to_be_visible()
    for box in page.get_by_role("checkbox").all()[:count]:
        if box.is_enabled():
            box.check()
    page.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(page.get_by_role("heading", name="What became of each")).to_be_visible()
    assert {line.state for line in desk.lines()} == {State.ACKNOWLEDGED}


@pytest.mark.parametrize("name", ["worklist", "alert"])
def test_what_a_screen_reader_gets_is_as_it_was_read_through(
    watched: Watched,
    clinician: Person,
    people: People,
    site: Site,
    name: str,
    set_clock: Callable[[datetime], None],
) -> None:
    """Golden files: after a change that is meant, delete the file and run the test once more."""
    moment = datetime.fromisoformat("2076-03-02T08:30:00+00:00")
    set_clock(moment)
    desk = Desk(people, site, moment)
    desk.falling(study_code="ALS-7", contact=CONTACT)
    readiness.forget()  # no worker delivers here, and the list says so
    page = watched.page()
    sign_in(page, clinician)
    if name == "alert":
        line = next(line for line in desk.lines() if line.topic == "decline")
        page.get_by_role("link", name=line.headline).click()
        expect(page.get_by_role("heading", name="History")).to_be_visible()
        page.wait_for_load_state()
    found = (
        re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", page.locator("main").aria_snapshot()) + "\n"
    )
    file = GOLDEN / f"{name}.yaml"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
        pytest.fail(f"{file.name} was written anew: read it through")
    assert found == file.read_text(encoding="utf-8")
