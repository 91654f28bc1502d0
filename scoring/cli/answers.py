"""`score` and `stage`: one result for each answered form.

Columns are the instrument's items; those named by `--keep` are carried over to the output unread. Item codes
that a clinician has to see at once are listed beside every score, whatever the total is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from scoring.als_staging import stage
from scoring.cli.reading import read_document, read_sheet
from scoring.cli.sheet import Problem, Row, Sheet, WrongInput, as_number
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


def run_score(text: str, definition: Definition, keep: Collection[str]) -> Result:
    """Score every form.

    Raises:
        WrongInput: with every wrong cell.
    """
    return _run(
        text,
        definition,
        keep,
        lambda answers: _score_report(definition, answers),
        lambda answers: _score_cells(definition, answers),
    )


def run_stage(text: str, keep: Collection[str]) -> Result:
    """Stage every ALSFRS-R form.

    Raises:
        WrongInput: with every wrong cell.
    """
    return _run(
        text,
        get(ALSFRS_R),
        keep,
        lambda answers: stage(answers).as_dict(),
        lambda answers: flat(stage(answers).as_dict()),
    )


def own_definition(text: str) -> Definition:
    """A site's own definition.

    Raises:
        WrongInput: with every mistake in it.
    """
    try:
        return load(read_document(text))
    except InvalidDefinition as error:
        problems = [Problem(problem.detail, problem.pointer) for problem in error.problems]
        raise WrongInput(problems) from error


@dataclass(frozen=True, slots=True)
class _Form:
    kept: Mapping[str, Cell]
    answers: Answers


def _run(
    text: str,
    definition: Definition,
    keep: Collection[str],
    report: Callable[[Answers], Mapping[str, object]],
    cells: Callable[[Answers], Mapping[str, Cell]],
) -> Result:
    sheet = read_sheet(text)
    forms = [_read_form(sheet, row, definition, keep) for row in sheet.rows]
    sheet.finish()
    reports = [{**({"kept": form.kept} if keep else {}), **report(form.answers)} for form in forms]
    table = [{**form.kept, **cells(form.answers)} for form in forms]
    return Result(reports[0] if sheet.single else reports, table)


def _read_form(sheet: Sheet, row: Row, definition: Definition, keep: Collection[str]) -> _Form:
    kept = {f"kept_{column}": sheet.text(row, column) for column in keep}
    given = {column: as_number(value) for column, value in row.cells.items() if column not in keep}
    try:
        return _Form(kept, validate(definition, given))
    except InvalidAnswers as error:
        for problem in error.problems:
            sheet.report(row.place, problem.path[-1], problem.detail)
        return _Form(kept, {})


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
        "rule_version": result.rule_version,
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
