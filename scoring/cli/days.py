"""Calendar dates and study days, each from the other; onsets; and visits as the command line writes them.

Day 0 is the baseline date: one for all (`--baseline-date`) or each subject's own (column `baseline_date`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from scoring.cli.sheet import Sheet, WrongCall
from scoring.cli.sheet.subjects import one_of_each
from scoring.endpoints import TrialVisit
from scoring.progression import OnsetPrecision

Onset = tuple[date, OnsetPrecision]

MOST_DAYS = 36_525
"""A hundred years; a study day beyond is asked about."""
_VISIT = re.compile(r"(?P<name>[^=]{1,60})=(?P<day>[0-9]{1,4})(±|\+-|\+/-)(?P<both>[0-9]{1,4})", re.ASCII)
_UNEVEN = re.compile(
    r"(?P<name>[^=]{1,60})=(?P<day>[0-9]{1,4})-(?P<before>[0-9]{1,4})\+(?P<after>[0-9]{1,4})", re.ASCII
)


def read_visit(text: str) -> TrialVisit:
    """A visit such as "week 24=168±14" or "end=168-14+30".

    Raises:
        ValueError: it is none.
    """
    match = _VISIT.fullmatch(text) or _UNEVEN.fullmatch(text)
    if match is None:
        raise ValueError("write NAME=DAY±WINDOW, such as V3=84±7, or NAME=DAY-BEFORE+AFTER")
    parts = match.groupdict()
    day = int(parts["day"])
    before, after = (int(parts["both"] if "both" in parts else parts[name]) for name in ("before", "after"))
    return TrialVisit(parts["name"].strip(), day, range(day - before, day + after + 1))


def study_days(sheet: Sheet, column: str = "study_day") -> list[int | None]:
    """A column of study days, none of them further off than a hundred years."""
    days = sheet.wholes(column)
    for place, day in enumerate(days):
        if day is not None and abs(day) > MOST_DAYS:
            sheet.report(place, column, "more than a hundred years from day 0: is it right?")
    return [day if day is None or abs(day) <= MOST_DAYS else None for day in days]


def baseline_dates(sheet: Sheet, names: Sequence[str], everybody: date | None) -> list[date | None]:
    """Day 0 of each row as a date, where it is known; a subject's own may stand in any of its rows.

    Raises:
        WrongCall: it is given twice, for everybody and in a column.
    """
    if not sheet.has("baseline_date"):
        return [everybody] * len(sheet.rows)
    if everybody is not None:
        raise WrongCall(
            "--baseline-date and the column baseline_date both say when day 0 was: leave out one of them"
            " (--ignore for the column)"
        )
    own = one_of_each(sheet, names, sheet.dates("baseline_date"), "baseline_date")
    return [own.get(name) for name in names]


def says_day_0(sheet: Sheet, baselines: Sequence[date | None]) -> bool:
    """Whether anything says when day 0 was, be it in a way that could not be read."""
    return any(baselines) or any(cell is not None for cell in sheet.columns.get("baseline_date", ()))


def days_from_dates(sheet: Sheet, column: str, baselines: Sequence[date | None]) -> list[int | None]:
    """A column of dates as study days; something says when day 0 was, if not for every row."""
    found: list[int | None] = []
    for place, (day, baseline) in enumerate(zip(sheet.dates(column), baselines, strict=True)):
        if day is not None and baseline is None and sheet.columns["baseline_date"][place] is None:
            sheet.report(place, "baseline_date", "missing, and needed to count the days")
        found.append(None if day is None or baseline is None else (day - baseline).days)
    return found


def calendar_days(sheet: Sheet, baselines: Sequence[date | None], day_0: date) -> list[date | None]:
    """The study days as dates, from each row's day 0 or else from this one."""
    return [
        None if day is None else date_of(day, baseline or day_0)
        for day, baseline in zip(study_days(sheet), baselines, strict=True)
    ]


def check_both_days(sheet: Sheet, names: Sequence[str], baselines: Sequence[date | None]) -> None:
    """Report rows whose date and study day are two different days.

    By day 0 where it is known, else by the day 0 that most of the subject's rows with both have.
    """
    if not (sheet.has("date") and sheet.has("study_day")):
        return
    dates, days = sheet.dates("date"), study_days(sheet)
    implied = [
        None if moment is None or day is None else moment.toordinal() - day
        for moment, day in zip(dates, days, strict=True)
    ]
    usual = _most_frequent(names, implied)
    for place, (name, day_0, baseline) in enumerate(zip(names, implied, baselines, strict=True)):
        known = usual.get(name) if baseline is None else baseline.toordinal()
        if day_0 is None or known is None or day_0 == known:
            continue
        counted = (days[place] or 0) + day_0 - known
        whence = "by the other rows of this subject" if baseline is None else "counted from the baseline date"
        hint = " (CDISC has no day 0: take 1 from each study day above 0)" if abs(day_0 - known) == 1 else ""
        detail = f"{whence}, that is study day {counted}{hint}; mend the row"
        sheet.report(place, "study_day", f"is another day than the date; {detail}, or --ignore a column")


def _most_frequent(names: Sequence[str], values: Sequence[int | None]) -> dict[str, int]:
    """The most frequent value of each name; of equally frequent ones the lowest."""
    found: dict[str, Counter[int]] = {}
    for name, value in zip(names, values, strict=True):
        if value is not None:
            found.setdefault(name, Counter())[value] += 1
    return {name: min(times, key=lambda value: (-times[value], value)) for name, times in found.items()}


def date_of(day: int, baseline: date) -> date:
    """The date of a study day."""
    return baseline + timedelta(day)


def read_onsets(
    sheet: Sheet, names: Sequence[str], by_study_day: bool, baselines: Sequence[date | None]
) -> dict[str, Onset]:
    """The onset of each subject as a date, and how much of it is known.

    Raises:
        WrongCall: the file has study days, and nothing says when day 0 was.
    """
    if not sheet.has("onset"):
        return {}
    if by_study_day and not says_day_0(sheet, baselines):
        raise WrongCall(
            "an onset is a date: with study days it needs --baseline-date, or a column baseline_date"
        )
    precisions = sheet.choices("onset_precision", OnsetPrecision)
    known = one_of_each(sheet, names, precisions, "onset_precision")
    written = sheet.partial_dates("onset")
    for place, (name, onset) in enumerate(zip(names, written, strict=True)):
        if onset is not None and onset[1] != "day" and known.get(name, onset[1]) != onset[1]:
            sheet.report(place, "onset", f"only the {onset[1]} is given, and onset_precision says another")
    onsets = one_of_each(sheet, names, written, "onset")
    return {name: (day, known.get(name, OnsetPrecision(given))) for name, (day, given) in onsets.items()}
