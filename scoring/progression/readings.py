"""One value on one date, the length of a month, and the notes that stand where a number cannot.

Everything in this package counts in calendar days and divides by 30.4375. What the values measure is the
caller's business; `FULL_SCORE` is the ALSFRS-R's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite

PROGRESSION_VERSION = "3"
DAYS_PER_MONTH = 365.25 / 12
FULL_SCORE = 48


class Note(StrEnum):
    """Why a number is missing, or should be read with care; `NOTES` has the sentences."""

    NO_READINGS = "no_readings"
    ONE_DAY = "one_day"
    NO_INTERVAL = "no_interval"
    PERFECT_FIT = "perfect_fit"
    ONSET_NOT_BEFORE = "onset_not_before"
    ONSET_RECENT = "onset_recent"
    ONSET_APPROXIMATE = "onset_approximate"
    ONSET_RANGE_OPEN = "onset_range_open"
    ONSET_LONG_AGO = "onset_long_ago"
    GROUP_UNSURE = "group_unsure"
    ONE_READING = "one_reading"
    NOT_CLOSE = "not_close"
    TOO_MANY_READINGS = "too_many_readings"
    NO_ERROR = "no_error"


NOTES = {
    Note.NO_READINGS: "There are no readings.",
    Note.ONE_DAY: "All readings are of one day: there is no slope.",
    Note.NO_INTERVAL: "Two readings fix a line and leave nothing to judge its error by: no interval.",
    Note.PERFECT_FIT: "The readings lie on a line: the interval has no width, which is no certainty.",
    Note.ONSET_NOT_BEFORE: "The onset is not before the reading: there is no rate.",
    Note.ONSET_RECENT: "Less than three months since onset: a point or two decides the rate.",
    Note.ONSET_APPROXIMATE: "Only the month or the year of onset is known: see the range of the rate.",
    Note.ONSET_RANGE_OPEN: (
        "The onset may have been just before the reading: the rate has no upper end, and is counted from the"
        " middle of the days that are possible."
    ),
    Note.ONSET_LONG_AGO: "More than fifty years since onset: check the date.",
    Note.GROUP_UNSURE: "Within the range of the rate lies a limit between groups.",
    Note.ONE_READING: "There is a single reading: nothing has changed that could be compared with noise.",
    Note.NOT_CLOSE: (
        "The first and the last reading are more than 62 days apart: the index ignores time and the loss that"
        " is to be expected, and is not given. The slope and its interval say more."
    ),
    Note.TOO_MANY_READINGS: "More than a thousand readings: their pairs are too many to go through.",
    Note.NO_ERROR: "The measure is said to have no error (SD 0 or ICC 1): the index is undefined.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One value on one calendar date; several readings may share a date."""

    on: date
    value: float

    def __post_init__(self) -> None:
        if not isfinite(self.value):
            raise ValueError("a reading must be a finite number")


def months_between(start: date, end: date) -> float:
    """Months from one date to another, negative when the second is earlier."""
    return (end - start).days / DAYS_PER_MONTH
