"""Whom each row is about, and what the rows of one subject have to agree on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from scoring.cli.sheet.sheet import Sheet

Value = TypeVar("Value")
_PARTS = re.compile(r"\d+|[^\d\s_.,:;/#()\-\u2010-\u2015]+")
"""Numbers and words of a name, without what stands between them."""
MOST_NAMED = 20


def subjects(sheet: Sheet) -> list[str]:
    """Whom each row is about; where there are sites, the site is part of the name and stands in every row."""
    names = sheet.texts("subject")
    if not sheet.has("site"):
        return names
    sheet.require("site")
    return [f"{site}/{name}" for site, name in zip(sheet.texts("site"), names, strict=True)]


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


def spots(sheet: Sheet, places: Iterable[int]) -> str:
    """Whom and which day the rows at these places are about, in the order of the names; the first of many."""
    names, respondents = subjects(sheet), sheet.texts("respondent")
    dated = sheet.has("date")
    days = sheet.dates("date") if dated else sheet.wholes("study_day")
    found = []
    for place in places:
        who = " ".join(filter(None, (names[place], respondents[place])))
        day = "" if days[place] is None else f"{days[place]}" if dated else f"day {days[place]}"
        found.append((natural([who, day]), f"{who} ({day})" if who and day else who or day))
    return first_of([told for _, told in sorted(found)])


def _digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def note_alike(sheet: Sheet, names: Iterable[str]) -> None:
    """Note subjects whose names differ in spelling only, as 1 and 001, P-1 and p1 do: are they one person?

    In leading zeros, capitals, and what stands between letters and numbers.
    """
    spelled: dict[tuple[str | int, ...], list[str]] = {}
    for name in sorted(set(names)):
        parts = _PARTS.findall(unicodedata.normalize("NFKC", name).casefold())
        key = tuple(int(part) if part.isdecimal() else part for part in parts)
        spelled.setdefault(key, []).append(name)
    alike = [" and ".join(same) for same in spelled.values() if len(same) > 1]
    if alike:
        listed = ", ".join(alike)
        sheet.decisions.append(
            "taken as different subjects, though only capitals, signs or leading zeros differ: " + listed
        )
