"""`endpoints`: the endpoints of a trial from its values in long form.

Columns: subject, study_day (or date, with a baseline date) and total (or the items it is made of); arm, site,
source, died_day, ventilated_day where there are such. A row without a day only says that the subject exists.
The same subject must have the same arm and events in all rows that name them. Results are in the order of the
subjects' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from scoring.cli.days import baseline_dates, check_both_days, date_of, days_from_dates, says_day_0, study_days
from scoring.cli.doubts import (
    Dates,
    note_analysis,
    note_courses,
    note_direction,
    note_doubts,
    note_no_window,
    note_order,
    note_outside,
    note_switches,
)
from scoring.cli.endpoint_rows import long_cells, summary
from scoring.cli.events import Rows, check_order, check_ventilation, refuse_answers
from scoring.cli.repeats import Duplicates, put_together
from scoring.cli.service import keep_one_respondent
from scoring.cli.sheet import Mistake, Naming, Sheet, WrongCall, WrongInput, settle_columns
from scoring.cli.sheet.subjects import natural, note_alike, refuse_no_names, subjects
from scoring.cli.totals import Scale, only_falls, read_totals
from scoring.cli.writing import Result
from scoring.endpoints import (
    LongRow,
    Measurement,
    Plan,
    Source,
    Subject,
    Trial,
    UnknownArm,
    analyse,
    long_table,
)
from scoring.endpoints.analysis import (
    ENDPOINTS_VERSION,
    EVERY_VISIT,
    not_in,
    outside_windows,
    values_beside,
)
from scoring.endpoints.trial import folded
from scoring.instruments import Definition

COLUMNS = (
    "subject", "study_day", "date", "total", "arm", "site", "source", "died_day", "died_date",
    "ventilated_day", "ventilated_date", "baseline_date", "time",
)  # fmt: skip
HARMLESS = ("onset", "onset_precision")
"""What a file of `trend` has beside."""
_INSTEAD = ", nor date, which would do with baseline_date (a column) or --baseline-date"
_DAY_0 = "say with --baseline-date, or in a column baseline_date, when day 0 was"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    plan: Plan
    definition: Definition
    scale: Scale
    duplicates: Duplicates | None
    naming: Naming
    ignore: Sequence[str]
    baseline_date: date | None = None


def run_endpoints(sheet: Sheet, options: Options, progress: Callable[[int, int], None]) -> Result:
    """Compute the endpoints of the plan.

    Raises:
        WrongInput: with every wrong cell, or an arm that is none of the trial's.
    """
    trial, dated = read_trial(sheet, options)
    try:
        analysis = analyse(trial, options.plan, progress)
    except UnknownArm as error:
        raise WrongInput([Mistake(str(error), column="arm")]) from error
    _note_other_source(sheet, analysis.source, analysis.values_of_other_source)
    note_direction(sheet, analysis.direction, options.scale.name)
    note_doubts(sheet, trial, analysis.source, dated, analysis.reference)
    note_courses(sheet, trial, analysis.source, dated, falls=only_falls(options.definition, options.scale))
    note_analysis(sheet, trial, options.plan, analysis)
    sourced = _is_sourced(sheet, options.plan)
    return Result(analysis, lambda: summary(analysis, sourced=sourced), ENDPOINTS_VERSION, sheet.decisions)


def _is_sourced(sheet: Sheet, plan: Plan) -> bool:
    """Whether anything says where the values were taken."""
    return sheet.ours or sheet.has("source") or plan.source is not None


def run_long(sheet: Sheet, options: Options) -> Result:
    """Write the trial in long form, one row for each subject and visit.

    Raises:
        WrongInput: with every wrong cell.
    """
    trial, dated = read_trial(sheet, options)
    rows = long_table(trial, options.plan)
    source = options.plan.source or trial.preferred_source()
    _note_other_source(sheet, source, values_beside(trial, source))
    note_doubts(sheet, trial, source, dated)
    note_courses(sheet, trial, source, dated, falls=only_falls(options.definition, options.scale))
    _note_not_in(sheet, trial, rows, source, options.plan)
    windows = sorted((visit.window for _, visit in options.plan.scheduled()), key=lambda window: window.start)
    if any(second.start < first.stop for first, second in pairwise(windows)):
        sheet.decisions.append("windows of these visits overlap: one value can stand at two of them")
    sourced = _is_sourced(sheet, options.plan)
    return Result(
        rows, lambda: [long_cells(row, sourced=sourced) for row in rows], ENDPOINTS_VERSION, sheet.decisions
    )


def _note_not_in(sheet: Sheet, trial: Trial, rows: Sequence[LongRow], source: Source, plan: Plan) -> None:
    """Note values after day 0 that are not in the table: of its usual visits all, else those at no visit."""
    if plan.visits == EVERY_VISIT and not plan.own_visits:
        last = plan.scheduled()[-1][1]
        told = f"values after day 0 in no row (every fourth week up to {last.name}, the value nearest to it)"
        note_outside(sheet, told, tuple(not_in(trial, rows, source)))
    else:
        note_no_window(sheet, plan, tuple(outside_windows(trial, source, plan.scheduled())))


def _note_other_source(sheet: Sheet, source: Source, values: int) -> None:
    if values:
        sheet.decisions.append(
            f"values of the other source left out: {values}; used are those of the source {source.value}"
            " (see --source)"
        )


def read_trial(sheet: Sheet, options: Options) -> tuple[Trial, Dates]:
    """The trial of a file, and how to say its days; a value without a source is from the plan's, or home.

    Raises:
        WrongInput: with every wrong cell.
        WrongCall: days are dates, and nothing says what day 0 is; or an option needs a column.
    """
    known = (*COLUMNS, *(("received", "respondent") if sheet.ours else ()), *options.definition.by_key)
    settle_columns(sheet, known, options.naming, options.ignore, HARMLESS)
    _check_options(sheet, options.plan)
    if sheet.has("respondent"):
        keep_one_respondent(sheet, options.plan.source or Source.HOME)
    rows = _read_rows(sheet, options)
    ordered = sorted(dict.fromkeys(name for name in rows.subjects if name), key=lambda name: natural([name]))
    found = {name: Subject(name, *rows.facts_of(name)) for name in ordered}
    refuse_answers(sheet, rows)
    check_order(sheet, rows, found)
    if options.plan.ventilation_counts:
        check_ventilation(sheet, rows, found)
    elif rows.ventilated:
        sheet.decisions.append(
            "ventilation ends nothing, and only says who was alive on its day; with --ventilation-counts it"
            " counts as death in the joint rank"
        )
    sheet.finish()
    note_order(sheet, list(zip(rows.subjects, rows.sources, strict=True)), rows.days)
    day_0 = {} if sheet.has("study_day") else dict(zip(rows.subjects, rows.baselines, strict=True))
    trial = Trial(tuple(found.values()), tuple(_measurements(rows)))
    note_switches(sheet, options.definition, _courses(rows, trial, options.plan), rows.days)
    return trial, lambda name, day: _day(day, day_0.get(name))


def _courses(rows: Rows, trial: Trial, plan: Plan) -> list[str | None]:
    """By row, the subject, where it has a value of the source that is used."""
    source = plan.source or trial.preferred_source()
    found = zip(rows.subjects, rows.sources, rows.totals, rows.stands, strict=True)
    return [
        who if stands and of is source and total is not None else None for who, of, total, stands in found
    ]


def _check_options(sheet: Sheet, plan: Plan) -> None:
    """Refuse options that a column is needed for, and no column of the file might be meant for it."""
    needs: dict[str, tuple[str, ...]] = {} if plan.reference is None else {"--reference": ("arm",)}
    if plan.ventilation_counts:
        needs["--ventilation-counts"] = ("ventilated_day", "ventilated_date")
    for option, columns in needs.items():
        if not any(sheet.has(column) or column in sheet.meant for column in columns):
            there = ", ".join((*(sheet.written.get(name, name) for name in sheet.columns), *sheet.passed))
            raise WrongCall(f"{option}: the file has no column {' or '.join(columns)}; there are: {there}")


def _day(day: int, day_0: date | None) -> str:
    return f"day {day}" if day_0 is None else f"day {day}, {date_of(day, day_0)}"


def _measurements(rows: Rows) -> Iterator[Measurement]:
    """The values, and the incomplete forms of days that have none."""
    spent = set()
    if None in rows.totals:
        everything = zip(rows.subjects, rows.days, rows.sources, rows.totals, strict=True)
        spent = {(name, day, source.value) for name, day, source, total in everything if total is not None}
    for name, day, source, total, stands in zip(
        rows.subjects, rows.days, rows.sources, rows.totals, rows.stands, strict=True
    ):
        if day is None or not stands:
            continue
        if total is None:
            key = (name, day, source.value)
            if key in spent:
                continue
            spent.add(key)
        yield Measurement(name, day, total, source)


def _read_rows(sheet: Sheet, options: Options) -> Rows:
    sheet.require_columns("subject")
    dated = sheet.has("date") and not sheet.has("study_day")
    if "date" not in sheet.meant:
        sheet.require_columns("date" if dated else "study_day", instead=_INSTEAD)
    if not any(sheet.has(item) for item in options.definition.by_key):
        sheet.require_columns("total")
    names = subjects(sheet)
    note_alike(sheet, names, "subjects")
    baselines = baseline_dates(sheet, names, options.baseline_date)
    needs = [name for name in ("date", "died_date", "ventilated_date") if sheet.has(name)]
    if needs and not says_day_0(sheet, baselines) and (dated or needs != ["date"]):
        if "baseline_date" in sheet.meant:
            sheet.finish()
        raise WrongCall(f"column {needs[0]} holds dates: {_DAY_0}")
    sheet.require("subject")
    check_both_days(sheet, names, baselines)
    days = days_from_dates(sheet, "date", baselines) if dated else study_days(sheet)
    totals = read_totals(sheet, options.definition, options.scale)
    day_column = "date" if dated else "study_day"
    written = sheet.columns.get(day_column, ())
    for place, (cell, total) in enumerate(zip(written, totals, strict=False)):
        if total is not None and cell is None:
            sheet.report(place, day_column, "missing")
    default = options.plan.source or Source.HOME
    written_sources = sheet.choices("source", Source)
    _note_no_source(sheet, written_sources, totals, default)
    sources = [source or default for source in written_sources]
    keys = [
        None if day is None else (name, day, source is Source.HOME)
        for name, day, source in zip(names, days, sources, strict=True)
    ]
    together = put_together(sheet, keys, totals, options.duplicates, day_column)
    return Rows(
        subjects=names,
        days=days,
        totals=together.values,
        stands=together.stands,
        sources=sources,
        baselines=baselines,
        arms=_arms(sheet, names),
        died=_event(sheet, names, "died", baselines),
        ventilated=_event(sheet, names, "ventilated", baselines),
    )


def _note_no_source(
    sheet: Sheet, sources: Sequence[Source | None], totals: Sequence[object], default: Source
) -> None:
    """Note values without a source in a file in which others have one."""
    without = sum(source is None and total is not None for source, total in zip(sources, totals, strict=True))
    if without and any(sources):
        sheet.decisions.append(f"values without a source, taken to be from {default.value}: {without}")


def _arms(sheet: Sheet, names: Sequence[str]) -> dict[str, str]:
    """The arm of each subject; spellings that differ in capitals only are refused."""
    found: dict[str, str] = {}
    spelled: dict[str, str] = {}
    if not sheet.has("arm"):
        return found
    arms = sheet.texts("arm")
    refuse_no_names(sheet, "arm", arms)
    note_alike(sheet, filter(None, arms), "arms")
    for place, (name, arm) in enumerate(zip(names, arms, strict=True)):
        if arm and found.setdefault(name, arm) != arm:
            sheet.report(place, "arm", "differs from another row of this subject")
        if arm and spelled.setdefault(folded(arm), arm) != arm:
            sheet.report(place, "arm", "is spelled with other capitals in another row")
    if found:
        for place, name in enumerate(names):
            if name and name not in found:
                sheet.report(place, "arm", "missing, while other subjects have one")
    return found


def _differs(event: str, column: str, sheet: Sheet) -> str:
    detail = "differs from another row of this subject"
    return (
        f"{detail}, or from {event}_day" if sheet.has(f"{event}_day") and column != f"{event}_day" else detail
    )


def _event(
    sheet: Sheet, names: Sequence[str], event: str, baselines: Sequence[date | None]
) -> dict[str, int]:
    """The study day of an event of each subject, from any row."""
    found: dict[str, int] = {}
    for column in (f"{event}_day", f"{event}_date"):
        if not sheet.has(column):
            continue
        counted = column.endswith("_day")
        days = study_days(sheet, column) if counted else days_from_dates(sheet, column, baselines)
        for place, (name, day) in enumerate(zip(names, days, strict=True)):
            if day is not None and found.setdefault(name, day) != day:
                sheet.report(place, column, _differs(event, column, sheet))
            if day is not None and day < 0 and event == "died":
                sheet.report(place, column, "a death before day 0: such a subject is not in the trial")
    return found
