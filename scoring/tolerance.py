"""How close two floats have to be to be one number. Nothing in `endpoints` and `progression` asks for less.

Totals are whole or have a few decimals, so what differs in the tenth significant digit was made by
arithmetic, not by a patient. The nine digits are our choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, log10

DIGITS = 9
SHARE = 10.0**-DIGITS


def negligible(number: float, beside: float) -> bool:
    """Whether a number is nothing but rounding beside another one of the size it was computed from."""
    return abs(number) <= SHARE * abs(beside)


def without_noise(number: float, beside: float) -> float:
    """The number itself; 0 where it is nothing but rounding beside another one."""
    return number - number if negligible(number, beside) else number


def at_least(number: float, limit: float) -> bool:
    """Whether a number reaches a limit, which the last digits of a float must not decide."""
    return number >= limit - SHARE * abs(limit)


def largest(numbers: Iterable[float]) -> float:
    """The largest absolute value; 0 without numbers."""
    return max(map(abs, numbers), default=0.0)


def decimals_beside(size: float) -> int:
    """Decimals that leave nine significant digits to a number of this size."""
    return DIGITS - 1 - floor(log10(size)) if size > 0 else DIGITS


def rounded(number: float, decimals: int) -> float:
    """The number with so many decimals, and 0 without a sign; a whole number stays one."""
    return round(number, decimals) + 0


def settled(numbers: Sequence[float]) -> list[float]:
    """The numbers rounded to nine digits of the largest, so that what is equal compares as equal."""
    decimals = decimals_beside(largest(numbers))
    return [rounded(number, decimals) for number in numbers]
