"""What has to be known of the forms behind the values of a subject."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise

from scoring.cli.sheet import Sheet
from scoring.cli.sheet.subjects import spots
from scoring.instruments import Definition, Kind, switched


def note_incomplete(sheet: Sheet, courses: Iterable[Sequence[int]]) -> None:
    """Note forms without a total, of which the results show nothing but the number.

    Args:
        sheet: the file.
        courses: of each series, the places of its forms without a total, in the order of their days.
    """
    counts = {places[-1]: len(places) for places in courses if places}
    if counts:
        more = {place: f"{count} in all" for place, count in counts.items() if count > 1}
        sheet.decisions.append(
            "forms without a total, which are counted and not used; of each subject the last one:"
            f" {spots(sheet, counts, more)}"
        )


def note_switches(
    sheet: Sheet, definition: Definition, courses: Sequence[Hashable], days: Sequence[int | None]
) -> None:
    """Note values from which on an item with alternatives is answered in another form than before.

    As ALSFRS-R item 5 is with a gastrostomy: the difference says nothing about the person.

    Args:
        sheet: the file.
        definition: of the instrument; where the file has totals only nothing is known.
        courses: by row, the course that its value is in; None where it is in none.
        days: by row, whatever puts the values of a course in order.
    """
    for slot in definition.alternatives:
        found = list(_switches(sheet, definition, slot, courses, days))
        if found:
            sheet.decisions.append(
                f"{slot} is answered in another form than before"
                f" ({' or '.join(definition.alternatives[slot])}) from: {spots(sheet, found)}; slopes and"
                f" changes across that day are not comparable{_remedy(definition, slot)}"
            )


def _switches(
    sheet: Sheet, definition: Definition, slot: str, courses: Sequence[Hashable], days: Sequence[int | None]
) -> Iterator[int]:
    """The places of the first values with another form of this item."""
    answers = sheet.answers(definition.alternatives[slot])
    asked: dict[Hashable, list[tuple[int, int]]] = {}
    for place, course in enumerate(courses if len(answers) > 1 else ()):
        if course is not None and any(column[place] is not None for column in answers.values()):
            asked.setdefault(course, []).append((days[place] or 0, place))
    for found in asked.values():
        places = [place for _, place in sorted(found)]
        forms = [{key: cells[at] for key, cells in answers.items() if cells[at] is not None} for at in places]
        for place, (earlier, later) in zip(places[1:], pairwise(forms), strict=True):
            if switched(definition, slot, earlier, later):
                yield place


def _remedy(definition: Definition, slot: str) -> str:
    """Where the instrument has its main sum without this item, how to use that."""
    if not definition.main:
        return ""
    rest = set(definition.rule(definition.main).of) - {slot}
    for rule in definition.scores:
        if rule.kind is Kind.SUM and set(rule.of) == rest:
            return (
                f'; score_{rule.key} of "slope score" is without it (as total with'
                f" --scale {rule.low:g},{rule.high:g})"
            )
    return ""
