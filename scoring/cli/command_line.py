"""Runs one command of `slope`: the bytes of a file in, text out.

Exit codes: 0, the results were printed; 1, the data are wrong, the mistakes are on standard error by row and
column, and nothing was printed; 2, it was called wrongly (an unknown option, instrument or visit, an option
that does not fit the file, a file that cannot be read). The options are in `arguments`.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from hashlib import sha256

from scoring.cli import answers, series, visits
from scoring.cli.arguments import build_parser, with_signs
from scoring.cli.reading import Source as Reading
from scoring.cli.reading import read_document, read_sheet
from scoring.cli.repeats import Duplicates
from scoring.cli.sheet import MissingCodes, Naming, Sheet, Spelling, WrongCall, WrongInput
from scoring.cli.sheet.columns import known_map
from scoring.cli.terminal import to_text
from scoring.cli.totals import Scale, direction_of, is_own_scale, scale_of
from scoring.cli.writing import Cell, Origin, Result, to_csv, to_json
from scoring.endpoints import Plan, Source
from scoring.endpoints.analysis import EVERY_VISIT, USUAL_VISITS
from scoring.instruments import Definition, Direction, UnknownInstrument, UnknownVersion, catalogue, get
from scoring.instruments.reach import whole
from scoring.progression import HOME_ALSFRS_R, LABRA_2016, Reliability

DONE, WRONG_DATA, WRONG_CALL = 0, 1, 2
Read = Callable[[str], bytes]
"""Gives the content of a file by its name, of standard input for "-"; raises OSError."""
Progress = Callable[[int, int], None]
"""Is told how much of the work is done, and of how much."""
WRITERS = {"table": to_text, "json": to_json, "csv": to_csv}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes to standard output, in pieces, and to standard error, and the exit code."""

    output: Iterable[str]
    errors: str
    code: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its options, how to read a file, whom to tell of progress."""

    options: Namespace
    read: Read
    progress: Progress


def _silent(done: int, of: int) -> None:
    del done, of


def run(
    arguments: Sequence[str], read: Read, *, terminal: bool = False, progress: Progress = _silent
) -> Outcome:
    """Run one command; for help and usage mistakes argparse prints and ends the program itself.

    Args:
        arguments: of the command line.
        read: gives the content of a file.
        terminal: whether the output is read by a person: a table is the usual format then.
        progress: is told how far the work is.
    """
    options = build_parser().parse_args(with_signs(arguments))
    notes: list[str] = []
    try:
        result, origin = _run(Call(options, read, progress), notes)
    except WrongInput as error:
        return Outcome((), "".join(f"{line}\n" for line in (*notes, *error.lines())), WRONG_DATA)
    except (UnknownInstrument, UnknownVersion, WrongCall) as error:
        return Outcome((), f"{error}\n", WRONG_CALL)
    except OSError as error:
        return Outcome((), f"the file cannot be read: {error}\n", WRONG_CALL)
    form = options.format or ("table" if terminal else "json")
    write = WRITERS[form]
    told = "".join(f"note: {note}\n" for note in dict.fromkeys((*notes, *_untold(result, form))))
    return Outcome(write(result, origin), told, DONE)


def _untold(result: Result, form: str) -> Sequence[str]:
    """The notes of a result that are for standard error; a table ends with them."""
    return () if form == "table" else result.notes


def _run(call: Call, notes: list[str]) -> tuple[Result, Origin]:
    command = call.options.command
    if command == "instruments":
        rows = [_listing(definition) for definition in catalogue()]
        return Result(rows, lambda: rows), Origin(command, "")
    definition = _definition(call)
    _check_missing(call.options, definition)
    data = call.read(call.options.file)
    sheet = read_sheet(data, _reading(call.options, definition))
    try:
        result = RUN[command](call, sheet, definition)
    finally:
        notes += sheet.notes
    return result, _origin(call.options, definition, sha256(data).hexdigest())


def _origin(options: Namespace, definition: Definition, digest: str) -> Origin:
    """What was read: forms of an instrument, or totals on its scale or on another one."""
    named = Origin(options.command, digest, definition.key, definition.title)
    if options.command not in {"trend", "endpoints"}:
        return named
    scale = _scale(options, definition)
    measured = named if is_own_scale(definition, options.scale) else Origin(options.command, digest)
    return replace(measured, scale=(whole(float(scale.low)), whole(float(scale.high))))


def _listing(definition: Definition) -> Mapping[str, Cell]:
    rule = definition.rule(definition.main) if definition.main else None
    return {
        "key": definition.key,
        "version": definition.version,
        "title": definition.title,
        "main_score": definition.main or None,
        "low": rule.low if rule else None,
        "high": rule.high if rule else None,
        "direction": definition.direction.value,
        "items": " ".join(definition.by_key),
    }


def _definition(call: Call) -> Definition:
    """The instrument that the command is about."""
    options = call.options
    if options.command == "stage":
        return get(answers.ALSFRS_R)
    if options.instrument.endswith(".json"):
        return answers.own_definition(call.read(options.instrument))
    key = options.instrument.casefold().replace("-", "_")
    return get(key, options.version if options.command == "score" else None)


def _reading(options: Namespace, definition: Definition) -> Reading:
    decimal = "," if options.decimal == "comma" else "."
    return Reading(
        encoding=options.encoding,
        sheet=options.sheet,
        instrument=definition.key,
        spelling=Spelling(decimal, options.dates, _missing(options)),
    )


def _missing(options: Namespace) -> MissingCodes:
    """All that --missing said, put together."""
    return reduce(MissingCodes.with_those_of, options.missing, MissingCodes())


def _check_missing(options: Namespace, definition: Definition) -> None:
    """Refuse a number for missing that is a code of an item: answers would disappear."""
    for number in sorted(_missing(options).numbers):
        for item in definition.items:
            if number in item.codes:
                raise WrongCall(
                    f"--missing: {number:g} is a code of item {item.key}; for a column in which it means"
                    f" missing write COLUMN={number:g}"
                )


def _naming(call: Call, definition: Definition) -> Naming:
    given = call.options.columns
    if given is None:
        return Naming()
    known = known_map(given, definition.key)
    if known is not None:
        return Naming(known)
    try:
        document = read_document(call.read(given))
    except WrongInput as error:
        raise WrongCall(f"--columns: {error}") from error
    if not isinstance(document, dict) or not all(isinstance(name, str | None) for name in document.values()):
        raise WrongCall(
            '--columns: write a JSON object, such as {"VISITDT": "date", "comment": null} (null: not read);'
            " known words: pro-act"
        )
    elsewhere = frozenset((*series.COLUMNS, *visits.COLUMNS))
    return Naming({theirs: _ours(ours) for theirs, ours in document.items()}, True, elsewhere)


def _ours(name: str | None) -> str:
    if name is None:
        return ""
    return "subject" if name.casefold() == "patient" else name.casefold()


def _scale(options: Namespace, definition: Definition) -> Scale:
    if options.scale is not None:
        low, high = options.scale
        return Scale(low, high, "another measure (--scale)")
    found = scale_of(definition)
    if found is None:
        raise WrongCall(f"{definition.key} has no total of its own: say with --scale what is possible")
    return found


def _is_alsfrs_r(options: Namespace, definition: Definition) -> bool:
    return definition.key == answers.ALSFRS_R and is_own_scale(definition, options.scale)


def _reliability(options: Namespace, definition: Definition) -> Reliability | None:
    """The noise of the measure: as said, or the ALSFRS-R's for its own totals; None where it is not known."""
    if _is_alsfrs_r(options, definition):
        sd = HOME_ALSFRS_R.sd if options.sd is None else options.sd
        return Reliability(sd, HOME_ALSFRS_R.icc if options.icc is None else options.icc)
    if (options.sd is None) != (options.icc is None):
        raise WrongCall("--sd and --icc: for this instrument or scale give both, or none")
    return None if options.sd is None else Reliability(options.sd, options.icc)


def _direction(options: Namespace, definition: Definition) -> Direction:
    """Which end of the scale is the better one: the instrument's, on its own scale, or as said.

    Raises:
        WrongCall: what is said is not the instrument's.
    """
    known = direction_of(definition, options.scale)
    said = known if options.direction is None else Direction(options.direction)
    if known not in {Direction.NEITHER, said}:
        raise WrongCall(f"--direction: in {definition.title} {known.value.replace('_', ' ')}")
    return said


def _best_score(options: Namespace, definition: Definition) -> float | None:
    """The score of somebody who lost nothing; None where it is not known, or not the highest.

    Raises:
        WrongCall: it is said for totals of which a higher one is the worse.
    """
    known = direction_of(definition, options.scale)
    if options.full_score is None:
        return _scale(options, definition).high if known is Direction.HIGHER_IS_BETTER else None
    if known is Direction.HIGHER_IS_WORSE:
        raise WrongCall(
            f"--full-score: in {definition.title} higher is worse, and no points are lost from it"
        )
    score: float = options.full_score
    return score


def _duplicates(options: Namespace) -> Duplicates | None:
    return None if options.duplicates is None else Duplicates(options.duplicates)


def _forms(call: Call, definition: Definition) -> answers.Options:
    return answers.Options(call.options.keep, call.options.ignore, _naming(call, definition))


def _score(call: Call, sheet: Sheet, definition: Definition) -> Result:
    return answers.run_score(sheet, definition, _forms(call, definition), call.progress)


def _stage(call: Call, sheet: Sheet, definition: Definition) -> Result:
    return answers.run_stage(sheet, _forms(call, definition), call.progress)


def _trend(call: Call, sheet: Sheet, definition: Definition) -> Result:
    options = call.options
    how = series.Options(
        definition=definition,
        scale=_scale(options, definition),
        reliability=_reliability(options, definition),
        confidence=options.confidence,
        duplicates=_duplicates(options),
        naming=_naming(call, definition),
        ignore=options.ignore,
        best_score=_best_score(options, definition),
        cutoffs=LABRA_2016 if _is_alsfrs_r(options, definition) else None,
        baseline_date=options.baseline_date,
    )
    return series.run_trend(sheet, how, call.progress)


def _endpoints(call: Call, sheet: Sheet, definition: Definition) -> Result:
    options = call.options
    default = EVERY_VISIT if options.table == "long" else USUAL_VISITS
    usual = () if options.visit else default
    try:
        plan = Plan(
            visits=tuple(options.at or usual),
            source=Source(options.source) if options.source else None,
            reference=options.reference,
            confidence=options.confidence,
            ventilation_counts=options.ventilation_counts,
            own_visits=tuple(options.visit),
            direction=_direction(options, definition),
        )
    except ValueError as error:
        raise WrongCall(f"--visit: {error}") from error
    how = visits.Options(
        plan=plan,
        definition=definition,
        scale=_scale(options, definition),
        duplicates=_duplicates(options),
        naming=_naming(call, definition),
        ignore=options.ignore,
        baseline_date=options.baseline_date,
    )
    if options.table == "long":
        return visits.run_long(sheet, how)
    return visits.run_endpoints(sheet, how, call.progress)


RUN: Mapping[str, Callable[[Call, Sheet, Definition], Result]] = {
    "score": _score,
    "stage": _stage,
    "trend": _trend,
    "endpoints": _endpoints,
}
