"""Whether a change is larger than the measure's own noise: SEM, detectable change, reliable change index.

After Jacobson and Truax 1991, from the spread between patients and the intraclass correlation of repeated
measurements. It says that a change is no measurement error; it does not say that the change matters, and one
patient's second report confirms more than any index. It ignores time, and so is for close readings only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scoring.distributions import normal_quantile
from scoring.progression.readings import Note, Reading
from scoring.tolerance import at_least, largest, negligible

CLOSE_DAYS = 62
"""Two months, in which the usual loss in the ALSFRS-R (2 points) is well below its noise; our choice."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Noise of a measure.

    Attributes:
        sd: observed standard deviation between patients.
        icc: intraclass correlation of repeated measurements, 0 to 1.
    """

    sd: float
    icc: float

    def __post_init__(self) -> None:
        if not (self.sd >= 0 and 0 <= self.icc <= 1):
            raise ValueError("SD must not be negative, ICC must lie between 0 and 1")

    @property
    def sem(self) -> float:
        """Standard error of one measurement."""
        return self.sd * sqrt(1 - self.icc)

    @property
    def s_diff(self) -> float:
        """Standard error of the difference of two measurements."""
        return sqrt(2) * self.sem

    def detectable_change(self, confidence: float = 0.95) -> float:
        """The change that noise alone stays within with this probability (MDC95, MDC90)."""
        return normal_quantile((1 + confidence) / 2) * self.s_diff


HOME_ALSFRS_R = Reliability(sd=8, icc=0.95)
"""Our choice: home versions have ICCs of 0.93 to 0.97 (telephone, Japan 2011: 0.97) at an SD of about 8."""


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """A change beside the measure's noise.

    Attributes:
        index: change / standard error of a difference; negative when the value fell.
        reliable: whether the change is larger than the detectable change at `confidence`.
    """

    change: float | None
    index: float | None
    reliable: bool | None
    sem: float
    detectable_change: float
    confidence: float
    notes: tuple[Note, ...] = ()


def reliable_change(
    first: float, second: float, reliability: Reliability = HOME_ALSFRS_R, confidence: float = 0.95
) -> ReliableChange:
    """Compare the change from the first to the second value with the measure's noise."""
    change = second - first
    noise = reliability.s_diff
    if negligible(noise, largest((first, second, 1))):
        return _without(Note.NO_ERROR, change, reliability, confidence)
    detectable = reliability.detectable_change(confidence)
    return ReliableChange(
        change=change,
        index=change / noise,
        reliable=not at_least(detectable, abs(change)),
        sem=reliability.sem,
        detectable_change=detectable,
        confidence=confidence,
    )


def reliable_course(
    readings: Sequence[Reading], reliability: Reliability = HOME_ALSFRS_R, confidence: float = 0.95
) -> ReliableChange:
    """Compare the change from the first to the last of these readings with noise, where the two are close.

    They are at least one, in the order of their days.
    """
    first, last = readings[0], readings[-1]
    if len(readings) == 1:
        return _without(Note.ONE_READING, None, reliability, confidence)
    if (last.on - first.on).days > CLOSE_DAYS:
        return _without(Note.NOT_CLOSE, last.value - first.value, reliability, confidence)
    return reliable_change(first.value, last.value, reliability, confidence)


def _without(note: Note, change: float | None, reliability: Reliability, confidence: float) -> ReliableChange:
    detectable = reliability.detectable_change(confidence)
    return ReliableChange(change, None, None, reliability.sem, detectable, confidence, (note,))
