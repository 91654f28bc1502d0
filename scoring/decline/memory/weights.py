"""What is believed of a patient's weights when another one arrives.

A weight more than a tenth away from the one before may be a slip and is put aside. It is believed, with the
next one, as soon as another weight, really apart, is near it or farther away on the same side: two weights of
a patient who loses quickly never agree. A weight is a measurement, not an opinion: respondents are not told
apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.decline.memory.measures import WEIGHT, Measure, Measures, apart, kept
from scoring.decline.memory.states import ReportRef

REFERENCE, DOUBTED = "weight_reference", "weight_doubted"
"""Beside the believed weights: the first one recorded, and those that were put aside."""

DOUBTED_DAYS, MAX_DOUBTED = 365, 10
"""Our choice: so long, and so many, weights that were put aside are remembered."""


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
        believed: weights of earlier days that are used, oldest first; `doubted` those that are put aside.
        first: the first weight recorded.
        jump_percent: farther than this from the one before, a weight is doubted.
    """

    report: ReportRef
    now: int | None
    believed: Sequence[Measure]
    doubted: Sequence[Measure]
    first: tuple[Measure, ...]
    jump_percent: float

    def is_doubtful(self) -> bool:
        """Whether the weight is too far from the one before, and bears out none that was put aside."""
        return self.now is not None and self._is_far(self.now) and not self.borne_out()

    def is_doubtful_again(self) -> bool:
        """Whether a fall is doubted for the second time."""
        return (
            self.is_doubtful()
            and self._is_below(self.now)
            and any(self._is_below(weight.value) and apart(weight, self.report) for weight in self.doubted)
        )

    def borne_out(self) -> tuple[Measure, ...]:
        """The weights put aside that this one bears out: as far from the last believed one, or less far."""
        if self.now is None or not self._is_far(self.now):
            return ()
        return tuple(weight for weight in self.doubted if self._bears_out(weight, self.now))

    def earlier(self) -> Sequence[Measure]:
        """Believed weights of earlier days, with those put aside that this one bears out."""
        borne_out = self.borne_out()
        return sorted([*self.believed, *borne_out]) if borne_out else self.believed

    def _bears_out(self, weight: Measure, now: int) -> bool:
        if not (apart(weight, self.report) and self._is_far(weight.value)):
            return False
        below = self._is_below(now)
        if below is not self._is_below(weight.value):
            return False
        farther = now <= weight.value if below else now >= weight.value
        return farther or not self._are_far(weight.value, now)

    def _is_below(self, grams: int | None) -> bool:
        return grams is not None and bool(self.believed) and grams < self.believed[-1].value

    def _is_far(self, grams: int) -> bool:
        return bool(self.believed) and self._are_far(self.believed[-1].value, grams)

    def _are_far(self, one: int, other: int) -> bool:
        return abs(loss_percent(one, other)) > exact(self.jump_percent)


def weights_before(
    measures: Measures, report: ReportRef, grams: float | None, jump_percent: float
) -> Weights:
    """The weights remembered before a report; what it replaces is left out."""
    replaced = (report.day, report.respondent)
    return Weights(
        report=report,
        now=None if grams is None else int(grams),
        believed=[weight for weight in measures.get(WEIGHT, ()) if weight.day < report.day],
        doubted=[w for w in measures.get(DOUBTED, ()) if (w.day, w.rater) != replaced],
        first=tuple(w for w in measures.get(REFERENCE, ()) if (w.day, w.rater) != replaced),
        jump_percent=jump_percent,
    )


def remember_weight(measures: Measures, weights: Weights, weight: Measure) -> Measures:
    """The weights after this one: believed, with those that it bears out, or put aside."""
    since, borne_out = weight.day - DOUBTED_DAYS, weights.borne_out()
    doubted = [other for other in weights.doubted if other.day >= since and other not in borne_out]
    if weights.is_doubtful():
        return {**measures, DOUBTED: tuple(sorted([*doubted, weight])[-MAX_DOUBTED:])}
    believed = kept(weights.earlier(), weight, WEIGHT)
    return {**measures, WEIGHT: believed, REFERENCE: weights.first or (weight,), DOUBTED: tuple(doubted)}
