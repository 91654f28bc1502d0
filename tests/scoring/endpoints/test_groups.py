"""Summaries, Welch's difference and the rank-sum test against golden values and scipy."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from scoring.endpoints import CAVEATS, REASONS, Caveat, Reason, rank_sum, summarise, welch
from scoring.endpoints.groups import mid_ranks
from scoring.progression import NOTES

GOLDEN = json.loads((Path(__file__).parents[1] / "golden_endpoints.json").read_text())["welch"]["vectors"]
NEAR: dict[str, Any] = {"rel": 1e-9, "abs": 1e-9}
groups = st.lists(st.integers(-48, 48), min_size=2, max_size=25)
spread_groups = groups.filter(lambda values: len(set(values)) > 1)
tied_groups = st.lists(st.integers(-6, 6), min_size=1, max_size=30)
CONFIDENCES = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@pytest.mark.parametrize("vector", GOLDEN, ids=lambda vector: vector["id"])
def test_golden_differences(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    for arm in "ab":
        summary = summarise(vector[arm])
        assert summary.mean == pytest.approx(expected[f"mean_{arm}"], abs=1e-6)
        assert summary.sd == pytest.approx(expected[f"sd_{arm}"], abs=1e-6)
        assert [summary.low, summary.high] == pytest.approx(expected[f"ci95_{arm}"], abs=1e-6)
    found = welch(vector["a"], vector["b"])
    for name in ("difference", "se", "df", "t", "p"):
        assert getattr(found, name) == pytest.approx(expected[name], abs=1e-6)
    assert [found.low, found.high] == pytest.approx(expected["ci95_difference"], abs=1e-6)
    assert (found.n, found.notes) == ((len(vector["a"]), len(vector["b"])), ())


@given(spread_groups, CONFIDENCES)
def test_summaries_agree_with_scipy(values: list[int], confidence: float) -> None:
    summary, n = summarise(values, confidence), len(values)
    mean, sd = stats.tmean(values), stats.tstd(values)
    low, high = stats.t.interval(confidence, n - 1, loc=mean, scale=sd / n**0.5)
    assert (summary.n, summary.confidence, summary.notes) == (n, confidence, ())
    assert [summary.mean, summary.sd, summary.se] == pytest.approx([mean, sd, sd / n**0.5], **NEAR)
    assert [summary.low, summary.high] == pytest.approx([low, high], **NEAR)


@given(spread_groups, spread_groups, CONFIDENCES)
def test_welch_agrees_with_scipy(first: list[int], second: list[int], confidence: float) -> None:
    expected = stats.ttest_ind(first, second, equal_var=False)
    low, high = expected.confidence_interval(confidence)
    found = welch(first, second, confidence)
    assert (found.t, found.p) == pytest.approx((expected.statistic, expected.pvalue), **NEAR)
    assert (found.df, found.low, found.high) == pytest.approx((expected.df, low, high), **NEAR)
    assert found.difference == pytest.approx(stats.tmean(first) - stats.tmean(second), **NEAR)
    assert found.confidence == confidence


def test_welch_agrees_with_scipy_on_three_against_three() -> None:
    found, expected = (
        welch([-3, -1, -4], [-6, -9, -5]),
        stats.ttest_ind([-3, -1, -4], [-6, -9, -5], equal_var=False),
    )
    assert (found.t, found.df, found.p) == pytest.approx(
        (expected.statistic, expected.df, expected.pvalue), **NEAR
    )


@given(groups, groups)
def test_exchanging_the_groups_turns_the_sign(first: list[int], second: list[int]) -> None:
    there, back = welch(first, second), welch(second, first)
    assert back.difference == pytest.approx(-(there.difference or 0), abs=1e-12)
    assert (back.p is None) is (there.p is None)
    if there.p is not None and there.low is not None:
        assert (back.p, back.high) == pytest.approx((there.p, -there.low), **NEAR)


@given(spread_groups, st.integers(-20, 20))
def test_shifting_a_group_shifts_its_interval(values: list[int], by: int) -> None:
    old, new = summarise(values), summarise([value + by for value in values])
    assert (new.low, new.high) == pytest.approx(((old.low or 0) + by, (old.high or 0) + by), **NEAR)


def test_what_cannot_be_had_is_none_and_says_why() -> None:
    nobody, one, equal = summarise([]), summarise([-3]), summarise([0.1, 0.1, 0.1])
    assert (nobody.n, nobody.mean, nobody.sd, nobody.low, nobody.notes) == (
        0,
        None,
        None,
        None,
        (Caveat.NOBODY,),
    )
    assert (one.n, one.mean, one.sd, one.low, one.notes) == (1, -3, None, None, (Caveat.ONE_VALUE,))
    assert (equal.mean, equal.sd, equal.se, equal.low) == (pytest.approx(0.1), 0, 0, None)
    assert equal.notes == (Caveat.NO_SPREAD,)
    assert [summarise(values, 0.8).confidence for values in ([], [1], [1, 1])] == [0.8, 0.8, 0.8]


@pytest.mark.parametrize(
    ("first", "second", "difference", "se", "caveat"),
    [
        ([], [1, 2], None, None, Caveat.NOBODY),
        ([1, 2], [], None, None, Caveat.NOBODY),
        ([3], [1, 2], 1.5, None, Caveat.ONE_VALUE),
        ([1, 2], [3], -1.5, None, Caveat.ONE_VALUE),
        ([5, 5], [2, 2, 2], 3, 0, Caveat.NO_SPREAD),
    ],
)
def test_a_difference_that_cannot_be_tested_says_why(
    first: list[float], second: list[float], difference: float | None, se: float | None, caveat: Caveat
) -> None:
    found = welch(first, second)
    assert (found.n, found.confidence) == ((len(first), len(second)), 0.95)
    assert (found.difference, found.se, found.notes) == (difference, se, (caveat,))
    assert (found.df, found.t, found.low, found.high, found.p) == (None,) * 5


def test_a_spread_that_is_arithmetic_only_is_none() -> None:
    found = summarise([40.1 - 41.2, 4.3 - 5.4, 0.2 - 1.3])
    assert (found.sd, found.low, found.notes) == (0, None, (Caveat.NO_SPREAD,))
    assert summarise([-1.1, -1.1, -1.1001]).notes == ()


def test_one_group_without_spread_can_still_be_compared() -> None:
    found = welch([2, 2, 2], [1, 3, 5, 8])
    assert found.df == pytest.approx(3)
    assert (found.notes, found.confidence) == ((), 0.95)


def test_tiny_values_do_not_break_the_degrees_of_freedom() -> None:
    found = welch([1e-120, 2e-120, 4e-120], [1e-120, 3e-120])
    assert found.df == pytest.approx(welch([1, 2, 4], [1, 3]).df)


# Ranks


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40))
def test_mid_ranks_agree_with_scipy(values: list[int]) -> None:
    assert list(mid_ranks(values)) == list(stats.rankdata(values))


@given(
    st.lists(st.integers(-6, 6), min_size=10, max_size=30),
    st.lists(st.integers(-6, 6), min_size=10, max_size=30),
)
def test_the_rank_sum_test_agrees_with_scipy(first: list[int], second: list[int]) -> None:
    assume(len({*first, *second}) > 1)
    expected = stats.mannwhitneyu(first, second, method="asymptotic")
    found = rank_sum(first, second)
    assert found.u == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(min(1, expected.pvalue), rel=1e-9, abs=0)
    assert (found.n, found.exact, found.notes) == ((len(first), len(second)), False, ())


@given(st.sets(st.integers(-60, 60), min_size=2, max_size=40), st.integers(1, 9))
def test_below_ten_in_a_group_the_p_value_is_exact_and_agrees_with_scipy(values: set[int], n: int) -> None:
    mixed = sorted(values, key=lambda value: value * 7919 % 127)
    n = min(n, len(mixed) - 1)
    expected = stats.mannwhitneyu(mixed[:n], mixed[n:], method="exact")
    for found in (rank_sum(mixed[:n], mixed[n:]), rank_sum(mixed[n:], mixed[:n])):
        assert found.p == pytest.approx(min(1, expected.pvalue), rel=1e-9, abs=0)
        assert (found.exact, found.notes) == (True, ())


@given(
    st.lists(st.integers(-2, 2), min_size=1, max_size=5), st.lists(st.integers(-2, 2), min_size=1, max_size=5)
)
def test_with_ties_too_every_way_to_choose_the_group_is_counted(first: list[int], second: list[int]) -> None:
    assume(len({*first, *second}) > 1)
    ranks = mid_ranks([*first, *second])
    middle = len(first) * (len(ranks) + 1) / 2
    far = abs(sum(ranks[: len(first)]) - middle)
    ways = [abs(sum(chosen) - middle) >= far for chosen in combinations(ranks, len(first))]
    assert rank_sum(first, second).p == pytest.approx(sum(ways) / len(ways), rel=1e-12, abs=0)


def test_three_against_three_fully_separated() -> None:
    assert rank_sum([1, 2, 3], [4, 5, 6]).p == 0.1


def test_the_sign_of_z_says_which_group_ranks_higher() -> None:
    higher, lower = rank_sum([5, 6, 7, 9], [1, 2, 3]), rank_sum([1, 2, 3], [5, 6, 7, 9])
    assert higher.z == pytest.approx(1.9445436482630056)
    assert lower.z == pytest.approx(-1.9445436482630056)
    assert rank_sum([1, 4], [2, 3]).z == 0


def test_the_approximation_is_called_rough_where_the_exact_value_would_take_long() -> None:
    assert (rank_sum(range(10), range(5, 15)).exact, rank_sum(range(10), range(5, 14)).exact) == (False, True)
    most = rank_sum(range(9), range(5, 56))
    assert (sum(most.n), most.exact, most.notes) == (60, True, ())
    more = rank_sum(range(9), range(5, 57))
    assert (sum(more.n), more.exact, more.notes) == (61, False, (Caveat.APPROXIMATE_P,))


@pytest.mark.parametrize("baseline", [48.3, 40.1, 12.7, 9.9])
def test_the_same_change_from_different_values_is_the_same_change(baseline: float) -> None:
    first = [baseline + place / 10 - 1.1 - (baseline + place / 10) for place in range(12)]
    second = [place / 7 - 1.1 - place / 7 for place in range(12)]
    assert len({*first, *second}) > 1
    difference, ranks = welch(first, second), rank_sum(first, second)
    assert (difference.difference, difference.se, difference.p) == (0, 0, None)
    assert difference.notes == (Caveat.NO_SPREAD,)
    assert (ranks.p, ranks.notes) == (None, (Caveat.ALL_TIED,))
    assert (summarise(first).sd, summarise(first).notes) == (0, (Caveat.NO_SPREAD,))


def test_means_that_differ_by_arithmetic_only_do_not_differ() -> None:
    first, second = [0.1, 0.2, 0.3, 0.6], [0.3, 0.3, 0.3, 0.3]
    found = welch([value + 0.3 for value in first], [value + 0.3 for value in second])
    assert (found.difference, found.t, found.p) == (0, 0, 1)


def test_ranks_that_cannot_be_compared_say_why() -> None:
    assert rank_sum([], [1]).notes == rank_sum([1], []).notes == (Caveat.NOBODY,)
    assert (rank_sum([], [1]).n, rank_sum([2, 2], [2, 2, 2]).n) == ((0, 1), (2, 3))
    assert (rank_sum([], [1]).p, rank_sum([], [1]).u) == (None, None)
    tied = rank_sum([2, 2], [2, 2, 2])
    assert (tied.u, tied.z, tied.p, tied.notes) == (3, None, None, (Caveat.ALL_TIED,))
    single = rank_sum([1], [1])
    assert (single.u, single.p) == (0.5, None)


def test_every_caveat_and_reason_has_its_sentence_and_no_two_share_a_code() -> None:
    assert set(CAVEATS) == set(Caveat)
    assert set(REASONS) == set(Reason)
    codes = [str(code) for code in (*CAVEATS, *REASONS, *NOTES)]
    assert len(codes) == len(set(codes))
    assert all(text.endswith(".") for text in (*CAVEATS.values(), *REASONS.values()))


def test_a_mean_that_only_arithmetic_made_is_0() -> None:
    assert str(summarise([0.1, 0.2, -(0.1 + 0.2)]).mean) == "0.0"
    assert summarise([1 / 3, 2 / 3]).mean == 0.5
