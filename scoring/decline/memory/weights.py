"""What is believed of a patient's weights when another one arrives.

A weight more than a tenth away from the one before is put aside until a second weight agrees with it. A
weight is a measurement, not an opinion: respondents are not told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.decline.memory.measures import WEIGHT, Measure, Measures, kept
from scoring.decline.memory.states import ReportRef

REFERENCE, DOUBTED = "weight_reference", "weight_doubted"
"""Beside the believed weights: the first one recorded, and one that was put aside."""


def exact(limit: float) -> Fraction:
    """A limit as it is written: 2.5 is five halves."""
    return Fraction(str(limit))


def loss_percent(reference_g: int, now_g: int) -> Fraction:
    """Loss in percent of the reference, exactly; negative is gain."""
    return Fraction(100 * (reference_g - now_g), reference_g)


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight in grams that arrives, and those remembered before it.

    Attributes:
        now: None when the report has no weight.
        believed: weights of earlier days that are used, oldest first; `doubted` one that is put aside.
        first: the first weight recorded.
        jump_percent: farther than this from the one before, a weight is doubted.
    """

    day: int
    now: int | None
    believed: Sequence[Measure]
    doubted: Sequence[Measure]
    first: tuple[Measure, ...]
    jump_percent: float

    def is_doubtful(self) -> bool:
        """Whether the weight is too far from the one before, and no doubted one agrees with it."""
        if self.now is None or not self.believed or self._near(self.believed[-1]):
            return False
        return not any(self._near(weight) for weight in self.doubted)

    def earlier(self) -> Sequence[Measure]:
        """Believed weights of earlier days, with a doubted one that this weight confirms."""
        if self.now is None or not self.believed or self._near(self.believed[-1]):
            return self.believed
        confirmed = (weight for weight in self.doubted if weight.day < self.day and self._near(weight))
        return [*self.believed, *confirmed]

    def _near(self, weight: Measure) -> bool:
        lost = loss_percent(weight.value, self.now or 0)
        return abs(lost) <= exact(self.jump_percent)


def weights_before(
    measures: Measures, report: ReportRef, grams: float | None, jump_percent: float
) -> Weights:
    """The weights remembered before a report; what it replaces is left out."""
    replaced = (report.day, report.respondent)
    return Weights(
        day=report.day,
        now=None if grams is None else int(grams),
        believed=[weight for weight in measures.get(WEIGHT, ()) if weight.day < report.day],
        doubted=measures.get(DOUBTED, ()),
        first=tuple(w for w in measures.get(REFERENCE, ()) if (w.day, w.rater) != replaced),
        jump_percent=jump_percent,
    )


def remember_weight(measures: Measures, weights: Weights, weight: Measure) -> Measures:
    """The weights after this one: believed, or put aside in the place of the one put aside before."""
    if weights.is_doubtful():
        return {**measures, DOUBTED: (weight,)}
    believed = kept(weights.earlier(), weight, WEIGHT)
    return {**measures, WEIGHT: believed, REFERENCE: weights.first or (weight,), DOUBTED: ()}
