"""The slope of one subscore: against the published formula, and when it speaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist, median

import pytest

from scoring.decline import Flag, Policy, Profile, Report, Topic, evaluate
from tests.scoring.decline.histories import alsfrs, days, lost, rules_after

SLOPE = "domain_slope"
SHARES = {"bulbar": 0.2, "fine_motor": 0.3, "gross_motor": 0.3, "respiratory": 0.2}


def formula(on: Sequence[int], scores: Sequence[int], share: float, *, lasting: bool = True) -> NormalDist:
    """Posterior of the slope: level ~ N(9, 4²), slope ~ N(-0.9 w, (0.9 w)²), s = 1 or more."""
    gap = median(later - day for day, later in pairwise(on))
    kept = 0.1 ** (gap / 7) if lasting else 0.0
    variance = (1 + kept) / (1 - kept)
    months = [(day - on[-1]) / 30.4375 for day in on]
    spread = (0.9 * share) ** 2
    a = 1 / 16 + len(on) / variance
    b = sum(months) / variance
    c = 1 / spread + sum(month**2 for month in months) / variance
    u = 9 / 16 + sum(scores) / variance
    v = -0.9 * share / spread + sum(m * y for m, y in zip(months, scores, strict=True)) / variance
    size = a * c - b * b
    return NormalDist((a * v - b * u) / size, math.sqrt(a / size))


def course(
    losses: Sequence[int], domain: str = "bulbar", *, every: int = 28, **other: object
) -> list[Report]:
    dates = days(*(every * place for place in range(len(losses))))
    return [alsfrs(lost(**{domain: count}), day, **other) for count, day in zip(losses, dates, strict=True)]


def policy(**limits: object) -> Policy:
    """Limits under which no other rule of the domains or the total is on."""
    calm = {"primary": {"soon_probability": 0.9999, "inform_probability": 0.999, "steep_probability": 0.999}}
    domain = {"drop_points": 12, **limits.pop("domain", {})}
    return Policy.from_mapping({"limits": {**calm, "domain": domain, **limits}})


def flag_after(reports: list[Report], how: Policy) -> Flag:
    (flag,) = (flag for flag in evaluate(reports, Profile(), how).flags if flag.topic is Topic.DOMAIN)
    return flag


def lit(reports: list[Report], how: Policy | None = None) -> bool:
    return SLOPE in rules_after(*reports, policy=how or policy())


STEADY = (0, 1, 2, 3, 4, 5, 6)
LOW = {"probability": 0.5, "clear_probability": 0.05}


@pytest.mark.parametrize("every", [14, 28, 30])
@pytest.mark.parametrize("domain", SHARES)
def test_its_numbers_are_those_of_the_formula(domain: str, every: int) -> None:
    reports = course(STEADY[:6], domain, every=every)
    expected = formula(
        [every * place for place in range(6)], [12 - count for count in STEADY[:6]], SHARES[domain]
    )
    numbers = flag_after(reports, policy(domain=LOW)).numbers
    assert numbers["loss_per_month"] == pytest.approx(-expected.mean)
    assert numbers["limit_per_month"] == pytest.approx(1.11 * SHARES[domain])
    assert numbers["probability"] == pytest.approx(expected.cdf(-1.11 * SHARES[domain]))
    assert (numbers["domain"], numbers["reports"], numbers["weeks"]) == (
        domain,
        6,
        round(5 * every / 7),
    )


def test_reports_closer_than_four_weeks_are_partly_the_same_news_unless_the_policy_says_otherwise() -> None:
    reports, on, scores = course(STEADY[:6], every=14), range(0, 84, 14), [12 - count for count in STEADY[:6]]
    without = policy(domain=LOW, model={"weekly_correlation": 0.0})
    for how, lasting in ((policy(domain=LOW), True), (without, False)):
        expected = formula(on, scores, 0.2, lasting=lasting)
        assert flag_after(reports, how).numbers["probability"] == pytest.approx(expected.cdf(-0.222))


def test_seven_points_of_speech_saliva_and_swallowing_in_half_a_year_are_told() -> None:
    reports = course(STEADY)
    flag = flag_after(reports, Policy())
    assert (flag.rule, flag.level, flag.evidence) == (SLOPE, "inform", tuple(report.id for report in reports))
    assert flag.sentence == (
        "Over the last 24 weeks (7 reports) the bulbar items (speech, saliva, swallowing) have been falling"
        " by about 0.6 points of 12 a month; the chance that the loss is faster than 0.22 a month is 99 %."
    )
    assert flag.clears_when == "The chance falls below 50 % in every domain, at two reports in a row."
    assert (flag.numbers["chance_percent"], flag.numbers["clear_percent"]) == (99, 50)
    assert not lit(reports[:-1], Policy())


def test_the_limit_itself_is_enough() -> None:
    reports = course(STEADY)
    probability = float(flag_after(reports, policy()).numbers["probability"])
    assert lit(reports, policy(domain={"probability": probability}))
    assert not lit(reports, policy(domain={"probability": math.nextafter(probability, 1)}))


@pytest.mark.parametrize(
    ("losses", "expected"),
    [((0, 1, 2), False), ((0, 2, 3), True), ((1, 0, 3), True), ((1, 2, 3), False), ((9, 11, 12), True)],
    ids=["two lost", "three lost", "three below the highest", "two below the highest", "down to nothing"],
)
def test_three_points_below_the_highest_of_the_window_are_needed(
    losses: tuple[int, ...], expected: bool
) -> None:
    assert lit(course(losses), policy(domain=LOW)) is expected


@pytest.mark.parametrize(
    ("count", "every", "expected"), [(2, 28, False), (3, 13, False), (3, 14, True), (4, 9, True)]
)
def test_three_reports_over_27_days_are_needed(count: int, every: int, expected: bool) -> None:
    reports = course([0, 4, 8, 12][:count], every=every)
    assert lit(reports, policy(domain=LOW, model={"weekly_correlation": 0.0})) is expected


@pytest.mark.parametrize(("last", "expected"), [(66, False), (67, True)])
def test_the_27_days_are_between_the_respondents_own_reports(last: int, expected: bool) -> None:
    """The caregiver's report of day 0 makes the span of the total long enough."""
    carers = alsfrs(lost(), days(0)[0], respondent="caregiver")
    own = [alsfrs(lost(bulbar=count), day) for count, day in zip((0, 6, 12), days(40, 55, last), strict=True)]
    assert lit([carers, *own], policy(domain=LOW, model={"weekly_correlation": 0.0})) is expected


def test_a_span_of_a_week_is_told_as_one_week() -> None:
    short = {"min_span_days": 7, "soon_probability": 0.9999, "inform_probability": 0.999}
    how = policy(domain=LOW, primary=short, model={"weekly_correlation": 0.0})
    assert flag_after(course((0, 6, 12), every=4), how).numbers["weeks"] == 1


@pytest.mark.parametrize(("first", "expected"), [(183, True), (184, False)])
def test_the_window_is_183_days_inclusive(first: int, expected: bool) -> None:
    """Without the first report fewer than three points are lost."""
    reports = [
        alsfrs(lost(bulbar=count), day)
        for count, day in zip((0, 2, 3, 4), days(0, first - 56, first - 28, first), strict=True)
    ]
    assert lit(reports, policy(domain={**LOW, "slope_points": 4})) is expected


def test_of_two_domains_the_surer_one_is_told() -> None:
    """Both lose four points; a bulbar loss is the smaller share of the total, hence the surer."""
    dates = days(*range(0, 140, 28))
    both = [lost(bulbar=place, gross_motor=place) for place in range(5)]
    reports = [alsfrs(codes, day) for codes, day in zip(both, dates, strict=True)]
    flag = flag_after(reports, policy(domain=LOW))
    on, scores = range(0, 140, 28), [12 - place for place in range(5)]
    chances = {
        name: formula(on, scores, SHARES[name]).cdf(-1.11 * SHARES[name])
        for name in ("bulbar", "gross_motor")
    }
    assert flag.numbers["domain"] == max(chances, key=chances.__getitem__)
    assert flag.numbers["probability"] == pytest.approx(max(chances.values()))


def lit_after_each(losses: Sequence[int], how: Policy) -> list[bool]:
    reports = course(losses)
    return [lit(reports[: count + 1], how) for count in range(len(reports))]


def test_it_clears_at_the_second_report_with_fewer_than_three_points_lost() -> None:
    assert lit_after_each((*STEADY, 6, 2, 2), Policy())[6:] == [True, True, True, False]


def test_it_clears_at_the_second_report_with_a_chance_below_the_limit() -> None:
    """The third time fewer than three points are lost within the window."""
    losses = (*STEADY, 5, 5, 5)
    on, scores = [28 * place for place in range(9)], [12 - count for count in losses]
    first, second = (formula(on[end - 7 : end], scores[end - 7 : end], 0.2).cdf(-0.222) for end in (8, 9))
    between = {"clear_probability": (first + second) / 2}
    assert lit_after_each(losses, policy(domain=between))[6:] == [True, True, True, False]
    exactly = float(flag_after(course(losses[:9]), policy(domain=LOW)).numbers["probability"])
    assert exactly == pytest.approx(second)
    assert lit_after_each(losses, policy(domain={"clear_probability": exactly}))[9]


def test_a_second_domain_that_is_losing_keeps_it_standing() -> None:
    dates = days(*range(0, 252, 28))
    bulbar, gross = (*STEADY, 0, 0), (0, 0, 0, 0, 0, 0, 0, 4, 6)
    alone = [alsfrs(lost(bulbar=one), day) for one, day in zip(bulbar, dates, strict=True)]
    both = [
        alsfrs(lost(bulbar=one, gross_motor=other), day)
        for one, other, day in zip(bulbar, gross, dates, strict=True)
    ]
    assert not lit(alone)
    assert lit(both)


def test_near_the_ceiling_three_reports_are_too_few_to_clear_it() -> None:
    """Half a year later only three good reports are in the window: the third says nothing yet."""
    old = course(STEADY)
    late = [alsfrs(lost(), day) for day in days(600, 620, 640, 660, 680)]
    assert [lit([*old, *late[:count]]) for count in (3, 4, 5)] == [True, True, False]


def test_an_incomplete_report_says_nothing() -> None:
    reports = course((*STEADY, 6))
    gap = lost(bulbar=6)
    gap[8] = None
    assert not lit([*reports[:6], alsfrs(gap, days(168)[0])])
    assert lit(reports)


def test_the_caregivers_own_series_is_measured_like_the_patients() -> None:
    own, carers = course(STEADY[:6]), course(STEADY[:6], respondent="caregiver")
    numbers = [flag_after(reports, policy(domain=LOW)).numbers for reports in (own, carers)]
    assert numbers[0] == numbers[1]


def test_another_respondents_reports_are_no_part_of_the_slope() -> None:
    own = course((0, 1, 1, 2, 2, 2))
    carer = [alsfrs(lost(bulbar=6), day, respondent="caregiver") for day in days(120, 130)]
    assert not lit([*own, *carer], policy(domain=LOW))
    assert not lit([*own[:5], *carer, own[5]], policy(domain=LOW))


def test_a_domain_whose_form_changed_is_left_out_and_the_others_are_not() -> None:
    dates = days(*range(0, 196, 28))
    for domain, expected in (("fine_motor", False), ("gross_motor", True)):
        reports = [
            alsfrs(lost(**{domain: count}), day, form="b" if count > 2 else "a")
            for count, day in zip(STEADY, dates, strict=True)
        ]
        assert lit(reports, policy(domain=LOW)) is expected


def test_it_is_not_raised_while_the_total_speaks() -> None:
    reports = course(STEADY)
    sensitive = {"primary": {"inform_probability": 0.5, "soon_probability": 0.9, "loss_per_month": 0.7}}
    assert "fast_decline" in rules_after(*reports, policy=Policy.from_mapping({"limits": sensitive}))
    assert not lit(reports, Policy.from_mapping({"limits": sensitive}))
