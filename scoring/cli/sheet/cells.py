"""One cell as a number, a date, a word: which spellings are understood, and what to do about the others.

A number has a point, or with `--decimal comma` a comma. A date is 2026-01-31, 20260131, 31JAN2026 or
31-Jan-2026, with a time of day or without; other orders of day and month only where `--dates` says which one
it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII)
LARGEST = 1e12
LONGEST = 200
FIRST_YEAR, LAST_YEAR = 1900, 2100

_TIME = r"(?P<time>[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?) ?(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
_ISO = re.compile(rf"(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|[0-9]{{8}})([T ]{_TIME})?", re.ASCII)
_YEAR_FIRST = re.compile(
    rf"(?P<y>[0-9]{{4}})(?P<sep>[-./])(?P<m>[0-9]{{1,2}})(?P=sep)(?P<d>[0-9]{{1,2}})([T ]{_TIME})?", re.ASCII
)
_PART = re.compile(r"(?P<y>[0-9]{4})(-(?P<m>[0-9]{2}))?", re.ASCII)
_SAS = re.compile(
    rf"(?P<d>[0-9]{{1,2}})(?P<sep>-?)(?P<m>[A-Za-z]{{3}})(?P=sep)(?P<y>[0-9]{{4}})([:T ]{_TIME})?", re.ASCII
)
_ORDERED = re.compile(rf"([0-9]{{1,2}})([./-])([0-9]{{1,2}})\2(?P<y>[0-9]{{4}})([T ]{_TIME})?", re.ASCII)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([./-][0-9]{1,2}[./-]|[ -]?[A-Za-z]{3}[ -]?)[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"[0-9].*[A-Za-z]{3}|[A-Za-z]{3}.*[0-9]", re.ASCII | re.DOTALL)
_CLOCK = re.compile(_TIME, re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NO_NAMES = frozenset({"na", "n/a", "nan", "null", ".", "-", "nat", "#n/a"})
"""Words for a missing value that are no names of anything either."""
_NO_NUMBER = re.compile(r"\.[A-Za-z_]|not? .+|n/?d", re.ASCII | re.IGNORECASE | re.DOTALL)
"""What stands for no value in a column of values: .A to .Z in SAS, "not done"."""
_EMPTY_WORDS = NO_NAMES | frozenset({"none", "missing", "unknown"})
_DOUBLED = (77, 88, 99, 777, 888, 999, 7777, 8888, 9999)
_OFTEN_MISSING = frozenset({-1, -7, -8, -9, *_DOUBLED, *(-code for code in _DOUBLED)})
"""Numbers that often stand for a missing answer, and are none."""


class Unreadable(ValueError):
    """A cell that is not what its column should hold; the text says what is expected."""


@dataclass(frozen=True, slots=True)
class MissingCodes:
    """What stands for a missing value, beside an empty cell.

    Attributes:
        words: count in every column.
        numbers: count in the columns of an instrument's items only.
        of_columns: codes of single columns, words and numbers.
    """

    words: frozenset[str] = frozenset()
    numbers: frozenset[float] = frozenset()
    of_columns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def with_those_of(self, other: MissingCodes) -> MissingCodes:
        """These codes and other ones."""
        columns = {*self.of_columns, *other.of_columns}
        nothing = frozenset[str]()
        of_columns = {
            name: self.of_columns.get(name, nothing) | other.of_columns.get(name, nothing) for name in columns
        }
        return MissingCodes(self.words | other.words, self.numbers | other.numbers, of_columns)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the cells of a file are written.

    Attributes:
        decimal: "." or ",".
        dates: "dmy" or "mdy" for dates such as 31/01/2026; "" where there are none.
    """

    decimal: str = "."
    dates: str = ""
    missing: MissingCodes = MissingCodes()


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A calendar date as it was written, and the instant where there was a time of day.

    Attributes:
        zoned: whether the instant is in UTC, because a zone was given; else it is local.
    """

    day: date
    instant: datetime | None = None
    zoned: bool = False


def number(cell: object, decimal: str = ".") -> int | float:
    """A number; a whole one as an int, however it was written.

    Raises:
        Unreadable: it is none.
    """
    value = spelled(cell, decimal)
    if value is not None and abs(value) < LARGEST:
        return value
    if decimal == "." and isinstance(cell, str) and "," in cell and spelled(cell, ",") is not None:
        raise Unreadable("expected a number, with a point for decimals; for a comma add --decimal comma")
    if isinstance(cell, str) and "-" in cell and _ISO.fullmatch(cell):
        raise Unreadable("expected a number, and this is a date; format the cells of this column as numbers")
    raise Unreadable("expected a number" + missing_hint(cell))


def spelled(cell: object, decimal: str = ".") -> int | float | None:
    """The number that a cell spells; None when it spells none."""
    if isinstance(cell, str):
        if decimal == "," and "." in cell:
            return None
        text = cell.replace(decimal, ".")
        if WHOLE.fullmatch(text):
            return int(text)
        return _whole(float(text)) if DECIMAL.fullmatch(text) else None
    return _whole(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def _whole(value: float) -> int | float:
    return int(value) if isinstance(value, float) and abs(value) < LARGEST and value.is_integer() else value


def whole(cell: object, decimal: str = ".") -> int:
    """A whole number; 4.0 is one.

    Raises:
        Unreadable: it is none.
    """
    value = spelled(cell, decimal)
    if isinstance(value, int) and abs(value) < LARGEST:
        return value
    raise Unreadable("expected a whole number" + missing_hint(cell))


def text(cell: object) -> str:
    """Text in one normal form, white space as single spaces.

    Raises:
        Unreadable: it is no text, too long, or cannot be shown.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise Unreadable("expected text")
    if isinstance(cell, int):
        return str(cell) if abs(cell) < LARGEST else _refuse("expected text")
    if len(cell) > LONGEST:
        raise Unreadable(f"longer than {LONGEST} characters")
    found = " ".join(unicodedata.normalize("NFC", cell).split())
    return found if found.isprintable() else _refuse("holds a character that cannot be shown")


def _refuse(detail: str) -> str:
    raise Unreadable(detail)


def timestamp(cell: object, dates: str = "") -> Timestamp:
    """A date, with its time of day where one was given.

    Raises:
        Unreadable: it is none, or its year is not plausible.
    """
    written = str(cell) if isinstance(cell, str) or type(cell) is int else ""
    try:
        found = _timestamp(written, dates)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Unreadable(_why_no_date(cell, written, dates))
    if not FIRST_YEAR <= found.day.year <= LAST_YEAR:
        raise Unreadable(f"the year is not between {FIRST_YEAR} and {LAST_YEAR}: is the date right?")
    return found


def partial_date(cell: object, dates: str = "") -> tuple[date, str]:
    """A date of which the day, or the day and the month may be left out, and what is given of it.

    The word is day, month or year; what is left out is the first.

    Raises:
        Unreadable: it is none.
    """
    written = str(cell) if isinstance(cell, str) or type(cell) is int else ""
    match = _PART.fullmatch(written)
    if match is None:
        return timestamp(cell, dates).day, "day"
    whole_day = timestamp(f"{match['y']}-{match['m'] or '01'}-01").day
    return whole_day, "month" if match["m"] else "year"


def needs_order(written: str) -> bool:
    """Whether a date cannot be read before it is known which number is the day, and which the month."""
    return _ORDERED.fullmatch(written) is not None


def _timestamp(written: str, dates: str) -> Timestamp | None:
    if match := _ISO.fullmatch(written):
        return _moment(date.fromisoformat(match["day"]), match["time"], match["zone"])
    if match := _YEAR_FIRST.fullmatch(written):
        return _moment(date(int(match["y"]), int(match["m"]), int(match["d"])), match["time"], match["zone"])
    if match := _SAS.fullmatch(written):
        month = _MONTHS.index(match["m"].lower()) + 1
        return _moment(date(int(match["y"]), month, int(match["d"])), match["time"], match["zone"])
    if dates and (match := _ORDERED.fullmatch(written)):
        day, month = (int(match[place]) for place in ((1, 3) if dates == "dmy" else (3, 1)))
        return _moment(date(int(match["y"]), month, day), match["time"], match["zone"])
    return None


def _moment(day: date, time: str | None, zone: str | None) -> Timestamp:
    if time is None:
        return Timestamp(day)
    offset = "Z" if zone == "UTC" else zone or ""
    clock = time if time[2] == ":" else f"0{time}"
    instant = datetime.fromisoformat(f"{day.isoformat()}T{clock}{offset}")
    if instant.tzinfo is None:
        return Timestamp(day, instant)
    return Timestamp(day, instant.astimezone(UTC).replace(tzinfo=None), zoned=True)


def is_date(text: str) -> bool:
    """Whether this is a date whose order of day and month is clear."""
    try:
        timestamp(text)
    except Unreadable:
        return False
    return True


def clock(cell: object, day: date | None, dates: str = "") -> Timestamp:
    """A time of day on a known day, such as 14:30, or a date with a time.

    Raises:
        Unreadable: it is neither.
    """
    match = _CLOCK.fullmatch(cell) if isinstance(cell, str) else None
    try:
        if match is None:
            found = timestamp(cell, dates)
        else:
            found = _moment(day or date(FIRST_YEAR, 1, 1), match["time"], match["zone"])
    except (ValueError, OverflowError):
        found = None
    if found is None or found.instant is None:
        raise Unreadable("expected a time of day such as 14:30, or a date with one")
    return found


def _why_no_date(cell: object, written: str, dates: str) -> str:
    expected = "expected a date such as 2026-01-31"
    if not dates and _ORDERED.fullmatch(written):
        return f"{expected}; for day, month, year add --dates dmy, for month, day, year --dates mdy"
    if dates and _ORDERED.fullmatch(written):
        order = "day, month, year" if dates == "dmy" else "month, day, year"
        return f"expected a date; read as {order} (--dates {dates}) this is none"
    if _SHORT_YEAR.fullmatch(written):
        return f"{expected}; write the year with four digits"
    value = spelled(cell)
    if value is not None and 10_000 < value < 80_000:
        return f"{expected}; programs store dates as numbers like this: write them in the form of a date"
    if _MONTH.search(written) and not _SAS.fullmatch(written):
        return f"{expected}; with a month in letters as 31JAN2026 or 31-Jan-2026"
    return expected + missing_hint(cell)


def stands_for_nobody(name: str) -> bool:
    """Whether a subject's name looks like a code for a missing one: a word, or a number below 0."""
    return name.casefold() in _EMPTY_WORDS or (name.startswith("-") and WHOLE.fullmatch(name) is not None)


def missing_hint(cell: object) -> str:
    """What to add to a message: what to do where a word looks as if it stood for a missing value."""
    if isinstance(cell, str) and (cell.casefold() in _EMPTY_WORDS or _NO_NUMBER.fullmatch(cell)):
        return "; if the word here means missing, add it to --missing"
    if isinstance(cell, int) and cell in _OFTEN_MISSING:
        return f"; if {cell:g} means missing, say --missing={cell:g}"
    return ""
