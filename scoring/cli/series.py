"""`trend`: how fast each patient changes.

Columns: date and total; patient where there are several; onset and onset_precision (the same in all rows of
a patient) for the rate since onset. Rows without a total are incomplete reports and are counted, not used.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date

from scoring.cli.reading import read_sheet
from scoring.cli.sheet import Row, Sheet
from scoring.cli.writing import Result, flat
from scoring.progression import (
    IntervalChange,
    LinearFit,
    OnsetPrecision,
    OnsetRate,
    Reading,
    Reliability,
    ReliableChange,
    RobustSlope,
    fit_line,
    interval_change,
    rate_since_onset,
    reliable_change,
    theil_sen,
)

COLUMNS = ("patient", "date", "total", "onset", "onset_precision")


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says: the noise of the measure, its full score, the confidence."""

    reliability: Reliability
    full_score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Course:
    """Everything about one patient's series; the parts are scoring.progression's."""

    patient: str
    readings: int
    incomplete: int
    least_squares: LinearFit
    theil_sen: RobustSlope
    first_on: date | None = None
    last_on: date | None = None
    first_to_last: IntervalChange | None = None
    reliable_change: ReliableChange | None = None
    since_onset: OnsetRate | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    row: Row
    patient: str
    on: date | None
    total: float | None
    onset: tuple[date, OnsetPrecision] | None


def run_trend(text: str, options: Options, ignore: Collection[str]) -> Result:
    """Measure every patient's course, patients in order of appearance.

    Raises:
        WrongInput: with every wrong cell.
    """
    sheet = read_sheet(text)
    sheet.check_columns(COLUMNS, ignore)
    lines = [_read_line(sheet, row) for row in sheet.rows]
    patients = dict.fromkeys(line.patient for line in lines)
    groups = [[line for line in lines if line.patient == patient] for patient in patients]
    onsets = [_onset(sheet, group) for group in groups]
    sheet.finish()
    courses = [_course(group, onset, options) for group, onset in zip(groups, onsets, strict=True)]
    return Result(courses, [flat(_present(course)) for course in courses])


def _read_line(sheet: Sheet, row: Row) -> _Line:
    sheet.require(row, "date")
    onset = sheet.day(row, "onset")
    precision = sheet.choice(row, "onset_precision", OnsetPrecision) or OnsetPrecision.DAY
    return _Line(
        row=row,
        patient=sheet.text(row, "patient"),
        on=sheet.day(row, "date"),
        total=sheet.number(row, "total"),
        onset=None if onset is None else (onset, precision),
    )


def _onset(sheet: Sheet, lines: Sequence[_Line]) -> tuple[date, OnsetPrecision] | None:
    """The one onset that the rows of a patient give."""
    given = [line for line in lines if line.onset is not None]
    for line in given:
        if line.onset != given[0].onset:
            sheet.report(line.row.place, "onset", "differs from an earlier row of this patient")
    return given[0].onset if given else None


def _course(lines: Sequence[_Line], onset: tuple[date, OnsetPrecision] | None, options: Options) -> Course:
    readings = [
        Reading(line.on, line.total) for line in lines if line.on is not None and line.total is not None
    ]
    if not readings:
        return Course(lines[0].patient, 0, len(lines), fit_line([], options.confidence), theil_sen([]))
    readings.sort(key=lambda reading: reading.on)
    first, last = readings[0], readings[-1]
    return Course(
        patient=lines[0].patient,
        readings=len(readings),
        incomplete=len(lines) - len(readings),
        least_squares=fit_line(readings, options.confidence),
        theil_sen=theil_sen(readings),
        first_on=first.on,
        last_on=last.on,
        first_to_last=interval_change(first, last),
        reliable_change=reliable_change(first.value, last.value, options.reliability, options.confidence),
        since_onset=None
        if onset is None
        else rate_since_onset(onset[0], first, precision=onset[1], full_score=options.full_score),
    )


def _present(course: Course) -> dict[str, object]:
    """The parts that there are, so that an absent one makes no column of its own."""
    parts = {field.name: getattr(course, field.name) for field in fields(course)}
    return {name: part for name, part in parts.items() if part is not None}
