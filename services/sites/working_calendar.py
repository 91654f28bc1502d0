"""Counting time in a site's working hours, holidays and daylight saving included.

Working time is time that passes while the site works: an hour is an hour also on the day on which the
clocks change. A calendar that is closed for longer than `MOST_CLOSED_DAYS` days in a row is refused when it
is saved (`services.sites.hours`); where one is stored none the less, the usual hours count in its place, so
that everything is due some time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.sites.sites import Site
from models.sites.working_hours import USUAL_HOURS, Opening, WorkingHours
from services.sites import public_holidays
from services.zones import zone_or_utc

MOST_CLOSED_DAYS = 4
"""Our choice: of five days in a row one has a working hour. Good Friday to Easter Monday is four."""
ENOUGH = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """A site's working time.

    Attributes:
        zone: of the site's clock.
        hours: when it works on that clock.
    """

    zone: ZoneInfo
    hours: WorkingHours = USUAL_HOURS

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Return begin and end of the working time on a day; None when it is closed."""
        opening = self._opening(day)
        if opening is None:
            return None
        begin, end = self._at(day, opening.opens), self._at(day, opening.closes)
        return (begin, end) if begin < end else None  # nothing is left where the clock leaps over it

    def is_working(self, moment: datetime) -> bool:
        """Return whether the moment is in working time, its end included."""
        today = moment.astimezone(self.zone).date()
        days = [self.on(today), self.on(today - _DAY)]  # the day before may end at midnight
        return any(found is not None and found[0] <= moment <= found[1] for found in days)

    def next_moment(self, moment: datetime) -> datetime:
        """Return the moment if it is in working time, else the next opening."""
        return moment if self.is_working(moment) else self._next(moment)[0]

    def is_out_of_hours(self, moment: datetime) -> bool:
        """Return whether nobody is at work: from the closing to the next opening."""
        return self._next(moment)[0] > moment

    def next_turn(self, moment: datetime) -> datetime:
        """Return when the site opens or closes next."""
        begin, end = self._next(moment)
        return begin if begin > moment else end

    def after(self, moment: datetime, wanted: timedelta) -> datetime:
        """Return the moment at which so much working time has passed since this one."""
        begin, end = self._next(moment)
        while begin + wanted > end:
            wanted -= end - begin
            begin, end = self._next(end)
        return begin + wanted

    def end_of_day(self, moment: datetime, days: int = 1) -> datetime:
        """Return the end of the working day that it is, or else of the next; or of a later one."""
        _, end = self._next(moment)
        for _ in range(days - 1):
            _, end = self._next(end)
        return end

    def closures(self, first: date, days: int) -> Iterator[tuple[date, date]]:
        """Yield first and last day of each stretch that is closed for too long, of so many days."""
        begin = None
        for day in (first + timedelta(days=number) for number in range(days + 1)):
            last = day == first + timedelta(days=days)
            if begin is None and not last and not self._is_worked(day):
                begin = day
            elif begin is not None and (last or self._is_worked(day)):
                if (day - begin).days > MOST_CLOSED_DAYS:
                    yield begin, day - _DAY
                begin = None

    def _is_worked(self, day: date) -> bool:
        found = self.on(day)
        return found is not None and found[1] - found[0] >= ENOUGH

    def _next(self, moment: datetime) -> tuple[datetime, datetime]:
        """Return the working time that goes on from the moment, or else begins next."""
        today = moment.astimezone(self.zone).date()
        for number in range(MOST_CLOSED_DAYS + 2):
            found = self.on(today + timedelta(days=number))
            if found is not None and moment < found[1]:
                return max(moment, found[0]), found[1]
        return WorkingCalendar(self.zone)._next(moment)

    def _opening(self, day: date) -> Opening | None:
        for open_day in self.hours.open_days:
            if open_day.day == day:
                return Opening(open_day.opens, open_day.closes)
        if day in self.hours.closed_days:
            return None
        if day in public_holidays.in_year(self.hours.country, self.hours.subdivision, day.year).names:
            return None
        return self.hours.weekly[day.weekday()]

    def _at(self, day: date, minutes: int) -> datetime:
        """Return when the site's clock shows this time; the first time, where it shows it twice."""
        days, minutes = divmod(minutes, 24 * 60)
        clock = time(*divmod(minutes, 60))
        return datetime.combine(day + timedelta(days=days), clock, self.zone).astimezone(UTC)


def calendar_of(site: Site) -> WorkingCalendar:
    """Return the site's calendar."""
    return WorkingCalendar(zone_or_utc(site.zone), site.hours)
