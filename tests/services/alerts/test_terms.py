"""When alerts are due, and when an acknowledgement or a snooze runs out, in the site's own hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.sites import sites
from models.sites.working_hours import USUAL_DAY, WorkingHours
from scoring.decline import Level, Topic
from services.alerts.terms import Terms, terms_of
from services.sites.working_calendar import WorkingCalendar
from tests.people import People

BERLIN = ZoneInfo("Europe/Berlin")
TERMS = Terms(WorkingCalendar(BERLIN))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_urgent_is_due_on_the_same_working_day() -> None:
    assert TERMS.due_at(Level.URGENT, Topic.RESPIRATORY, local("2026-03-06 19:00")) == local(
        "2026-03-09 18:00"
    )


@pytest.mark.parametrize(("level", "days"), [(Level.SOON, 7), (Level.INFORM, 28)])
def test_the_others_are_due_after_days(level: Level, days: int) -> None:
    begin = local("2026-03-02 09:00")
    assert TERMS.due_at(level, Topic.DECLINE, begin) == begin + timedelta(days=days)


@pytest.mark.parametrize("level", Level)
def test_safety_is_due_after_four_working_hours_at_any_level(level: Level) -> None:
    assert TERMS.due_at(level, Topic.SELF_HARM, local("2026-03-06 17:00")) == local("2026-03-09 11:00")


def test_an_urgent_snooze_ends_with_the_due_time_or_after_four_working_hours() -> None:
    now = local("2026-03-02 09:00")
    assert TERMS.latest_snooze(Level.URGENT, now + timedelta(hours=9), now) == now + timedelta(hours=4)
    assert TERMS.latest_snooze(Level.URGENT, now + timedelta(hours=1), now) == now + timedelta(hours=1)
    assert TERMS.latest_snooze(Level.SOON, now, now) == now + timedelta(days=28)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-03-04 10:00", "2026-03-04 10:00"),
        ("2026-03-04 20:00", "2026-03-05 08:00"),
        ("2026-03-07 10:00", "2026-03-09 08:00"),  # Saturday
    ],
)
def test_a_snooze_ends_in_working_time(asked: str, until: str) -> None:
    latest = TERMS.latest_snooze(Level.SOON, local("2026-03-09 09:00"), local("2026-03-02 09:00"))
    assert TERMS.snoozed_until(local(asked), latest) == local(until)


def test_no_snooze_is_moved_past_the_latest() -> None:
    now = local("2026-03-07 10:00")  # Saturday: the latest is four weeks on, in working time
    latest = TERMS.latest_snooze(Level.SOON, now, now)
    assert latest == local("2026-04-06 08:00")
    assert TERMS.snoozed_until(now + timedelta(days=28), latest) == latest


def test_an_acknowledgement_runs_out_in_working_time() -> None:
    saturday = local("2026-03-07 10:00")
    assert TERMS.acknowledged_until(Level.SOON, Topic.DECLINE, saturday) == local("2026-03-16 08:00")
    assert TERMS.acknowledged_until(Level.URGENT, Topic.DECLINE, saturday) == local("2026-03-09 12:00")
    assert TERMS.acknowledged_until(Level.INFORM, Topic.SELF_HARM, saturday) == local("2026-03-09 12:00")


def test_the_terms_are_those_of_the_site(people: People) -> None:
    hours = WorkingHours(weekly=(USUAL_DAY,) * 7)
    site = people.site(zone="Asia/Seoul", hours=hours)
    assert terms_of(site.id).calendar == WorkingCalendar(ZoneInfo("Asia/Seoul"), hours)
    assert terms_of("nowhere").zone == ZoneInfo("UTC")


def test_the_terms_of_a_site_that_was_just_used_cost_no_round_trip(
    people: People, commands: list[str]
) -> None:
    site = people.site()
    assert sites.read(site.id)
    commands.clear()
    terms_of(site.id)
    assert commands == []
