"""What has to be known of the forms behind the values of a subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.cli.sheet import Sheet
from scoring.cli.sheet.subjects import spots


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
