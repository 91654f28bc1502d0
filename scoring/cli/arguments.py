"""The commands and options of `slope`, as tables, and the parser made of them.

What a command does is `command_line`'s business; what its help says at length is in `help_texts`.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.cli import help_texts
from scoring.cli.sheet import LARGEST
from scoring.endpoints import Source, UnknownVisit, find_visit
from scoring.endpoints.analysis import USUAL_VISITS
from scoring.progression import HOME_ALSFRS_R
from scoring.progression.readings import FULL_SCORE


def names(text: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name.strip() for name in text.split(","))


def number(text: str) -> float:
    """A number that is neither infinite nor undefined."""
    value = float(text)
    if not abs(value) < LARGEST:
        raise ArgumentTypeError("it must be a finite number")
    return value


def not_negative(text: str) -> float:
    """A number from 0 up."""
    if number(text) < 0:
        raise ArgumentTypeError("it must not be negative")
    return number(text)


def share(text: str) -> float:
    """A number from 0 to 1, ends included."""
    if not 0 <= number(text) <= 1:
        raise ArgumentTypeError("it must lie between 0 and 1")
    return number(text)


def confidence(text: str) -> float:
    """A number from 0 to 1, ends excluded."""
    if share(text) in {0, 1}:
        raise ArgumentTypeError("it must lie between 0 and 1, neither included")
    return share(text)


def visit(text: str) -> str:
    """The name of a visit that a schedule has."""
    try:
        return find_visit(text)[1].name
    except UnknownVisit as error:
        raise ArgumentTypeError(str(error)) from error


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "instrument": {"metavar": "INSTRUMENT", "help": "key of an instrument, or a JSON file with a definition"},
    "file": {"metavar": "FILE", "help": 'CSV or JSON; "-" for standard input'},
    "--format": {"choices": ("json", "csv"), "default": "json", "help": "of the output"},
    "--version": {"help": "version of the instrument (default: the newest)"},
    "--keep": {
        "type": names,
        "default": (),
        "metavar": "COLUMNS",
        "help": "columns to carry over, such as patient,date",
    },
    "--ignore": {
        "type": names,
        "default": (),
        "metavar": "COLUMNS",
        "help": "columns that are there and not read",
    },
    "--confidence": {"type": confidence, "default": 0.95, "help": "of intervals (default: %(default)s)"},
    "--full-score": {
        "type": number,
        "default": FULL_SCORE,
        "help": "for the rate since onset (default: %(default)s)",
    },
    "--sd": {
        "type": not_negative,
        "default": HOME_ALSFRS_R.sd,
        "help": "SD between patients, for reliable change (default: %(default)s)",
    },
    "--icc": {
        "type": share,
        "default": HOME_ALSFRS_R.icc,
        "help": "intraclass correlation of repeated measurements (default: %(default)s, of home versions)",
    },
    "--at": {
        "type": visit,
        "action": "append",
        "metavar": "VISIT",
        "help": f"repeatable: week 4, 8, ... 48, month 1, 2, ... 36 (default: {', '.join(USUAL_VISITS)})",
    },
    "--source": {
        "choices": tuple(source.value for source in Source),
        "help": "values to use (default: the clinic's where there are any, else those from home); without a"
        " column source, where all values are from (default: home)",
    },
    "--reference": {"metavar": "ARM", "help": "arm to compare with (default: the first by name)"},
    "--ventilation-counts": {
        "action": "store_true",
        "help": "permanent ventilation counts as death in the joint rank",
    },
    "--table": {
        "choices": ("endpoints", "long"),
        "default": "endpoints",
        "help": "long: one row for each subject and visit, for a mixed model in another program",
    },
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, a short and a long text, and which of OPTIONS it takes."""

    name: str
    summary: str
    text: str
    options: tuple[str, ...]


COMMANDS = (
    Command(
        "score", "score answered forms", help_texts.SCORE, ("instrument", "file", "--version", "--keep")
    ),
    Command("stage", "stage ALSFRS-R forms", help_texts.STAGE, ("file", "--keep")),
    Command(
        "trend",
        "measure how fast patients change",
        help_texts.TREND,
        ("file", "--ignore", "--confidence", "--full-score", "--sd", "--icc"),
    ),
    Command(
        "endpoints",
        "compute trial endpoints",
        help_texts.ENDPOINTS,
        (
            "file", "--at", "--source", "--reference",
            "--confidence", "--ventilation-counts", "--table", "--ignore",
        ),
    ),
    Command("instruments", "list the instruments", help_texts.INSTRUMENTS, ()),
)  # fmt: skip


def build_parser() -> ArgumentParser:
    """The parser; `command` of what it returns is the name of a command."""
    texts: dict[str, Any] = {
        "epilog": help_texts.EXIT_CODES,
        "formatter_class": RawDescriptionHelpFormatter,
    }
    parser = ArgumentParser(prog="slope", description=help_texts.PROGRAM, **texts)
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.summary, description=command.text, **texts)
        for option in (*command.options, "--format"):
            one.add_argument(option, **OPTIONS[option])
    return parser
