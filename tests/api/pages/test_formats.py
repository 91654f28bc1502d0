"""Times stand on the clock of the clinic that a page is about, whatever else its reader is elsewhere."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from models.sites.sites import Site
from services.access.actor import Role
from tests.api.pages.desk import Desk
from tests.people import People
from tests.visitor import Visitor, text_of

DUE = "11:30"
"""When what is urgent since 08:30 UTC is due in Seoul: at 02:30 UTC of the next day."""


@pytest.fixture
def seoul(people: People) -> Site:
    return people.site(name="East", zone="Asia/Seoul")


@pytest.mark.parametrize("elsewhere", [Role.CAREGIVER, Role.CLINICIAN, Role.RESEARCHER])
@pytest.mark.parametrize("first", [True, False])
def test_an_alert_is_due_on_the_clock_of_its_clinic(
    app: Flask, people: People, seoul: Site, now: datetime, elsewhere: Role, first: bool
) -> None:
    roles = [(people.site(zone="America/Los_Angeles"), elsewhere), (seoul, Role.CLINICIAN)]
    visitor = Visitor(app)
    visitor.sign_in(people.account(*(roles if first else reversed(roles))).email)
    desk = Desk(people, seoul, now)
    (line,) = desk.lines(desk.in_danger())
    assert f"3 Mar, {DUE}" in text_of(visitor.get("/pages/"))
    assert DUE in text_of(visitor.get(f"/pages/alerts/{line.id}"))
