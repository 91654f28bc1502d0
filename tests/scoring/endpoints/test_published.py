"""The published differences worked backwards, and forwards again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.endpoints import OH_2018, PublishedDifference, back_calculate
from scoring.endpoints.published import CONTEXT

GOLDEN = json.loads((Path(__file__).parents[1] / "golden_endpoints.json").read_text())[
    "published_back_calculation"
]["vectors"]


@pytest.mark.parametrize("vector", GOLDEN, ids=lambda vector: vector["id"])
def test_golden_back_calculations(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    low, high = expected["ci95"]
    n = (expected["n1"], expected["n2"])
    found = back_calculate(PublishedDifference("", expected["difference"], low, high, n, ""))
    assert found.se == pytest.approx(expected["se"], abs=5e-5)
    assert found.pooled_sd == pytest.approx(expected["implied_pooled_sd"], abs=5e-4)
    assert found.t == pytest.approx(expected["t"], abs=5e-4)
    assert found.p == pytest.approx(expected["p"], abs=5e-6)


def test_the_published_differences_and_what_they_imply() -> None:
    month_4, month_6 = OH_2018
    assert [(published.difference, published.low, published.high, published.n) for published in OH_2018] == [
        (2.98, 1.48, 4.47, (32, 27)),
        (3.38, 1.23, 5.54, (31, 25)),
    ]
    assert "month 4" in month_4.what
    assert "month 6" in month_6.what
    assert {published.source for published in OH_2018} == {"Oh 2018 (NCT01363401)"}
    four, six = back_calculate(month_4), back_calculate(month_6)
    assert (round(four.se, 3), round(four.pooled_sd, 2), round(four.p, 4)) == (0.747, 2.86, 0.0002)
    assert (round(six.se, 3), round(six.pooled_sd, 2), round(six.p, 4)) == (1.075, 4.0, 0.0027)
    assert (four.df, six.df) == (57, 54)
    assert (four.midpoint, six.midpoint) == (pytest.approx(2.975), pytest.approx(3.385))


def test_nothing_is_claimed_of_efficacy() -> None:
    assert "Nothing here establishes that the treatment works" in CONTEXT
    assert "missed its primary and secondary endpoints" in CONTEXT
    assert "without a sham procedure" in CONTEXT


groups = st.lists(st.integers(-40, 10), min_size=2, max_size=20).filter(lambda values: len(set(values)) > 1)


@given(
    groups,
    groups,
    st.sampled_from([0.9, 0.95, 0.99]),
)
def test_an_interval_worked_backwards_gives_the_test_it_came_from(
    first: list[int], second: list[int], confidence: float
) -> None:
    test = stats.ttest_ind(first, second)
    low, high = test.confidence_interval(confidence)
    difference = stats.tmean(first) - stats.tmean(second)
    found = back_calculate(
        PublishedDifference("", difference, low, high, (len(first), len(second)), "", confidence)
    )
    assert found.p == pytest.approx(test.pvalue, rel=1e-9, abs=1e-12)
    assert found.t == pytest.approx(test.statistic, rel=1e-9, abs=1e-9)
    squares = sum((v - stats.tmean(sample)) ** 2 for sample in (first, second) for v in sample)
    assert found.pooled_sd == pytest.approx((squares / found.df) ** 0.5, rel=1e-9)
    assert found.midpoint == pytest.approx(difference, abs=1e-9)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0)])
def test_an_interval_without_a_width_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=r"^the interval must have a width$"):
        PublishedDifference("", 1, low, high, (10, 10), "")


@pytest.mark.parametrize("n", [(1, 1), (0, 10), (10, 0), (-1, 10)])
def test_groups_without_a_degree_of_freedom_are_refused(n: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"^the groups must hold three subjects or more between them$"):
        PublishedDifference("", 1, 0, 2, n, "")


def test_three_subjects_are_enough() -> None:
    assert back_calculate(PublishedDifference("", 1, 0, 2, (1, 2), "")).df == 1
