"""Which column is which: capitals, other names for one thing, a map of names, and what is not known.

`subject` and `patient` are one column in every command. The service's own names and PRO-ACT's are known; any
others come in a map (`--columns FILE`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from scoring.cli.sheet.cells import is_date, spelled
from scoring.cli.sheet.mistakes import Mistake, WrongCall, WrongInput
from scoring.cli.sheet.sheet import Sheet

EVERYTHING = "*"
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SIGNS = (
    (frozenset({"death", "died", "dead", "deceased", "dod"}), "died_day"),
    (frozenset({"ventilation", "ventilated", "tracheostomy", "niv"}), "ventilated_day"),
    (frozenset({"onset"}), "onset"),
    (frozenset({"baseline", "randomisation", "randomization", "randomised", "randomized"}), "baseline_date"),
    (frozenset({"date"}), "date"),
    (frozenset({"day", "days"}), "study_day"),
    (frozenset({"arm", "group", "treatment"}), "arm"),
    (frozenset({"total", "score"}), "total"),
    (frozenset({"subject", "subjects", "patient", "patients", "id"}), "subject"),
)
"""Words in the name of an unknown column, and the column that they point to; the first that fits."""
_EVENTS = frozenset({"died_day", "ventilated_day", "onset", "baseline_date"})
"""A date of one of these is no date of a visit, even where the command does not read them."""
NO_NAME = "the first column has no name, and is passed over; it holds more than the numbers of rows"
TITLE = "only one column has a name, and rows have more cells: take out a title that stands above the header"
SHORT_HEADER = (
    "each row has one cell more than the header, as where R's write.table writes row names: say col.names ="
    " NA or row.names = FALSE there, or put a separator before the header"
)
MOST_NAMED = 14
CLOSE = 0.75
"""How alike two names have to be; visit and site, or rater and date, are alike to 0.67."""
ALIASES = {
    "patient": "subject",
    "patient_id": "subject",
    "subject_id": "subject",
    "observed_on": "date",
    "observed_at": "time",
}
"""Other names that need no option: the service's, and the two words for whom the row is about."""

PRO_ACT = {
    "subject_id": "subject",
    "ALSFRS_Delta": "study_day",
    "Mode_of_Administration": "",
    "ALSFRS_Responded_By": "",
    "Death_Days": "died_day",
    "Study_Arm": "arm",
    "Q1_Speech": "speech",
    "Q2_Salivation": "salivation",
    "Q3_Swallowing": "swallowing",
    "Q4_Handwriting": "handwriting",
    "Q5a_Cutting_without_Gastrostomy": "cutting_without_gastrostomy",
    "Q5b_Cutting_with_Gastrostomy": "cutting_with_gastrostomy",
    "Q6_Dressing_and_Hygiene": "dressing_hygiene",
    "Q7_Turning_in_Bed": "turning_in_bed",
    "Q8_Walking": "walking",
    "Q9_Climbing_Stairs": "climbing_stairs",
    "Q10_Respiratory": "breathing",
    "R_1_Dyspnea": "dyspnea",
    "R_2_Orthopnea": "orthopnea",
    "R_3_Respiratory_Insufficiency": "respiratory_insufficiency",
}
"""The columns of PRO-ACT's table of ALSFRS-R forms (names as in its data dictionary); days count from the
first visit."""
PRO_ACT_TOTALS = {"alsfrs_r": "ALSFRS_R_Total", "alsfrs": "ALSFRS_Total"}
"""Its two totals, by instrument."""


def known_map(word: str, instrument: str) -> Mapping[str, str] | None:
    """The map that goes by this word, for the totals of this instrument; None where there is none."""
    if word.casefold() not in {"pro-act", "proact"}:
        return {} if word.casefold() == "service" else None
    total = PRO_ACT_TOTALS.get(instrument)
    others = dict.fromkeys(PRO_ACT_TOTALS.values(), "")
    return {**PRO_ACT, **others, **({} if total is None else {total: "total"})}


@dataclass(frozen=True, slots=True)
class Naming:
    """A map of names.

    Attributes:
        names: what a column is called in the file, and what it is called here; "" for one that is passed
            over.
        whole: whether every name in it has to be a column of the file, and every other one that the command
            has.
        elsewhere: columns that other commands have: they may be named, and are passed over.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    elsewhere: frozenset[str] = frozenset()


def folded(name: str) -> str:
    """A name without regard to capitals and white space."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def name_columns(
    header: Sequence[str], columns: Sequence[list[object]]
) -> tuple[dict[str, list[object]], list[Mistake]]:
    """The columns by their names; one without a name is passed over where it holds nothing or row names."""
    named: dict[str, list[object]] = {}
    seen: set[str] = set()
    mistakes = []
    for place, (name, column) in enumerate(zip(header, columns, strict=True)):
        if not name:
            if place > 0 and any(cell is not None for cell in column):
                mistakes.append(Mistake(f"column {place + 1} has no name", 1))
        elif folded(name) in seen:
            mistakes.append(Mistake("the header has this column twice", 1, name))
        else:
            seen.add(folded(name))
            named[name] = column
    return named, mistakes


def are_row_names(column: Sequence[object]) -> bool:
    """Whether a column holds nothing, or the numbers that programs give to rows."""
    filled = [str(cell) for cell in column if cell is not None]
    return all(map(str.isdecimal, filled)) and len(set(filled)) == len(filled)


def settle_columns(
    sheet: Sheet,
    known: Collection[str],
    naming: Naming,
    ignored: Collection[str],
    harmless: Collection[str] = (),
) -> None:
    """Give every column the name it has here; those that are not known are mistakes, or passed over.

    The harmless ones are passed over with a note: what other commands read, and this one can do without.

    Raises:
        WrongInput: a cell is a list or an object.
        WrongCall: an option does not fit the columns.
    """
    if naming.whole:
        _check_map(sheet, known, naming)
    names = {folded(theirs): ours for theirs, ours in naming.names.items()}
    passed = {folded(name) for name in ignored}
    columns, sheet.columns = sheet.columns, {}
    dropped = []
    for written, column in columns.items():
        name = folded(written)
        ours = names.get(name, ALIASES.get(name, name))
        if name in passed or (name in names and ours in passed):
            dropped.append(written)
            sheet.passed.append(written)
            continue
        if ours in known:
            _settle(sheet, ours, written, column)
        elif (
            not ours
            or ours in harmless
            or EVERYTHING in ignored
            or (name in names and (ours in naming.elsewhere or not naming.whole))
        ):
            dropped.append(written)
            sheet.passed.append(written)
        else:
            sheet.passed.append(written)
            _report_unknown(sheet, written, column, known)
    if sheet.has("time") and "date" in known and not sheet.has("date") and not sheet.has("study_day"):
        sheet.columns["date"], sheet.written["date"] = sheet.columns["time"], sheet.written["time"]
    if dropped:
        sheet.decisions.append(f"columns passed over: {', '.join(sorted(dropped))}")
    there = {*map(folded, columns), *(names.get(folded(written), "") for written in columns)}
    _note_not_there(sheet, ignored, there)
    _refuse_nested(sheet)
    _drop_missing(sheet)


def _refuse_nested(sheet: Sheet) -> None:
    """Report cells that are lists or objects, in columns that are read.

    Raises:
        WrongInput: there are such.
    """
    nested = [
        (place, name, "a list" if isinstance(cell, list) else "an object")
        for name, column in (sheet.columns.items() if sheet.unit == "entry" else ())
        for place, cell in enumerate(column)
        if isinstance(cell, list | dict)
    ]
    for place, name, what in nested:
        sheet.report(place, name, f"expected one value, and this is {what}")
    if nested:
        raise WrongInput(sheet.mistakes)


def _note_not_there(sheet: Sheet, ignored: Collection[str], there: Iterable[str]) -> None:
    """Note columns that were to be ignored and are none of the file's."""
    names = set(there)
    absent = [name for name in ignored if name not in {"", EVERYTHING} and folded(name) not in names]
    if absent:
        sheet.decisions.append(f"--ignore: the file has no column {', '.join(absent)}")


def _settle(sheet: Sheet, ours: str, written: str, column: list[object]) -> None:
    if sheet.has(ours):
        detail = f"{sheet.written[ours]} and {written} are one column here"
        sheet.mistakes.append(Mistake(detail, 1 if sheet.unit == "row" else 0, written))
    else:
        sheet.columns[ours], sheet.written[ours] = column, written


def _check_map(sheet: Sheet, known: Collection[str], naming: Naming) -> None:
    """Refuse a map that names what is not there."""
    there = {folded(written): written for written in sheet.columns}
    for theirs, ours in naming.names.items():
        if ours and ours not in known and ours not in naming.elsewhere:
            raise WrongCall(f"--columns: there is no column {ours} here; known: {', '.join(known)}")
        if folded(theirs) not in there:
            raise WrongCall(
                f"--columns: the file has no column {theirs}; there are: {', '.join(there.values())}"
            )


def _report_unknown(sheet: Sheet, written: str, column: list[object], known: Collection[str]) -> None:
    if sheet.unit == "entry":
        filled = [place for place, cell in enumerate(column) if cell is not None]
        row = sheet.rows[filled[0] if filled else 0]
    else:
        row = 1
    close = _meant(written, known)
    sheet.meant.add(close)
    forms = [name for name in known if name.startswith(f"{folded(written)}_")]
    some = ", ".join((*list(known)[:MOST_NAMED], *(("...",) if len(known) > MOST_NAMED else ())))
    hint = f"did you mean {close}?" if close else f"known: {some}"
    if spelled(written) is not None or is_date(written):
        hint = "is this data? the first line has to name the columns"
    if len(forms) > 1:
        hint = f"write it as {' or '.join(forms)}"
    detail = f"unknown column; {hint}; or use --ignore"
    sheet.mistakes.append(Mistake(detail, row, written, sheet.unit))


def _meant(written: str, known: Collection[str]) -> str:
    """The column that was probably meant, by the words in the name or else by its letters; "" if none."""
    words = {word.casefold() for word in _WORD.findall(written)}
    for signs, column in _SIGNS:
        if words & signs and column not in known and column in _EVENTS:
            return ""
        if words & signs and column in known:
            dated = column.replace("_day", "_date")
            return dated if words & {"date", "dod"} and dated in known else column
    close = get_close_matches(folded(written), known, cutoff=CLOSE)
    return close[0] if close else ""


def _drop_missing(sheet: Sheet) -> None:
    """Take out the codes for missing that were given for single columns.

    Raises:
        WrongCall: there is no such column.
    """
    passed = {folded(name) for name in sheet.passed}
    for name, codes in sheet.spelling.missing.of_columns.items():
        ours = ALIASES.get(folded(name), folded(name))
        written = (known for known, theirs in sheet.written.items() if folded(theirs) == folded(name))
        ours = ours if ours in sheet.columns else next(written, "")
        column = sheet.columns.get(ours)
        if column is None and folded(name) not in passed:
            raise WrongCall(f"--missing: the file has no column {name}")
        if column is not None:
            decimal = sheet.spelling.decimal
            sheet.columns[ours] = [None if _is_code(cell, codes, decimal) else cell for cell in column]


def _is_code(cell: object, codes: Collection[str], decimal: str) -> bool:
    from_cell = spelled(cell, decimal)
    if from_cell is None:
        return isinstance(cell, str) and cell in codes
    return any(spelled(code) == from_cell for code in codes)
