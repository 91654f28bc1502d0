"""`trend`: how fast each patient changes.

Columns: date or study_day, and total (or the items it is made of); subject where there are several; site,
respondent and time where there are such; onset and onset_precision (the same in all rows of a patient) for
the rate since onset. Rows without a total are incomplete reports and are counted, not used; those without a
day as well only name a subject. Respondents are series of their own. Results are in the order of the
patients' names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import partial

from scoring.cli import doubts
from scoring.cli.days import Onset, baseline_dates, calendar_days, check_both_days, read_onsets
from scoring.cli.repeats import Duplicates, Together, put_together
from scoring.cli.sheet import Naming, Sheet, settle_columns
from scoring.cli.sheet.subjects import (
    natural,
    note_alike,
    only_names,
    refuse_other_sources,
    respondents,
    subjects,
)
from scoring.cli.totals import Scale, only_falls, read_totals, refuse_above
from scoring.cli.writing import Result, flat
from scoring.instruments import Definition
from scoring.progression import (
    PROGRESSION_VERSION,
    Cutoffs,
    IntervalChange,
    LinearFit,
    OnsetRate,
    Reading,
    Reliability,
    ReliableChange,
    RobustSlope,
    fit_line,
    interval_change,
    rate_since_onset,
    reliable_course,
    theil_sen,
)

COLUMNS = (
    "subject", "date", "study_day", "total", "site", "respondent", "time", "onset", "onset_precision",
    "baseline_date", "source",
)  # fmt: skip
HARMLESS = ("arm", "died_day", "died_date", "ventilated_day", "ventilated_date")
"""What a trial's file has beside."""
DAY_0 = date(2000, 1, 1)
"""Stands for day 0 while slopes are computed from study days; no result shows it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says.

    Attributes:
        best_score: from which points are lost since onset; None where that is not known.
        cutoffs: of the rate since onset; None where none are published for these points.
    """

    definition: Definition
    scale: Scale
    reliability: Reliability | None
    confidence: float
    duplicates: Duplicates | None
    naming: Naming
    ignore: Sequence[str]
    best_score: float | None = None
    cutoffs: Cutoffs | None = None
    baseline_date: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Everything about one patient's series; the parts are scoring.progression's.

    Attributes:
        put_together: days whose several values became one.
        first_on: date of the first reading; None where the file has study days and no baseline date.
        first_day: its study day, where that is known.
    """

    patient: str
    respondent: str
    readings: int
    incomplete: int
    put_together: int
    least_squares: LinearFit
    theil_sen: RobustSlope
    first_on: date | None = None
    last_on: date | None = None
    first_day: int | None = None
    last_day: int | None = None
    first_to_last: IntervalChange | None = None
    reliable_change: ReliableChange | None = None
    since_onset: OnsetRate | None = None


Series = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The file, read; by row."""

    series: Sequence[Series]
    days: Sequence[date | None]
    baselines: Mapping[str, date]
    totals: Together
    onsets: Mapping[str, Onset]
    by_study_day: bool
    merged: Counter[Series]
    lists: Sequence[bool]

    def value_on(self, place: int) -> date | None:
        """The day of the value in a row; None where none stands there."""
        stands = self.totals.stands[place] and self.totals.values[place] is not None
        return self.days[place] if stands else None

    def incomplete(self, places: Sequence[int]) -> list[int]:
        """Of these rows the forms without a total, in the order of their days."""
        stands, values = self.totals.stands, self.totals.values
        found = [(day, at) for at in places if (day := self.days[at]) and stands[at] and values[at] is None]
        return [place for _, place in sorted(found)]


def run_trend(sheet: Sheet, options: Options, progress: Callable[[int, int], None]) -> Result:
    """Measure every patient's course.

    Raises:
        WrongInput: with every wrong cell.
        WrongCall: an option does not fit the file.
    """
    items = tuple(options.definition.by_key)
    known = (*COLUMNS, *(("received",) if sheet.ours else ()), *items)
    settle_columns(sheet, known, options.naming, options.ignore, HARMLESS)
    rows = _read(sheet, options)
    sheet.finish()
    if options.reliability is None:
        sheet.decisions.append(
            f"not said whether a change is beyond noise: the noise of {options.scale.name} is not known here;"
            " give its --sd and --icc"
        )
    if rows.onsets and options.best_score is None:
        sheet.decisions.append(
            f"no rate since onset: it counts points lost from the best score, which is not known of"
            f" {options.scale.name}, or not the highest one; where a higher score is better, say --full-score"
        )
    places = _places(rows)
    _note_courses(sheet, places, rows, options)
    courses = []
    for series in sorted(places, key=natural):
        courses.append(_course(series, places[series], rows, options))
        progress(len(courses), len(places))
    doubts.note_onsets(
        sheet, ((course.patient, course.since_onset.notes) for course in courses if course.since_onset)
    )
    return Result(
        report=courses,
        table=lambda: [flat(_present(course)) for course in courses],
        version=PROGRESSION_VERSION,
        notes=sheet.decisions,
    )


def _places(rows: _Rows) -> dict[Series, list[int]]:
    """The rows of each series; one that only names a subject makes a series where nothing else does."""
    places: dict[Series, list[int]] = {}
    measured = {series[0] for series, lists in zip(rows.series, rows.lists, strict=True) if not lists}
    for place, series in enumerate(rows.series):
        if not rows.lists[place]:
            places.setdefault(series, []).append(place)
        elif series[0] not in measured:
            places.setdefault((series[0], ""), [])
    return places


def _note_courses(
    sheet: Sheet, places: Mapping[Series, Sequence[int]], rows: _Rows, options: Options
) -> None:
    """Note forms without a total, and dates that may be slips by the other values of the series."""
    days = [None if day is None else day.toordinal() for day in rows.days]
    doubts.note_order(sheet, rows.series, days)
    courses = []
    for series, found in places.items():
        placed = sorted((day, place) for place in found if (day := rows.value_on(place)) is not None)
        courses.append(
            doubts.Course(
                name=" ".join(filter(None, series)),
                days=[day.toordinal() for day, _ in placed],
                values=[total for _, place in placed if (total := rows.totals.values[place]) is not None],
                dated=partial(_dated, rows, series[0]),
                places=[place for _, place in placed],
            )
        )
    doubts.note_incomplete(sheet, (rows.incomplete(found) for found in places.values()))
    measured = [None if rows.value_on(at) is None else series for at, series in enumerate(rows.series)]
    doubts.note_switches(sheet, options.definition, measured, days)
    doubts.note_gaps(sheet, courses)
    doubts.note_slips(sheet, courses, falls=only_falls(options.definition, options.scale))


def _dated(rows: _Rows, patient: str, ordinal: int) -> str:
    """A day as the file has it."""
    day = date.fromordinal(ordinal)
    return f"day {(day - rows.baselines.get(patient, DAY_0)).days}" if rows.by_study_day else str(day)


def _read(sheet: Sheet, options: Options) -> _Rows:
    by_study_day = sheet.has("study_day") and not sheet.has("date")
    if "study_day" not in sheet.meant:
        sheet.require_columns("study_day" if by_study_day else "date", instead=", nor study_day")
    if not any(sheet.has(item) for item in options.definition.by_key):
        sheet.require_columns("total")
    day_column = "study_day" if by_study_day else "date"
    sheet.require("subject")
    lists = only_names(sheet, day_column, options.definition.by_key)
    for place, cell in enumerate(sheet.columns.get(day_column, ())):
        if cell is None and not lists[place]:
            sheet.report(place, day_column, "missing")
    names = subjects(sheet)
    note_alike(sheet, names, "subjects")
    baselines = baseline_dates(sheet, names, options.baseline_date)
    check_both_days(sheet, names, baselines)
    days = calendar_days(sheet, baselines, DAY_0) if by_study_day else sheet.dates("date")
    refuse_other_sources(sheet, options.definition.by_key)
    series = list(zip(names, respondents(sheet, names, lists), strict=True))
    totals = read_totals(sheet, options.definition, options.scale)
    refuse_above(sheet, options.scale, options.best_score, totals)
    keys = [None if day is None else (who, day) for who, day in zip(series, days, strict=True)]
    together = put_together(sheet, keys, totals, options.duplicates, day_column)
    return _Rows(
        series=series,
        days=days,
        baselines={name: day for name, day in zip(names, baselines, strict=True) if day is not None},
        totals=together,
        onsets=read_onsets(sheet, names, by_study_day, baselines),
        by_study_day=by_study_day,
        merged=Counter(series[group[0]] for group in together.groups),
        lists=lists,
    )


def _course(series: Series, places: Sequence[int], rows: _Rows, options: Options) -> Course:
    found = [(rows.days[place], rows.totals.values[place]) for place in places if rows.totals.stands[place]]
    readings = [Reading(day, total) for day, total in found if day is not None and total is not None]
    readings.sort(key=lambda reading: reading.on)
    fit = fit_line(readings, options.confidence)
    course = Course(
        patient=series[0],
        respondent=series[1],
        readings=len(readings),
        incomplete=len(found) - len(readings),
        put_together=rows.merged[series],
        least_squares=fit,
        theil_sen=theil_sen(readings),
    )
    return _with_ends(course, readings, rows, options) if readings else course


def _with_ends(course: Course, readings: Sequence[Reading], rows: _Rows, options: Options) -> Course:
    first, last = readings[0], readings[-1]
    baseline = rows.baselines.get(course.patient)
    dated = not rows.by_study_day or baseline is not None
    day_0 = baseline or (DAY_0 if rows.by_study_day else None)
    noise, confidence = options.reliability, options.confidence
    return replace(
        course,
        least_squares=course.least_squares if dated else replace(course.least_squares, intercept_on=None),
        first_on=first.on if dated else None,
        last_on=last.on if dated else None,
        first_day=None if day_0 is None else (first.on - day_0).days,
        last_day=None if day_0 is None else (last.on - day_0).days,
        first_to_last=interval_change(first, last),
        reliable_change=None if noise is None else reliable_course(readings, noise, confidence),
        since_onset=_since_onset(rows.onsets.get(course.patient), first, options),
    )


def _since_onset(onset: Onset | None, first: Reading, options: Options) -> OnsetRate | None:
    if onset is None or options.best_score is None:
        return None
    return rate_since_onset(
        onset[0], first, precision=onset[1], full_score=options.best_score, cutoffs=options.cutoffs
    )


def _present(course: Course) -> dict[str, object]:
    """The parts that there are, so that an absent one makes no column of its own."""
    parts = {field.name: getattr(course, field.name) for field in fields(course)}
    return {name: part for name, part in parts.items() if part is not None}
