"""What a figure of the ALSFRS-R shows beside the totals, as data: the line, its band and its bend.

All of it lies on the line's own basis: the totals on the items that the trend was measured on, scaled up to
twelve. Nothing here is fitted anew: the line is the trend's, the bend the one that the rule on acceleration
tells of; only the height of the bent line is computed, so that it runs through its reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from scoring import trajectory
from scoring.decline.alsfrs.points import MISSING, Omitted, Point, is_omitted
from scoring.decline.alsfrs.series import scaled
from scoring.decline.alsfrs.trend import Trend

STEP_DAYS = 7
AHEAD_DAYS = 56
"""Our choice: the band is continued for eight weeks and no longer; it is no prognosis."""
PAUSE = 2.2
"""Our choice: a pause longer than so many intervals between two reports is a gap in what is drawn."""


class Bend(NamedTuple):
    """Where the pace changed, and the bent line that runs through the reports.

    Attributes:
        low_day: first day of the 80 % range of the bend's day, `high_day` the last.
        first_day: of the reports that it rests on, `last_day` the latest of them.
        probability: that the pace has changed within the last half year.
    """

    line: trajectory.BentLine
    low_day: int
    high_day: int
    first_day: int
    last_day: int
    probability: float


class Run(NamedTuple):
    """Equal answers to one item in a row.

    Attributes:
        key: the item as it was asked; item 5 changes between its two forms.
        start: day of the first of them.
        end: day of the next report; within a gap, one interval after the last of them.
        reports: how many.
    """

    key: str
    code: int
    start: int
    end: int
    reports: int


def on_basis(point: Point, omitted: Omitted) -> float | None:
    """The total on the line's basis; None where an item is missing that the basis needs."""
    lacking = (item for item, mark in enumerate(point.items) if mark == MISSING)
    return None if any(not is_omitted(item, omitted) for item in lacking) else scaled(point, omitted)


def line_of(trend: Trend) -> trajectory.Line:
    """The trend as a line, stated for its latest day."""
    return trajectory.Line(
        trend.last_day, trend.level, trend.level_sd, trend.slope, trend.slope_sd, trend.covariance
    )


def band_of(trend: Trend) -> tuple[trajectory.BandDay, ...]:
    """The band over the reports used, in steps of a week that end with the latest report."""
    first, last = trend.first_day, trend.last_day
    days = [*range(last, first, -STEP_DAYS), first]
    return trajectory.band(line_of(trend), reversed(days))


def ahead_of(trend: Trend) -> tuple[trajectory.BandDay, ...]:
    """The band's continuation after the latest report."""
    days = range(trend.last_day, trend.last_day + AHEAD_DAYS + 1, STEP_DAYS)
    return trajectory.band(line_of(trend), days)


def bend_of(
    numbers: Mapping[str, object], evidence: Iterable[str], drawn: Mapping[str, tuple[Point, float]]
) -> Bend | None:
    """The bend that a flag of acceleration tells of.

    Args:
        numbers: of the flag.
        evidence: the reports it rests on.
        drawn: points by report id, each with its total on the basis of the line.

    Returns:
        None when no report that it rests on is drawn.
    """
    used = [drawn[report_id] for report_id in evidence if report_id in drawn]
    own = [(point.day, total) for point, total in used if point.rater == numbers["respondent"]]
    if not own:
        return None
    since, low, high = (date.fromisoformat(str(numbers[name])).toordinal() for name in _DAYS)
    before, after = (-float(str(numbers[name])) for name in ("loss_before", "loss_now"))
    line = trajectory.through(own, bend=since, before=before, after=after)
    days = [point.day for point, _ in used]
    return Bend(line, low, high, min(days), max(days), float(str(numbers["probability"])))


_DAYS = ("since_on", "since_low_on", "since_high_on")


def runs_of(answers: Iterable[tuple[int, str, int | None]], interval_days: int) -> tuple[Run, ...]:
    """Equal answers of one respondent in a row, with a gap wherever nothing was reported for too long.

    Args:
        answers: day, key of the item as it was asked, and code; None where it was not answered, which ends
            a run. In the order of the days, one a day.
        interval_days: days between two reports that are expected.
    """
    given = list(answers)
    ends = [_end(day, following, interval_days) for (day, *_), (following, *_) in pairwise(given)]
    runs: list[Run] = []
    for (day, key, code), end in zip(given, [*ends, None], strict=True):
        if code is None:
            continue
        stop = day + interval_days if end is None else end
        known = runs[-1] if runs else None
        if known is not None and (known.key, known.code, known.end) == (key, code, day):
            runs[-1] = known._replace(end=stop, reports=known.reports + 1)
        else:
            runs.append(Run(key, code, day, stop, 1))
    return tuple(runs)


def _end(day: int, following: int, interval_days: int) -> int:
    return day + interval_days if following - day > PAUSE * interval_days else following
