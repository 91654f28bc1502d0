"""From the reports of a patient to the shapes of a figure: pure functions, nothing is computed anew.

One respondent's later ALSFRS-R of a day replaces the earlier one, as in the rules. A figure follows one
respondent: whom the line follows, or the first of patient, caregiver and clinician who has reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

from models.patients.patient import Patient
from models.store import unreadable
from scoring.decline import Trend
from scoring.decline.alsfrs import drawing
from scoring.decline.alsfrs.points import (
    ALSFRS_R,
    CUTTING,
    CUTTING_A,
    CUTTING_B,
    DOMAINS,
    ITEMS,
    MISSING,
    Point,
    insert,
    point_of_answers,
)
from scoring.decline.reports import RATERS, seconds_of
from scoring.trajectory import DAYS_PER_MONTH
from services.patients.shapes import (
    Apart,
    Difference,
    DomainSeries,
    Event,
    EventKind,
    ItemRun,
    ItemSeries,
    Measure,
    Series,
    Span,
    TotalPoint,
    ValueOn,
)
from services.reports.histories import ReportRecord, ReportState

_CODES = frozenset({MISSING, *"01234"})
TAKES_OVER = 2
"""Our choice: so many reports in a row by another respondent are a change, one is not."""
_OF_PROFILE = {
    EventKind.GASTROSTOMY: "gastrostomy_on",
    EventKind.VENTILATION: "ventilation_on",
    EventKind.TRACHEOSTOMY: "tracheostomy_on",
    EventKind.DEATH: "died_on",
}


@dataclass(frozen=True, slots=True)
class Course:
    """What the shapes are made of.

    Attributes:
        starts_on: first day of the span.
        current: the reports that count, by id, in the order they were observed.
        points: the ALSFRS-R reports of all times, in the order of their days.
        trend: the line, where the reader sees it.
    """

    patient: Patient
    starts_on: date
    current: Mapping[str, ReportRecord]
    points: Sequence[Point]
    trend: Trend | None

    @property
    def drawn(self) -> list[Point]:
        """The points of the span."""
        return [point for point in self.points if point.day >= self.starts_on.toordinal()]

    @property
    def respondent(self) -> str | None:
        """Whose reports the figure follows."""
        if self.trend is not None:
            return self.trend.rater
        present = {point.rater for point in self.points}
        return next((rater for rater in RATERS if rater in present), None)


def course_of(
    reports: Iterable[ReportRecord], patient: Patient, *, span: Span, today: date, trend: Trend | None
) -> Course:
    """Return what the shapes are made of; the reports in the order they were observed."""
    current = {record.id: record for record in reports if record.state is ReportState.CURRENT}
    points: tuple[Point, ...] = ()
    for record in current.values():
        if record.latest.content.instrument == ALSFRS_R and record.latest.content.answers:
            point = _point(record)
            points = points if point is None else insert(points, point)
    days = (record.latest.content.observed_on for record in current.values())
    first = min((day for day in days if day is not None), default=today)
    months = span.months
    starts_on = first if months is None else today - timedelta(days=round(months * DAYS_PER_MONTH))
    return Course(patient, min(starts_on, today), current, points, trend)


def series_of(
    course: Course, *, span: Span, today: date, reports: Iterable[ReportRecord], seq: int
) -> Series:
    """Return the shapes of a course, without what is assessed.

    Args:
        course: what they are made of.
        span: how far back they go.
        today: the last day.
        reports: all that the reader may read, in the order they were observed.
        seq: entry of the ledger that they stand on.
    """
    totals = totals_of(course)
    return Series(
        patient=course.patient,
        span=span,
        starts_on=course.starts_on,
        ends_on=today,
        respondent=course.respondent,
        totals=totals,
        domains=domains_of(course),
        items=items_of(course),
        measures=measures_of(course),
        events=events_of(course),
        apart=apart_of(course, totals),
        assessed=None,
        seq=seq,
        reports=tuple(reports),
    )


def _point(record: ReportRecord) -> Point | None:
    """The point of a report; None where a stored answer cannot be, which is named."""
    content = record.latest.content
    if content.observed_on is None or content.observed_at is None:
        raise ValueError("a report has a time")
    day, at = content.observed_on.toordinal(), seconds_of(content.observed_at)
    point = point_of_answers(content.answers, id=record.id, day=day, at=at, rater=content.respondent)
    if len(point.items) == len(ITEMS) and _CODES.issuperset(point.items):
        return point
    unreadable.note("ledger", f"{record.patient_id}:{record.id}", "answers")
    return None


def totals_of(course: Course) -> tuple[TotalPoint, ...]:
    """Return the ALSFRS-R reports of the span, on the line's basis where there is a line."""
    used = frozenset(() if course.trend is None else course.trend.evidence)
    return tuple(_total(point, course, point.id in used) for point in course.drawn)


def _total(point: Point, course: Course, used: bool) -> TotalPoint:
    content = course.current[point.id].latest.content
    return TotalPoint(
        report_id=point.id,
        day=date.fromordinal(point.day),
        respondent=point.rater,
        mode=content.mode,
        total=point.total,
        comparable=None if course.trend is None else drawing.on_basis(point, course.trend.omitted),
        used=used,
        codes=tuple(map(point.code, range(len(ITEMS)))),
        doubts=content.doubts,
    )


def domains_of(course: Course) -> tuple[DomainSeries, ...]:
    """Return the subscores of the span, by domain and respondent."""
    return tuple(
        DomainSeries(name, rater, tuple(_subscores(own, name)))
        for name in DOMAINS
        for rater, own in _by_rater(course.drawn)
    )


def _subscores(points: Iterable[Point], name: str) -> Iterable[ValueOn]:
    for point in points:
        value = point.domain(name)
        if value is not None:
            yield ValueOn(point.id, date.fromordinal(point.day), value)


def items_of(course: Course) -> tuple[ItemSeries, ...]:
    """Return the answers of the span as runs of equal ones, by item and respondent."""
    interval = course.patient.profile.report_interval_days
    return tuple(
        ItemSeries(ITEMS[place], name, rater, tuple(map(_run, _runs(own, place, interval))))
        for name, (start, end) in DOMAINS.items()
        for place in range(start, end)
        for rater, own in _by_rater(course.drawn)
    )


def _runs(points: Sequence[Point], place: int, interval: int) -> tuple[drawing.Run, ...]:
    return drawing.runs_of(((point.day, _key(point, place), point.code(place)) for point in points), interval)


def _key(point: Point, place: int) -> str:
    if place != CUTTING:
        return ITEMS[place]
    return CUTTING_B if point.form == "b" else CUTTING_A


def _run(run: drawing.Run) -> ItemRun:
    return ItemRun(run.key, run.code, date.fromordinal(run.start), date.fromordinal(run.end), run.reports)


def measures_of(course: Course) -> tuple[Measure, ...]:
    """Return the totals of the other instruments in the span, by instrument and respondent."""
    found: dict[tuple[str, str], list[ValueOn]] = {}
    for record in course.current.values():
        content, score = record.latest.content, record.latest.score
        total = None if score is None else score["total"]
        if content.instrument == ALSFRS_R or content.observed_on is None or total is None:
            continue
        if content.observed_on >= course.starts_on:
            own = found.setdefault((content.instrument, content.respondent), [])
            own.append(ValueOn(record.id, content.observed_on, total))
    return tuple(Measure(*key, tuple(found[key])) for key in sorted(found))


def events_of(course: Course) -> tuple[Event, ...]:
    """Return what happened in the span, the earliest first: of the record, in hospital, who reports."""
    profile = course.patient.profile
    known = ((kind, getattr(profile, name)) for kind, name in _OF_PROFILE.items())
    events = [Event(kind, day) for kind, day in known if day is not None]
    events += [_stay(stay) for stay in course.patient.contact.get("hospital_stays", ())]
    events += _changes(course.points)
    ended = ((event.ends_on or event.day, event) for event in events)
    return tuple(sorted((event for end, event in ended if end >= course.starts_on), key=lambda one: one.day))


def _stay(stay: Mapping[str, Any]) -> Event:
    ends_on = stay.get("ends_on")
    starts_on = date.fromisoformat(stay["starts_on"])
    return Event(EventKind.HOSPITAL, starts_on, ends_on=ends_on and date.fromisoformat(ends_on))


def _changes(points: Sequence[Point]) -> list[Event]:
    """Where another respondent has taken over."""
    runs = [list(own) for _, own in groupby(points, key=lambda point: point.rater)]
    lasting = [own for own in runs if len(own) >= TAKES_OVER]
    return [
        Event(EventKind.RESPONDENT, date.fromordinal(own[0].day), respondent=own[0].rater)
        for before, own in pairwise(lasting)
        if before[0].rater != own[0].rater
    ]


def apart_of(course: Course, totals: Iterable[TotalPoint]) -> tuple[Apart, ...]:
    """Return how the latest report of each other respondent differs from the nearest one that is followed."""
    by_rater: dict[str, list[TotalPoint]] = {}
    for total in totals:
        by_rater.setdefault(total.respondent, []).append(total)
    followed = by_rater.pop(course.respondent or "", [])
    return tuple(_apart(own[-1], followed) for own in by_rater.values()) if followed else ()


def _apart(latest: TotalPoint, followed: Iterable[TotalPoint]) -> Apart:
    nearest = min(followed, key=lambda one: abs((one.day - latest.day).days))
    pairs = zip(ITEMS, latest.codes, nearest.codes, strict=True)
    unlike = (
        Difference(item, code, other)
        for item, code, other in pairs
        if code is not None and other is not None and code != other
    )
    return Apart(latest.respondent, latest, nearest, tuple(unlike))


def _by_rater(points: Iterable[Point]) -> list[tuple[str, list[Point]]]:
    given = list(points)
    present = [rater for rater in RATERS if any(point.rater == rater for point in given)]
    return [(rater, [point for point in given if point.rater == rater]) for rater in present]
