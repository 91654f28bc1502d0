"""The form of a rule, what it is given, and what it finds.

A rule is data plus one pure function from its input to a finding. Raising, holding and clearing happen in
`step`, the same way for all. The rules themselves are in `rules/`; `fold` runs them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from scoring.decline.alsfrs.pace import Pace
from scoring.decline.alsfrs.points import NO_POINT, Point
from scoring.decline.alsfrs.series import Series
from scoring.decline.alsfrs.trend import Trend
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.limits import Limits
from scoring.decline.memory.memory import Memory
from scoring.decline.memory.states import ReportRef
from scoring.decline.reports import Level, Profile

NO_SERIES = Series(())


class RuleInput(NamedTuple):
    """Everything a rule may look at when a report arrives.

    Attributes:
        before: what was remembered before this report; what it replaces is already left out.
        answers: of the report; empty for the ALSFRS-R, whose codes are in `point`.
        total: main score of the instrument, None when it cannot be formed; empty for the ALSFRS-R too.
        point: this report as a point, ALSFRS-R only; `series` the complete ones of a year, with it.
        earlier: the same respondent's report before it, really apart.
        trend: the posterior over `series`; None when this report has no total.
        pace: the change point over `series`; None also when it is of a single day.
    """

    report: ReportRef
    profile: Profile
    limits: Limits
    before: Memory
    answers: Mapping[str, int | float] = MappingProxyType({})
    total: float | None = None
    point: Point = NO_POINT
    earlier: Point | None = None
    series: Series = NO_SERIES
    trend: Trend | None = None
    pace: Pace | None = None


class Evidence(NamedTuple):
    """What a finding rests on.

    `numbers` are for the sentence and the record; empty ones keep those the flag already has, for sentences
    that tell what happened and not what is.
    """

    numbers: Numbers
    reports: tuple[str, ...]


class Finding(NamedTuple):
    """What a rule reads in one report.

    Attributes:
        level: the level the report by itself asks for; None when the raising condition is not met.
        clearing: the report counts towards clearing a flag that is on.
        evidence: gives what it rests on; asked only for a flag that is on or raised, which few are.
        respondent: whose reports it is about, where that is not whoever gave this one.
    """

    level: Level | None
    clearing: bool
    evidence: Callable[[], Evidence]
    respondent: str | None = None


def rests_on(numbers: Numbers, *reports: str) -> Callable[[], Evidence]:
    """The evidence of a finding whose numbers cost nothing."""
    return lambda: Evidence(numbers, reports)


def met(level: Level, numbers: Numbers, *reports: str) -> Finding:
    """The raising condition is met, by these reports."""
    return Finding(level, False, rests_on(numbers, *reports))


def _as_before() -> Evidence:
    return Evidence({}, ())


CLEARS = Finding(None, True, _as_before)
HOLDS = Finding(None, False, _as_before)


@dataclass(frozen=True, slots=True)
class Text:
    """What a rule says of itself.

    Attributes:
        headline: the flag in at most 90 characters, filled from the finding's numbers as in `wording`.
        template: the flag's sentence, filled the same way; one per rule, never put together.
        clears_when: what would clear it, filled the same way.
    """

    title: str
    formula: str
    headline: str
    template: str
    clears_when: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as data.

    Attributes:
        version: changes with every change of the rule's result.
        kind: how its flag ends in the fold.
        passes: whether an alert of it can pass: a state does when the reports say so, what says "first time"
            or "fell by" never does.
        worse: what has to be worse than when the alert was dealt with to be news; empty where nothing can be.
        read: None from it means that this report says nothing to the rule.
        every_report: reads also a report that is replaced later the same day.
        lasting: each occurrence is an episode of its own, and none clears by itself.
        remark: said of the report alone; it raises no flag.
        of_function: reads the ALSFRS-R and ends with tracheostomy.
        measured: a measurement, not an opinion: anybody's report clears it.
    """

    id: str
    version: str
    topic: Topic
    kind: Kind
    instrument: str
    read: Callable[[RuleInput], Finding | None]
    text: Text
    source: str
    weaknesses: str
    passes: bool
    worse: tuple[Worse, ...] = ()
    limits: tuple[str, ...] = ()
    every_report: bool = False
    lasting: bool = False
    restricted: bool = False
    data_query: bool = False
    remark: bool = False
    of_function: bool = False
    measured: bool = False
