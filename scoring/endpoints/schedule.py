"""Scheduled visits and their windows: which study day belongs to which visit, and which value stands for it.

Windows are our choice, since protocols differ: a day belongs to the nearest nominal day, on a tie to the
earlier visit; of several values in a window the nearest one stands, on a tie the later. Before day 0 nothing
belongs to a visit. The last window reaches as far beyond its nominal day as half the step before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from scoring.progression import DAYS_PER_MONTH


@dataclass(frozen=True, slots=True)
class TrialVisit:
    """A scheduled visit.

    Attributes:
        nominal_day: study day; day 0 is baseline, where CDISC counts one more from day 1.
        window: the study days that belong to it.
    """

    name: str
    nominal_day: int
    window: range

    def choose(self, values: Iterable[tuple[int, float]]) -> tuple[int, float] | None:
        """The (study day, value) that stands for this visit; None when none is in its window."""
        inside = [(day, value) for day, value in values if day in self.window]
        return min(inside, key=lambda pair: (abs(pair[0] - self.nominal_day), -pair[0]), default=None)


@dataclass(frozen=True, slots=True)
class TrialSchedule:
    """The visits of a trial in order, their windows without a gap."""

    name: str
    visits: tuple[TrialVisit, ...]

    def visit_on(self, study_day: int) -> TrialVisit | None:
        """The visit that a study day belongs to."""
        return next((visit for visit in self.visits if study_day in visit.window), None)

    def until(self, visit: TrialVisit) -> tuple[TrialVisit, ...]:
        """The visits after baseline up to this one."""
        return tuple(other for other in self.visits if 0 < other.nominal_day <= visit.nominal_day)


def schedule_of_weeks(weeks: Iterable[int]) -> TrialSchedule:
    """Two visits or more, by week in order; nominal day 7 w."""
    return _schedule("weeks", [(f"week {week}", 7 * week) for week in weeks])


def schedule_of_months(months: Iterable[int]) -> TrialSchedule:
    """Two visits or more, by month in order; nominal day round(30.4375 m), a half to the even day."""
    return _schedule("months", [(f"month {month}", round(DAYS_PER_MONTH * month)) for month in months])


def _schedule(name: str, nominal: list[tuple[str, int]]) -> TrialSchedule:
    days = [day for _, day in nominal]
    ends = [(day + following) // 2 for day, following in pairwise(days)]
    ends.append(days[-1] + (days[-1] - days[-2]) // 2)
    starts = [0, *(end + 1 for end in ends[:-1])]
    windows = map(range, starts, (end + 1 for end in ends))
    return TrialSchedule(
        name, tuple(TrialVisit(*named, window) for named, window in zip(nominal, windows, strict=True))
    )


WEEKS = schedule_of_weeks(range(0, 49, 4))
MONTHS = schedule_of_months(range(37))
SCHEDULES = (WEEKS, MONTHS)


class UnknownVisit(ValueError):
    """No schedule has a visit of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no visit {name!r}; there are week 4, 8, ... 48 and month 1, 2, ... 36")


def find_visit(name: str) -> tuple[TrialSchedule, TrialVisit]:
    """The visit after baseline of this name ("week 24", "month 6"), with its schedule.

    Raises:
        UnknownVisit: there is none.
    """
    for schedule in SCHEDULES:
        for visit in schedule.visits:
            if visit.name == name and visit.nominal_day > 0:
                return schedule, visit
    raise UnknownVisit(name)
