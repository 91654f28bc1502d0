"""A site's hours: what they have to be like, and who changed them when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.sites import sites
from models.sites.working_hours import USUAL_HOURS, USUAL_WEEK, OpenDay, Opening, WorkingHours
from models.store.base import new_id
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.errors import ChangedMeanwhile, Invalid, NotFound
from services.sites import hours
from tests.people import People

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
GERMAN = WorkingHours(country="DE", subdivision="BE")


@pytest.fixture
def change(people: People):
    site = people.site()
    actor = people.staff(site, Role.ADMIN).actor
    scope = scope_for(actor, Operation.SITE_CHANGE)

    def send(wanted: WorkingHours, rev: int = 0, site_id: str = site.id) -> hours.SiteHours:
        return hours.change(site_id, wanted, rev, scope, actor=actor, now=NOW)

    send.site, send.scope, send.actor = site, scope, actor  # type: ignore[attr-defined]
    return send


def codes(wanted: WorkingHours, change) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        change(wanted)
    return [(problem.pointer, problem.code) for problem in caught.value.errors]


def test_a_site_begins_with_the_usual_hours(change) -> None:
    found = hours.read(change.site.id, change.scope, now=NOW)
    assert (found.hours, found.holidays, found.changed_by, found.rev) == (USUAL_HOURS, (), None, 0)


def test_changed_hours_are_in_force_with_who_and_when_and_the_holidays_of_the_coming_year(change) -> None:
    found = change(replace(GERMAN, open_days=(OpenDay(date(2026, 12, 25), 600, 720),)))
    assert found == hours.read(change.site.id, change.scope, now=NOW)
    assert found.changed_by is not None
    assert (found.changed_by.name, found.changed_at, found.rev) == (change.actor.account_id, NOW, 1)
    days = [holiday.day for holiday in found.holidays]
    assert days == sorted(days)
    assert days[0] == date(2026, 12, 25)
    assert date(2027, 10, 3) in days
    assert sites.read(change.site.id).hours == found.hours
    (step,) = sites.steps(change.site.id)
    assert step.changed["hours"]["country"] == "DE"


def test_who_read_an_earlier_state_changes_nothing(change) -> None:
    change(GERMAN)
    with pytest.raises(ChangedMeanwhile):
        change(USUAL_HOURS)
    assert sites.read_anew(change.site.id).hours == GERMAN


def test_other_sites_are_out_of_reach(change, people: People) -> None:
    for site_id in (people.site().id, new_id()):
        with pytest.raises(NotFound):
            change(GERMAN, site_id=site_id)
        with pytest.raises(NotFound):
            hours.read(site_id, change.scope, now=NOW)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (WorkingHours(country="XX"), [("/country", "unknown_country")]),
        (WorkingHours(country="DE", subdivision="ZZ"), [("/subdivision", "unknown_country")]),
        (WorkingHours(weekly=(None,) * 7), [("/open_days", "closed_too_long")]),
        (WorkingHours(weekly=(Opening(600, 659),) * 7), [("/open_days", "closed_too_long")]),
        (WorkingHours(weekly=(USUAL_WEEK[0], *(None,) * 6)), [("/open_days", "closed_too_long")]),
        (
            WorkingHours(weekly=(Opening(600, 600), *USUAL_WEEK[1:])),
            [("/weekly/monday/closes", "not_after_opening")],
        ),
        (
            WorkingHours(open_days=(OpenDay(date(2026, 12, 25), 700, 600),)),
            [("/open_days/0/closes", "not_after_opening")],
        ),
        (
            WorkingHours(open_days=(OpenDay(date(2026, 12, 25), 600, 700),) * 2),
            [("/open_days", "named_twice")],
        ),
        (
            WorkingHours(
                open_days=(OpenDay(date(2026, 12, 25), 600, 700),), closed_days=(date(2026, 12, 25),)
            ),
            [("/closed_days", "open_and_closed")],
        ),
    ],
)
def test_hours_that_cannot_be_are_refused(
    wanted: WorkingHours, expected: list[tuple[str, str]], change
) -> None:
    assert codes(wanted, change) == expected
    assert sites.read_anew(change.site.id).hours == USUAL_HOURS


def test_five_days_in_a_row_are_too_long_until_one_of_them_is_open(change) -> None:
    between_the_years = tuple(date(2026, 12, 28) + timedelta(days=number) for number in range(4))
    closed = replace(GERMAN, closed_days=between_the_years)
    with pytest.raises(Invalid) as caught:
        change(closed)
    assert "2026-12-25 to 2027-01-03" in caught.value.errors[0].detail
    opened = tuple(OpenDay(day, 600, 660) for day in between_the_years[1::2])
    assert change(replace(closed, closed_days=between_the_years[::2], open_days=opened))


def test_what_is_closed_for_too_long_is_seen_again_later(change) -> None:
    change(replace(GERMAN, closed_days=(date(2026, 12, 24),)))
    assert hours.long_closures(sites.read_anew(change.site.id), 366, now=NOW) == []
    broken = replace(change.site, hours=WorkingHours(weekly=(None,) * 7))
    assert hours.long_closures(broken, 10, now=NOW) == [(date(2026, 11, 2), date(2026, 11, 11))]


def test_a_week_is_read_by_the_names_of_its_days() -> None:
    assert hours.weekly_of(hours.by_day_of(USUAL_WEEK)) == USUAL_WEEK
