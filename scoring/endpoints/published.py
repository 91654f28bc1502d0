"""Published differences worked backwards: which standard error, SD and p value their interval implies.

Arithmetic on printed numbers, to check them and to plan from them; it claims nothing of efficacy. The
intervals are taken to be pooled-t, the usual one of two-arm comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scoring.distributions import t_quantile, t_two_sided_p


@dataclass(frozen=True, slots=True)
class PublishedDifference:
    """A difference of two means as printed, with its interval and the sizes of the groups."""

    what: str
    difference: float
    low: float
    high: float
    n: tuple[int, int]
    source: str
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("the interval must have a width")
        if min(self.n) < 1 or sum(self.n) < 3:
            raise ValueError("the groups must hold three subjects or more between them")


@dataclass(frozen=True, slots=True)
class BackCalculation:
    """What the printed interval implies.

    Attributes:
        midpoint: of the interval; away from the difference by more than rounding, the interval is not a t
            interval of this difference.
    """

    df: int
    se: float
    pooled_sd: float
    t: float
    p: float
    midpoint: float


def back_calculate(published: PublishedDifference) -> BackCalculation:
    """SE = width / (2 t(df)), df = n1 + n2 - 2, SD = SE / sqrt(1/n1 + 1/n2)."""
    df = sum(published.n) - 2
    se = (published.high - published.low) / (2 * t_quantile((1 + published.confidence) / 2, df))
    t = published.difference / se
    return BackCalculation(
        df=df,
        se=se,
        pooled_sd=se / sqrt(sum(1 / n for n in published.n)),
        t=t,
        p=t_two_sided_p(t, df),
        midpoint=(published.low + published.high) / 2,
    )


OH_2018 = (
    PublishedDifference(
        "ALSFRS-R change from baseline to month 4", 2.98, 1.48, 4.47, (32, 27), "Oh 2018 (NCT01363401)"
    ),
    PublishedDifference(
        "ALSFRS-R change from baseline to month 6", 3.38, 1.23, 5.54, (31, 25), "Oh 2018 (NCT01363401)"
    ),
)
CONTEXT = (
    "The trial was open, without a sham procedure, and found no difference in long-term survival. The larger"
    " trial that followed (ALSUMMIT, NCT04745299) was reported by its sponsor in December 2024 to have missed"
    " its primary and secondary endpoints. Nothing here establishes that the treatment works."
)
