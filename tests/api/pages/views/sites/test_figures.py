"""The figures of a site on a page: drawings with a sentence, tables, and what people thought of the rules."""

from __future__ import annotations

import re

from models.sites.sites import Site
from scoring.decline import Level
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.alerts.outcomes import Outcome
from tests.api.pages.desk import Desk
from tests.people import Person
from tests.visitor import Visitor, text_of


def test_alerts_are_drawn_by_month_and_rules_are_judged(
    signed_in: Visitor, clinician: Person, desk: Desk, site: Site
) -> None:
    desk.falling()
    desk.in_danger()
    line = next(line for line in desk.lines() if line.topic == "decline")
    done = AlertAction(Action.RESOLVE, outcome=Outcome.CALLED, worth_a_look=True, note="")
    actions.act(line.id, done, line.rev, desk.scope, actor=clinician.actor, now=desk.now)
    page = signed_in.get(f"/pages/sites/{site.id}/figures")
    shown = text_of(page)
    assert "Mar 2076 not over 1" in shown
    assert 'aria-label="Alerts opened each month: Oct 2075 0, ' in page.text
    assert re.search(r"Fast decline version \d+ 1 1 1", shown)
    assert "urgent 1 open or acknowledged" in shown
    assert page.text.count('class="bar-urgent"') == 2
    longer = signed_in.get(f"/pages/sites/{site.id}/figures?months=24")
    assert longer.text.count('<tr><th scope="row">') > 24


def test_an_administrator_sees_no_rule(administrator: Visitor, desk: Desk, site: Site) -> None:
    desk.falling()
    shown = text_of(administrator.get(f"/pages/sites/{site.id}/figures"))
    assert "Month by month" in shown
    assert "Fast decline" not in shown
    assert Level.SOON.value in shown
