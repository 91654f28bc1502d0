"""The axis of time that all rows of a figure share: days to percent of the width, and its months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

DAYS_PER_MONTH = 30.4375
MARGIN_DAYS = 5
_STEPS = ((15, 1), (26, 2), (40, 3), (84, 6))
_EVERY_YEAR = 12


@dataclass(frozen=True, slots=True)
class Tick:
    """The first of a month.

    Attributes:
        with_year: the year stands below it.
        minor: left out where there is little room.
    """

    x: float
    day: date
    with_year: bool
    minor: bool


@dataclass(frozen=True)
class Axis:
    """From one day to another, in percent of the width of the plot."""

    first: date
    last: date

    @classmethod
    def over(cls, first: date, last: date) -> Axis:
        """The axis that shows both days with a little margin."""
        return cls(first - timedelta(days=MARGIN_DAYS), last + timedelta(days=MARGIN_DAYS))

    @cached_property
    def days(self) -> int:
        """How many days it covers."""
        return (self.last - self.first).days

    def at(self, day: date) -> float:
        """Where a day stands, in percent to a tenth; outside the axis at its end."""
        return self.of(day.toordinal())

    def of(self, ordinal: int) -> float:
        """Where the day of an ordinal stands."""
        share = 100 * (ordinal - self._begin) / self.days
        return round(min(100.0, max(0.0, share)), 1)

    @cached_property
    def _begin(self) -> int:
        return self.first.toordinal()

    def ticks(self) -> tuple[Tick, ...]:
        """The months that are named, as many as there is room for."""
        months = self.days / DAYS_PER_MONTH
        step = next((step for most, step in _STEPS if months <= most), _EVERY_YEAR)
        end = self.last - timedelta(days=round(self.days * 0.02))
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        starts = (_month_after(self.first, place) for place in range(1, count + 1))
        named = [day for day in starts if (day.month - 1) % step == 0 and day <= end]
        early = len(named) > 1 and named[1].month == 1  # its year would cover that of the first
        return tuple(
            Tick(self.at(day), day, day.month == 1 or (place == 0 and not early), place % 2 == 1)
            for place, day in enumerate(named)
        )


def _month_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
