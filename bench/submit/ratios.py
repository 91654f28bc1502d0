"""The ratio of two servers from pairs of windows: its median, and an interval without assumptions on noise.

The interval is the order-statistic interval of the median: of n sorted ratios the k-th from either end, where
k is the greatest number for which it covers the true median in at least 95 % of cases, by the binomial
distribution. For twelve pairs that is the third lowest to the third highest ratio, which covers 96.1 %.
Nothing is drawn, so the same ratios give the same interval. Source: H. A. David and H. N. Nagaraja, Order
Statistics, 3rd ed. 2003, 7.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Ratio:
    """What pairs say about a ratio.

    Attributes:
        median: of the pairs, taken of their logarithms, so that turning every pair round gives its inverse.
        interval: of the true median, lower and upper end; nothing when there are too few pairs for one.
    """

    median: float
    interval: tuple[float, float] | None

    def __str__(self) -> str:
        """Return both as they are printed."""
        if self.interval is None:
            return f"{self.median:6.3f}  no interval"
        low, high = self.interval
        return f"{self.median:6.3f}  [{low:.3f}, {high:.3f}]"

    def reaches(self, least: float) -> bool:
        """Return whether the median is at least so much, or the interval holds 1 or more."""
        return self.median >= least or (self.interval is not None and self.interval[1] >= 1)


def of(pairs: Sequence[tuple[float, float]]) -> Ratio:
    """Return the ratio of the first of each pair to the second; both are positive."""
    logarithms = sorted(math.log(first / second) for first, second in pairs)
    rank = rank_for(len(pairs))
    ends = (math.exp(logarithms[rank - 1]), math.exp(logarithms[-rank])) if rank else None
    return Ratio(math.exp(median(logarithms)), ends)


def rank_for(pairs: int) -> int:
    """Return which ratio from either end bounds the interval; 0 where there are too few pairs for one."""
    rank = 0
    while coverage(pairs, rank + 1) >= LEVEL:
        rank += 1
    return rank


def coverage(pairs: int, rank: int) -> float:
    """Return how often the interval between the ratios of a rank holds the true median.

    Args:
        pairs: how many there are.
        rank: counted from either end, from 1.
    """
    outside = sum(math.comb(pairs, fewer) for fewer in range(min(rank, pairs + 1)))
    return 1 - math.ldexp(outside, 1 - pairs)
