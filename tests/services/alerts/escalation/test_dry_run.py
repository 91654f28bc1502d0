"""A dry run says what the worker would do, and does nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.accounts import accounts
from models.accounts.account import Membership
from models.sites.escalation_policy import EscalationPolicy, OutOfHours
from models.sites.sites import Site
from models.sites.working_hours import WorkingHours
from scoring.decline import Level
from services.access.actor import Role
from services.alerts.escalation.dry_run import CASES, Course, Occasion, dry_run
from tests.people import CLINIC, People

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def site(people: People) -> Site:
    contact = people.account(name="Contact")
    policy = EscalationPolicy(second_address="desk@example.org", out_of_hours=OutOfHours(contact.id, "+49 1"))
    return people.site(escalation=policy, hours=WorkingHours(country="DE", subdivision="BE"))


def shown(site: Site, course: Course) -> list[tuple[str, list[str]]]:
    zone = ZoneInfo(site.zone)
    return [
        (f"{telling.at.astimezone(zone):%a %d.%m. %H:%M}", [str(told.because) for told in telling.recipients])
        for telling in course.tellings
    ]


def course_of(courses: list[Course], occasion: Occasion, level: Level, topic: str) -> Course:
    return next(
        course
        for course in courses
        if (course.occasion, course.level, course.topic) == (occasion, level, topic)
    )


def test_a_dry_run_of_monday_friday_and_a_holiday(people: People, site: Site, database: Any) -> None:
    people.account((site, Role.CLINICIAN))
    courses = dry_run(site, now=NOW)
    assert len(courses) == len(Occasion) * len(CASES)
    monday = course_of(courses, Occasion.MONDAY, Level.URGENT, "respiratory")
    assert shown(site, monday) == [
        ("Mon 09.11. 10:00", ["raised"]),
        ("Mon 09.11. 11:00", ["raised", "second_address"]),
        ("Mon 09.11. 18:00", ["raised", "second_address"]),
    ]
    soon = course_of(courses, Occasion.FRIDAY, Level.SOON, "decline")
    assert shown(site, soon) == [
        ("Fri 06.11. 18:00", ["care_team"]),
        ("Fri 13.11. 18:00", ["care_team", "second_address"]),
        ("Fri 20.11. 18:00", ["care_team", "second_address"]),
    ]
    holiday = course_of(courses, Occasion.HOLIDAY, Level.URGENT, "self_harm")
    assert (holiday.raised_at, holiday.due_at) == (
        datetime(2026, 12, 25, 11, tzinfo=UTC),
        datetime(2026, 12, 28, 11, tzinfo=UTC),
    )
    assert database["alerts"].count_documents({}) == 0


def test_the_contact_stands_first_out_of_hours(people: People) -> None:
    contact = people.account(name="Ann")
    policy = EscalationPolicy(second_address="desk@example.org", out_of_hours=OutOfHours(contact.id, "+49 1"))
    site = people.site(escalation=policy)
    accounts.add_role(contact.id, Membership(site.id, Role.CLINICIAN.value), by=CLINIC, now=NOW)
    courses = dry_run(site, now=NOW)
    # there is no holiday
    assert {course.occasion for course in courses} == {Occasion.MONDAY, Occasion.FRIDAY}
    friday = course_of(courses, Occasion.FRIDAY, Level.URGENT, "respiratory")
    assert shown(site, friday)[0] == ("Fri 06.11. 18:00", ["out_of_hours"])


def test_every_notice_of_a_site_that_is_in_order_reaches_somebody(people: People, site: Site) -> None:
    people.account((site, Role.CLINICIAN))
    for course in dry_run(site, now=NOW):
        assert all(telling.recipients for telling in course.tellings)
        assert course.tellings[0].at <= course.due_at
