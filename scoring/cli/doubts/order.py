"""What is odd about the order of the rows: a row that goes back in time may have the wrong year.

Told beside the results and not in them, because the order of rows changes no result.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from scoring.cli.doubts.courses import DESIGNED, FEWEST
from scoring.cli.sheet import Sheet
from scoring.cli.sheet.subjects import first_of


def note_order(sheet: Sheet, courses: Sequence[tuple[str, Hashable]], days: Sequence[int | None]) -> None:
    """Note the one row of a subject that is not in the order of its days, unless many have such.

    Args:
        sheet: the file.
        courses: by row, the subject, and what keeps its courses apart.
        days: by row, counted from any one day for each subject.
    """
    places: dict[tuple[str, Hashable], list[int]] = {}
    for place, (course, day) in enumerate(zip(courses, days, strict=True)):
        if day is not None:
            places.setdefault(course, []).append(place)
    comparable = [found for found in places.values() if len(found) >= FEWEST]
    odd = [(found, out) for found in comparable if (out := _out_of_order([days[at] or 0 for at in found]))]
    if odd and len(odd) <= max(1, len(comparable) // DESIGNED) and not sheet.ours:
        told = [_told(sheet, courses[found[0]][0], [found[at] for at in out]) for found, out in odd]
        sheet.notes.append(
            f"all but one {sheet.unit} of a subject are in the order of their days, is its date right?"
            f" {first_of(told)}"
        )


def _told(sheet: Sheet, name: str, places: Sequence[int]) -> str:
    rows = " or ".join(str(sheet.rows[place]) for place in places)
    return f"{sheet.unit} {rows}{f' ({name})' if name else ''}"


def _out_of_order(days: Sequence[int]) -> list[int]:
    """Without which one of these days the others are in order: one place, or two that would do; else none."""
    falls = [place for place in range(1, len(days)) if days[place] < days[place - 1]]
    if len(falls) != 1:
        return []
    (fall,) = falls
    without_earlier = fall == 1 or days[fall - 2] <= days[fall]
    without_later = fall == len(days) - 1 or days[fall - 1] <= days[fall + 1]
    return [*([fall - 1] if without_earlier else []), *([fall] if without_later else [])]
