"""The state machine all rules share: raising, holding, clearing, standing for a time, never clearing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scoring.decline import Level, Policy, Profile, evaluate
from scoring.decline.alsfrs.points import point_of
from scoring.decline.alsfrs.series import Series
from scoring.decline.limits import General, Limits
from scoring.decline.memory.memory import Memory
from scoring.decline.memory.states import Hold, ReportRef, RuleState
from scoring.decline.reports import Profile as PatientProfile
from scoring.decline.rule import CLEARS, HOLDS, Finding, RuleInput, met, rests_on
from scoring.decline.rules import BY_ID
from scoring.decline.step import step
from tests.scoring.decline.histories import START, alsfrs, at, days, make_report

STATE, EVENT, LASTING = BY_ID["dyspnea_low"], BY_ID["speech_level"], BY_ID["self_harm"]
WEIGHED = BY_ID["low_bmi"]
ON = RuleState(
    level=Level.SOON,
    raised_by="r0",
    raised_at=at(START),
    met_by="r0",
    met_on=START,
    numbers={"code": 1},
    evidence=("r0",),
    holds=(Hold("patient", START.toordinal()),),
)


def cleared(day: int, clears: int = 1, heard: int | None = None) -> RuleState:
    """The flag after so many reports of the patient that counted towards clearing, the last on this day."""
    on = START + timedelta(days=day)
    heard_day = (START + timedelta(days=day if heard is None else heard)).toordinal()
    hold = Hold("patient", heard_day, clears, on.toordinal(), int(at(on).timestamp()))
    return replace(ON, holds=(hold,))


def given(day: int, limits: Limits = Limits(), by: str = "patient", hour: int = 9) -> RuleInput:  # noqa: B008
    on = START + timedelta(days=day)
    ref = ReportRef(f"r{day}", at(on, hour), on, by, "self", None)
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
        holds=(Hold("patient", on.toordinal()),) if rule is STATE else (),
    )


@pytest.mark.parametrize(
    ("level", "expected"),
    [(Level.INFORM, Level.SOON), (Level.SOON, Level.SOON), (Level.URGENT, Level.URGENT)],
)
def test_met_again_it_keeps_its_beginning_and_its_highest_level(level: Level, expected: Level) -> None:
    again = step(STATE, cleared(0), told(level, 0), given(7))
    on = START + timedelta(days=7)
    assert again == replace(
        ON,
        level=expected,
        met_by="r7",
        met_on=on,
        numbers={"code": 0},
        evidence=("e0", "e"),
        holds=(Hold("patient", on.toordinal()),),
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


def test_a_report_that_says_nothing_leaves_a_state_as_it_was_but_its_respondent_has_been_heard() -> None:
    assert step(STATE, cleared(7), None, given(14)) == cleared(7, heard=14)


def test_a_state_clears_at_the_second_report_in_a_row() -> None:
    once = step(STATE, ON, CLEARS, given(7))
    assert once == replace(cleared(7), met_now=False)
    assert step(STATE, once, CLEARS, given(8)) is None


def test_a_report_that_does_not_count_begins_the_row_again() -> None:
    held = step(STATE, cleared(7), HOLDS, given(14))
    assert held == replace(ON, holds=(Hold("patient", given(14).report.day),), met_now=False)
    assert step(STATE, held, CLEARS, given(21)) is not None


def test_of_two_reports_of_one_day_the_last_counts_and_only_once() -> None:
    once = step(STATE, ON, CLEARS, given(7))
    again = step(STATE, once, CLEARS, given(7, hour=23))
    assert again is not None
    assert again.holds[0].clears == 1
    assert step(STATE, again, CLEARS, given(8, hour=10)) is not None
    assert step(STATE, again, CLEARS, given(8, hour=11)) is None


@pytest.mark.parametrize(("hours", "clears"), [(11, False), (12, True), (20, True)])
def test_the_reports_that_clear_are_twelve_hours_and_a_local_day_apart(hours: int, clears: bool) -> None:
    """The first at 22:00; the day after begins two hours later."""
    once = step(STATE, ON, CLEARS, given(7, hour=22))
    after = step(STATE, once, CLEARS, given(8, hour=22 + hours - 24))
    assert (after is None) is clears


def test_another_respondents_reports_neither_clear_nor_begin_the_row_again() -> None:
    state: RuleState | None = cleared(7)
    for day, finding in ((8, CLEARS), (9, CLEARS), (10, HOLDS), (11, None)):
        state = step(STATE, state, finding, given(day, by="caregiver"))
        assert state == cleared(7)
    assert step(STATE, state, CLEARS, given(12)) is None


def test_a_flag_that_two_hold_up_is_cleared_by_both() -> None:
    state = step(STATE, ON, told(Level.SOON, 1), given(1, by="caregiver"))
    for day in (2, 3):
        state = step(STATE, state, CLEARS, given(day))
    assert state is not None
    assert [hold.respondent for hold in state.holds] == ["caregiver"]
    for day in (4, 5):
        state = step(STATE, state, CLEARS, given(day, by="caregiver"))
    assert state is None


@pytest.mark.parametrize(("silent_days", "clears"), [(112, False), (113, True)])
def test_after_112_days_of_silence_whoever_carries_the_series_clears(silent_days: int, clears: bool) -> None:
    once = step(STATE, ON, CLEARS, given(silent_days, by="caregiver"))
    twice = step(STATE, once, CLEARS, given(silent_days + 1, by="caregiver"))
    assert (once == ON) is not clears
    assert (twice is None) is clears


def test_one_who_is_silent_is_not_cleared_by_somebody_who_does_not_carry_the_series() -> None:
    """The patient raised it and fell silent; the caregiver's series goes on."""
    carers = Series([point_of(alsfrs(40, START + timedelta(days=200), respondent="caregiver"))])
    for who, clears in (("clinician", False), ("caregiver", True)):
        state: RuleState | None = ON
        for day in (200, 201):
            state = step(STATE, state, CLEARS, given(day, by=who)._replace(series=carers))
        assert (state is None) is clears


def test_a_measurement_is_cleared_by_anybodys_report() -> None:
    once = step(WEIGHED, ON, CLEARS, given(7, by="caregiver"))
    assert step(WEIGHED, once, CLEARS, given(8, by="clinician")) is None


def test_a_rule_may_say_whose_reports_its_finding_is_about() -> None:
    finding = told(Level.SOON, 1)._replace(respondent="patient")
    state = step(STATE, None, finding, given(7, by="caregiver"))
    assert state is not None
    assert state.holds == (Hold("patient", given(7).report.day),)


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_a_clinic_chooses_how_many_reports_clear(needed: int) -> None:
    limits = replace(Limits(), general=General(clear_reports=needed))
    state: RuleState | None = ON
    for day in range(1, needed):
        state = step(STATE, state, CLEARS, given(day, limits))
        assert state is not None
        assert state.holds[0].clears == day
    assert step(STATE, state, CLEARS, given(needed, limits)) is None


@pytest.mark.parametrize("clearing", [True, False])
def test_while_it_stands_it_tells_the_numbers_of_now_where_there_are_any(clearing: bool) -> None:
    now = step(STATE, ON, Finding(None, clearing, rests_on({"code": 3}, "r7")), given(7))
    assert now is not None
    assert (now.numbers, now.evidence, now.level, now.met_by) == ({"code": 3}, ("r7",), Level.SOON, "r0")
