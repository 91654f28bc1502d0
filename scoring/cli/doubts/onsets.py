"""What is odd about the onset of symptoms: told with the names, because the table has no codes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.cli.sheet import Sheet
from scoring.cli.sheet.subjects import first_of
from scoring.progression import NOTES, Note

ODD = (
    Note.ONSET_LONG_AGO,
    Note.ONSET_NOT_BEFORE,
    Note.ONSET_RECENT,
    Note.ONSET_APPROXIMATE,
    Note.ONSET_RANGE_OPEN,
    Note.GROUP_UNSURE,
)


def note_onsets(sheet: Sheet, rates: Iterable[tuple[str, Sequence[Note]]]) -> None:
    """Note of whom the rate since onset is missing or doubtful, by the notes on each subject's rate."""
    known = list(rates)
    for code in ODD:
        names = list(dict.fromkeys(name for name, notes in known if code in notes))
        whose = f": {first_of(names)}" if any(names) else ""
        if names:
            sheet.decisions.append(f"{code}{whose}; {NOTES[code]}")
