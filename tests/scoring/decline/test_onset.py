"""The loss since onset as prior of the slope: from which report it is taken, and when it means too little."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest

from scoring.decline import Policy, Profile, Report, Trend, evaluate
from tests.scoring.decline.histories import START, alsfrs, codes_for, days, series

BARE = {"weekly_correlation": 0.0, "patient_noise": False}
INFORMED = Policy.from_mapping({"limits": {"model": {**BARE, "onset_informed_prior": True}}})
PLAIN = Policy.from_mapping({"limits": {"model": BARE}})
DAYS_PER_MONTH = 30.4375


def trend_of(reports: list[Report], profile: Profile, policy: Policy = INFORMED) -> Trend:
    trend = evaluate(reports, profile, policy).trajectory
    assert trend is not None
    return trend


def onset(before: int, precision: str = "day") -> Profile:
    """A profile with onset so many days before the first report."""
    return Profile(onset_on=START - timedelta(days=before), onset_precision=precision)


def prior_slope(total: int, since: int) -> float:
    """US Natural History Consortium: 0.69 + 0.206 x loss a month since onset, as a loss."""
    return -0.69 - 0.206 * (48 - total) * DAYS_PER_MONTH / since


@pytest.mark.parametrize(("total", "since"), [(40, 365), (47, 92), (20, 1000), (48, 200)])
def test_the_first_report_leaves_the_slope_at_what_the_onset_leads_to_expect(total: int, since: int) -> None:
    trend = trend_of([alsfrs(total)], onset(since))
    assert (trend.slope, trend.slope_sd) == pytest.approx((prior_slope(total, since), 0.58))


@pytest.mark.parametrize(
    "profile",
    [Profile(), onset(91), onset(0), onset(-30), onset(700, "year")],
    ids=["unknown", "below three months", "same day", "after it", "only the year is known"],
)
def test_where_it_would_mean_little_the_prior_is_the_cohorts(profile: Profile) -> None:
    trend = trend_of([alsfrs(40)], profile)
    assert (trend.slope, trend.slope_sd) == pytest.approx((-0.9, 0.6))


def test_a_month_of_onset_is_precise_enough() -> None:
    assert trend_of([alsfrs(40)], onset(700, "month")).slope == pytest.approx(prior_slope(40, 700))


def test_a_policy_that_does_not_want_it_keeps_the_cohorts_prior() -> None:
    assert trend_of([alsfrs(40)], onset(365), PLAIN).slope == pytest.approx(-0.9)


def test_later_reports_keep_the_prior_of_the_first() -> None:
    """Two reports four weeks apart, by the published formulas with that prior."""
    first, second = 40, 39
    month = -28 / DAYS_PER_MONTH
    mean, spread, noise = prior_slope(first, 365), 0.58**2, 1.8**2
    a, b, c = 1 / 100 + 2 / noise, month / noise, 1 / spread + month**2 / noise
    u, v = 36 / 100 + (first + second) / noise, mean / spread + month * first / noise
    size = a * c - b * b
    trend = trend_of(series([first, second]), onset(365))
    assert trend.slope == pytest.approx((a * v - b * u) / size)
    assert trend.slope_sd == pytest.approx(math.sqrt(a / size))


def test_an_incomplete_first_report_is_not_the_one() -> None:
    missing = [*codes_for(40)[:11], None]
    (later,) = days(28)
    trend = trend_of([alsfrs(missing), alsfrs(40, later)], onset(365))
    assert trend.slope == pytest.approx(prior_slope(40, 365 + 28))


def test_it_is_remembered_after_the_first_report_has_left_the_memory() -> None:
    years = [alsfrs(40), alsfrs(20, START + timedelta(days=800))]
    assert trend_of(years, onset(365)).slope == pytest.approx(prior_slope(40, 365))


def test_onset_after_all_is_read_from_the_profile_of_today() -> None:
    profile = Profile(onset_on=date(2025, 1, 5))
    assert trend_of([alsfrs(36)], profile).slope == pytest.approx(prior_slope(36, 365))
