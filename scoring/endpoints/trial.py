"""A trial as the endpoints see it: subjects in arms, and values on study days from the clinic or from home.

Day 0 is the day of the first dose or of randomisation. Checks that the data are usable and names every
problem; what an endpoint leaves out of usable data is said by `Reason`. Knows no visit: `schedule` does.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import isfinite

from scoring.tolerance import decimals_beside, largest


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
    Reason.NO_BASELINE: "None of the values used is on or before day 0.",
    Reason.NO_VISIT: "None of the values used is in the window of the visit.",
    Reason.INCOMPLETE: "Only incomplete answers, without a total, in the window of the visit.",
    Reason.DIED: "Died before the window of the visit closed, without a value in it.",
    Reason.LEAD_IN_SHORT: (
        "Fewer than three values, or less than twelve weeks, up to day 0; the baseline value counts."
    ),
    Reason.LEAD_IN_STABLE: (
        "No loss (nothing got worse) during the lead-in, so there is nothing to improve by a share of it."
    ),
    Reason.TREATMENT_SHORT: (
        "Alive, with fewer than three values, or less than twelve weeks, up to the end of the visit's window;"
        " the baseline value counts."
    ),
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


@dataclass(frozen=True, slots=True)
class History:
    """What one source has of one subject, by day.

    Attributes:
        days: of the values.
        incomplete: days of answers without a total.
    """

    days: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    incomplete: tuple[int, ...] = ()

    def baseline(self) -> tuple[int, float] | None:
        """Day and value of the last value on or before day 0."""
        count = bisect_right(self.days, 0)
        return (self.days[count - 1], self.values[count - 1]) if count else None


NOTHING = History()


class InvalidTrial(ValueError):
    """Data that no endpoint can be computed from; `problems` names them all."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class Trial:
    """Subjects and their measurements, in any order.

    Raises:
        InvalidTrial: a subject twice, two spellings of one arm, a measurement of nobody, two measurements of
            a subject on one day from one source, a value that is no number, or events in an order that
            cannot be: a death before day 0, ventilation or a value after death.
    """

    subjects: tuple[Subject, ...]
    measurements: tuple[Measurement, ...]

    def __post_init__(self) -> None:
        problems = (*self._wrong_subjects(), *self._wrong_measurements())
        if problems:
            raise InvalidTrial(problems)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in alphabetical order."""
        return tuple(sorted({subject.arm for subject in self.subjects}))

    def history(self, subject: Subject, source: Source) -> History:
        """What one source has of a subject."""
        return self.histories(source).get(subject.id, NOTHING)

    def histories(self, source: Source) -> Mapping[str, History]:
        """What one source has, by subject; who has nothing there is not in it."""
        return self._histories[source]

    @cached_property
    def last_alive(self) -> Mapping[str, int]:
        """The last study day on which each subject is known to have been alive.

        From answers of any source, complete or not, and from the start of ventilation.
        """
        last = {subject.id: subject.ventilated_day for subject in self.subjects}
        for measurement in self.measurements:
            known = last[measurement.subject]
            if known is None or known < measurement.study_day:
                last[measurement.subject] = measurement.study_day
        return {subject: day for subject, day in last.items() if day is not None}

    def preferred_source(self) -> Source:
        """The clinic's where it has any value, else home; never both."""
        clinic = any(history.days for history in self.histories(Source.CLINIC).values())
        return Source.CLINIC if clinic else Source.HOME

    def decimals(self, source: Source) -> int:
        """To how many decimals changes of this source are more than arithmetic."""
        return self._decimals[source]

    @cached_property
    def _decimals(self) -> Mapping[Source, int]:
        values = {source: (found.values for found in self.histories(source).values()) for source in Source}
        return {source: decimals_beside(largest(map(largest, of_all))) for source, of_all in values.items()}

    @cached_property
    def _histories(self) -> Mapping[Source, Mapping[str, History]]:
        found: dict[Source, dict[str, list[Measurement]]] = {source: {} for source in Source}
        for measurement in self.measurements:
            found[measurement.source].setdefault(measurement.subject, []).append(measurement)
        return {
            source: {id: _history(rows) for id, rows in by_subject.items()}
            for source, by_subject in found.items()
        }

    def _wrong_subjects(self) -> Iterator[str]:
        times_given = Counter(subject.id for subject in self.subjects)
        yield from (f"subject {id} is given {times} times" for id, times in times_given.items() if times > 1)
        for first, second in pairwise(sorted(self.arms, key=folded)):
            if folded(first) == folded(second):
                yield f"arms {first!r} and {second!r} differ in spelling only"
        for subject in self.subjects:
            died, ventilated = subject.died_day, subject.ventilated_day
            if died is not None and died < 0:
                yield f"subject {subject.id}: died before day 0"
            if died is not None and ventilated is not None and died < ventilated:
                yield f"subject {subject.id}: ventilated after the day of death"

    def _wrong_measurements(self) -> Iterator[str]:
        died = {subject.id: subject.died_day for subject in self.subjects}
        seen: dict[Source, dict[str, set[int]]] = {source: {} for source in Source}
        for found in self.measurements:
            died_day = died.get(found.subject)
            days = seen[found.source].setdefault(found.subject, set())
            if found.study_day in days:
                yield f"subject {found.subject}, day {found.study_day}, {found.source}: a second value"
            days.add(found.study_day)
            if found.subject not in died:
                yield f"subject {found.subject}, day {found.study_day}: there is no such subject"
            if died_day is not None and found.study_day > died_day:
                yield f"subject {found.subject}, day {found.study_day}: a value after the day of death"
            if found.value is not None and not isfinite(found.value):
                yield f"subject {found.subject}, day {found.study_day}: the value is no finite number"


def folded(name: str) -> str:
    """A name without what only spelling distinguishes: normal form, white space, capitals."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _history(measurements: Sequence[Measurement]) -> History:
    ordered = sorted(measurements, key=lambda found: found.study_day)
    values = [(found.study_day, found.value) for found in ordered if found.value is not None]
    return History(
        days=tuple(day for day, _ in values),
        values=tuple(value for _, value in values),
        incomplete=tuple(found.study_day for found in ordered if found.value is None),
    )
