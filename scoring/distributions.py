"""Normal and Student t: the quantiles and tail probabilities behind every interval and p value here.

The normal distribution is the standard library's; Student's t goes through the regularised incomplete beta
function, evaluated as a continued fraction (Numerical Recipes, section 6.4; modified Lentz). Checked against
scipy in the tests. Nothing here knows what is being tested.
"""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, inf, isfinite, isnan, lgamma, log, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()
_ROOT_2 = sqrt(2)
_TINY = 1e-300
_PRECISION = 1e-15


def normal_quantile(probability: float) -> float:
    """The value that a standard normal variable falls below with this probability."""
    return _NORMAL.inv_cdf(_checked_probability(probability))


def normal_two_sided_p(z: float) -> float:
    """Probability that a standard normal variable is at least this far from 0."""
    return erfc(abs(z) / _ROOT_2)


def t_two_sided_p(t: float, df: float) -> float:
    """Probability that Student's t is at least this far from 0; degrees of freedom need not be whole."""
    _checked_df(df)
    if isnan(t):
        raise ValueError("the statistic must be a number")
    square = t * t
    if square == inf:
        return 0.0
    return _beta_share(df / 2, 0.5, df / (df + square), square / (df + square))


def t_cdf(t: float, df: float) -> float:
    """Probability that Student's t falls below this value."""
    outside = t_two_sided_p(t, df) / 2
    return outside if t < 0 else 1 - outside


@lru_cache(maxsize=1024)
def t_quantile(probability: float, df: float) -> float:
    """The value that Student's t falls below with this probability.

    Found by bisection of the tail probability, down to neighbouring floating-point numbers. The last ones
    asked for are kept, because patients with as many reports ask for the same.
    """
    _checked_df(df)
    tail = min(_checked_probability(probability), 1 - probability)
    if tail == 0.5:
        return 0.0
    low, high = 0.0, 1.0
    while t_two_sided_p(high, df) / 2 > tail:
        low, high = high, 2 * high
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return -high if probability < 0.5 else high
        if t_two_sided_p(middle, df) / 2 > tail:
            low = middle
        else:
            high = middle


def _checked_probability(probability: float) -> float:
    if not 0 < probability < 1:
        raise ValueError("a probability must lie between 0 and 1, neither included")
    return probability


def _checked_df(df: float) -> None:
    if not (df > 0 and isfinite(df)):
        raise ValueError("degrees of freedom must be a positive number")


def _beta_share(a: float, b: float, x: float, rest: float) -> float:
    """Regularised incomplete beta function I_x(a, b); `rest` is 1 - x, given because it may be tiny."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, rest) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function; it converges in about sqrt(max(a, b)) steps."""
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value, change, step = d, inf, 0
    while abs(change - 1) > _PRECISION:
        step += 1
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        d, c = 1 / _nonzero(1 + even * d), _nonzero(1 + even / c)
        value *= d * c
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        d, c = 1 / _nonzero(1 + odd * d), _nonzero(1 + odd / c)
        change = d * c
        value *= change
    return value


def _nonzero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY
