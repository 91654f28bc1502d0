"""Change from baseline at a visit: who has one, who has none and why, and the trial in long form.

Change is value minus baseline, so that less loss is higher; 0 where nothing but arithmetic differs. Baseline
is the last valid value on or before day 0, from the same source as the visit. Nothing is imputed.
`long_form` is what a mixed model (MMRM) in another program starts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scoring.endpoints.schedule import TrialVisit
from scoring.endpoints.trial import History, Reason, Source, Subject, Trial
from scoring.tolerance import largest, without_noise


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A subject who is not in an analysis."""

    subject: str
    arm: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Change:
    """One subject's change from baseline at one visit."""

    subject: str
    arm: str
    baseline_day: int
    baseline: float
    study_day: int
    value: float
    change: float


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes at one visit, subjects in the order of the trial."""

    visit: TrialVisit
    source: Source
    rows: tuple[Change, ...]
    left_out: tuple[LeftOut, ...]

    def of_arm(self, arm: str) -> tuple[float, ...]:
        """The changes of one arm."""
        return tuple(row.change for row in self.rows if row.arm == arm)


def changes_at(trial: Trial, visit: TrialVisit, source: Source) -> Changes:
    """Change from baseline of every subject who has one at this visit."""
    found = list(_all(trial, visit, source))
    return Changes(
        visit=visit,
        source=source,
        rows=tuple(change for change in found if isinstance(change, Change)),
        left_out=tuple(omitted for omitted in found if isinstance(omitted, LeftOut)),
    )


def _all(trial: Trial, visit: TrialVisit, source: Source) -> Iterator[Change | LeftOut]:
    for subject in trial.subjects:
        yield change_of(subject, trial.history(subject, source), visit)


def change_of(subject: Subject, history: History, visit: TrialVisit) -> Change | LeftOut:
    """One subject's change from baseline at a visit, or why there is none."""
    baseline = history.baseline()
    if baseline is None:
        return LeftOut(subject.id, subject.arm, Reason.NO_BASELINE)
    chosen = visit.choose(zip(history.days, history.values, strict=True))
    if chosen is None:
        return LeftOut(subject.id, subject.arm, _why_no_value(history, visit, subject))
    return Change(
        subject=subject.id,
        arm=subject.arm,
        baseline_day=baseline[0],
        baseline=baseline[1],
        study_day=chosen[0],
        value=chosen[1],
        change=without_noise(chosen[1] - baseline[1], largest((chosen[1], baseline[1]))),
    )


def _why_no_value(history: History, visit: TrialVisit, subject: Subject) -> Reason:
    if subject.died_day is not None and subject.died_day < visit.window.stop:
        return Reason.DIED
    return Reason.INCOMPLETE if any(day in visit.window for day in history.incomplete) else Reason.NO_VISIT


@dataclass(frozen=True, slots=True)
class LongRow:
    """One subject at one visit; None and a reason where there is no change."""

    subject: str
    arm: str
    source: Source
    visit: str
    nominal_day: int
    study_day: int | None
    baseline: float | None
    value: float | None
    change: float | None
    reason: Reason | None


def long_form(trial: Trial, visits: Iterable[TrialVisit], source: Source) -> tuple[LongRow, ...]:
    """One row for each visit and subject."""
    return tuple(_long_row(found, visit, source) for visit in visits for found in _all(trial, visit, source))


def _long_row(found: Change | LeftOut, visit: TrialVisit, source: Source) -> LongRow:
    head = (found.subject, found.arm, source, visit.name, visit.nominal_day)
    if isinstance(found, LeftOut):
        return LongRow(*head, None, None, None, None, found.reason)
    return LongRow(*head, found.study_day, found.baseline, found.value, found.change, None)
