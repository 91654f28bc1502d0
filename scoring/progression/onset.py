"""Loss per month since symptom onset (delta FS), and the published groups of it.

The rate is positive when function is lost. How well the onset is known is part of the result: the assumed
day (mid-month, mid-year; for a reading of that same month or year, the middle of what lies before it) is
our choice, and the rates with the earliest and the latest possible onset stand beside it. The rate since
onset understates the later rate (Proudfoot 2016).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scoring.progression.readings import FULL_SCORE, Note, Reading, months_between
from scoring.tolerance import at_least

EARLY_MONTHS = 3
"""Below this a point or two decides the rate (our choice)."""
LONGEST_MONTHS = 600
"""Beyond this the date is asked about (our choice)."""


class OnsetPrecision(StrEnum):
    """What is known of the onset: the day, the month (counted from its 15th), the year (from 1 July)."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """A published grouping of the loss per month; a group begins at its limit, rates are not rounded."""

    source: str
    limits: tuple[float, ...]
    groups: tuple[str, ...]


LABRA_2016 = Cutoffs("Labra 2016 (n 164)", (0.47, 1.11), ("slow", "intermediate", "fast"))
KIMURA_2006 = Cutoffs("Kimura 2006 (n 82)", (0.67,), ("slow", "fast"))
KIMURA_2006_THREE = Cutoffs("Kimura 2006 (n 82)", (0.5, 1.0), ("slow", "intermediate", "fast"))
GORDON_2006 = Cutoffs("Gordon 2006 (n 112)", (0.5,), ("slow", "fast"))
ELAMIN_2015 = Cutoffs(
    "Elamin 2015 (n 326)", (0.25, 0.5, 1.0), ("< 0.25", "0.25-0.49", "0.50-0.99", ">= 1.00")
)
ALL_CUTOFFS = (LABRA_2016, KIMURA_2006, KIMURA_2006_THREE, GORDON_2006, ELAMIN_2015)


def classify(loss_per_month: float, cutoffs: Cutoffs = LABRA_2016) -> str:
    """The group of a rate; Labra 2016 as the default is our choice."""
    return cutoffs.groups[sum(at_least(loss_per_month, limit) for limit in cutoffs.limits)]


@dataclass(frozen=True, slots=True)
class OnsetRate:
    """Loss per month since onset.

    Attributes:
        loss_per_month: None when the onset is not before the reading.
        loss_low: the lower of the rates with the earliest and the latest onset that the precision allows.
        loss_high: the higher one; None when the latest possible onset is not before the reading, because
            the rate then has no upper end.
        months: since the assumed onset.
        group: by the cut-offs of `source`; both None where there are no cut-offs for these points.
    """

    loss_per_month: float | None
    loss_low: float | None
    loss_high: float | None
    months: float
    precision: OnsetPrecision
    group: str | None
    source: str | None
    notes: tuple[Note, ...]


def rate_since_onset(
    onset: date,
    reading: Reading,
    *,
    precision: OnsetPrecision = OnsetPrecision.DAY,
    full_score: float = FULL_SCORE,
    cutoffs: Cutoffs | None = LABRA_2016,
) -> OnsetRate:
    """(full score - score) / months since onset, as a rule from a patient's first reading.

    Where only the month or the year of onset is known, `onset` is any day of it. The published cut-offs are
    of the ALSFRS-R's points; without any there is no group.
    """
    earliest, assumed, latest = _onset_range(onset, precision, reading.on)
    lost = full_score - reading.value
    months = months_between(assumed, reading.on)
    rate = _rate(lost, assumed, reading.on)
    ends = [_rate(lost, day, reading.on) for day in (earliest, latest)]
    known = sorted(end for end in ends if end is not None)
    open_ended = rate is not None and ends[1] is None
    low, high = known if len(known) == 2 else (*known, None, None)[:2]
    group = None if rate is None or cutoffs is None else classify(rate, cutoffs)
    groups = [] if cutoffs is None else [classify(end, cutoffs) for end in known]
    groups += cutoffs.groups[-1:] if cutoffs is not None and open_ended else ()
    notes = (
        (Note.ONSET_NOT_BEFORE, rate is None),
        (Note.ONSET_RECENT, rate is not None and months < EARLY_MONTHS),
        (Note.ONSET_APPROXIMATE, precision is not OnsetPrecision.DAY),
        (Note.ONSET_RANGE_OPEN, open_ended),
        (Note.ONSET_LONG_AGO, months > LONGEST_MONTHS),
        (Note.GROUP_UNSURE, any(other != group for other in groups)),
    )
    return OnsetRate(
        loss_per_month=rate,
        loss_low=low,
        loss_high=high,
        months=months,
        precision=precision,
        group=group,
        source=None if cutoffs is None else cutoffs.source,
        notes=tuple(note for note, holds in notes if holds),
    )


def _rate(lost: float, onset: date, on: date) -> float | None:
    return lost / months_between(onset, on) if onset < on else None


def _onset_range(onset: date, precision: OnsetPrecision, reading_on: date) -> tuple[date, date, date]:
    """Earliest, assumed and latest day of onset.

    Where the latest is not before the reading, the assumed day is the middle between the earliest and it.
    """
    if precision is OnsetPrecision.DAY:
        return onset, onset, onset
    if precision is OnsetPrecision.MONTH:
        first, middle = onset.replace(day=1), onset.replace(day=15)
        last = onset.replace(day=monthrange(onset.year, onset.month)[1])
    else:
        first, middle, last = date(onset.year, 1, 1), date(onset.year, 7, 1), date(onset.year, 12, 31)
    if first < reading_on <= last:
        middle = first + timedelta((reading_on - first).days // 2)
    return first, middle, last
