"""Several values of one day: the same rule in every command, whatever the order of the rows.

Refused, unless `--duplicates` says what is meant: the last by the time of day, or the mean. A row without a
value is a second row of its day too; where one was asked for, the last or the mean is that of the values.
Files of the service follow its own rule, the last one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import fsum

from scoring.cli.sheet import Sheet, Timestamp
from scoring.cli.sheet.subjects import spots

Value = int | float | None
_NOT_TOLD = (
    "which is the last of this day cannot be told: a time is missing or equal; give each row its time, take"
    " out those that do not count, or say --duplicates mean"
)


class Duplicates(StrEnum):
    """What stands for several values of one day."""

    REFUSE = "refuse"
    LAST = "last"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Together:
    """What was put together.

    Attributes:
        values: by row; None where another row stands for this one.
        stands: whether a row still counts, as a value or as an incomplete form.
        groups: the rows whose values became one.
    """

    values: list[Value]
    stands: list[bool]
    groups: list[list[int]]


def put_together(
    sheet: Sheet, keys: Sequence[Hashable], values: Sequence[Value], rule: Duplicates | None, column: str
) -> Together:
    """One value for each key; repetitions that the rule cannot decide are reported in this column.

    Without a rule they are refused, or decided as the service does where it wrote the file.
    """
    found = Together(list(values), [True] * len(values), [])
    settled = rule or (Duplicates.LAST if sheet.ours else Duplicates.REFUSE)
    if settled is Duplicates.REFUSE:
        for group in _groups(keys, [True] * len(values)):
            _refuse(sheet, group, column, "a second row of this day; say --duplicates last or mean")
        return found
    found.groups.extend(_groups(keys, [value is not None for value in values]))
    times = _times(sheet) if found.groups and settled is Duplicates.LAST else []
    for group in found.groups:
        _settle(sheet, found, group, times, settled, column)
    if found.groups and not sheet.mistakes:
        standing = [place for group in found.groups for place in group if found.stands[place]]
        _note_groups(sheet, found.groups, values, settled, _told_times(standing, times))
    _note_incomplete(sheet, keys, values)
    return found


def _note_groups(
    sheet: Sheet,
    groups: Sequence[Sequence[int]],
    values: Sequence[Value],
    rule: Duplicates,
    times: Mapping[int, str],
) -> None:
    """Note of whom and of which days values were put together, and whether they were different ones.

    Of different ones with the time of that which stands.
    """
    told = f"put together (--duplicates {rule}): {sum(map(len, groups))} rows to {len(groups)} values"
    for what, several in (("different values", True), ("equal values", False)):
        alike = [group for group in groups if (len({values[at] for at in group}) > 1) is several]
        places = [next((at for at in group if several and at in times), group[0]) for group in alike]
        told += f"; {what}: {spots(sheet, places, times if several else None)}" if places else ""
    sheet.decisions.append(told)


def _told_times(places: Sequence[int], times: Sequence[Instant | None]) -> dict[int, str]:
    """The time of each of these rows, as people say it; in UTC where a zone was given."""
    found = {}
    for place in places if times else ():
        moment = times[place]
        if moment is not None and moment[0].instant is not None:
            clock = moment[0].instant.time().isoformat().removesuffix(":00")
            found[place] = f"that of {clock}{' UTC' if moment[0].zoned else ''}"
    return found


def _note_incomplete(sheet: Sheet, keys: Sequence[Hashable], values: Sequence[Value]) -> None:
    """Note rows without a value on a day that has one."""
    if None not in values:
        return
    measured = {key for key, value in zip(keys, values, strict=True) if value is not None} - {None}
    beside = sum(value is None and key in measured for key, value in zip(keys, values, strict=True))
    if beside:
        sheet.decisions.append(
            f"rows without a value on a day that has one in another row: {beside}; the value stands"
        )


def _groups(keys: Sequence[Hashable], counted: Sequence[bool]) -> list[list[int]]:
    """Of the rows that count those whose keys are equal."""
    first: dict[Hashable, int] = {}
    repeated: dict[Hashable, list[int]] = {}
    for place, (key, counts) in enumerate(zip(keys, counted, strict=True)):
        if key is not None and counts:
            earlier = first.setdefault(key, place)
            if earlier != place:
                repeated.setdefault(key, [earlier]).append(place)
    return list(repeated.values())


Instant = tuple[Timestamp, Timestamp | None]


def _times(sheet: Sheet) -> list[Instant | None]:
    """When each row was observed, where that is known."""
    dates = sheet.timestamps("date")
    days = [None if moment is None else moment.day for moment in dates]
    clocks = sheet.clocks("time", days) if sheet.has("time") else dates
    if sheet.has("time") and sheet.has("date") and not sheet.ours:
        _check_times(sheet, dates, clocks)
    received = sheet.timestamps("received")
    return [
        None if clock is None or clock.instant is None else (clock, after)
        for clock, after in zip(clocks, received, strict=True)
    ]


def _check_times(sheet: Sheet, dates: Sequence[Timestamp | None], clocks: Sequence[Timestamp | None]) -> None:
    """Report times that are of another day than the date, or another one than that in the date."""
    for place, (written, clock) in enumerate(zip(dates, clocks, strict=True)):
        if written is None or clock is None:
            continue
        if clock.day != written.day and (not clock.zoned or abs((clock.day - written.day).days) > 1):
            sheet.report(place, "time", "is on another day than the date; mend the row")
        elif written.instant not in {None, clock.instant} and written.instant != _midnight(written):
            detail = "is another time than the one in the date; leave one of them out (--ignore time)"
            sheet.report(place, "time", detail)


def _midnight(written: Timestamp) -> datetime:
    """The time that programs write where they mean a date."""
    return datetime(written.day.year, written.day.month, written.day.day)  # noqa: DTZ001


def _settle(
    sheet: Sheet,
    found: Together,
    group: Sequence[int],
    times: Sequence[Instant | None],
    rule: Duplicates,
    column: str,
) -> None:
    standing = group[0]
    if rule is Duplicates.MEAN:
        numbers = [value for place in group if (value := found.values[place]) is not None]
        mean = fsum(numbers) / len(numbers)
        found.values[standing] = int(mean) if mean.is_integer() else mean
    elif len({found.values[place] for place in group}) > 1:
        last = _last(group, times)
        if last is None:
            _refuse(sheet, group, column, _NOT_TOLD)
        else:
            standing = last
    for place in group:
        if place != standing:
            found.values[place], found.stands[place] = None, False


def _last(group: Sequence[int], times: Sequence[Instant | None]) -> int | None:
    """The row observed last; of one instant the one received last. None where that cannot be told."""
    moments = [(moment, place) for place in group if (moment := times[place]) is not None]
    zoned = {moment[0].zoned for moment, _ in moments}
    if len(moments) < len(group) or len(zoned) > 1:
        return None
    ordered = sorted(((_order(moment), place) for moment, place in moments), reverse=True)
    return ordered[0][1] if ordered[0][0] != ordered[1][0] else None


def _order(moment: Instant) -> list[str]:
    """Written so that later moments come later, to the microsecond."""
    instants = (None if timestamp is None else timestamp.instant for timestamp in moment)
    return ["" if instant is None else instant.isoformat(timespec="microseconds") for instant in instants]


def _refuse(sheet: Sheet, group: Sequence[int], column: str, detail: str) -> None:
    first, *others = group
    for place in others:
        sheet.report(place, column, f"{detail}; the first is in {sheet.unit} {sheet.rows[first]}")
