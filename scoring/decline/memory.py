"""The parts of what the fold remembers: last values, firsts, and how the latest day began.

`standing` puts them together; `coding` writes and reads them as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scoring.decline.flags import Topic, TopicStanding
from scoring.decline.points import Point
from scoring.decline.rule import Occasion, RuleState

HISTORY_DAYS = 365
MAX_POINTS = 200
"""A daily reporter's window of 183 days still fits; a weekly reporter's year has 53."""


class Measure(NamedTuple):
    """One number on one day: a weight in grams, a rating, a total."""

    day: int
    value: int
    rater: str
    id: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Firsts of the ALSFRS-R series.

    Attributes:
        total: first complete total, with its day: the slope since onset starts here.
        seen: markers of what was reported before, such as "speech" (at or below its limit) or "4b".
        kings: highest King's stage (0 to 3) reported twice running; None before the first.
        mitos: the same for MiToS.
    """

    day: int | None = None
    total: int | None = None
    seen: frozenset[str] = frozenset()
    kings: int | None = None
    mitos: int | None = None


NO_BASELINE = Baseline()


class Visit(NamedTuple):
    """An ALSFRS-R report of the day in progress, kept in case it has to be read again."""

    occasion: Occasion
    point: Point


@dataclass(frozen=True, slots=True)
class Opening:
    """How the ALSFRS-R rules stood when the latest day began, and the reports of that day so far.

    A second report of one respondent on one day replaces the first; the day is then read again from here.
    """

    day: int
    visits: tuple[Visit, ...] = ()
    baseline: Baseline = NO_BASELINE
    states: Mapping[str, RuleState] = field(default_factory=dict)
    topics: Mapping[Topic, TopicStanding] = field(default_factory=dict)
