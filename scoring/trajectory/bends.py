"""What is believed of a change of pace before any report: how often, where it may lie, and how large.

Normal mixtures stand in for the skewed distributions, so that `change` stays in closed form.
"""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

HISTORY_DAYS = 365
RECENT_DAYS = 182
NOISE_DAYS = 183
CHANGES_PER_DAY = 1 / (80 * 7)
"""Our choice, by simulation: a lasting change of pace once in eighty weeks."""


class Earlier(NamedTuple):
    """One component of the prior on the slope before any change, points a month."""

    weight: float
    slope: float
    sd: float


class Changed(NamedTuple):
    """One component of the joint prior on the earlier slope and on what a change adds to it."""

    weight: float
    slope: float
    change: float
    slope_variance: float
    covariance: float
    change_variance: float


EARLIER = (
    Earlier(0.330, -0.406, 0.184),
    Earlier(0.483, -0.925, 0.351),
    Earlier(0.187, -1.704, 0.681),
)
"""Normal mixture fitted to a Gamma distribution of the loss with the cohorts' mean 0.9 and SD 0.6."""

CHANGED = (
    Changed(0.2607, -0.4318, -1.7933, 0.0471, -0.0231, 0.1440),
    Changed(0.4247, -0.7199, -1.1081, 0.0957, -0.0659, 0.0818),
    Changed(0.3146, -1.5421, -1.3573, 0.3428, 0.1089, 0.1698),
)
"""Fitted to the same Gamma and our choice of a change worth telling.

The loss becomes at least 1.5 points a month and at least one and a half times what it was; the excess over
that is a half-normal with SD 0.6.
"""


def _grid() -> tuple[tuple[int, int], ...]:
    """Places of the bend: days before the latest report, and the days each stands for."""
    widths = (14, 14, 14, 14, 21, 21, 28, 28, 28, 28, 28, 28, 28, 28, 28)
    ends = accumulate(widths)
    return tuple((end - width // 2, width) for end, width in zip(ends, widths, strict=True))


BENDS = _grid()
"""Our choice: finer where a bend can still be news; widths are whole days, so middles are too."""
