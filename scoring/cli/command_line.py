"""The arguments of `python -m scoring`, and what becomes of them.

Exit codes: 0, the results were printed; 1, the data are wrong, every mistake is on standard error by row and
column, and nothing was printed; 2, it was called wrongly (an unknown option, instrument or visit, a file
that cannot be read). What the help says is in `help_texts`.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scoring.cli import help_texts
from scoring.cli.answers import own_definition, run_score, run_stage
from scoring.cli.series import Options, run_slope
from scoring.cli.sheet import WrongInput
from scoring.cli.visits import run_endpoints, run_long
from scoring.cli.writing import Cell, Result, to_csv, to_json
from scoring.endpoints import Plan, Source, UnknownVisit, find_visit
from scoring.endpoints.analysis import USUAL_VISITS
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion, catalogue, get
from scoring.progression import HOME_ALSFRS_R, Reliability
from scoring.progression.readings import FULL_SCORE

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
        result: Result = options.command(options, read)
    except WrongInput as error:
        return Outcome("", "".join(f"{problem}\n" for problem in error.problems), WRONG_DATA)
    except (UnknownInstrument, UnknownVersion) as error:
        return Outcome("", f"{error}\n", WRONG_CALL)
    except (OSError, UnicodeError) as error:
        return Outcome("", f"the file cannot be read: {error}\n", WRONG_CALL)
    output = to_csv(result.table) if options.format == "csv" else to_json(result.report)
    return Outcome(output, "", DONE)


def build_parser() -> ArgumentParser:
    """The parser; each command sets `command` to what runs it."""
    parser = ArgumentParser(
        prog="python -m scoring",
        description=help_texts.PROGRAM,
        epilog=help_texts.EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(
        name: str, summary: str, text: str, command: Callable[[Namespace, Read], Result]
    ) -> ArgumentParser:
        one = commands.add_parser(
            name,
            help=summary,
            description=text,
            epilog=help_texts.EXIT_CODES,
            formatter_class=RawDescriptionHelpFormatter,
        )
        one.set_defaults(command=command)
        one.add_argument("--format", choices=("json", "csv"), default="json", help="of the output")
        return one

    _score_arguments(add("score", "score answered forms", help_texts.SCORE, _score))
    _keep_arguments(add("stage", "stage ALSFRS-R forms", help_texts.STAGE, _stage))
    _slope_arguments(add("slope", "measure how fast patients change", help_texts.SLOPE, _slope))
    _endpoint_arguments(add("endpoints", "compute trial endpoints", help_texts.ENDPOINTS, _endpoints))
    add("instruments", "list the instruments", help_texts.INSTRUMENTS, _instruments)
    return parser


def _score_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("instrument", metavar="INSTRUMENT", help="key of an instrument, or a definition.json")
    parser.add_argument("--version", help="version of the instrument (default: the newest)")
    _keep_arguments(parser)


def _keep_arguments(parser: ArgumentParser) -> None:
    _file_argument(parser)
    parser.add_argument(
        "--keep",
        type=_names,
        default=(),
        metavar="COLUMNS",
        help="columns to carry over, such as patient,date",
    )


def _slope_arguments(parser: ArgumentParser) -> None:
    _file_argument(parser)
    _shared_arguments(parser)
    parser.add_argument(
        "--full-score", type=float, default=FULL_SCORE, help="for the rate since onset (default: %(default)s)"
    )
    parser.add_argument(
        "--sd",
        type=_not_negative,
        default=HOME_ALSFRS_R.sd,
        help="SD between patients, for reliable change (default: %(default)s)",
    )
    parser.add_argument(
        "--icc",
        type=_share,
        default=HOME_ALSFRS_R.icc,
        help="intraclass correlation of repeated measurements (default: %(default)s, of home versions)",
    )


def _endpoint_arguments(parser: ArgumentParser) -> None:
    _file_argument(parser)
    _shared_arguments(parser)
    parser.add_argument(
        "--at",
        type=_visit,
        action="append",
        metavar="VISIT",
        help=f"a visit, repeatable: week 4, 8, ... 48, month 1, ... 36 (default: {', '.join(USUAL_VISITS)})",
    )
    parser.add_argument(
        "--source",
        type=Source,
        choices=tuple(Source),
        metavar="{clinic,home}",
        help="values to use (default: the clinic's where there are any, else those from home); without a"
        " column source, where all values are from (default: home)",
    )
    parser.add_argument("--reference", metavar="ARM", help="arm to compare with (default: the first by name)")
    parser.add_argument(
        "--ventilation-counts",
        action="store_true",
        help="permanent ventilation counts as death in the joint rank",
    )
    parser.add_argument(
        "--table",
        choices=("endpoints", "long"),
        default="endpoints",
        help="long: one row for each subject and visit, for a mixed model in another program",
    )


def _file_argument(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help='CSV or JSON; "-" for standard input')


def _shared_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--ignore", type=_names, default=(), metavar="COLUMNS", help="columns that are there and not read"
    )
    parser.add_argument(
        "--confidence", type=_confidence, default=0.95, help="of intervals (default: %(default)s)"
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _confidence(text: str) -> float:
    if not 0 < float(text) < 1:
        raise ArgumentTypeError("it must lie between 0 and 1")
    return float(text)


def _share(text: str) -> float:
    if not 0 <= float(text) <= 1:
        raise ArgumentTypeError("it must lie between 0 and 1")
    return float(text)


def _not_negative(text: str) -> float:
    if not 0 <= float(text) < float("inf"):
        raise ArgumentTypeError("it must not be negative")
    return float(text)


def _visit(text: str) -> str:
    try:
        return find_visit(text)[1].name
    except UnknownVisit as error:
        raise ArgumentTypeError(str(error)) from error


# Commands


def _score(options: Namespace, read: Read) -> Result:
    return run_score(read(options.file), _definition(options, read), options.keep)


def _definition(options: Namespace, read: Read) -> Definition:
    if options.instrument.endswith(".json"):
        return own_definition(read(options.instrument))
    return get(options.instrument, options.version)


def _stage(options: Namespace, read: Read) -> Result:
    return run_stage(read(options.file), options.keep)


def _slope(options: Namespace, read: Read) -> Result:
    how = Options(Reliability(options.sd, options.icc), options.full_score, options.confidence)
    return run_slope(read(options.file), how, options.ignore)


def _endpoints(options: Namespace, read: Read) -> Result:
    plan = Plan(
        visits=tuple(options.at or USUAL_VISITS),
        source=options.source,
        reference=options.reference,
        confidence=options.confidence,
        ventilation_counts=options.ventilation_counts,
    )
    command = run_long if options.table == "long" else run_endpoints
    return command(read(options.file), plan, options.ignore)


def _instruments(_: Namespace, __: Read) -> Result:
    rows = [_listing(one) for one in catalogue()]
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
