"""Events that cannot be, and events in an order that cannot be: refused, with both days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scoring.cli.days import date_of
from scoring.cli.sheet import Sheet
from scoring.endpoints import Source, Subject


@dataclass(frozen=True, slots=True)
class Rows:
    """The file, read; by row, and what each subject's rows say of it."""

    subjects: Sequence[str]
    days: Sequence[int | None]
    totals: Sequence[int | float | None]
    stands: Sequence[bool]
    sources: Sequence[Source]
    baselines: Sequence[date | None]
    arms: Mapping[str, str]
    died: Mapping[str, int]
    ventilated: Mapping[str, int]

    def facts_of(self, subject: str) -> tuple[str, int | None, int | None]:
        """Arm, death and ventilation."""
        return self.arms.get(subject, ""), self.died.get(subject), self.ventilated.get(subject)


ALL_ON_DAY_1 = 5
"""Events of so many subjects, all on day 1, are rather a yes (our choice)."""


def refuse_answers(sheet: Sheet, rows: Rows) -> None:
    """Report a yes or no where a study day is asked for: it would be an event of everybody on day 0 or 1."""
    for column, days in (("died_day", rows.died), ("ventilated_day", rows.ventilated)):
        filled = [place for place, cell in enumerate(sheet.columns.get(column, ())) if cell is not None]
        own = {name: days[name] for place in filled if (name := rows.subjects[place]) in days}
        several = (len(own) > 1 and 0 in own.values()) or len(own) >= ALL_ON_DAY_1
        if several and set(own.values()) <= {0, 1}:
            sheet.report(
                filled[0],
                column,
                "this column has 0 and 1 only: is that a yes or no? write the study day of the event, and"
                " leave it empty where there was none",
            )


def check_order(sheet: Sheet, rows: Rows, found: Mapping[str, Subject]) -> None:
    """Report events in an order that cannot be."""
    for place, (name, day) in enumerate(zip(rows.subjects, rows.days, strict=True)):
        died = found[name].died_day if name else None
        if died is None or died < 0:
            continue
        if day is not None and day > died:
            what = "row without a value" if rows.totals[place] is None else "value"
            _report_after_death(sheet, rows, place, (_day_column(sheet), what, day), died)
        ventilated = rows.ventilated.get(name)
        column = _ventilation_column(sheet, place)
        if column and ventilated is not None and ventilated > died:
            _report_after_death(sheet, rows, place, (column, "ventilation", ventilated), died)


def _report_after_death(sheet: Sheet, rows: Rows, place: int, event: tuple[str, str, int], died: int) -> None:
    column, what, day = event
    baseline = rows.baselines[place]
    days = (
        f"study day {study_day}" if baseline is None else _on(study_day, baseline)
        for study_day in (day, died)
    )
    detail = f"subject {rows.subjects[place]}: {what} on {next(days)}, death on {next(days)}"
    sheet.report(
        place, column, f"after the day of death; {detail}; correct the wrong one, or take the row out"
    )


def _on(day: int, baseline: date) -> str:
    return f"{date_of(day, baseline)} (study day {day})"


def _day_column(sheet: Sheet) -> str:
    return "study_day" if sheet.has("study_day") else "date"


def _ventilation_column(sheet: Sheet, place: int) -> str:
    """The column that says it in this row; "" where none does."""
    columns = ("ventilated_day", "ventilated_date")
    filled = (column for column in columns if sheet.has(column) and sheet.columns[column][place] is not None)
    return next(filled, "")


def check_ventilation(sheet: Sheet, rows: Rows, found: Mapping[str, Subject]) -> None:
    """Ventilation before day 0 is no outcome that treatment could change."""
    for place, name in enumerate(rows.subjects):
        ventilated = found[name].ventilated_day if name else None
        column = _ventilation_column(sheet, place)
        if column and ventilated is not None and ventilated < 0:
            detail = "before day 0, and so no outcome; take the day out, or leave out --ventilation-counts"
            sheet.report(place, column, detail)
