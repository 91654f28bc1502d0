"""Patient-months: for how long patients were followed, by which numbers of sites of any size compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple


class Followed(NamedTuple):
    """From when to when a patient was followed; `until` None: still."""

    since: datetime
    until: datetime | None


def months_of(followed: Iterable[Followed], begin: datetime, end: datetime, *, now: datetime) -> float:
    """Return for how many months patients were followed between two moments and until now, all together.

    A patient who was followed for all of a calendar month counts 1 in it, whatever its length; for a part
    of it, that part.
    """
    spans = [(stretch.since, stretch.until or now) for stretch in followed]
    return sum(
        _overlap(span, (first, last), (begin, min(end, now))) / (last - first).total_seconds()
        for first, last in _months(begin, end)
        for span in spans
    )


def _overlap(*spans: tuple[datetime, datetime]) -> float:
    """Seconds that lie in all of these spans, by no clock's hours."""
    begin, end = max(begin for begin, _ in spans), min(end for _, end in spans)
    return max((end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds(), 0.0)


def _months(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The calendar months of the clock of `begin` that a span touches, whole."""
    first = begin.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while first < end:
        year, month = divmod(first.year * 12 + first.month, 12)
        last = first.replace(year=year, month=month + 1)
        yield first.astimezone(UTC), last.astimezone(UTC)
        first = last
