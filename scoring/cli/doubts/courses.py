"""What is odd about the values of one subject in the order of their days: a year or a date may be a slip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scoring.cli.sheet import Sheet
from scoring.cli.sheet.subjects import first_of, natural
from scoring.tolerance import at_least

SPARSE = 731
"""Days, two years, between neighbouring values."""
YEAR_OUT = 300
"""Days between neighbouring values that a year too few or too many would make of an ordinary distance."""
MANY_TIMES = 4
"""So many times as long as all the other distances of the course."""
TWINS = 6
"""Values of two courses, three of them different at least, that are not the same by chance."""
FEWEST = 4
"""Values of a course whose distances can be compared."""
DESIGNED = 4
"""Where more than one in four courses have such a distance, it was planned."""
SPIKE = 6
"""Points: half a year's usual loss in the ALSFRS-R, and far beyond what a repeated form differs by."""


@dataclass(frozen=True, slots=True)
class Course:
    """The values of one subject in the order of their days, which count from any one day.

    Attributes:
        name: of the subject, as notes say it.
        dated: the date of a day, or what the file has instead.
        places: of the values in the sheet, where that is told.
    """

    name: str
    days: Sequence[int]
    values: Sequence[float]
    dated: Callable[[int], str]
    places: Sequence[int] = ()


def note_gaps(sheet: Sheet, courses: Iterable[Course]) -> None:
    """Note neighbouring values of one series that are so far apart that a year may be a slip."""
    found = [
        " and ".join(f"{sheet.unit} {sheet.rows[course.places[at]]} ({_shown(course, at)})" for at in pair)
        for course in courses
        if course.days and course.days[-1] - course.days[0] > SPARSE
        for pair in pairwise(range(len(course.days)))
        if course.days[pair[1]] - course.days[pair[0]] > SPARSE
    ]
    if found:
        sheet.decisions.append(
            f"more than two years between neighbouring values, is the year right? {first_of(found)}"
        )


def _shown(course: Course, at: int) -> str:
    return ", ".join(filter(None, (course.name, course.dated(course.days[at]))))


def note_slips(sheet: Sheet, courses: Sequence[Course], *, falls: bool) -> None:
    """Note what shows in the courses that a date, a name or the instrument may be wrong.

    Args:
        sheet: the file.
        courses: of all subjects.
        falls: these values fall, and hardly ever rise.
    """
    _note_lone_gaps(sheet, courses)
    _note_twins(sheet, courses)
    if falls:
        _note_spikes(sheet, courses)
        _note_climbs(sheet, courses)


def _note_lone_gaps(sheet: Sheet, courses: Sequence[Course]) -> None:
    """Note courses with one distance of about a year among short ones, unless many have it."""
    comparable = [course for course in courses if len(course.days) >= FEWEST]
    found = [(course, gap) for course in comparable if (gap := _lone_gap(course.days)) is not None]
    if found and len(found) <= max(1, len(comparable) // DESIGNED):
        told = [f"{_named(course)}{course.dated(gap[0])} to {course.dated(gap[1])}" for course, gap in found]
        sheet.decisions.append(
            f"about a year between two values, and much less between the others, is the year right?"
            f" {_first_of(told)}"
        )


def _lone_gap(days: Sequence[int]) -> tuple[int, int] | None:
    """The two days of a distance of a year or so, where all the others are much shorter."""
    if days[-1] - days[0] < YEAR_OUT:
        return None
    *others, longest = sorted(pairwise(days), key=lambda pair: pair[1] - pair[0])
    length = longest[1] - longest[0]
    if not YEAR_OUT <= length <= SPARSE or length < MANY_TIMES * (others[-1][1] - others[-1][0]):
        return None
    return longest


def _note_twins(sheet: Sheet, courses: Iterable[Course]) -> None:
    """Note subjects with the same values on the same days: one may stand in the file under two names."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for course in courses:
        if len(course.values) >= TWINS and len(set(course.values)) > 2:
            alike.setdefault((*course.days, *course.values), []).append(course.name)
    twins = [" and ".join(sorted(names, key=_in_order)) for names in alike.values() if len(names) > 1]
    if twins:
        sheet.decisions.append(f"the same values on the same days, is it one subject? {_first_of(twins)}")


def _note_climbs(sheet: Sheet, courses: Iterable[Course]) -> None:
    """Note courses that end far above their beginning step by step, because these values fall."""
    climbed = [
        course.name or f"{course.dated(course.days[0])} to {course.dated(course.days[-1])}"
        for course in courses
        if course.values
        and at_least(course.values[-1] - course.values[0], SPIKE)
        and not any(_rises_at_ends(course))
    ]
    if climbed:
        sheet.decisions.append(
            f"{SPIKE} points or more above the first value at the end: are these values of the ALSFRS-R, and"
            f" in the order of their days? {_first_of(climbed)}"
        )


def _note_spikes(sheet: Sheet, courses: Sequence[Course]) -> None:
    """Note values far from both of their neighbours, and ends far from their one: the date may be wrong.

    A fall at an end is no doubt, because these values fall.
    """
    found = [f"{_named(course)}{course.dated(day)}" for course in courses for day in _spikes(course)]
    if found:
        sheet.decisions.append(
            f"{SPIKE} points or more below or above both the value before and the one after, is the date"
            f" right? {_first_of(found)}"
        )
    rises = [
        f"{_named(course)}{course.dated(first)} to {course.dated(second)}"
        for course in courses
        for first, second in _rises_at_ends(course)
    ]
    if rises:
        sheet.decisions.append(
            f"{SPIKE} points or more above the value before, at the beginning or the end of a course, is the"
            f" date right? {_first_of(rises)}"
        )


def _rises_at_ends(course: Course) -> Iterator[tuple[int, int]]:
    """The first two and the last two days, where the value rises far between them and neither is a spike."""
    last = len(course.values) - 2
    for place in sorted({0, last}) if last >= 0 else ():
        days = course.days[place], course.days[place + 1]
        rise = course.values[place + 1] - course.values[place]
        if at_least(rise, SPIKE) and set(_spikes(course)).isdisjoint(days):
            yield days


def _spikes(course: Course) -> Iterator[int]:
    values = course.values
    large = {place for place in range(1, len(values)) if abs(values[place] - values[place - 1]) > SPIKE - 1}
    for place in sorted(large & {place - 1 for place in large}):
        before, after = (values[place] - values[other] for other in (place - 1, place + 1))
        if at_least(min(before, after), SPIKE) or at_least(min(-before, -after), SPIKE):
            yield course.days[place]


def _named(course: Course) -> str:
    return f"{course.name}: " if course.name else ""


def _first_of(told: Iterable[str]) -> str:
    """The first of many, in the order of the names, which does not follow that of the rows."""
    return first_of(sorted(told, key=_in_order))


def _in_order(told: str) -> list[tuple[int, int, str]]:
    return natural([told])
