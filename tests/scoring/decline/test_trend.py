"""The trend that an evaluation shows: its JSON, the notes beside it, and whose reports it follows."""

from __future__ import annotations

import pytest

from scoring.decline import Policy, Profile, Report, Trend, evaluate
from scoring.trajectory import Point, Prior, posterior
from tests.scoring.decline.histories import START, alsfrs, codes, days, lost, series

POLICY = Policy()
TREND = Trend(
    evidence=("r1", "r2"),
    rater="caregiver",
    omitted=(4, 11),
    reports=2,
    first_day=START.toordinal(),
    last_day=START.toordinal() + 28,
    level=35.5,
    level_sd=1.25,
    slope=-1.0,
    slope_sd=0.5,
    covariance=0.1,
    probability=0.4,
    steep_probability=0.2,
    residual_sd=1.8,
    measured=True,
    too_early=False,
    at_floor=False,
    total_at_floor=False,
)


def trend_of(reports: list[Report], policy: Policy = POLICY) -> Trend:
    trend = evaluate(reports, Profile(), policy).trajectory
    assert trend is not None
    return trend


def test_the_json_form_of_a_trend_has_the_central_95_percent() -> None:
    assert TREND.as_dict() == {
        "level": 35.5,
        "level_sd": 1.25,
        "slope_per_month": -1.0,
        "slope_sd": 0.5,
        "covariance": 0.1,
        "slope_low": pytest.approx(-1.979982),
        "slope_high": pytest.approx(-0.020018),
        "probability_fast": 0.4,
        "probability_steep": 0.2,
        "residual_sd": 1.8,
        "reports": 2,
        "first_on": "2026-01-05",
        "last_on": "2026-02-02",
        "respondent": "caregiver",
        "compared_on": "without_both",
        "notes": [],
        "evidence": ["r1", "r2"],
    }


@pytest.mark.parametrize(
    ("changed", "notes"),
    [
        ({"measured": False}, ["too_few"]),
        ({"too_early": True}, ["too_early"]),
        ({"at_floor": True}, ["scale_floor"]),
        ({"total_at_floor": True}, []),
        ({"measured": False, "too_early": True, "at_floor": True}, ["too_few", "too_early", "scale_floor"]),
    ],
)
def test_the_notes_beside_it(changed: dict[str, bool], notes: list[str]) -> None:
    assert TREND._replace(**changed).as_dict()["notes"] == notes


@pytest.mark.parametrize(
    ("totals", "total", "either"),
    [
        ([8], False, False),
        ([8, 8], True, True),
        ([30, 8, 8], True, True),
        ([8, 8, 30], False, False),
        ([8, 8, 30, 8], False, False),
        ([30, 9, 8], False, True),
        ([30, 8, 9], False, True),
        ([30, 0, 0], True, True),
        ([30, 30, 30], False, False),
    ],
)
def test_the_scale_ends_at_a_total_of_8_twice(totals: list[int], total: bool, either: bool) -> None:
    """At a total of 9 a domain has ended although the total has not."""
    trend = trend_of(series(totals))
    assert (trend.total_at_floor, trend.at_floor) == (total, either)


@pytest.mark.parametrize("domain", ["bulbar", "fine_motor", "gross_motor"])
@pytest.mark.parametrize(
    ("losses", "floor"),
    [((11, 11), True), ((10, 11), False), ((11, 10), False), ((12, 12), True), ((11,), False)],
)
def test_a_domain_ends_at_one_point_twice(domain: str, losses: tuple[int, ...], floor: bool) -> None:
    dates = days(*(28 * place for place in range(len(losses))))
    trend = trend_of([alsfrs(lost(**{domain: one}), day) for one, day in zip(losses, dates, strict=True)])
    assert (trend.at_floor, trend.total_at_floor) == (floor, False)


def test_breathing_that_has_ended_is_at_the_floor_too() -> None:
    ended = codes(dyspnea=0, orthopnea=1, support=0)
    assert trend_of([alsfrs(ended, day) for day in days(0, 28)]).at_floor


def test_two_domains_that_end_in_turn_are_not_one_that_has_ended() -> None:
    first, second = days(0, 28)
    assert not trend_of([alsfrs(lost(bulbar=12), first), alsfrs(lost(gross_motor=12), second)]).at_floor


@pytest.mark.parametrize(("first", "floor"), [(183, True), (184, False)])
def test_a_report_before_the_window_does_not_make_it_twice(first: int, floor: bool) -> None:
    start, later = days(0, first)
    assert trend_of([alsfrs(4, start), alsfrs(4, later)]).total_at_floor is floor


@pytest.mark.parametrize(
    ("totals", "early"),
    [
        ([46, 46, 46], True),
        ([46, 46, 45], False),
        ([45, 45, 46], True),
        ([46, 46, 46, 46], False),
        ([48], True),
    ],
)
def test_near_the_top_of_the_scale_three_reports_are_too_early(totals: list[int], early: bool) -> None:
    assert trend_of(series(totals)).too_early is early


REFERENCE = [
    ([("patient", 0), ("caregiver", 112)], "patient"),
    ([("patient", 0), ("caregiver", 113)], "caregiver"),
    ([("caregiver", 0), ("patient", 28)], "patient"),
    ([("clinician", 0), ("caregiver", 28)], "caregiver"),
    ([("caregiver", 0), ("clinician", 28)], "caregiver"),
    ([("caregiver", 0), ("clinician", 113)], "clinician"),
    ([("clinician", 0)], "clinician"),
]


@pytest.mark.parametrize(("whos", "reference"), REFERENCE)
def test_the_series_follows_the_patient_else_the_caregiver_else_the_clinician(
    whos: list[tuple[str, int]], reference: str
) -> None:
    dates = days(*(day for _, day in whos))
    reports = [alsfrs(40, day, respondent=who) for (who, _), day in zip(whos, dates, strict=True)]
    assert trend_of(reports).rater == reference


def test_an_incomplete_report_does_not_keep_a_respondent_the_reference_one() -> None:
    missing = [*codes()[:11], None]
    first, second, third = days(0, 60, 113)
    reports = [alsfrs(40, first), alsfrs(missing, second), alsfrs(40, third, respondent="caregiver")]
    assert trend_of(reports).rater == "caregiver"


def test_a_respondent_before_the_window_is_not_the_reference_one() -> None:
    """A window of 56 days is shorter than the 112 days for which a respondent stays the reference one."""
    short = Policy.from_mapping({"limits": {"primary": {"window_days": 56}}})
    first, second = days(0, 57)
    reports = [alsfrs(40, first), alsfrs(40, second, respondent="caregiver")]
    assert trend_of(reports, short).rater == "caregiver"
    assert trend_of(reports).rater == "patient"


def test_the_trend_is_the_trajectory_of_the_window_with_the_policys_prior() -> None:
    model = {
        "prior_slope": -0.5,
        "prior_slope_sd": 0.4,
        "prior_level": 30.0,
        "prior_level_sd": 8.0,
        "residual_sd": 2.0,
        "rater_offset_sd": 1.0,
        "weekly_correlation": 0.0,
        "patient_noise": False,
    }
    whos = ("patient", "caregiver", "patient", "patient")
    totals, on = (44, 38, 41, 39), (0, 10, 30, 61)
    reports = [
        alsfrs(total, day, respondent=who) for total, day, who in zip(totals, days(*on), whos, strict=True)
    ]
    trend = trend_of(reports, Policy.from_mapping({"limits": {"model": model}}))
    points = [Point(day, total, str(day), who) for total, day, who in zip(totals, on, whos, strict=True)]
    prior = Prior(slope=-0.5, slope_sd=0.4, level=30.0, level_sd=8.0, residual_sd=2.0, offset_sd=1.0)
    fit = posterior(points, prior)
    assert (trend.level, trend.level_sd) == pytest.approx((fit.level, fit.level_sd))
    assert (trend.slope, trend.slope_sd) == pytest.approx((fit.slope, fit.slope_sd))
    assert trend.residual_sd == 2.0
    assert trend.probability == pytest.approx(fit.probability_below(-1.11))
    assert trend.steep_probability == pytest.approx(fit.probability_below(-1.5))
    assert (trend.reports, trend.last_day - trend.first_day, trend.omitted) == (4, 61, ())
    assert trend.evidence == tuple(report.id for report in reports)


@pytest.mark.parametrize("who", ["caregiver", "clinician"])
def test_a_series_of_another_respondent_alone_is_measured_like_the_patients(who: str) -> None:
    totals = [44, 42, 41, 39, 38]
    own, theirs = trend_of(series(totals)), trend_of(series(totals, respondent=who))
    assert theirs == own._replace(rater=who)


def test_other_limits_of_fast_and_steep_loss_are_the_policys() -> None:
    reports = series([44, 42, 40, 38])
    own = Policy.from_mapping({"limits": {"primary": {"loss_per_month": 0.7, "steep_loss_per_month": 1.11}}})
    assert trend_of(reports, own).steep_probability == trend_of(reports).probability
    assert trend_of(reports, own).probability > trend_of(reports).probability


def test_items_left_out_are_made_up_for_by_the_scale() -> None:
    first, second = days(0, 28)
    before, after = codes(speech=3), codes(speech=3, salivation=3, walking=2)
    forms = [alsfrs(before, first), alsfrs(after, second, form="b")]
    plain = Policy.from_mapping({"limits": {"model": {"patient_noise": False, "weekly_correlation": 0.0}}})
    eleven = [(sum(form) - form[4]) * 12 / 11 for form in (before, after)]
    fit = posterior([Point(0, eleven[0], "a"), Point(28, eleven[1], "b")], Prior())
    trend = trend_of(forms, plain)
    assert (trend.level, trend.slope) == pytest.approx((fit.level, fit.slope))
