"""The ratio of two servers: a median that does not care which comes first, and an interval that covers it."""

from __future__ import annotations

import math
import random
from statistics import median

import pytest
from scipy.stats import binom

from bench.submit import ratios
from bench.submit.ratios import Ratio

TWELVE = [(value / 10, 1.0) for value in (9, 8, 7, 12, 11, 10, 13, 6, 14, 5, 15, 4)]


def test_twelve_pairs_are_bounded_by_their_third_lowest_and_third_highest_ratio() -> None:
    found = ratios.of(TWELVE)
    assert found.interval == pytest.approx((0.6, 1.3))
    assert found.median == pytest.approx(math.sqrt(0.9 * 1.0))


@pytest.mark.parametrize(
    ("pairs", "rank"), [(1, 0), (5, 0), (6, 1), (8, 1), (9, 2), (10, 2), (12, 3), (15, 4), (20, 6), (30, 10)]
)
def test_the_ranks_are_those_of_the_sign_test(pairs: int, rank: int) -> None:
    assert ratios.rank_for(pairs) == rank


@pytest.mark.parametrize("pairs", range(6, 40))
def test_it_is_the_narrowest_interval_that_covers_enough_by_the_binomial_distribution(pairs: int) -> None:
    rank = ratios.rank_for(pairs)
    covered = [1 - 2 * binom.cdf(number - 1, pairs, 0.5) for number in (rank, rank + 1)]
    assert covered[0] >= ratios.LEVEL > covered[1]
    assert ratios.coverage(pairs, rank) == pytest.approx(covered[0], rel=1e-12)


def test_it_covers_the_true_median_of_skewed_noise_as_often_as_it_says() -> None:
    chance, held = random.Random(7), 0
    for _ in range(2000):
        interval = ratios.of([(chance.lognormvariate(0, 0.2) ** 3, 1.0) for _ in range(12)]).interval
        assert interval is not None
        held += interval[0] <= 1 <= interval[1]
    assert held / 2000 == pytest.approx(ratios.coverage(12, 3), abs=0.015)


def test_turned_round_it_is_the_inverse() -> None:
    there, back = ratios.of(TWELVE), ratios.of([(second, first) for first, second in TWELVE])
    assert there.median * back.median == pytest.approx(1)
    assert there.interval is not None
    assert back.interval is not None
    assert there.interval[0] * back.interval[1] == pytest.approx(1)


def test_one_window_that_was_disturbed_moves_neither_median_nor_interval_far() -> None:
    quiet = [(1 + number / 1000, 1.0) for number in range(12)]
    disturbed = ratios.of([*quiet[1:], (100.0, 1.0)])
    assert disturbed.median == pytest.approx(median(first for first, _ in quiet), abs=0.002)
    assert disturbed.interval is not None
    assert disturbed.interval[1] < 1.02


def test_few_pairs_allow_no_interval() -> None:
    assert ratios.of([(2.0, 1.0)] * 5) == Ratio(pytest.approx(2.0), None)
    assert "no interval" in str(ratios.of([(2.0, 1.0)]))


@pytest.mark.parametrize(
    ("ratio", "reached"),
    [
        (Ratio(0.98, (0.97, 0.99)), True),
        (Ratio(0.96, (0.95, 1.0)), True),
        (Ratio(0.96, (0.95, 0.99)), False),
        (Ratio(0.97, None), True),
        (Ratio(0.96, None), False),
    ],
)
def test_a_bar_is_reached_by_the_median_or_by_an_interval_with_one_in_it(ratio: Ratio, reached: bool) -> None:
    assert ratio.reaches(0.97) is reached
