"""The posterior of a straight line: against an independent integration, for every order and every input."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from scoring.trajectory import (
    DAYS_PER_MONTH,
    Course,
    NoPoints,
    Point,
    Posterior,
    Prior,
    Reason,
    lasting_factor,
    onset_informed,
    posterior,
)

BARE = Prior()
RATERS = ("patient", "caregiver", "clinician")
START = date(2024, 1, 1).toordinal()


def points(values: list[float], every: int = 28, rater: str = "patient") -> list[Point]:
    return [
        Point(START + every * place, value, f"{rater}-{place}", rater) for place, value in enumerate(values)
    ]


def numbers(fit: Posterior) -> list[float]:
    offsets = [part for offset in fit.offsets for part in offset[1:]]
    return [fit.level, fit.level_sd, fit.slope, fit.slope_sd, fit.covariance, fit.residual_sd, *offsets]


@st.composite
def courses(draw: st.DrawFn, most: int = 30) -> list[Point]:
    """Any points: one day or sixty years, any total, any respondent."""
    span = draw(st.sampled_from([0, 30, 400, 22_000]))
    size = draw(st.integers(1, most))
    values = draw(st.sampled_from([st.just(0.0), st.integers(0, 48).map(float), st.floats(0, 48)]))
    return [
        Point(START + draw(st.integers(0, span)), draw(values), str(place), draw(st.sampled_from(RATERS)))
        for place in range(size)
    ]


priors = st.builds(
    Prior,
    slope=st.floats(-3, 0),
    slope_sd=st.floats(0.1, 2),
    level_sd=st.floats(1, 30),
    residual_sd=st.floats(0.5, 5),
    offset_sd=st.sampled_from([0.0, 0.1, 1.5, 6.0]),
    correlation=st.sampled_from([0.0, 0.2, 0.9]),
    own_noise=st.booleans(),
)


def integrated(used: list[Point], prior: Prior) -> dict[str, float]:
    """Moments and a tail by Simpson's rule over the unnormalised density; no normal integral is used."""
    last = max(point.day for point in used)
    levels = np.linspace(-20, 90, 1501)
    pieces = [(prior.slope - 8 * prior.slope_sd, -1.11), (-1.11, prior.slope + 8 * prior.slope_sd)]
    slopes = [np.linspace(low, high, 1001) for low, high in pieces]

    def exponent(slope: np.ndarray) -> np.ndarray:
        grid = ((levels[:, None] - prior.level) / prior.level_sd) ** 2
        grid = grid + ((slope - prior.slope) / prior.slope_sd) ** 2
        for point in used:
            expected = levels[:, None] + slope * (point.day - last) / DAYS_PER_MONTH
            grid = grid + ((point.value - expected) / prior.residual_sd) ** 2
        return grid / 2

    grids = [exponent(slope) for slope in slopes]
    least = min(grid.min() for grid in grids)
    densities = [np.exp(least - grid) for grid in grids]
    by_slope = [integrate.simpson(density, x=levels, axis=0) for density in densities]
    by_level = sum(
        integrate.simpson(density, x=slope, axis=1) for density, slope in zip(densities, slopes, strict=True)
    )
    masses = [
        [integrate.simpson(one * slope**power, x=slope) for one, slope in zip(by_slope, slopes, strict=True)]
        for power in range(3)
    ]
    whole = sum(masses[0])
    slope_mean = sum(masses[1]) / whole
    level_mean = integrate.simpson(by_level * levels, x=levels) / whole
    return {
        "slope": slope_mean,
        "slope_sd": math.sqrt(sum(masses[2]) / whole - slope_mean**2),
        "level": level_mean,
        "level_sd": math.sqrt(integrate.simpson(by_level * (levels - level_mean) ** 2, x=levels) / whole),
        "tail": masses[0][0] / whole,
    }


@pytest.mark.parametrize(
    ("values", "every"), [([44, 42, 39, 37], 28), ([40], 28), ([30, 36, 30], 3), ([20, 20, 19, 18, 18], 60)]
)
def test_it_agrees_with_numerical_integration(values: list[float], every: int) -> None:
    fit = posterior(points(values, every), BARE)
    expected = integrated(points(values, every), BARE)
    for name in ("slope", "slope_sd", "level", "level_sd"):
        assert getattr(fit, name) == pytest.approx(expected[name], abs=1e-6), name
    assert fit.probability_below(-1.11) == pytest.approx(expected["tail"], abs=1e-6)


def dense(used: list[Point], prior: Prior, noise: float, reference: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of level, slope and two offsets as one multivariate normal."""
    others = [rater for rater in RATERS if rater != reference]
    last = max(point.day for point in used)
    rows = [
        [1, (point.day - last) / DAYS_PER_MONTH, *(float(point.rater == rater) for rater in others)]
        for point in used
    ]
    design = np.array(rows)
    # Without a prior spread there is no offset; a precision matrix is inverted, for nothing cancels in it.
    free = 4 if prior.offset_sd else 2
    spread = np.zeros((4, 4))
    deviations = (prior.level_sd, prior.slope_sd, prior.offset_sd, prior.offset_sd)[:free]
    before = [deviation**-2 for deviation in deviations]
    precision = np.diag(before) + design[:, :free].T @ design[:, :free] / noise**2
    spread[:free, :free] = np.linalg.inv(precision)
    mean = np.array([prior.level, prior.slope, 0, 0])
    rest = np.array([point.value for point in used]) - design @ mean
    return mean + spread @ design.T @ rest / noise**2, spread


@settings(max_examples=150, deadline=None)
@given(courses(most=12), priors, st.sampled_from(RATERS))
def test_offsets_agree_with_the_multivariate_normal(
    course: list[Point], prior: Prior, reference: str
) -> None:
    fit = posterior(course, prior, reference=reference)
    mean, spread = dense(course, prior, fit.residual_sd, reference)
    assert [fit.level, fit.slope] == pytest.approx(mean[:2], abs=1e-6)
    assert [fit.level_sd, fit.slope_sd] == pytest.approx(np.sqrt(np.diag(spread)[:2]), abs=1e-6)
    others = [rater for rater in RATERS if rater != reference]
    for place, rater in enumerate(others, start=2):
        ahead = fit.day + 61
        row = np.array([1, 61 / DAYS_PER_MONTH, 0, 0])
        row[place] = 1
        expected, deviation = fit.expected(ahead, rater)
        assert expected == pytest.approx(row @ mean, abs=1e-6)
        assert deviation == pytest.approx(math.sqrt(row @ spread @ row + fit.residual_sd**2), abs=1e-6)


def test_a_line_that_is_well_known_adds_little_to_what_is_expected() -> None:
    fit = posterior(points([40 - 0.1 * place for place in range(60)], 7), BARE)
    assert fit.level_sd < 0.6
    assert fit.expected(fit.day) == pytest.approx((fit.level, math.hypot(fit.level_sd, fit.residual_sd)))


@given(courses(), priors, st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter(course: list[Point], prior: Prior, random: object) -> None:
    shuffled = list(course)
    random.shuffle(shuffled)
    assert posterior(course, prior) == posterior(shuffled, prior)


@given(courses(), priors, st.sampled_from([None, 0, 183]))
def test_it_is_finite_and_surer_than_before(course: list[Point], prior: Prior, window: int | None) -> None:
    fit = posterior(course, prior, window_days=window)
    assert all(math.isfinite(number) for number in numbers(fit))
    assert 0 < fit.slope_sd <= prior.slope_sd * (1 + 1e-9)
    assert 0 <= fit.probability_below(-1.11) <= 1
    assert math.isfinite(fit.surprise(Point(fit.day + 30, 0.0, "new", "caregiver")))
    assert set(fit.used) | {point.id for point in fit.left_out} == {point.id for point in course}


@pytest.mark.parametrize("every", [0, 1, 7])
def test_it_is_finite_for_500_reports(every: int) -> None:
    fit = posterior(points([0.0] * 500, every), replace(BARE, correlation=0.4, own_noise=True))
    assert all(math.isfinite(number) for number in numbers(fit))


def test_one_report_leaves_the_slope_at_its_prior() -> None:
    fit = posterior(points([40]), BARE)
    assert (fit.slope, fit.slope_sd) == pytest.approx((-0.9, 0.6))


def test_the_window_includes_its_first_day_and_names_what_it_leaves_out() -> None:
    course = [Point(START, 44, "old"), Point(START + 1, 43, "first"), Point(START + 184, 40, "last")]
    fit = posterior(course, BARE, window_days=183)
    assert fit.used == ("first", "last")
    assert fit.left_out == (("old", Reason.BEFORE_WINDOW),)


def test_a_number_that_is_none_is_left_out_and_named() -> None:
    fit = posterior([*points([40, 39]), Point(START + 400, math.nan, "broken")], BARE)
    assert fit.left_out == (("broken", Reason.NOT_FINITE),)
    assert fit.day == START + 28


def test_a_course_is_split_into_each_respondents_own_points() -> None:
    course = Course([1, 2, 2, 3], [40, 39, 36, 38], ["a", "b", "c", "d"], ["patient", *RATERS[:2], "patient"])
    assert course.by_rater() == {
        "caregiver": Course([2], [36], ["c"], ["caregiver"]),
        "patient": Course([1, 2, 3], [40, 39, 38], ["a", "b", "d"], ["patient"] * 3),
    }
    alone = course.since(3)
    assert alone.by_rater() == {"patient": Course([3], [38], ["d"], ["patient"])}
    assert [list(course.since(day).ids) for day in (0, 1, 2, 3, 4)] == [
        ["a", "b", "c", "d"],
        ["a", "b", "c", "d"],
        ["b", "c", "d"],
        ["d"],
        [],
    ]


def test_nothing_has_no_trajectory() -> None:
    with pytest.raises(NoPoints, match=r"^a trajectory needs at least one finite point$"):
        posterior([], BARE)


@pytest.mark.parametrize(
    ("days", "factor"),
    [([0], 1), ([0, 0], 1), ([0, 7, 14, 21], 3), ([0, 14], 5 / 3), ([0, 28], 17 / 15), ([14, 7, 0, 7], 3)],
)
def test_errors_that_last_count_by_the_correlation_over_the_median_gap(
    days: list[int], factor: float
) -> None:
    """A correlation of one half from week to week."""
    assert lasting_factor(days, 0.5) == pytest.approx(factor)
    assert lasting_factor(days, 0) == 1


def test_the_factor_is_what_lasting_errors_do_to_a_long_series() -> None:
    """The variance of a least-squares slope over many weeks, from the errors' whole covariance."""
    t = np.arange(800.0)
    weights = (t - t.mean()) / np.sum((t - t.mean()) ** 2)
    covariance = 0.4 ** np.abs(t[:, None] - t[None, :])
    inflated = (weights @ covariance @ weights) / (weights @ weights)
    assert lasting_factor(range(0, 5600, 7), 0.4) == pytest.approx(inflated, rel=0.01)


def test_lasting_errors_widen_the_noise_and_not_the_prior() -> None:
    fit = posterior(points([44, 43, 42], 7), replace(BARE, correlation=0.6))
    assert fit.residual_sd == pytest.approx(1.8 * 2)


def test_own_noise_begins_at_six_reports() -> None:
    prior = replace(BARE, own_noise=True)
    wild = [40, 34, 41, 33, 42, 34]
    assert posterior(points(wild[:5]), prior).residual_sd == 1.8
    own = posterior(points(wild), prior).residual_sd
    t = np.arange(6.0)
    residuals = np.polynomial.Polynomial.fit(t, wild, 1)(t) - wild
    assert own == pytest.approx(math.sqrt((8 * 1.8**2 + residuals @ residuals) / (8 + 6 - 2)))


def test_own_noise_of_several_respondents_is_about_one_slope_and_a_level_each() -> None:
    mine, carers = [40, 34, 41, 33, 42, 34], [30, 33, 27, 31]
    course = [*points(mine), *points(carers, 35, rater="caregiver"), Point(START + 50, 20, "c", "clinician")]
    design = np.array([[point.day, *(float(point.rater == rater) for rater in RATERS)] for point in course])
    totals = np.array([point.value for point in course])
    fitted = design @ np.linalg.lstsq(design, totals, rcond=None)[0]
    squares = float(((totals - fitted) ** 2).sum())
    own = posterior(course, replace(BARE, own_noise=True)).residual_sd
    assert own == pytest.approx(math.sqrt((8 * 1.8**2 + squares) / (8 + 11 - 2)))


def test_own_noise_has_a_floor() -> None:
    quiet = points([40.0] * 60)
    assert posterior(quiet, replace(BARE, own_noise=True)).residual_sd == 1.2


def test_another_respondents_level_is_no_noise() -> None:
    prior = replace(BARE, own_noise=True)
    course = [*points([40.0] * 30), *points([36.0] * 30, rater="caregiver")]
    assert posterior(course, prior).residual_sd == 1.2


def test_another_respondent_moves_the_level_little_and_is_told_apart() -> None:
    course = [*points([40, 40, 40, 40]), *points([35, 35, 35, 35], rater="caregiver")]
    fit = posterior(course, BARE)
    (offset,) = fit.offsets
    assert (offset.rater, round(offset.mean)) == ("caregiver", -3)
    assert fit.expected(fit.day, "patient")[0] == fit.level
    assert fit.expected(fit.day, "caregiver")[0] < fit.level - 2


def test_a_report_as_expected_is_no_surprise_and_a_low_one_is_negative() -> None:
    fit = posterior(points([44, 43, 42, 41]), BARE)
    mean, spread = fit.expected(fit.day + 28)
    assert fit.surprise(Point(fit.day + 28, mean, "new")) == pytest.approx(0)
    assert fit.surprise(Point(fit.day + 28, mean - 3 * spread, "new")) == pytest.approx(-3)
    assert spread > BARE.residual_sd


def test_a_respondent_who_never_reported_is_uncertain_by_the_offset_and_the_reference_one_is_not() -> None:
    fit = posterior(points([40, 39, 38], rater="caregiver"), Prior(offset_sd=1.5))
    bare = fit.level_sd**2 + fit.residual_sd**2
    expected = {"patient": bare, "clinician": bare + 1.5**2}
    for rater, variance in expected.items():
        mean, sd = fit.expected(fit.day, rater)
        assert (mean, sd**2) == pytest.approx((fit.level, variance)), rater


def test_the_onset_informs_the_prior() -> None:
    prior = onset_informed(BARE, 1.0)
    assert (prior.slope, prior.slope_sd) == pytest.approx((-0.896, 0.58))
    assert prior.level == BARE.level
