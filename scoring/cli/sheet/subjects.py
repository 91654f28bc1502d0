"""Whom each row is about, and what the rows of one subject have to agree on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from scoring.cli.sheet.cells import NO_NAMES, stands_for_nobody
from scoring.cli.sheet.sheet import Sheet

Value = TypeVar("Value")
_PARTS = re.compile(r"\d+|[^\d\s_.,:;/#()+\-\u2010-\u2015]+")
"""Numbers and words of a name, without what stands between them."""
_POINT_ZERO = re.compile(r"(?<![0-9.,])([0-9]+)[.,]0+(?![0-9.,])", re.ASCII)
MOST_NAMED = 20
NO_SOURCE = "home"
"""Where a value without a source was taken, if others have one."""


def subjects(sheet: Sheet) -> list[str]:
    """Whom each row is about; where there are sites, the site is part of the name and stands in every row."""
    names = sheet.texts("subject")
    _refuse(sheet, "subject", names, set(filter(stands_for_nobody, set(names))))
    if not sheet.has("site"):
        return names
    sheet.require("site")
    sites = sheet.texts("site")
    refuse_no_names(sheet, "site", sites)
    return _joined(sheet, sites, names)


def _joined(sheet: Sheet, sites: Sequence[str], names: Sequence[str]) -> list[str]:
    """Each subject's name with the site before it; two that become the same are reported."""
    found = []
    apart: dict[str, tuple[str, str]] = {}
    for place, pair in enumerate(zip(sites, names, strict=True)):
        joined = "/".join(pair)
        other = apart.setdefault(joined, pair)
        if other != pair:
            both = " and ".join(f"site {site}, subject {name}" for site, name in sorted((other, pair)))
            sheet.report(place, "site", f"{both} would be one name, {joined}; write other names")
        found.append(joined)
    return found


def refuse_no_names(sheet: Sheet, column: str, names: Sequence[str]) -> None:
    """Report cells that look like a code for a missing name."""
    _refuse(sheet, column, names, {name for name in set(names) if name.casefold() in NO_NAMES})


def _refuse(sheet: Sheet, column: str, names: Sequence[str], wrong: Collection[str]) -> None:
    for place, name in enumerate(names if wrong else ()):
        if name in wrong:
            written = sheet.written.get(column, column)
            detail = f"{name} looks like a code for a missing value; give the name"
            sheet.report(place, column, f"{detail}, or say --missing {written}={name}")


def only_names(sheet: Sheet, day_column: str, items: Iterable[str]) -> list[bool]:
    """Which rows have neither a day nor a value: those of a list of subjects above the visits."""
    measures = [sheet.columns[name] for name in ("total", *items) if sheet.has(name)]
    days = sheet.columns.get(day_column) or [None] * len(sheet.rows)
    lists = [
        day is None and all(column[place] is None for column in measures) for place, day in enumerate(days)
    ]
    if any(lists):
        sheet.decisions.append(f"rows without a day and a value, which only name a subject: {sum(lists)}")
    return lists


def refuse_other_sources(sheet: Sheet, items: Iterable[str]) -> None:
    """Report a value of another source than the first: values of two sources are no one series.

    Where any row has a source, a value without one is from home, as in `endpoints`.
    """
    sources = [source.casefold() for source in sheet.texts("source")]
    if not any(sources):
        return
    measures = [sheet.columns[name] for name in ("total", *items) if sheet.has(name)]
    first = ""
    for place, written in enumerate(sources):
        measured = any(column[place] is not None for column in measures)
        source = written or (NO_SOURCE if measured else "")
        first = first or source
        if source not in {"", first}:
            empty = "" if written else f"empty, and so {NO_SOURCE}, which "
            detail = "is another one than in rows above, and values of two sources are no one course"
            sheet.report(place, "source", f"{empty}{detail}; leave those of one, or say --ignore source")


def respondents(sheet: Sheet, names: Sequence[str], lists: Sequence[bool]) -> list[str]:
    """Who answered each row: spelled in one way, and in all rows of a subject that measure, or in none."""
    found = sheet.texts("respondent")
    if not any(found):
        return found
    refuse_no_names(sheet, "respondent", found)
    spelled_so: dict[str, str] = {}
    told = {name for name, respondent in zip(names, found, strict=True) if respondent}
    for place, respondent in enumerate(found):
        if respondent and spelled_so.setdefault(respondent.casefold(), respondent) != respondent:
            sheet.report(place, "respondent", "is spelled with other capitals in another row")
        elif not respondent and not lists[place] and names[place] in told:
            detail = "missing, while other rows of this subject have one, and each respondent is a series"
            sheet.report(place, "respondent", f"{detail} of its own; fill it in, or --ignore respondent")
    return found


def one_of_each(
    sheet: Sheet, names: Sequence[str], values: Sequence[Value | None], column: str
) -> dict[str, Value]:
    """The one value that the rows of a subject give, in any of them; rows that differ are reported."""
    found: dict[str, Value] = {}
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        if value is not None and found.setdefault(name, value) != value:
            sheet.report(place, column, "differs from another row of this subject")
    return found


def natural(names: Iterable[str]) -> list[tuple[int, int, str]]:
    """A key that puts 2 before 10, and is the same whatever the order of the rows."""
    found = []
    for name in names:
        start = 0
        for place in range(1, len(name) + 1):
            if place == len(name) or _digit(name[place]) != _digit(name[start]):
                part = name[start:place]
                found.append((0, int(part), part) if _digit(part[0]) else (1, 0, part))
                start = place
        found.append((-1, 0, ""))
    return found


def first_of(listed: Sequence[str]) -> str:
    """The first of many."""
    more = len(listed) - MOST_NAMED
    return ", ".join([*listed[:MOST_NAMED], *([f"and {more} more"] if more > 0 else [])])


def spots(sheet: Sheet, places: Iterable[int], more: Mapping[int, str] | None = None) -> str:
    """Whom and which day the rows at these places are about, in the order of the names; the first of many.

    More can be told of each.
    """
    names, respondents = subjects(sheet), sheet.texts("respondent")
    dated = sheet.has("date")
    days = sheet.dates("date") if dated else sheet.wholes("study_day")
    found = []
    for place in places:
        who = " ".join(filter(None, (names[place], respondents[place])))
        day = "" if days[place] is None else f"{days[place]}" if dated else f"day {days[place]}"
        day = ", ".join(filter(None, (day, (more or {}).get(place, ""))))
        found.append((natural([who, day]), f"{who} ({day})" if who and day else who or day))
    return first_of([told for _, told in sorted(found)])


def _digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def note_alike(sheet: Sheet, names: Iterable[str], what: str) -> None:
    """Note subjects or arms whose names differ in spelling only, as 1 and 001, P-1 and p1 do: are they one?

    In leading zeros, capitals, and what stands between letters and numbers.
    """
    spelled: dict[tuple[str | int, ...], list[str]] = {}
    for name in sorted(set(names)):
        plain = unicodedata.normalize("NFKC", name).casefold()
        parts = _PARTS.findall(_POINT_ZERO.sub(r"\1", plain))
        key = tuple(int(part) if part.isdecimal() else part for part in parts)
        spelled.setdefault(key, []).append(name)
    alike = [" and ".join(same) for same in spelled.values() if len(same) > 1]
    if alike:
        listed = ", ".join(alike)
        sheet.decisions.append(
            f"taken as different {what}, though only capitals, signs, blanks, or zeros in front or after a"
            f" point differ: {listed}"
        )
