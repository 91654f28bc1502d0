"""Runs one command of `slope`, text in and text out.

Exit codes: 0, the results were printed; 1, the data are wrong, every mistake is on standard error by row and
column, and nothing was printed; 2, it was called wrongly (an unknown option, instrument or visit, a file
that cannot be read). The options are in `arguments`.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scoring.cli.answers import own_definition, run_score, run_stage
from scoring.cli.arguments import build_parser
from scoring.cli.series import Options, run_trend
from scoring.cli.sheet import WrongInput
from scoring.cli.visits import run_endpoints, run_long
from scoring.cli.writing import Cell, Result, to_csv, to_json
from scoring.endpoints import Plan, Source
from scoring.endpoints.analysis import USUAL_VISITS
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion, catalogue, get
from scoring.progression import Reliability

DONE, WRONG_DATA, WRONG_CALL = 0, 1, 2
Read = Callable[[str], str]
"""Gives the text of a file by its name, of standard input for "-"; raises OSError or UnicodeError."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes to standard output and standard error, and the exit code."""

    output: str
    errors: str
    code: int


def run(arguments: Sequence[str], read: Read) -> Outcome:
    """Run one command; for help and usage mistakes argparse prints and ends the program itself."""
    options = build_parser().parse_args(arguments)
    try:
        result = RUN[options.command](options, read)
    except WrongInput as error:
        return Outcome("", "".join(f"{problem}\n" for problem in error.problems), WRONG_DATA)
    except (UnknownInstrument, UnknownVersion) as error:
        return Outcome("", f"{error}\n", WRONG_CALL)
    except (OSError, UnicodeError) as error:
        return Outcome("", f"the file cannot be read: {error}\n", WRONG_CALL)
    output = to_csv(result.table) if options.format == "csv" else to_json(result.report)
    return Outcome(output, "", DONE)


def _score(options: Namespace, read: Read) -> Result:
    return run_score(read(options.file), _definition(options, read), options.keep)


def _definition(options: Namespace, read: Read) -> Definition:
    if options.instrument.endswith(".json"):
        return own_definition(read(options.instrument))
    return get(options.instrument, options.version)


def _stage(options: Namespace, read: Read) -> Result:
    return run_stage(read(options.file), options.keep)


def _trend(options: Namespace, read: Read) -> Result:
    how = Options(Reliability(options.sd, options.icc), options.full_score, options.confidence)
    return run_trend(read(options.file), how, options.ignore)


def _endpoints(options: Namespace, read: Read) -> Result:
    plan = Plan(
        visits=tuple(options.at or USUAL_VISITS),
        source=Source(options.source) if options.source else None,
        reference=options.reference,
        confidence=options.confidence,
        ventilation_counts=options.ventilation_counts,
    )
    command = run_long if options.table == "long" else run_endpoints
    return command(read(options.file), plan, options.ignore)


def _instruments(_: Namespace, __: Read) -> Result:
    rows = [_listing(definition) for definition in catalogue()]
    return Result(rows, rows)


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
    }


RUN: Mapping[str, Callable[[Namespace, Read], Result]] = {
    "score": _score,
    "stage": _stage,
    "trend": _trend,
    "endpoints": _endpoints,
    "instruments": _instruments,
}
