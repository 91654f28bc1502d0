"""The worklist's page: what it shows, how it is asked, and what is done with several alerts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from api.pages.formats import soon_day
from models.alerts.alert import State
from models.alerts.alerts import AlertDocument
from models.sites.sites import Site
from models.store import heartbeats
from services import readiness
from services.access.actor import Role
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.readiness import WorkerGroup
from tests.api.pages.desk import Desk
from tests.people import People, Person
from tests.visitor import Visitor, text_of

Clock = Callable[[datetime], None]


def test_without_an_alert_it_says_so_and_reassures_nobody(signed_in: Visitor) -> None:
    shown = text_of(signed_in.get("/pages/"))
    assert "No open alert. This does not mean that all is well" in shown


def test_a_line_says_who_what_how_soon_and_whose(signed_in: Visitor, desk: Desk) -> None:
    patient = desk.falling(study_code="ALS-7")
    desk.in_danger()
    shown = text_of(signed_in.get("/pages/"))
    (line,) = (line for line in desk.lines(patient) if line.topic == "decline")
    assert shown.index("Ines Moreau") < shown.index("Maria Silva")
    for part in ("urgent", "Maria Silva", "ALS-7", line.headline, "due ", "open", "not assigned"):
        assert part in shown
    assert line.id in signed_in.get("/pages/").text


def test_what_is_late_is_named_overdue(
    signed_in: Visitor, desk: Desk, clinician: Person, now: datetime, set_clock: Clock
) -> None:
    desk.falling()
    set_clock(now + timedelta(days=20))
    signed_in.sign_in(clinician.account.email)
    assert "overdue by" in text_of(signed_in.get("/pages/"))
    assert "Maria Silva" in signed_in.get("/pages/?view=overdue").text
    assert "Maria Silva" not in signed_in.get("/pages/?view=mine").text
    for line in desk.lines():
        signed_in.post("/pages/several", {"acknowledge": f"{line.id}:{line.rev}"})
    assert "Maria Silva" not in signed_in.get("/pages/?view=overdue").text, "somebody sees to it"


def test_it_is_searched_by_a_form_and_never_by_an_address(signed_in: Visitor, desk: Desk) -> None:
    desk.falling()
    desk.in_danger()
    found = signed_in.led("/pages/", {"words": "moreau"})
    assert "Ines Moreau" in found.text
    assert "Maria Silva" not in found.text
    by_topic = signed_in.led("/pages/", {"topic": "self_harm"})
    assert "Ines Moreau" in by_topic.text
    assert "Maria Silva" not in by_topic.text
    for address in ("/pages/?words=moreau", "/pages/?topic=self_harm"):
        assert "Maria Silva" in signed_in.get(address).text
    assert "No alert like this." in signed_in.led("/pages/", {"words": "nobody"}).text
    assert 'method="get"' not in found.text


def test_a_search_stands_in_an_address_that_tells_nobody_and_opens_for_its_owner_only(
    signed_in: Visitor, desk: Desk, people: People, site: Site
) -> None:
    desk.falling()
    desk.in_danger()
    led = signed_in.post("/pages/", {"words": "moreau", "topic": "self_harm", "level": "urgent"}).location
    assert not any(told in led.lower() for told in ("moreau", "harm"))
    assert "Maria Silva" not in signed_in.get(led).text
    colleague = people.staff(site, Role.CLINICIAN)
    signed_in.sign_in(colleague.account.email)
    assert 'value="moreau"' not in signed_in.get(led).text
    assert "Maria Silva" in signed_in.get("/pages/?search=nonsense").text


@pytest.mark.parametrize("view", ["mine", "overdue", "passed", "ended_unseen", "ended", "nonsense"])
def test_every_view_is_a_page(signed_in: Visitor, desk: Desk, view: str) -> None:
    desk.falling()
    assert signed_in.get(f"/pages/?view={view}&level=nonsense&after=nonsense").status_code == 200


def test_the_rows_are_sent_again_only_when_something_has_changed(
    signed_in: Visitor, desk: Desk, clinician: Person
) -> None:
    desk.falling()
    script = {"HX-Request": "true"}
    first = signed_in.post("/pages/rows", {"view": "current"}, **script)
    tag = first.text.split('data-tag="')[1].split('"')[0]
    assert signed_in.post("/pages/rows", {"view": "current", "tag": tag}, **script).status_code == 204
    line = desk.lines()[0]
    wanted = AlertAction(Action.COMMENT, note="Called.")
    actions.act(line.id, wanted, line.rev, desk.scope, actor=clinician.actor, now=desk.now)
    again = signed_in.post("/pages/rows", {"view": "current", "tag": tag}, **script)
    assert (again.status_code, again.mimetype) == (200, "text/html")
    assert "<html" not in again.text


def test_several_are_acknowledged_at_once_with_a_verdict_for_each(
    signed_in: Visitor, desk: Desk, clinician: Person
) -> None:
    desk.falling()
    desk.in_danger()
    lines = desk.lines()
    named = [f"{line.id}:{line.rev}" for line in lines]
    done = signed_in.post("/pages/several", {"alert": named, "do": "acknowledge"})
    assert done.status_code == 303
    shown = text_of(signed_in.get(done.location))
    assert f"{len(lines)} alerts were dealt with." in shown
    assert {line.state for line in desk.lines()} == {State.ACKNOWLEDGED}
    refused = signed_in.post("/pages/several", {"alert": named, "do": "acknowledge"})
    assert refused.status_code == 409
    assert text_of(refused).count("not done: somebody has changed it meanwhile") == len(lines)


def test_one_is_acknowledged_by_its_own_button(signed_in: Visitor, desk: Desk) -> None:
    desk.falling()
    first, *others = desk.lines()
    chosen = [f"{line.id}:{line.rev}" for line in others]
    form = {"acknowledge": f"{first.id}:{first.rev}", "alert": chosen}
    said = signed_in.post("/pages/several", form, **{"HX-Request": "true"})
    assert said.json == {first.id: "acknowledged"}
    states = {line.id: line.state for line in desk.lines()}
    assert states == {first.id: State.ACKNOWLEDGED, **{line.id: State.OPEN for line in others}}


def test_what_still_holds_is_not_closed_with_others(signed_in: Visitor, desk: Desk) -> None:
    desk.falling()
    line = desk.lines()[0]
    form = {"alert": [f"{line.id}:{line.rev}"], "do": "close", "outcome": "known"}
    refused = signed_in.post("/pages/several", form)
    assert refused.status_code == 409
    assert "not done: it needs its own page" in text_of(refused)
    nothing = signed_in.post("/pages/several", {"do": "close", "outcome": "known"})
    assert (nothing.status_code, "Choose at least one alert." in nothing.text) == (422, True)


@pytest.mark.parametrize("named", ["nonsense", "nonsense:1", ":", "019ab1c2-0000-7000-8000-0000000000b1:7"])
def test_an_alert_that_is_not_there_is_named_so(signed_in: Visitor, named: str) -> None:
    refused = signed_in.post("/pages/several", {"alert": [named], "do": "acknowledge"})
    assert refused.status_code == 409
    assert "not done: there is no such alert" in text_of(refused)


def test_what_is_new_is_marked_until_the_reader_has_looked(
    signed_in: Visitor, desk: Desk, now: datetime, set_clock: Clock
) -> None:
    desk.falling()
    assert 'class="badge"' in signed_in.get("/pages/").text
    set_clock(now + timedelta(seconds=10))
    read_at = int((now + timedelta(seconds=5)).timestamp() * 1000)
    assert signed_in.post("/pages/looks", {"read_at": str(read_at)}).status_code == 303
    assert 'class="badge"' not in signed_in.get("/pages/").text
    assert signed_in.post("/pages/looks", {"read_at": "nonsense"}).status_code == 303


def test_another_clinic_is_out_of_reach(visitor: Visitor, people: People, desk: Desk) -> None:
    desk.falling()
    other = people.staff(people.site(), Role.CLINICIAN)
    visitor.sign_in(other.account.email)
    assert "Maria Silva" not in visitor.get("/pages/").text
    line = desk.lines()[0]
    refused = visitor.post("/pages/several", {"alert": [f"{line.id}:{line.rev}"]})
    assert "not done: there is no such alert" in text_of(refused)


def test_a_coordinator_sees_questions_and_silence_only(visitor: Visitor, people: People, desk: Desk) -> None:
    desk.falling()
    desk.in_danger()
    visitor.sign_in(people.staff(desk.site, Role.COORDINATOR).account.email)
    shown = text_of(visitor.get("/pages/"))
    assert "Maria Silva" not in shown
    told_in_confidence = sum(line.restricted for line in desk.lines())
    assert told_in_confidence
    count = len(desk.lines()) - told_in_confidence
    assert f"{count} more open alerts are shown to clinicians only." in shown


def test_a_line_says_what_a_colleague_did_and_that_it_is_new(
    signed_in: Visitor, desk: Desk, people: People, site: Site, now: datetime, set_clock: Clock
) -> None:
    desk.falling()
    line = next(line for line in desk.lines() if line.topic == "decline")
    signed_in.post("/pages/looks", {"read_at": str(int(now.timestamp() * 1000))})
    assert 'class="badge"' not in signed_in.get("/pages/").text
    later = now + timedelta(minutes=5)
    set_clock(later)
    colleague = people.signed_in(people.account((site, Role.CLINICIAN), name="Dr. Chidi Okafor"))
    wanted = AlertAction(Action.ACKNOWLEDGE)
    actions.act(line.id, wanted, line.rev, desk.scope, actor=colleague.actor, now=later)
    shown = text_of(signed_in.get("/pages/"))
    assert "new: acknowledged, Dr. Chidi Okafor" in shown
    assert "acknowledged by Dr. Chidi Okafor, 2 Mar, 09:35" in shown


def test_when_nothing_goes_out_the_list_says_so(
    signed_in: Visitor, desk: Desk, clinician: Person, now: datetime, set_clock: Clock
) -> None:
    assert "people are not told" not in text_of(signed_in.get("/pages/"))
    desk.in_danger()  # a notice that nobody makes a message of
    set_clock(now + timedelta(minutes=25))
    readiness.forget()
    assert "people are not told of alerts now" in text_of(signed_in.get("/pages/"))


def test_a_dead_worker_is_said_within_a_minute_also_while_nothing_waits(
    signed_in: Visitor, desk: Desk, now: datetime, set_clock: Clock
) -> None:
    heartbeats.beat(WorkerGroup.DELIVER.heartbeat, (), now=now)
    assert "people may not be told" not in text_of(signed_in.get("/pages/"))
    set_clock(now + timedelta(seconds=50))
    readiness.forget()
    assert "people may not be told of new alerts" in text_of(signed_in.get("/pages/"))


def test_fifty_rows_are_a_light_page_of_few_queries(
    signed_in: Visitor, desk: Desk, commands: list[str]
) -> None:
    for number in range(51):
        desk.in_danger(f"Maria da Silva Pereira {number}", study_code=f"ALS-{number:04}")
    signed_in.get("/pages/")
    commands.clear()
    page = signed_in.get("/pages/")
    assert commands == ["find"] * 4  # stamps, looks, lines, names
    assert page.text.count('class="row') == 51  # the list itself, and fifty rows
    assert len(page.data) < 60_000
    following = signed_in.led("/pages/", {"after": page.text.split('name="after" value="')[2].split('"')[0]})
    assert following.text.count('<li id="a-') == 1


def test_what_is_due_within_a_week_names_its_day_of_the_week_and_time(app: Flask, now: datetime) -> None:
    with app.test_request_context("/"):
        assert soon_day(now + timedelta(days=1)) == "Tue 3 Mar, 08:30"
        assert soon_day(now + timedelta(days=30)) == "1 Apr"


def test_that_nobody_acted_does_not_look_like_any_other_news(signed_in: Visitor, desk: Desk) -> None:
    desk.falling()
    assert 'class="badge"' in signed_in.get("/pages/").text
    AlertDocument.raw().update_many({}, {"$set": {"changed_event": "escalated", "changed_by": "clock"}})
    page = signed_in.get("/pages/").text
    assert 'class="badge late"' in page
    assert 'class="badge"' not in page


def test_a_line_says_as_of_which_report_it_speaks(signed_in: Visitor, desk: Desk, now: datetime) -> None:
    desk.in_danger("Maria Silva")
    assert "as of" not in signed_in.get("/pages/").text, "it began today"
    answered = {"grounds.met_at": now - timedelta(days=4), "grounds.began_at": now - timedelta(days=4)}
    AlertDocument.raw().update_many({}, {"$set": answered})
    assert "as of 27 Feb" in signed_in.get("/pages/").text
