"""Scheduled visits and their windows: which study day belongs to which visit, and which value stands for it.

Windows are our choice, since protocols differ: a day belongs to the nearest nominal day, on a tie to the
earlier visit; of several values in a window the nearest one stands, on a tie the later. Before day 0 nothing
belongs to a visit. The last window reaches as far beyond its nominal day as half the step before it. A
protocol's own visits come with their windows (`schedule_of`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from scoring.progression import DAYS_PER_MONTH

LAST_WEEK, LAST_MONTH = 260, 36
_NAME = re.compile(r"(week|month) ?([0-9]{1,3})", re.ASCII)


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
        window, nominal = self.window, self.nominal_day
        inside = [value for value in values if value[0] in window]
        if len(inside) < 2:
            return inside[0] if inside else None
        return min(inside, key=lambda value: (abs(value[0] - nominal), -value[0]))


@dataclass(frozen=True)
class TrialSchedule:
    """The visits of a trial in order; their windows do not overlap.

    Attributes:
        name: which visits these are, as a sentence calls them.
    """

    name: str
    visits: tuple[TrialVisit, ...]

    def visit_on(self, study_day: int) -> TrialVisit | None:
        """The visit that a study day belongs to."""
        place = bisect_right(self._starts, study_day) - 1
        if place < 0 or study_day not in self.visits[place].window:
            return None
        return self.visits[place]

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [visit.window.start for visit in self.visits]

    def until(self, visit: TrialVisit) -> tuple[TrialVisit, ...]:
        """The visits after baseline up to this one."""
        return tuple(other for other in self.visits if 0 < other.nominal_day <= visit.nominal_day)


def schedule_of_weeks(weeks: Iterable[int], name: str = "weeks") -> TrialSchedule:
    """Two visits or more, by week in order; nominal day 7 w."""
    return _schedule(name, [(f"week {week}", 7 * week) for week in weeks])


def schedule_of_months(months: Iterable[int], name: str = "months") -> TrialSchedule:
    """Two visits or more, by month in order; nominal day round(30.4375 m), a half to the even day."""
    return _schedule(name, [(f"month {month}", round(DAYS_PER_MONTH * month)) for month in months])


def _schedule(name: str, nominal: list[tuple[str, int]]) -> TrialSchedule:
    days = [day for _, day in nominal]
    ends = [(day + following) // 2 for day, following in pairwise(days)]
    ends.append(days[-1] + (days[-1] - days[-2]) // 2)
    starts = [0, *(end + 1 for end in ends[:-1])]
    windows = map(range, starts, (end + 1 for end in ends))
    visits = (TrialVisit(*named, window) for named, window in zip(nominal, windows, strict=True))
    return TrialSchedule(name, tuple(visits))


def schedule_of(visits: Iterable[TrialVisit]) -> TrialSchedule:
    """A protocol's own visits, with their windows.

    Raises:
        ValueError: a window does not hold its nominal day, begins before day 1 or meets another one, or two
            visits have one name.
    """
    ordered = tuple(sorted(visits, key=lambda visit: visit.window.start))
    for visit in ordered:
        if visit.window.start < 1 or visit.nominal_day not in visit.window:
            raise ValueError(f"the window of {visit.name!r} must begin after day 0 and hold its nominal day")
    for first, second in pairwise(ordered):
        if second.window.start < first.window.stop:
            raise ValueError(f"the windows of {first.name!r} and {second.name!r} overlap")
    if len({visit.name for visit in ordered}) < len(ordered):
        raise ValueError("two visits have the same name")
    return TrialSchedule("visits of one's own", ordered)


WEEK_STEP = 4
WEEKS = schedule_of_weeks(range(0, 49, WEEK_STEP), "every fourth week to 48")
MONTHS = schedule_of_months(range(LAST_MONTH + 1), f"every month to {LAST_MONTH}")
SCHEDULES = (WEEKS, MONTHS)


class UnknownVisit(ValueError):
    """No schedule has a visit of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"there is no visit {name!r}; there are week 1, 2, ... {LAST_WEEK}"
            f" and month 1, 2, ... {LAST_MONTH}"
        )


def find_visit(name: str) -> tuple[TrialSchedule, TrialVisit]:
    """The visit after baseline of this name ("week 24", "month 6"), with its schedule.

    A week that is none of every fourth up to 48 has the same width of window, and a schedule of its own:
    the four-weekly visits whose windows end before it, and itself.

    Raises:
        UnknownVisit: there is none.
    """
    match = _NAME.fullmatch(" ".join(name.casefold().split()))
    if match is None or int(match[2]) == 0:
        raise UnknownVisit(name)
    found = f"{match[1]} {int(match[2])}"
    for schedule in SCHEDULES:
        for visit in schedule.visits:
            if visit.name == found:
                return schedule, visit
    if match[1] == "month" or int(match[2]) > LAST_WEEK:
        raise UnknownVisit(name)
    return _between(found, 7 * int(match[2]))


def _between(name: str, day: int) -> tuple[TrialSchedule, TrialVisit]:
    half = 7 * WEEK_STEP // 2
    visit = TrialVisit(name, day, range(max(1, day - half + 1), day + half + 1))
    before = (earlier for earlier in WEEKS.visits if earlier.window.stop <= visit.window.start)
    return TrialSchedule(f"{name} and the fourth weeks before its window", (*before, visit)), visit
