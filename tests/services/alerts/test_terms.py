"""When alerts are due, and when an acknowledgement or a snooze runs out, in the site's own hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.sites import sites
from models.sites.escalation_policy import EscalationPolicy, ResponseTime, Span, Unit
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


SATURDAY, MONDAY = local("2026-03-07 10:00"), local("2026-03-09 08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("level", "topic", "due", "expected"),
    [
        (Level.URGENT, Topic.DECLINE, SATURDAY + DAY, SATURDAY + HOUR),
        (Level.INFORM, Topic.SELF_HARM, SATURDAY + DAY, SATURDAY + HOUR),
        (Level.SOON, Topic.DECLINE, SATURDAY + DAY, MONDAY),
        (Level.SOON, Topic.DECLINE, SATURDAY - 9 * DAY, MONDAY),
        (Level.INFORM, Topic.DECLINE, MONDAY + HOUR, MONDAY + HOUR),
    ],
)
def test_the_chain_goes_on_at_any_hour_if_urgent_or_about_safety_and_else_when_it_is_due(
    level: Level, topic: Topic, due: datetime, expected: datetime
) -> None:
    assert TERMS.first_step_at(level, topic, due, SATURDAY) == expected


@pytest.mark.parametrize(
    ("level", "topic", "expected", "again"),
    [
        (Level.URGENT, Topic.DECLINE, SATURDAY + HOUR, MONDAY),
        (Level.SOON, Topic.SELF_HARM, SATURDAY + HOUR, MONDAY),
        (Level.SOON, Topic.DECLINE, MONDAY, MONDAY + 7 * DAY),
        (Level.INFORM, Topic.DECLINE, MONDAY + 7 * DAY, local("2026-04-06 08:00")),
    ],
)
def test_when_the_next_step_follows_and_when_the_last_is_made_again(
    level: Level, topic: Topic, expected: datetime, again: datetime
) -> None:
    """Of what is urgent or about safety the last is made again as the site opens and as it closes."""
    friday = SATURDAY - DAY
    assert TERMS.next_step_at(level, topic, SATURDAY) == expected
    assert TERMS.repeated_at(level, topic, SATURDAY) == again
    pressing = again == MONDAY
    assert (TERMS.repeated_at(level, topic, friday) == local("2026-03-06 18:00")) is pressing


OWN = EscalationPolicy(
    levels={"soon": ResponseTime(Span(2, Unit.WORKING_DAYS), Span(5, Unit.WORKING_HOURS))},
    topics={"weight": ResponseTime(Span(1, Unit.WORKING_HOURS), Span(2, Unit.WORKING_HOURS))}
    | {"self_harm": ResponseTime(Span(9, Unit.DAYS), Span(9, Unit.DAYS))},
    minutes_between_steps={"soon": 90},
)


@pytest.mark.parametrize(
    ("level", "topic", "due", "acknowledged"),
    [
        (Level.SOON, Topic.DECLINE, "2026-03-03 18:00", "2026-03-02 14:00"),
        (Level.SOON, Topic.WEIGHT, "2026-03-02 10:00", "2026-03-02 11:00"),
        (Level.URGENT, Topic.WEIGHT, "2026-03-02 10:00", "2026-03-02 11:00"),
        (Level.INFORM, Topic.DECLINE, "2026-03-30 09:00", "2026-03-30 09:00"),
        (Level.URGENT, Topic.SELF_HARM, "2026-03-11 09:00", "2026-03-11 09:00"),
    ],
)
def test_a_sites_own_times_count_of_a_topic_the_earlier_and_of_safety_its_own_alone(
    level: Level, topic: Topic, due: str, acknowledged: str
) -> None:
    own, begin = Terms(WorkingCalendar(BERLIN), OWN), local("2026-03-02 09:00")
    assert own.due_at(level, topic, begin) == local(due)
    assert own.acknowledged_until(level, topic, begin) == local(acknowledged)


def test_a_topics_own_time_makes_nothing_later() -> None:
    later = EscalationPolicy(topics={"weight": ResponseTime(Span(20, Unit.DAYS), Span(20, Unit.DAYS))})
    own, begin = Terms(WorkingCalendar(BERLIN), later), local("2026-03-02 09:00")
    assert own.due_at(Level.SOON, Topic.WEIGHT, begin) == begin + 7 * DAY
    assert own.due_at(Level.INFORM, Topic.SELF_HARM, begin) == begin + 4 * HOUR  # as usual


def test_a_sites_own_pause_between_two_steps() -> None:
    own, begin = Terms(WorkingCalendar(BERLIN), OWN), local("2026-03-02 09:00")
    assert own.next_step_at(Level.SOON, Topic.DECLINE, begin) == begin + timedelta(minutes=90)
    assert own.next_step_at(Level.INFORM, Topic.DECLINE, begin) == begin + 7 * DAY
    assert own.repeated_at(Level.SOON, Topic.WEIGHT, begin) == begin + HOUR


@pytest.mark.parametrize(("days", "expected"), [(None, None), (14, 14 * DAY)])
def test_the_policy_of_a_site_is_among_its_terms(
    people: People, days: int | None, expected: timedelta | None
) -> None:
    policy = replace(OWN, soon_ends_after_days=days)
    found = terms_of(people.site(escalation=policy).id)
    assert (found.policy, found.soon_ends_after) == (policy, expected)


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
