"""Acceleration: the pace has changed, whatever the limit for fast progression."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scoring.decline import Level, Policy, Profile, Report, Topic, evaluate
from scoring.decline.limits import Acceleration
from scoring.decline.rules.acceleration import limit_of
from tests.scoring.decline.histories import START, alsfrs, codes_for, rules_after, series

SLOW_THEN_FAST = [43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 41, 39, 38, 37]


def lit(reports: list[Report], policy: Policy = Policy()) -> bool:  # noqa: B008
    return "acceleration" in rules_after(*reports, policy=policy)


def test_a_slow_course_that_becomes_fast_is_told_soon() -> None:
    rules = rules_after(*series(SLOW_THEN_FAST, every=14), of=Topic.ACCELERATION)
    assert rules == {"acceleration": "soon"}


@pytest.mark.parametrize(
    "totals",
    [
        SLOW_THEN_FAST[:13],
        SLOW_THEN_FAST[::-1],
        [44, 44, 43, 43, 42, 42, 41, 41, 40, 40, 39, 39, 38, 38],
        [40] * 20,
        [0] * 20,
        [48] * 20,
    ],
    ids=["before it", "improving", "steady", "flat", "floor", "ceiling"],
)
def test_no_acceleration_is_told_where_there_is_none(totals: list[int]) -> None:
    assert not lit(series(totals, every=14))


def test_a_steady_fast_course_is_the_primary_rules() -> None:
    rules = rules_after(*series([46 - 2 * place for place in range(10)]))
    assert "acceleration" not in rules
    assert rules["fast_decline"] == "soon"


def test_it_is_not_raised_while_the_primary_rule_says_soon() -> None:
    """The same course would raise it under a policy whose primary rule says soon later."""
    reports = series([46, 46, 45, 45, 43, 41, 39, 37, 35, 33, 31, 29], every=28)
    early = {"inform_probability": 0.5, "soon_probability": 0.5}
    assert lit(reports)
    assert not lit(reports, Policy.from_mapping({"limits": {"primary": early}}))


@pytest.mark.parametrize(("reports", "measured"), [(3, False), (4, True)])
def test_four_reports_over_eight_weeks_are_needed(reports: int, measured: bool) -> None:
    low = Policy.from_mapping({"limits": {"acceleration": {"probability": 0.1, "probability_weekly": 0.1}}})
    assert lit(series([42, 42, 38, 34][4 - reports :]), low) is measured
    assert not lit(series([42, 42, 38, 34], every=18), low)


def test_the_limit_follows_the_gap_between_reports() -> None:
    limits = Acceleration()
    assert limit_of(28, limits) == limit_of(91, limits) == limits.probability
    assert limit_of(7, limits) == limit_of(1, limits) == pytest.approx(limits.probability_weekly)
    assert limit_of(14, limits) == pytest.approx((2 * limits.probability + limits.probability_weekly) / 3)


def test_the_switch_to_5b_and_begun_ventilation_are_no_acceleration() -> None:
    before = series([42] * 12, every=14)
    days = [START + timedelta(days=168 + 14 * place) for place in range(4)]
    fed = codes_for(42)
    fed[4] = 0
    assert not lit([*before, *(alsfrs(fed, day, form="b") for day in days)])
    ventilated = codes_for(42)
    ventilated[11] = 0
    assert not lit([*before, *(alsfrs(ventilated, day) for day in days)])
    weaker = codes_for(42)
    weaker[7] = 0
    assert lit([*before, *(alsfrs(weaker, day) for day in days)])


def test_a_caregiver_who_rates_lower_is_no_acceleration() -> None:
    own = series([42, 42, 42, 42, 41, 41, 41, 41, 41, 41], every=14)
    days = [START + timedelta(days=140 + 14 * place) for place in range(3)]
    assert not lit([*own, *(alsfrs(38, day, respondent="caregiver") for day in days)])


def test_it_clears_when_the_fall_turns_out_to_be_two_bad_reports() -> None:
    totals = [*SLOW_THEN_FAST, 41, 41, 40, 41, 41]
    flags = [lit(series(totals[: count + 1], every=14)) for count in range(len(totals))]
    assert flags[16]
    assert not flags[-1]


def test_a_change_found_stays_known_while_the_loss_goes_on() -> None:
    totals = [*SLOW_THEN_FAST, 36, 35, 34, 33]
    assert lit(series(totals, every=14))


def test_the_sentence_says_since_when_and_from_what_to_what() -> None:
    evaluation = evaluate(series(SLOW_THEN_FAST, every=14), Profile(), Policy())
    (flag,) = (flag for flag in evaluation.flags if flag.topic is Topic.ACCELERATION)
    assert flag.level is Level.SOON
    numbers = flag.numbers
    assert float(numbers["loss_before"]) < 0.8
    assert float(numbers["loss_after"]) > 1.5
    assert numbers["since_low_on"] <= numbers["since_on"] <= numbers["since_high_on"]
    for part in (
        f"since about {numbers['since_on']}",
        f"{numbers['chance_percent']} %",
        "points a month now",
    ):
        assert part in flag.sentence
    assert flag.evidence == tuple(report.id for report in series(SLOW_THEN_FAST, every=14))
