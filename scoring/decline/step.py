"""The small state machine that every rule shares: raised, held, cleared.

A state is held up by each respondent whose reports met its condition, and ends when all of them have cleared
it, each by reports of their own that are really apart. After a stated silence of one of them, whoever's
reports carry the series clears for that one: a patient who can no longer answer keeps no flag up for ever.
"""

from __future__ import annotations

from dataclasses import replace

from scoring.decline.flags import Kind
from scoring.decline.memory.states import Hold, ReportRef, RuleState
from scoring.decline.reports import Level, are_apart
from scoring.decline.rule import Finding, Rule, RuleInput

MAX_OCCURRENCES = 50
"""Our choice: of a flag that never clears, so many of the latest are named."""


def step(rule: Rule, state: RuleState | None, finding: Finding | None, given: RuleInput) -> RuleState | None:
    """The rule's next state: None is off."""
    if finding is not None and finding.level is not None:
        return _met(rule, state, finding, given.report)
    if state is None:
        return None
    if rule.kind is Kind.EVENT:
        age = (given.report.observed_on - state.met_on).days
        return None if not rule.lasting and age >= given.limits.general.event_days else state
    return _not_met(rule, state, finding, given)


def _met(rule: Rule, state: RuleState | None, finding: Finding, ref: ReportRef) -> RuleState:
    level = finding.level or Level.INFORM
    if state is None or rule.lasting:
        raised_by, raised_at = ref.id, ref.observed_at
    else:
        raised_by, raised_at = state.raised_by, state.raised_at
        level = max(level, state.level, key=lambda one: one.rank)
    numbers, reports = finding.evidence()
    return RuleState(
        level=level,
        raised_by=raised_by,
        raised_at=raised_at,
        met_by=ref.id,
        met_on=ref.observed_on,
        numbers=numbers,
        evidence=_occurrences(state, reports) if rule.lasting else reports,
        holds=_held(state, finding.respondent or ref.respondent, ref) if rule.kind is Kind.STATE else (),
    )


def _occurrences(state: RuleState | None, reports: tuple[str, ...]) -> tuple[str, ...]:
    """A flag that never clears names every occurrence, also one that became known late."""
    return reports if state is None else (*state.evidence, *reports)[-MAX_OCCURRENCES:]


def _held(state: RuleState | None, respondent: str, ref: ReportRef) -> tuple[Hold, ...]:
    others = () if state is None else (hold for hold in state.holds if hold.respondent != respondent)
    return (*others, Hold(respondent, ref.day))


def _not_met(rule: Rule, state: RuleState, finding: Finding | None, given: RuleInput) -> RuleState | None:
    after = [_hold_after(hold, rule, finding, given) for hold in state.holds]
    holds = tuple(hold for hold in after if hold is not None)
    if not holds:
        return None
    if finding is None:
        return state if holds == state.holds else replace(state, holds=holds)
    numbers, reports = finding.evidence()
    concerns = any(_concerns(hold, rule, finding, given) for hold in state.holds)
    return replace(
        state,
        holds=holds,
        met_now=state.met_now and not concerns,
        numbers=numbers or state.numbers,
        evidence=reports or state.evidence,
    )


def _concerns(hold: Hold, rule: Rule, finding: Finding, given: RuleInput) -> bool:
    """Whether a finding says how it stands with what a respondent holds up."""
    return hold.respondent == (finding.respondent or given.report.respondent) or _may_clear(hold, rule, given)


def _may_clear(hold: Hold, rule: Rule, given: RuleInput) -> bool:
    return hold.respondent == given.report.respondent or rule.measured or _speaks_for(hold, given)


def _hold_after(hold: Hold, rule: Rule, finding: Finding | None, given: RuleInput) -> Hold | None:
    """A respondent's hold after a report that does not meet the condition; None once it is cleared."""
    ref = given.report
    if hold.respondent == ref.respondent:
        hold = hold._replace(heard_day=ref.day)
    if finding is None or not _may_clear(hold, rule, given):
        return hold
    if not finding.clearing:
        return hold._replace(clears=0, cleared_day=0, cleared_at=0)
    here = (ref.day, ref.at)
    if hold.clears and hold.cleared_day == ref.day:
        return hold._replace(cleared_at=ref.at)
    if hold.clears and not are_apart((hold.cleared_day, hold.cleared_at), here):
        return hold
    if hold.clears + 1 >= given.limits.general.clear_reports:
        return None
    return Hold(hold.respondent, hold.heard_day, hold.clears + 1, *here)


def _speaks_for(hold: Hold, given: RuleInput) -> bool:
    """Whether this respondent carries the series in place of one who has been silent for so long."""
    since = given.report.day - given.limits.general.rater_days
    if hold.heard_day >= since:
        return False
    return not given.series.points or given.series.reference_rater(since) == given.report.respondent
