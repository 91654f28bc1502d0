"""Groups of numbers: summaries with t intervals, Welch's difference, and the rank-sum test.

A result that does not exist is None with a caveat, never NaN. Nothing here knows a trial; a sign is always
first group minus second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb, hypot, sqrt
from statistics import fmean, variance

from scoring.distributions import normal_two_sided_p, t_quantile, t_two_sided_p
from scoring.tolerance import largest, negligible, settled, without_noise


class Caveat(StrEnum):
    """Why a number is missing, or should be read with care; `CAVEATS` has the sentences."""

    NOBODY = "nobody"
    ONE_VALUE = "one_value"
    NO_SPREAD = "no_spread"
    ALL_TIED = "all_tied"
    APPROXIMATE_P = "approximate_p"
    NO_DIRECTION = "no_direction"


CAVEATS = {
    Caveat.NOBODY: "A group is empty: there is nothing to count or to compare.",
    Caveat.ONE_VALUE: "A group has a single value: no standard deviation, interval or test.",
    Caveat.NO_SPREAD: "All values in a group are equal: no interval or test can be had from that.",
    Caveat.ALL_TIED: "All values are tied: there is nothing to test.",
    Caveat.APPROXIMATE_P: (
        "Fewer than ten in one group and too many in the other to go through every order: the normal"
        " approximation of the p value is rough."
    ),
    Caveat.NO_DIRECTION: "Which end of the scale is better is not known: nobody can be ranked or judged.",
}
EXACT_BELOW = 10
"""With fewer in a group the p value is exact. Our choice; text books ask for about ten in each group."""
EXACT_MOST = 60
"""More than this in both groups together would take long to go through."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean of a group; `low` and `high` are its t interval at `confidence`."""

    n: int
    confidence: float
    mean: float | None = None
    sd: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    notes: tuple[Caveat, ...] = ()


def summarise(values: Sequence[float], confidence: float = 0.95) -> Summary:
    """Mean, SD and interval mean +/- t(n - 1) SD / sqrt(n)."""
    n = len(values)
    if n == 0:
        return Summary(n, confidence, notes=(Caveat.NOBODY,))
    mean = without_noise(fmean(values), largest(values))
    if n == 1:
        return Summary(n, confidence, mean, notes=(Caveat.ONE_VALUE,))
    sd = sqrt(variance(values))
    if negligible(sd, largest(values)):
        return Summary(n, confidence, mean, sd=0.0, se=0.0, notes=(Caveat.NO_SPREAD,))
    se = sd / sqrt(n)
    half = t_quantile((1 + confidence) / 2, n - 1) * se
    return Summary(n, confidence, mean, sd, se, mean - half, mean + half)


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference of two means without assuming equal variances.

    Attributes:
        difference: first minus second.
        df: by Welch and Satterthwaite.
        p: two-sided, of no difference.
    """

    n: tuple[int, int]
    confidence: float
    difference: float | None = None
    se: float | None = None
    df: float | None = None
    t: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    notes: tuple[Caveat, ...] = ()


def welch(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Difference:
    """Welch's difference of means, with its interval and p value."""
    a, b = summarise(first), summarise(second)
    n = (a.n, b.n)
    if a.mean is None or b.mean is None:
        return Difference(n, confidence, notes=(Caveat.NOBODY,))
    size = largest([*first, *second])
    difference = without_noise(a.mean - b.mean, size)
    if a.se is None or b.se is None:
        return Difference(n, confidence, difference, notes=(Caveat.ONE_VALUE,))
    if Caveat.NO_SPREAD in a.notes and Caveat.NO_SPREAD in b.notes:
        return Difference(n, confidence, difference, se=0.0, notes=(Caveat.NO_SPREAD,))
    se = hypot(a.se, b.se)
    share = (a.se / se) ** 2
    df = 1 / (share**2 / (a.n - 1) + (1 - share) ** 2 / (b.n - 1))
    half = t_quantile((1 + confidence) / 2, df) * se
    return Difference(
        n=n,
        confidence=confidence,
        difference=difference,
        se=se,
        df=df,
        t=difference / se,
        low=difference - half,
        high=difference + half,
        p=t_two_sided_p(difference / se, df),
    )


def mid_ranks(values: Sequence[float]) -> tuple[float, ...]:
    """Ranks from 1, lowest first; values that are equal to nine digits share the mean of their ranks."""
    settled_values = settled(values)
    below, ranks = 0, {}
    for value, times in sorted(Counter(settled_values).items()):
        ranks[value] = below + (times + 1) / 2
        below += times
    return tuple(ranks[value] for value in settled_values)


@dataclass(frozen=True, slots=True)
class RankSum:
    """Wilcoxon rank-sum test.

    Attributes:
        u: pairs in which the first group's value is the higher one, a tie counting half.
        z: of the normal approximation, corrected for ties and continuity; positive when the first group
            ranks higher.
        p: two-sided; exact (the share of all orders that are as far from the middle, or farther) with fewer
            than ten in a group, else by z.
    """

    n: tuple[int, int]
    u: float | None = None
    z: float | None = None
    p: float | None = None
    exact: bool = False
    notes: tuple[Caveat, ...] = ()


def rank_sum(first: Sequence[float], second: Sequence[float]) -> RankSum:
    """Compare the ranks of two groups (Wilcoxon 1945, Mann and Whitney 1947)."""
    n = (len(first), len(second))
    if not all(n):
        return RankSum(n, notes=(Caveat.NOBODY,))
    ranks = mid_ranks([*first, *second])
    u = sum(ranks[: n[0]]) - n[0] * (n[0] + 1) / 2
    if len(set(ranks)) == 1:
        return RankSum(n, u, notes=(Caveat.ALL_TIED,))
    pairs, total = n[0] * n[1], sum(n)
    ties = sum(times**3 - times for times in Counter(ranks).values())
    spread = pairs / 12 * (total + 1 - ties / (total * (total - 1)))
    off = u - pairs / 2
    z = max(abs(off) - 0.5, 0) / sqrt(spread)
    few = min(n) < EXACT_BELOW
    exact = few and total <= EXACT_MOST
    return RankSum(
        n=n,
        u=u,
        z=z if off >= 0 else -z,
        p=_exact_p(ranks, n[0]) if exact else normal_two_sided_p(z),
        exact=exact,
        notes=(Caveat.APPROXIMATE_P,) if few and not exact else (),
    )


def _exact_p(ranks: Sequence[float], first: int) -> float:
    """Share of all ways to choose the first group whose rank sum is as far from the middle, or farther.

    In doubled ranks, which are whole, and so without any rounding. The smaller group is the one chosen.
    """
    doubled = [round(2 * rank) for rank in ranks]
    chosen = doubled[:first] if 2 * first <= len(doubled) else doubled[first:]
    size = len(chosen)
    ways: list[Counter[int]] = [Counter({0: 1}), *(Counter() for _ in range(size))]
    for rank in doubled:
        for taken in range(size, 0, -1):
            for total, times in ways[taken - 1].items():
                ways[taken][total + rank] += times
    middle = size * (len(doubled) + 1)
    distance = abs(sum(chosen) - middle)
    as_far = sum(times for total, times in ways[size].items() if abs(total - middle) >= distance)
    return as_far / comb(len(doubled), size)
