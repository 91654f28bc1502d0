"""The state machine all rules share: raising, holding, clearing, standing for a time, never clearing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scoring.decline import Level, Policy, Profile, evaluate
from scoring.decline.limits import General, Limits
from scoring.decline.memory.memory import Memory
from scoring.decline.reports import Profile as PatientProfile
from scoring.decline.rule import CLEARS, HOLDS, Finding, ReportRef, RuleInput, RuleState, met, rests_on, step
from scoring.decline.rules import BY_ID
from tests.scoring.decline.histories import START, at, days, make_report

STATE, EVENT, LASTING = BY_ID["dyspnea_low"], BY_ID["speech_level"], BY_ID["self_harm"]
ON = RuleState(
    level=Level.SOON,
    raised_by="r0",
    raised_at=at(START),
    met_by="r0",
    met_on=START,
    numbers={"code": 1},
    evidence=("r0",),
)


def given(day: int, limits: Limits = Limits()) -> RuleInput:  # noqa: B008
    on = START + timedelta(days=day)
    ref = ReportRef(f"r{day}", at(on), on, "patient", "self", None)
    return RuleInput(report=ref, profile=PatientProfile(), limits=limits, before=Memory())


def told(level: Level, code: int) -> Finding:
    return met(level, {"code": code}, f"e{code}", "e")


@pytest.mark.parametrize("finding", [None, CLEARS, HOLDS])
@pytest.mark.parametrize("rule", [STATE, EVENT, LASTING], ids=lambda rule: rule.id)
def test_what_is_off_stays_off_until_the_condition_is_met(rule: object, finding: Finding | None) -> None:
    assert step(rule, None, finding, given(7)) is None


@pytest.mark.parametrize("rule", [STATE, EVENT, LASTING], ids=lambda rule: rule.id)
def test_the_report_that_meets_the_condition_raises_it(rule: object) -> None:
    on = START + timedelta(days=7)
    assert step(rule, None, told(Level.SOON, 1), given(7)) == RuleState(
        level=Level.SOON,
        raised_by="r7",
        raised_at=at(on),
        met_by="r7",
        met_on=on,
        numbers={"code": 1},
        evidence=("e1", "e"),
    )


@pytest.mark.parametrize(
    ("level", "expected"),
    [(Level.INFORM, Level.SOON), (Level.SOON, Level.SOON), (Level.URGENT, Level.URGENT)],
)
def test_met_again_it_keeps_its_beginning_and_its_highest_level(level: Level, expected: Level) -> None:
    again = step(STATE, replace(ON, clears=1, cleared_on=START), told(level, 0), given(7))
    on = START + timedelta(days=7)
    assert again == replace(
        ON, level=expected, met_by="r7", met_on=on, numbers={"code": 0}, evidence=("e0", "e")
    )


def test_one_that_never_clears_begins_anew_with_the_level_and_the_evidence_of_each_time() -> None:
    again = step(LASTING, replace(ON, level=Level.URGENT), told(Level.SOON, 2), given(7))
    assert again is not None
    assert (again.level, again.raised_by, again.raised_at) == (
        Level.SOON,
        "r7",
        at(START + timedelta(days=7)),
    )
    assert again.evidence == ("r0", "e2", "e")


def test_one_that_never_clears_names_its_latest_fifty_occurrences() -> None:
    reports = [make_report("phq_9", {"phq_9": 1}, day) for day in days(*range(0, 55))]
    for count in (50, 51, 55):
        (flag,) = evaluate(reports[:count], Profile(), Policy()).flags
        assert flag.evidence == tuple(report.id for report in reports[count - 50 : count])


@pytest.mark.parametrize("finding", [None, CLEARS, HOLDS])
@pytest.mark.parametrize(("day", "event_days", "stands"), [(27, 28, True), (28, 28, False), (28, 29, True)])
def test_an_event_stands_for_its_days_whatever_is_reported(
    finding: Finding | None, day: int, event_days: int, stands: bool
) -> None:
    limits = replace(Limits(), general=General(event_days=event_days))
    now = step(EVENT, ON, finding, given(day, limits))
    assert now == (ON if stands else None)


def test_an_event_counts_from_the_latest_report_that_met_it() -> None:
    again = step(EVENT, ON, told(Level.SOON, 0), given(20))
    assert step(EVENT, again, None, given(47)) == again
    assert step(EVENT, again, None, given(48)) is None


@pytest.mark.parametrize("finding", [None, CLEARS, HOLDS])
def test_one_that_never_clears_does_not_end_with_time(finding: Finding | None) -> None:
    assert step(LASTING, ON, finding, given(4000)) == ON


def test_a_report_that_says_nothing_leaves_a_state_as_it_was() -> None:
    once = replace(ON, clears=1, cleared_on=START + timedelta(days=7))
    assert step(STATE, once, None, given(14)) == once


def test_a_state_clears_at_the_second_report_in_a_row() -> None:
    once = step(STATE, ON, CLEARS, given(7))
    assert once == replace(ON, clears=1, cleared_on=START + timedelta(days=7), met_now=False)
    assert step(STATE, once, CLEARS, given(8)) is None


def test_a_report_that_does_not_count_begins_the_row_again() -> None:
    once = step(STATE, ON, CLEARS, given(7))
    held = step(STATE, once, HOLDS, given(14))
    assert held == replace(ON, met_now=False)
    assert step(STATE, held, CLEARS, given(21)) is not None


def test_two_reports_of_one_day_count_once() -> None:
    once = step(STATE, ON, CLEARS, given(7))
    assert step(STATE, once, CLEARS, given(7)) == once


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_a_clinic_chooses_how_many_reports_clear(needed: int) -> None:
    limits = replace(Limits(), general=General(clear_reports=needed))
    state: RuleState | None = ON
    for day in range(1, needed):
        state = step(STATE, state, CLEARS, given(day, limits))
        assert state is not None
        assert state.clears == day
    assert step(STATE, state, CLEARS, given(needed, limits)) is None


@pytest.mark.parametrize("clearing", [True, False])
def test_while_it_stands_it_tells_the_numbers_of_now_where_there_are_any(clearing: bool) -> None:
    now = step(STATE, ON, Finding(None, clearing, rests_on({"code": 3}, "r7")), given(7))
    assert now is not None
    assert (now.numbers, now.evidence, now.level, now.met_by) == ({"code": 3}, ("r7",), Level.SOON, "r0")
