"""What the page of a patient shows beside the figure."""

from __future__ import annotations

from dataclasses import replace

from api.pages.patient.chart import chart_of, report_rows
from services.reports.histories import ReportState
from tests.api.pages.figure.courses import FASTER, records, series_of
from tests.services.patients.test_course import record


def test_the_items_that_changed_last_come_first() -> None:
    chart = chart_of(series_of(*records(FASTER)))
    days = [item.changed_on for item in chart.changes]
    assert len(days) == 3
    assert days == sorted(days, reverse=True)


def test_notes_nobody_has_read_come_first() -> None:
    reports = [record(28 * place, 40, note=f"note {place}") for place in range(5)]
    series = replace(series_of(*reports), unread_notes=frozenset({reports[4].id}))
    chart = chart_of(series)
    assert [note.text for note in chart.notes] == ["note 4", "note 0", "note 1"]
    assert [note.unread for note in chart.notes] == [True, False, False]


def test_the_last_two_reports_say_who_gave_them() -> None:
    chart = chart_of(series_of(record(40), record(20, respondent="caregiver"), record(5)))
    assert [report.latest.content.respondent for report in chart.latest] == ["patient", "caregiver"]


def test_the_table_has_every_report_with_what_became_of_it() -> None:
    current, voided = record(20), record(10, state=ReportState.VOIDED)
    series = replace(series_of(current), reports=(current, voided))
    rows = report_rows(series)
    assert [row.state for row in rows] == ["voided", "current"]
    assert rows[0].codes == ()
    assert len(rows[1].codes) == 12


def test_before_any_report_there_is_nothing_to_say() -> None:
    chart = chart_of(series_of())
    assert (chart.alerts, chart.changes, chart.latest, chart.notes) == ((), (), (), ())
    assert chart.trajectory is None


def test_the_total_is_of_whom_the_figure_follows_also_when_a_carer_was_later() -> None:
    chart = chart_of(series_of(record(40), record(5, respondent="caregiver")))
    assert chart.last is not None
    assert (chart.series.respondent, chart.last.respondent) == ("patient", "patient")
    assert chart_of(series_of()).last is None
