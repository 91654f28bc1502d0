"""Series for the tests of the figure, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from scoring.decline import Policy, Profile, evaluate
from scoring.decline.alsfrs import drawing
from services.patients import course as shaping
from services.patients.course import course_of
from services.patients.shapes import Assessed, Series, Span
from services.reports.evaluate import answered_of, report_of
from services.reports.histories import ReportRecord
from tests.services.patients.test_course import TODAY, patient_with, record

FASTER = (43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 39, 37, 36, 34)


def records(totals: tuple[int, ...], every: int = 14, **fields: object) -> list[ReportRecord]:
    last = len(totals) - 1
    return [record(every * (last - place), total, **fields) for place, total in enumerate(totals)]


def series_of(*reports: ReportRecord, span: Span = Span.MONTHS_18, assessed: bool = True) -> Series:
    """The series of these reports as a clinician gets it, or without what is only theirs."""
    ordered = sorted(reports, key=lambda report: report.key)
    patient = patient_with()
    found = evaluate([report_of(answered_of(report), "s") for report in ordered], Profile(), Policy())
    trend = found.trajectory if assessed else None
    course = course_of(ordered, patient, span=span, today=TODAY, trend=trend)
    made = shaping.series_of(course, span=span, today=TODAY, reports=ordered, seq=len(ordered))
    if not assessed:
        return made
    drawn = {
        point.id: (point, total)
        for point in course.points
        if trend is not None and (total := drawing.on_basis(point, trend.omitted)) is not None
    }
    flag = next((flag for flag in found.flags if flag.topic == "acceleration"), None)
    return replace(
        made,
        assessed=Assessed(
            trend=trend,
            band=drawing.band_of(trend) if trend else (),
            ahead=drawing.ahead_of(trend) if trend else (),
            bend=drawing.bend_of(flag.numbers, flag.evidence, drawn) if flag else None,
            evaluation=found.as_dict(),
            alerts=(),
            limit_per_month=1.11,
            in_step=True,
        ),
    )


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)
