"""Doubt about a total or a form ends: borne out by one that is as bad or worse, or asked about sooner."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scoring.decline import Policy, Profile, Report, evaluate
from tests.scoring.decline.histories import START, alsfrs, rules_after, series

LEVEL = [40] * 12


def totals(*values: int, every: int = 7) -> list[Report]:
    return series([*LEVEL, *values], every=every)


def levels(rule: str, reports: list[Report]) -> list[str | None]:
    """The level of a rule's flag after each report from the first that is not level."""
    counts = range(len(LEVEL) + 1, len(reports) + 1)
    return [rules_after(*reports[:count]).get(rule) for count in counts]


def in_doubt(*reports: Report) -> tuple[str, ...]:
    return evaluate(reports, Profile(), Policy()).memory.baseline.doubted


def test_a_slip_raises_nothing_but_its_query_and_is_no_expectation_for_what_follows() -> None:
    reports = totals(28, 40, 40, 40, 40, 40)
    for count in range(len(LEVEL) + 1, len(reports) + 1):
        assert set(rules_after(*reports[:count])) <= {"surprise"}
    assert levels("surprise", reports) == ["inform"] * 4 + [None] * 2


@pytest.mark.parametrize("second", [24, 20, 12])
@pytest.mark.parametrize("every", [7, 14, 28])
def test_a_second_fall_that_is_as_bad_or_worse_bears_the_first_out(second: int, every: int) -> None:
    """Two values need not agree: the second may be worse."""
    first, again = totals(24, every=every), totals(24, second, every=every)
    assert in_doubt(*first) == (first[-1].id,)
    assert in_doubt(*again) == ()
    assert rules_after(*again).get("surprise") in ("inform", None)


@pytest.mark.parametrize("between", [(), (40,), (40, 40), (40, 40, 40)])
@pytest.mark.parametrize("every", [7, 14, 28])
def test_a_second_fall_that_is_less_bad_is_another_doubt_and_soon(
    between: tuple[int, ...], every: int
) -> None:
    assert levels("surprise", totals(24, *between, 28, every=every))[-1] == "soon"


def test_what_was_borne_out_makes_no_later_doubt_more_urgent_and_bears_out_none() -> None:
    assert levels("surprise", totals(33, 32, 32, 32, 32, 32, 32, 20))[-1] == "inform"


def test_another_respondents_fall_bears_nothing_out_and_is_no_second_doubt() -> None:
    own, when = totals(24), START + timedelta(days=7 * 13)
    low = alsfrs(20, when, respondent="caregiver")
    assert in_doubt(*own, low) == (own[-1].id,)
    carers = [alsfrs(40, report.observed_on, respondent="caregiver", hour=10) for report in own]
    rules = rules_after(*own, *carers, alsfrs(40, when), alsfrs(28, when, respondent="caregiver", hour=11))
    assert rules["surprise"] == "inform"


def test_a_report_of_the_same_night_bears_nothing_out() -> None:
    reports = totals()
    first = alsfrs(28, START + timedelta(days=7 * 12), hour=20)
    again = alsfrs(28, first.observed_on + timedelta(days=1), hour=0)
    assert first.id in in_doubt(*reports, first, again)
    later = alsfrs(28, first.observed_on + timedelta(days=2))
    assert in_doubt(*reports, first, again, later) == ()


def test_a_doubted_report_that_is_replaced_the_same_day_is_forgotten() -> None:
    reports = totals(28)
    right = alsfrs(40, reports[-1].observed_on, hour=20)
    assert in_doubt(*reports, right) == ()


def test_at_most_four_doubted_reports_are_remembered() -> None:
    reports = totals(*(value for low in range(20, 32) for value in (low, 40)))
    assert len(in_doubt(*reports)) == 4


def straight(code: int, day: int, **other: object) -> Report:
    return alsfrs([code] * 12, START + timedelta(days=day), **other)


def test_twelve_identical_answers_are_borne_out_by_twelve_that_are_as_bad_or_worse() -> None:
    first = [*totals(), straight(2, 200)]
    assert rules_after(*first)["straight_line"] == "inform"
    later = [*first, alsfrs(40, START + timedelta(days=230))]
    assert "straight_line" not in rules_after(*later)
    for code, asked in ((1, None), (2, None), (3, "soon")):
        assert rules_after(*later, straight(code, 260)).get("straight_line") == asked


def test_a_second_line_that_is_no_fall_stays_a_question_for_whoever_has_time() -> None:
    """From twelve ones to twelve threes is a rise."""
    history = [*totals(), straight(1, 200), straight(3, 230)]
    assert rules_after(*history)["straight_line"] == "inform"


def test_another_respondents_line_bears_nothing_out() -> None:
    history = [*totals(), straight(2, 200, respondent="caregiver"), straight(2, 230)]
    flags = evaluate(history, Profile(), Policy()).flags
    signals = [signal for flag in flags for signal in (flag, *flag.further)]
    assert [signal.evidence for signal in signals if signal.rule == "straight_line"] == [(history[-1].id,)]
