"""A trial as the endpoints see it: subjects in arms, and values on study days from the clinic or from home.

Day 0 is the day of the first dose or of randomisation. Checks that the data are usable and names every
problem; what an endpoint leaves out of usable data is said by `Reason`. Knows no visit: `schedule` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import isfinite


class Source(StrEnum):
    """Where a value was taken; one analysis uses one source."""

    CLINIC = "clinic"
    HOME = "home"


class Reason(StrEnum):
    """Why a subject is not in an analysis; `REASONS` has the sentences."""

    NO_BASELINE = "no_baseline"
    NO_VISIT = "no_visit"
    INCOMPLETE = "incomplete"
    DIED = "died"
    LEAD_IN_SHORT = "lead_in_short"
    LEAD_IN_STABLE = "lead_in_stable"
    TREATMENT_SHORT = "treatment_short"


REASONS = {
    Reason.NO_BASELINE: "No value from this source on or before day 0.",
    Reason.NO_VISIT: "No value from this source in the window of the visit.",
    Reason.INCOMPLETE: "Only incomplete answers, without a total, in the window of the visit.",
    Reason.DIED: "Died before the window of the visit closed, without a value in it.",
    Reason.LEAD_IN_SHORT: "Fewer than three values, or less than twelve weeks, before day 0.",
    Reason.LEAD_IN_STABLE: "No loss during the lead-in, so there is nothing to improve by a share of it.",
    Reason.TREATMENT_SHORT: "Fewer than three values, or less than twelve weeks, from baseline on.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """One participant; days are study days, None when it did not happen.

    Attributes:
        ventilated_day: start of permanent ventilation or tracheostomy.
    """

    id: str
    arm: str = ""
    died_day: int | None = None
    ventilated_day: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of one subject; None where the answers were incomplete."""

    subject: str
    study_day: int
    value: float | None
    source: Source


class InvalidTrial(ValueError):
    """Data that no endpoint can be computed from; `problems` names them all."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class Trial:
    """Subjects and their measurements, in any order.

    Raises:
        InvalidTrial: a subject twice, a measurement of nobody, two measurements of a subject on one day from
            one source, a value after death or one that is no number.
    """

    subjects: tuple[Subject, ...]
    measurements: tuple[Measurement, ...]

    def __post_init__(self) -> None:
        problems = tuple(self._problems())
        if problems:
            raise InvalidTrial(problems)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in alphabetical order."""
        return tuple(sorted({subject.arm for subject in self.subjects}))

    @cached_property
    def _by_subject(self) -> dict[tuple[str, Source], tuple[Measurement, ...]]:
        series: dict[tuple[str, Source], list[Measurement]] = {}
        for measurement in sorted(self.measurements, key=lambda measurement: measurement.study_day):
            series.setdefault((measurement.subject, measurement.source), []).append(measurement)
        return {key: tuple(found) for key, found in series.items()}

    def series(self, subject: Subject, source: Source) -> tuple[Measurement, ...]:
        """A subject's measurements from one source by day, incomplete ones too."""
        return self._by_subject.get((subject.id, source), ())

    def preferred_source(self) -> Source:
        """The clinic's where it has any value, else home; never both."""
        valued = {measurement.source for measurement in self.measurements if measurement.value is not None}
        return Source.CLINIC if Source.CLINIC in valued else Source.HOME

    def _problems(self) -> Iterator[str]:
        died = {subject.id: subject.died_day for subject in self.subjects}
        times_given = Counter(subject.id for subject in self.subjects)
        yield from (f"subject {id} is given {times} times" for id, times in times_given.items() if times > 1)
        keys = Counter(
            (measurement.subject, measurement.study_day, measurement.source)
            for measurement in self.measurements
        )
        for (subject, day, source), times in keys.items():
            if times > 1:
                yield f"subject {subject}, day {day}, {source}: {times} values; keep one"
        for found in self.measurements:
            died_day = died.get(found.subject)
            if found.subject not in died:
                yield f"subject {found.subject}, day {found.study_day}: there is no such subject"
            if died_day is not None and found.study_day > died_day:
                yield f"subject {found.subject}, day {found.study_day}: a value after the day of death"
            if found.value is not None and not isfinite(found.value):
                yield f"subject {found.subject}, day {found.study_day}: the value is no finite number"


def valued(series: tuple[Measurement, ...]) -> tuple[tuple[int, float], ...]:
    """Day and value of the measurements that have one."""
    return tuple(
        (measurement.study_day, measurement.value) for measurement in series if measurement.value is not None
    )


def baseline(series: tuple[Measurement, ...]) -> tuple[int, float] | None:
    """Day and value of the last valid measurement on or before day 0."""
    before = [(day, value) for day, value in valued(series) if day <= 0]
    return before[-1] if before else None
