"""When a site works: reading and changing its hours, and what they have to be like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.sites import sites
from models.sites.sites import Site
from models.sites.working_hours import Opening, WorkingHours
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.problems import Problem
from services import languages
from services.access.actor import Actor
from services.errors import invalid
from services.sites import public_holidays, site_policy
from services.sites.working_calendar import MOST_CLOSED_DAYS, WorkingCalendar, calendar_of
from services.zones import zone_or_utc

LOOKED_AHEAD = 366
"""Days for which a calendar is checked when it is saved, and whose holidays are shown."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday of the coming year."""

    day: date
    name: str
    language: str
    """Of the name."""


@dataclass(frozen=True, slots=True)
class SiteHours:
    """When a site works.

    Attributes:
        holidays: the public holidays of the coming year, closed unless an open day says otherwise.
        changed_by: who changed the hours last; None for those that a site begins with.
        rev: of the site.
    """

    zone: str
    hours: WorkingHours
    holidays: tuple[Holiday, ...]
    changed_by: Provenance | None
    changed_at: datetime | None
    rev: int


def read(site_id: str, scope: Scope, *, now: datetime, language: str = languages.ENGLISH) -> SiteHours:
    """Return when the site works, with holidays named in this language where it is known.

    Raises:
        NotFound: no such site within reach.
    """
    return _shown(site_policy.read_site(site_id, scope), now, language)


def change(
    site_id: str, wanted: WorkingHours, rev: int, scope: Scope, *, actor: Actor, now: datetime
) -> SiteHours:
    """Put other hours in force, for a site that is still at `rev`.

    They count for what is put before people from then on; what was due stays due.

    Raises:
        NotFound: no such site within reach.
        Invalid: naming everything that is wrong with them.
        ChangedMeanwhile: somebody changed the site meanwhile.
    """
    site = site_policy.read_site(site_id, scope)
    zone = zone_or_utc(site.zone)
    problems = list(_problems(WorkingCalendar(zone, wanted), now.astimezone(zone).date()))
    if problems:
        raise invalid(*problems)
    changed = site_policy.change_site(site_id, {"hours": wanted}, rev, scope, actor=actor, now=now)
    return _shown(changed, now)


def long_closures(site: Site, days: int, *, now: datetime) -> list[tuple[date, date]]:
    """Return first and last day of what is closed for too long in the coming days."""
    calendar = calendar_of(site)
    return list(calendar.closures(now.astimezone(calendar.zone).date(), days))


def _problems(calendar: WorkingCalendar, today: date) -> Iterator[Problem]:
    hours = calendar.hours
    if not public_holidays.is_known(hours.country, hours.subdivision):
        detail = "Must be a country, and a part of it, whose public holidays are known."
        yield Problem("/subdivision" if hours.subdivision else "/country", "unknown_country", detail)
        return
    wrong = list(_wrong_openings(hours))
    yield from wrong
    closed = [] if wrong else list(calendar.closures(today, LOOKED_AHEAD))
    if closed:
        stretches = ", ".join(f"{first} to {last}" for first, last in closed[:10])
        detail = f"No more than {MOST_CLOSED_DAYS} days in a row may be without a working hour: {stretches}."
        yield Problem("/open_days", "closed_too_long", f"{detail} Open a day among them.")


def _wrong_openings(hours: WorkingHours) -> Iterator[Problem]:
    for name, opening in zip(_DAYS, hours.weekly, strict=True):
        if opening is not None and opening.opens >= opening.closes:
            yield Problem(f"/weekly/{name}/closes", "not_after_opening", "Must be after the opening.")
    for place, open_day in enumerate(hours.open_days):
        if open_day.opens >= open_day.closes:
            yield Problem(f"/open_days/{place}/closes", "not_after_opening", "Must be after the opening.")
    days = [open_day.day for open_day in hours.open_days]
    if len(set(days)) < len(days):
        yield Problem("/open_days", "named_twice", "Names a day twice.")
    if set(days) & set(hours.closed_days):
        yield Problem("/closed_days", "open_and_closed", "A day cannot be both open and closed.")


def weekly_of(by_day: dict[str, Opening | None]) -> tuple[Opening | None, ...]:
    """Return the hours of a week, Monday first, from those by the name of the day."""
    return tuple(by_day[name] for name in _DAYS)


def by_day_of(weekly: tuple[Opening | None, ...]) -> dict[str, Opening | None]:
    """Return the hours of a week by the name of the day."""
    return dict(zip(_DAYS, weekly, strict=True))


def _shown(site: Site, now: datetime, language: str = languages.ENGLISH) -> SiteHours:
    today = now.astimezone(zone_or_utc(site.zone)).date()
    step = next((change for change in reversed(sites.steps(site.id)) if "hours" in change.changed), None)
    return SiteHours(
        zone=site.zone,
        hours=site.hours,
        holidays=tuple(_coming(site.hours, today, language)),
        changed_by=None if step is None else step.by,
        changed_at=None if step is None else step.at,
        rev=site.rev,
    )


def _coming(hours: WorkingHours, today: date, language: str) -> Iterator[Holiday]:
    """The holidays of the year to come, by day."""
    last = today + timedelta(days=LOOKED_AHEAD)
    for year in range(today.year, last.year + 1):
        found = public_holidays.in_year(hours.country, hours.subdivision, year, language)
        for day in sorted(found.names):
            if today <= day <= last:
                yield Holiday(day, found.names[day], found.language)
