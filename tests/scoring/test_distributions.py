"""Normal and t against scipy and against what every distribution obeys."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.distributions import (
    normal_quantile,
    normal_two_sided_p,
    t_cdf,
    t_quantile,
    t_two_sided_p,
)

DFS = st.one_of(st.integers(1, 400).map(float), st.floats(0.7, 5000))
PROBABILITIES = st.floats(0.0005, 0.9995)
TS = st.floats(-80, 80)


@given(PROBABILITIES, DFS)
def test_t_quantiles_agree_with_scipy(probability: float, df: float) -> None:
    expected = stats.t.ppf(probability, df)
    assert t_quantile(probability, df) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(TS, DFS)
def test_t_probabilities_agree_with_scipy(t: float, df: float) -> None:
    assert t_cdf(t, df) == pytest.approx(stats.t.cdf(t, df), abs=1e-10)
    assert t_two_sided_p(t, df) == pytest.approx(2 * stats.t.sf(abs(t), df), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("df", "expected"),
    [(1, 12.706204736432095), (2, 4.302652729696142), (57, 2.0024654592910065), (1e5, 1.959987707590775)],
)
def test_the_usual_two_sided_limits(df: float, expected: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(expected, rel=1e-10)


def test_one_degree_of_freedom_is_cauchys() -> None:
    for t in (1e-12, 1e-6, 0.5, 1.0, 40.0, 1e6):
        assert t_cdf(t, 1) - 0.5 == pytest.approx(math.atan(t) / math.pi, rel=1e-9, abs=1e-16)


@given(PROBABILITIES, DFS)
def test_the_quantile_undoes_the_distribution(probability: float, df: float) -> None:
    assert t_cdf(t_quantile(probability, df), df) == pytest.approx(probability, abs=1e-12)


@given(PROBABILITIES, DFS)
def test_t_is_symmetric(probability: float, df: float) -> None:
    value = t_quantile(probability, df)
    assert t_quantile(1 - probability, df) == pytest.approx(-value, rel=1e-9, abs=1e-12)
    assert t_two_sided_p(value, df) == t_two_sided_p(-value, df)


def test_the_middle_and_the_ends() -> None:
    assert t_quantile(0.5, 3) == 0.0
    assert t_two_sided_p(0.0, 3) == 1.0
    assert t_two_sided_p(math.inf, 3) == t_two_sided_p(1e200, 3) == 0.0
    assert t_cdf(0.0, 3) == 0.5
    assert (t_cdf(-math.inf, 3), t_cdf(math.inf, 3)) == (0.0, 1.0)


def test_a_p_value_far_out_keeps_its_digits() -> None:
    assert t_two_sided_p(40.0, 100) == pytest.approx(2 * stats.t.sf(40.0, 100), rel=1e-9, abs=0)
    assert t_two_sided_p(40.0, 100) < 1e-60


def test_the_normal_distribution() -> None:
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=1e-12)
    assert normal_two_sided_p(-1.959963984540054) == pytest.approx(0.05, abs=1e-12)
    assert normal_two_sided_p(0) == 1.0


@given(st.floats(-37, 37))
def test_normal_probabilities_keep_their_digits_far_out(z: float) -> None:
    assert normal_two_sided_p(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-12, abs=0)


def test_a_normal_probability_beyond_all_floats_is_0() -> None:
    assert normal_two_sided_p(9.0) == pytest.approx(2.2571768119076845e-19, rel=1e-12, abs=0)
    assert normal_two_sided_p(math.inf) == normal_two_sided_p(-40.0) == 0.0


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, 1.1, math.nan])
def test_a_probability_outside_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match=r"^a probability must lie between 0 and 1, neither included$"):
        t_quantile(probability, 3)
    with pytest.raises(ValueError, match="probability"):
        normal_quantile(probability)


@pytest.mark.parametrize("df", [0.0, -1.0, math.inf, math.nan])
def test_impossible_degrees_of_freedom_are_refused(df: float) -> None:
    for call in (lambda: t_quantile(0.9, df), lambda: t_cdf(1.0, df)):
        with pytest.raises(ValueError, match=r"^degrees of freedom must be a positive number$"):
            call()


def test_a_statistic_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the statistic must be a number$"):
        t_two_sided_p(math.nan, 3)
