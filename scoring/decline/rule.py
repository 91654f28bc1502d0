"""The form of a rule, the moment it reads, and the small state machine that every rule shares.

A rule is data plus one pure function from a moment to a finding. It never sees its own state: raising,
holding and clearing happen here, the same way for all. The rules themselves are in `rules/`; `fold` runs
them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from scoring.decline.flags import Kind, Numbers, Topic
from scoring.decline.limits import Limits
from scoring.decline.points import NO_POINT, Point
from scoring.decline.reports import Level, Profile
from scoring.decline.series import Series

if TYPE_CHECKING:
    from scoring.decline.standing import Standing
    from scoring.decline.trend import Trend


NO_SERIES = Series(())
MAX_OCCURRENCES = 50
"""Our choice: of a flag that never clears, so many of the latest are named."""


class Occasion(NamedTuple):
    """Which report, when, by whom: what every rule may know of any report."""

    id: str
    observed_at: datetime
    observed_on: date
    respondent: str
    mode: str
    seconds: int | None

    @property
    def day(self) -> int:
        """Local day as an ordinal."""
        return self.observed_on.toordinal()


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything a rule may look at when a report arrives.

    Attributes:
        before: what was remembered before this report; what it replaces is already left out.
        answers: of the report; empty for the ALSFRS-R, whose codes are in `point`.
        total: main score of the instrument, None when it cannot be formed; empty for the ALSFRS-R too.
        point: this report as a point, ALSFRS-R only; `series` the complete ones of a year, with it.
        trend: the posterior over `series`; None when this report has no total.
    """

    occasion: Occasion
    profile: Profile
    limits: Limits
    before: Standing
    answers: Mapping[str, int | float] = field(default_factory=dict)
    total: float | None = None
    point: Point = NO_POINT
    series: Series = NO_SERIES
    trend: Trend | None = None


class Account(NamedTuple):
    """What a finding rests on.

    `numbers` are for the sentence and the record; empty ones keep those the flag already has, for sentences
    that tell what happened and not what is.
    """

    numbers: Numbers
    evidence: tuple[str, ...]


class Finding(NamedTuple):
    """What a rule reads in one moment.

    Attributes:
        level: the level the report by itself asks for; None when the raising condition is not met.
        clearing: the report counts towards clearing a flag that is on.
        account: gives what it rests on; asked only for a flag that is on or raised, which few are.
    """

    level: Level | None
    clearing: bool
    account: Callable[[], Account]


def rests_on(numbers: Numbers, *evidence: str) -> Callable[[], Account]:
    """The account of a finding whose numbers cost nothing."""
    return lambda: Account(numbers, evidence)


def met(level: Level, numbers: Numbers, *evidence: str) -> Finding:
    """The raising condition is met, by these reports."""
    return Finding(level, False, rests_on(numbers, *evidence))


def _as_before() -> Account:
    return Account({}, ())


CLEARS = Finding(None, True, _as_before)
HOLDS = Finding(None, False, _as_before)


@dataclass(frozen=True, slots=True)
class Text:
    """What a rule says of itself.

    Attributes:
        template: the flag's sentence, filled from the finding's numbers; one per rule, never put together.
        clears_when: what would clear it, filled the same way.
    """

    title: str
    formula: str
    template: str
    clears_when: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as data.

    Attributes:
        version: changes with every change of the rule's result.
        read: None from it means that this report says nothing to the rule.
        every_report: reads also a report that is replaced later the same day.
        lasting: each occurrence is an episode of its own, and none clears by itself.
        of_function: reads the ALSFRS-R and ends with tracheostomy.
    """

    id: str
    version: str
    topic: Topic
    kind: Kind
    instrument: str
    read: Callable[[Moment], Finding | None]
    text: Text
    source: str
    weaknesses: str
    limits: tuple[str, ...] = ()
    every_report: bool = False
    lasting: bool = False
    restricted: bool = False
    data_query: bool = False
    of_function: bool = False


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule whose flag is on.

    Attributes:
        met_by: latest report that met the raising condition; `met_on` its day.
        clears: consecutive reports that counted towards clearing, at most one a day; `cleared_on` the day
        of the last.
    """

    level: Level
    raised_by: str
    raised_at: datetime
    met_by: str
    met_on: date
    numbers: Numbers
    evidence: tuple[str, ...]
    clears: int = 0
    cleared_on: date | None = field(default=None)


def step(rule: Rule, state: RuleState | None, finding: Finding | None, moment: Moment) -> RuleState | None:
    """The rule's next state: None is off."""
    if finding is not None and finding.level is not None:
        return _met(rule, state, finding, moment.occasion)
    if state is None:
        return None
    if rule.kind is Kind.EVENT:
        age = (moment.occasion.observed_on - state.met_on).days
        return None if not rule.lasting and age >= moment.limits.general.event_days else state
    return state if finding is None else _not_met(state, finding, moment)


def _met(rule: Rule, state: RuleState | None, finding: Finding, occasion: Occasion) -> RuleState:
    level = finding.level or Level.INFORM
    if state is None or rule.lasting:
        raised_by, raised_at = occasion.id, occasion.observed_at
    else:
        raised_by, raised_at = state.raised_by, state.raised_at
        level = max(level, state.level, key=lambda one: one.rank)
    numbers, evidence = finding.account()
    return RuleState(
        level=level,
        raised_by=raised_by,
        raised_at=raised_at,
        met_by=occasion.id,
        met_on=occasion.observed_on,
        numbers=numbers,
        evidence=_occurrences(state, evidence) if rule.lasting else evidence,
    )


def _occurrences(state: RuleState | None, evidence: tuple[str, ...]) -> tuple[str, ...]:
    """A flag that never clears names every occurrence, also one that became known late."""
    return evidence if state is None else (*state.evidence, *evidence)[-MAX_OCCURRENCES:]


def _not_met(state: RuleState, finding: Finding, moment: Moment) -> RuleState | None:
    on = moment.occasion.observed_on
    clears = state.clears + (state.cleared_on != on) if finding.clearing else 0
    if clears >= moment.limits.general.clear_reports:
        return None
    numbers, evidence = finding.account()
    return replace(
        state,
        clears=clears,
        cleared_on=on if finding.clearing else None,
        numbers=numbers or state.numbers,
        evidence=evidence or state.evidence,
    )
