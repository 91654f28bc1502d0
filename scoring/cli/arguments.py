"""The commands and options of `slope`, as tables, and the parser made of them.

What a command does is `command_line`'s business; what its help says at length is in `help_texts`.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.cli import help_texts
from scoring.cli.days import read_visit
from scoring.cli.repeats import Duplicates
from scoring.cli.sheet import MissingCodes
from scoring.cli.sheet.cells import LARGEST, Unreadable, spelled, timestamp
from scoring.endpoints import Source, TrialVisit, UnknownVisit, find_visit
from scoring.endpoints.analysis import USUAL_VISITS
from scoring.instruments import Direction
from scoring.progression import HOME_ALSFRS_R


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


def scale(text: str) -> tuple[float, float]:
    """The lowest and the highest value, with a comma between them."""
    ends = text.split(",")
    if len(ends) != 2 or not number(ends[0]) < number(ends[1]):
        raise ArgumentTypeError("write LOWEST,HIGHEST, such as 0,48")
    return number(ends[0]), number(ends[1])


def visit(text: str) -> str:
    """The name of a visit that a schedule has."""
    try:
        return find_visit(text)[1].name
    except UnknownVisit as error:
        raise ArgumentTypeError(f"{error}, or one of your own with --visit") from error


def own_visit(text: str) -> TrialVisit:
    """A visit with a window of its own."""
    try:
        return read_visit(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def day(text: str) -> date:
    """A calendar date."""
    try:
        return timestamp(text).day
    except Unreadable as error:
        raise ArgumentTypeError(str(error)) from error


SIGNED = ("--missing", "--scale")
"""Options whose value may begin with a number below 0, which could be taken for an option."""


def with_signs(arguments: Sequence[str]) -> list[str]:
    """The arguments, with a value such as -9,NA joined to its option."""
    found: list[str] = []
    for argument in arguments:
        if found and found[-1] in SIGNED and argument[:1] == "-" and argument[1:2].isdecimal():
            found[-1] = f"{found[-1]}={argument}"
        else:
            found.append(argument)
    return found


def missing(text: str) -> MissingCodes:
    """Codes with commas between them; COLUMN=CODE for one column."""
    words, numbers = set(), set()
    of_columns: dict[str, frozenset[str]] = {}
    for code in names(text):
        column, sign, own = code.rpartition("=")
        value = spelled(code)
        if sign and column:
            of_columns[column] = of_columns.get(column, frozenset()) | {own}
        elif value is not None:
            numbers.add(value)
        elif code:
            words.add(code)
    return MissingCodes(frozenset(words), frozenset(numbers), of_columns)


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "instrument": {"metavar": "INSTRUMENT", "help": "key of an instrument, or a JSON file with a definition"},
    "file": {"metavar": "FILE", "help": 'CSV, JSON or a spreadsheet; "-" for standard input'},
    "--format": {
        "choices": ("table", "json", "csv"),
        "help": "of the output (default: a table on a terminal, else json)",
    },
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
        "help": 'columns that are there and not read; "*" for all that are not known',
    },
    "--columns": {
        "metavar": "MAP",
        "help": 'pro-act, or a JSON file with the names of your columns, {"VISITDT": "date", "note": null};'
        " null passes over a column",
    },
    "--missing": {
        "type": missing,
        "action": "append",
        "default": [],
        "metavar": "CODES",
        "help": "codes for a missing value, such as NA,-9: words in all columns, numbers in item columns, and"
        " COLUMN=-9 in one column; repeatable",
    },
    "--decimal": {"choices": ("point", "comma"), "default": "point", "help": "of numbers (default: point)"},
    "--dates": {"choices": ("dmy", "mdy"), "default": "", "help": "order of dates such as 31/01/2026"},
    "--encoding": {"default": "", "help": "of the file (default: UTF-8, UTF-16 or else Windows-1252)"},
    "--sheet": {"default": "", "help": "sheet of a workbook, where several hold data"},
    "--duplicates": {
        "choices": tuple(rule.value for rule in Duplicates),
        "help": "several rows of one day: refuse them (default), take the last value by its instant (equal"
        " values without a time are put together too), or the mean of the values, which need not be whole",
    },
    "--baseline-date": {
        "type": day,
        "metavar": "DATE",
        "help": "date of day 0 for everybody; else a column baseline_date",
    },
    "--instrument": {
        "default": "alsfrs_r",
        "metavar": "INSTRUMENT",
        "help": "whose totals these are: a key, or a JSON file with a definition (default: %(default)s);"
        " totals of weight are in grams",
    },
    "--scale": {
        "type": scale,
        "metavar": "LOWEST,HIGHEST",
        "help": "possible totals (default: those of the instrument)",
    },
    "--confidence": {"type": confidence, "default": 0.95, "help": "of intervals (default: %(default)s)"},
    "--full-score": {
        "type": number,
        "help": "from which the rate since onset counts (default: the highest total, where higher is better)",
    },
    "--sd": {
        "type": not_negative,
        "help": f"SD between patients, for the noise of the measure (default: {HOME_ALSFRS_R.sd:g}, of the"
        " ALSFRS-R; none for another instrument or scale)",
    },
    "--icc": {
        "type": share,
        "help": f"intraclass correlation of repeated measurements (default: {HOME_ALSFRS_R.icc:g}, of the"
        " ALSFRS-R at home; none for another instrument or scale)",
    },
    "--at": {
        "type": visit,
        "action": "append",
        "metavar": "VISIT",
        "help": "repeatable: week 1, 2, ... 260, month 1, 2, ... 36"
        f" (default: {', '.join(USUAL_VISITS)}; with --table long every fourth week to 48; none beside"
        " --visit)",
    },
    "--visit": {
        "type": own_visit,
        "action": "append",
        "default": [],
        "metavar": "NAME=DAY±WINDOW",
        "help": "repeatable: a visit with a window of your own, such as V3=84±7 or end=168-14+30",
    },
    "--source": {
        "choices": tuple(source.value for source in Source),
        "help": "values to use (default: the clinic's where there are any, else those from home); without a"
        " column source, where all values are from (default: home)",
    },
    "--reference": {
        "metavar": "ARM",
        "help": "arm to compare with (default: the first by name); a difference is arm minus reference",
    },
    "--direction": {
        "choices": (Direction.HIGHER_IS_BETTER.value, Direction.HIGHER_IS_WORSE.value),
        "help": "which totals are the better ones, for responders and the joint rank (default: the"
        ' instrument\'s, see "slope instruments"; not known of weight, nor on a --scale of another measure)',
    },
    "--ventilation-counts": {
        "action": "store_true",
        "help": "permanent ventilation counts as death in the joint rank",
    },
    "--table": {
        "choices": ("endpoints", "long"),
        "default": "endpoints",
        "help": "long: one row for each subject and visit, for a mixed model in another program",
    },
}  # fmt: skip
READING = ("--columns", "--ignore", "--missing", "--decimal", "--dates", "--encoding", "--sheet")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, a short and a long text, and which of OPTIONS it takes."""

    name: str
    summary: str
    text: str
    options: tuple[str, ...]


COMMANDS = (
    Command(
        "score",
        "score answered forms",
        help_texts.SCORE,
        ("instrument", "file", "--version", "--keep", *READING),
    ),
    Command("stage", "stage ALSFRS-R forms", help_texts.STAGE, ("file", "--keep", *READING)),
    Command(
        "trend",
        "measure how fast patients change",
        help_texts.TREND,
        (
            "file", "--duplicates", "--baseline-date", "--instrument", "--scale",
            "--confidence", "--full-score", "--sd", "--icc", *READING,
        ),
    ),
    Command(
        "endpoints",
        "compute trial endpoints",
        help_texts.ENDPOINTS,
        (
            "file", "--at", "--visit", "--source", "--reference", "--ventilation-counts", "--confidence",
            "--table", "--duplicates", "--baseline-date", "--instrument", "--scale", "--direction", *READING,
        ),
    ),
    Command("instruments", "list the instruments", help_texts.INSTRUMENTS, ()),
)  # fmt: skip


def build_parser() -> ArgumentParser:
    """The parser; `command` of what it returns is the name of a command."""
    texts: dict[str, Any] = {
        "epilog": help_texts.EXIT_CODES,
        "formatter_class": RawDescriptionHelpFormatter,
        "allow_abbrev": False,
    }
    parser = ArgumentParser(prog="slope", description=help_texts.PROGRAM, **texts)
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        takes = " ".join(name.upper() for name in command.options if not name.startswith("-"))
        usage = f"slope {command.name} [OPTIONS] {takes}".rstrip()
        subparser = commands.add_parser(
            command.name, help=command.summary, description=command.text, usage=usage, **texts
        )
        for option in (*command.options, "--format"):
            subparser.add_argument(option, **OPTIONS[option])
    return parser
