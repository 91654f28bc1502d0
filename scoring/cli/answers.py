"""`score` and `stage`: one result for each answered form, in the order of the forms.

Columns are the instrument's items; those named by `--keep` are carried over to the output unread, and a total
is compared with the one computed. Item codes that a clinician has to see at once are listed beside every
score, whatever the total is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from scoring.als_staging import STAGING_VERSION, stage
from scoring.cli.reading import read_document
from scoring.cli.sheet import Mistake, Naming, Sheet, WrongInput, settle_columns
from scoring.cli.sheet.columns import ALIASES, folded
from scoring.cli.totals import absent_places, check_items, forms_of, report_problems
from scoring.cli.writing import Cell, Result, flat, listed
from scoring.instruments import (
    Definition,
    InvalidAnswers,
    Score,
    get,
    interpret,
    safety_items,
    score,
    validate,
)
from scoring.instruments.site_definition import InvalidDefinition, load

ALSFRS_R = "alsfrs_r"
Answers = Mapping[str, int | float]
_OURS = ("subject", "date", "time", "received", "respondent")
"""Columns of the service's reports beside the answers."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says: the columns to carry over, those not to read, the map of names."""

    keep: Sequence[str]
    ignore: Sequence[str]
    naming: Naming


@dataclass(frozen=True, slots=True)
class _Forms:
    """What is made of one form, nested and flat, and by which version of the rules."""

    report: Callable[[Answers], Mapping[str, object]]
    cells: Callable[[Answers], Mapping[str, Cell]]
    version: str


def run_score(
    sheet: Sheet, definition: Definition, options: Options, progress: Callable[[int, int], None]
) -> Result:
    """Score every form.

    Raises:
        WrongInput: with every wrong cell.
    """
    made = _Forms(
        lambda answers: _score_report(definition, answers),
        lambda answers: _score_cells(definition, answers),
        definition.version,
    )
    return _run(sheet, definition, options, made, progress)


def run_stage(sheet: Sheet, options: Options, progress: Callable[[int, int], None]) -> Result:
    """Stage every ALSFRS-R form.

    Raises:
        WrongInput: with every wrong cell.
    """
    made = _Forms(
        lambda answers: stage(answers).as_dict(),
        lambda answers: flat(stage(answers).as_dict()),
        STAGING_VERSION,
    )
    return _run(sheet, get(ALSFRS_R), options, made, progress)


def own_definition(data: bytes) -> Definition:
    """A site's own definition.

    Raises:
        WrongInput: with every mistake in it.
    """
    try:
        return load(read_document(data))
    except InvalidDefinition as error:
        mistakes = [Mistake(f"{problem.pointer}: {problem.detail}") for problem in error.problems]
        raise WrongInput(mistakes) from error


def _run(
    sheet: Sheet,
    definition: Definition,
    options: Options,
    made: _Forms,
    progress: Callable[[int, int], None],
) -> Result:
    keep = {name: ALIASES.get(folded(name), folded(name)) for name in options.keep}
    _settle(sheet, definition, options, keep.values())
    forms = _read_forms(sheet, definition)
    _note_doubled(sheet, keep.values())
    kept = {name: sheet.texts(column) for name, column in keep.items()}
    sheet.finish()
    reports, table = [], []
    for place, form in enumerate(forms):
        carried: dict[str, Cell] = {f"kept_{name}": texts[place] for name, texts in kept.items()}
        reports.append({**({"kept": carried} if keep else {}), **made.report(form)})
        table.append({**carried, **made.cells(form)})
        progress(place + 1, len(forms))
    return Result(reports[0] if sheet.single else reports, lambda: table, made.version, sheet.decisions)


def _note_doubled(sheet: Sheet, keep: Collection[str]) -> None:
    """Note forms of one subject and day, or rows alike in all that is kept and answered; each is counted."""
    day = next((column for column in ("date", "study_day") if column in keep), None)
    named = {"subject", day} <= set(keep)
    columns = ["subject", day] if named else list(sheet.columns) if keep else []
    cells = [sheet.columns[column] for column in columns if column in sheet.columns]
    if not cells:
        return
    rows = list(zip(*cells, strict=True))
    doubled = len(rows) - len(set(rows))
    if doubled:
        what = "the same subject and day" if named else "the same cells"
        sheet.decisions.append(f"rows with {what} as an earlier one: {doubled}; each has a result of its own")


def _settle(sheet: Sheet, definition: Definition, options: Options, keep: Collection[str]) -> None:
    """Find the columns, and report items that a table has no column for."""
    known = (*definition.by_key, "total", *keep, *(_OURS if sheet.ours else ()))
    settle_columns(sheet, tuple(dict.fromkeys(known)), options.naming, options.ignore)
    sheet.require_columns(*keep)
    if sheet.unit == "row" or not any(sheet.has(key) for key in definition.places):
        for place in absent_places(sheet, definition):
            forms = forms_of(definition, place)
            detail = (
                f"there is no such column{forms}; add an empty one if this was not asked, or use --columns"
            )
            sheet.mistakes.append(Mistake(detail, column=place))


def _read_forms(sheet: Sheet, definition: Definition) -> list[Answers]:
    items = [key for key in definition.by_key if sheet.has(key)]
    if sheet.has("total"):
        check_items(sheet, definition, items, sheet.numbers("total"))
    columns = sheet.answers(items)
    forms: list[Answers] = []
    for place in range(len(sheet.rows)):
        given = {key: column[place] for key, column in columns.items() if column[place] is not None}
        try:
            forms.append(validate(definition, given))
        except InvalidAnswers as error:
            report_problems(sheet, place, given, error)
    return forms


def _score_report(definition: Definition, answers: Answers) -> Mapping[str, object]:
    result = score(definition, answers)
    bands = [
        {"score": band.score, "scale": band.scale, "name": band.name, "label": band.label}
        for band in interpret(definition, result)
    ]
    return {**result.as_dict(), "bands": bands, "safety_items": list(safety_items(definition, answers))}


def _score_cells(definition: Definition, answers: Answers) -> Mapping[str, Cell]:
    result = score(definition, answers)
    cells: dict[str, Cell] = {
        "instrument": result.instrument,
        "total": result.total,
        "complete": result.complete,
        "missing": listed(result.missing),
        "safety_items": listed(safety_items(definition, answers)),
        "notes": listed(_notes(result)),
    }
    for key, value in result.values.items():
        cells[f"score_{key}"] = value.value
        if value.standard_error is not None:
            cells[f"score_{key}_se"] = value.standard_error
    return cells


def _notes(result: Score) -> dict[str, None]:
    """Codes of all notes, each once."""
    everywhere = [*result.notes, *(note for value in result.values.values() for note in value.notes)]
    return dict.fromkeys(note.code for note in everywhere)
