"""What the page of a patient shows, put together from the series for its template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.pages.alert.evidence import GRAMS, WEIGHT
from api.pages.figure.figure import Figure, figure_of
from api.pages.figure.rows import ItemRow
from api.pages.patient.outside import Outside, outside_of
from models.alerts.alert import State
from models.alerts.worklists import WorklistLine
from models.patients.patient import Patient
from scoring import instruments
from scoring.decline import Topic
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion
from services.patients.pace import Pace, pace_of
from services.patients.shapes import Measure, Series, TotalPoint, ValueOn
from services.reports.histories import ReportRecord, ReportState
from services.sites import catalogue

ALSFRS_R = "alsfrs_r"
WELL_BEING = ("who_5", "well_being")
"""The first of these that was answered is the well-being among the numbers."""
MOST_CHANGES, MOST_NOTES, MOST_ENDED = 3, 3, 5
FREE_SCALE = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest value of an instrument; `of` is the highest possible, None where the scale is open."""

    title: str
    value: ValueOn
    of: float | None


@dataclass(frozen=True, slots=True)
class Note:
    """A word to the team."""

    record: ReportRecord
    unread: bool

    @property
    def text(self) -> str:
        """What was written."""
        return self.record.latest.content.note or ""


@dataclass(frozen=True, slots=True)
class ChangeOfPace:
    """What the rule on a change of pace tells, while it has something to say.

    Attributes:
        probability: that the pace has changed.
        day: when, if so; `low_day` and `high_day` are the ends of its range.
        before: points lost a month before.
        reports: how many it rests on, over so many weeks.
    """

    probability: float
    day: date
    low_day: date
    high_day: date
    before: float
    reports: int
    weeks: int

    @classmethod
    def of(cls, numbers: Mapping[str, Any]) -> ChangeOfPace:
        """From the numbers of the flag."""
        day, low_day, high_day = (
            date.fromisoformat(numbers[name]) for name in ("since_on", "since_low_on", "since_high_on")
        )
        return cls(
            numbers["probability"],
            day,
            low_day,
            high_day,
            numbers["loss_before"],
            numbers["reports"],
            numbers["weeks"],
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template shows.

    Attributes:
        alerts: those that need somebody, what comes first first.
        ended: alerts that have ended, the latest first.
        dealt_with: ended alerts whose topic still stands, the latest of each.
        changes: the items that changed last, the latest first.
        answers: by item as it was asked, the words of each code.
        titles: of instruments, by key.
        latest: the last ALSFRS-R reports, the latest first.
        doubtful: questions about the data that stand open.
        outside: what stands and rests on a form that is not in the figure.
    """

    series: Series
    figure: Figure
    alerts: tuple[WorklistLine, ...]
    ended: tuple[WorklistLine, ...]
    dealt_with: tuple[WorklistLine, ...]
    changes: tuple[ItemRow, ...]
    answers: Mapping[str, Mapping[int, str]]
    titles: Mapping[str, str]
    latest: tuple[ReportRecord, ...]
    well_being: Latest | None
    notes: tuple[Note, ...]
    quarantined: int
    doubtful: tuple[Mapping[str, Any], ...]
    outside: tuple[Outside, ...]

    @property
    def patient(self) -> Patient:
        """The patient."""
        return self.series.patient

    @property
    def trajectory(self) -> Mapping[str, Any] | None:
        """Level and slope, for clinicians."""
        return self._evaluation.get("trajectory")

    @property
    def last(self) -> TotalPoint | None:
        """The last ALSFRS-R of whom the figure follows: nobody else's total stands beside that line."""
        own = (point for point in self.series.totals if point.respondent == self.series.respondent)
        return max(own, key=lambda point: point.day, default=None)

    @property
    def last_whole(self) -> TotalPoint | None:
        """The last of these that has a total."""
        own = (point for point in self.series.totals if point.respondent == self.series.respondent)
        return max(
            (point for point in own if point.total is not None), key=lambda point: point.day, default=None
        )

    @property
    def staged(self) -> TotalPoint | None:
        """The report that the stages are of: the last ALSFRS-R, whoever gave it."""
        return max(self.series.totals, key=lambda one: one.day, default=None)

    def outside_of(self, domain: str) -> Outside | None:
        """The latest that stands outside of the figure and is about this row of it."""
        about = (entry for entry in self.outside if entry.domain == domain)
        return max(about, key=lambda entry: entry.at, default=None)

    @property
    def pace(self) -> Pace | None:
        """How many points a month are lost now, for clinicians."""
        return pace_of(self._evaluation)

    @property
    def change_of_pace(self) -> ChangeOfPace | None:
        """What is told of a change of pace; None where none is told of."""
        flags = (flag for flag in self._evaluation.get("flags", ()) if flag["topic"] == Topic.ACCELERATION)
        numbers: Mapping[str, Any] = next((flag["numbers"] for flag in flags), {})
        return ChangeOfPace.of(numbers) if "loss_now" in numbers else None

    @property
    def stages(self) -> Mapping[str, Any] | None:
        """The stages of the last report, for clinicians."""
        return self._evaluation.get("stages")

    @property
    def _evaluation(self) -> Mapping[str, Any]:
        return {} if self.series.assessed is None else self.series.assessed.evaluation


def chart_of(series: Series) -> Chart:
    """Return what the page of this patient shows."""
    definitions = _definitions(series)
    spans = {key: _span(definition) for key, definition in definitions.items() if key != ALSFRS_R}
    figure = figure_of(series, spans)
    alerts = () if series.assessed is None else series.assessed.alerts
    current = [record for record in series.reports if record.state is ReportState.CURRENT]
    flags: Sequence[Mapping[str, Any]] = ()
    if series.assessed is not None:
        flags = series.assessed.evaluation.get("flags", ())
    return Chart(
        series=series,
        figure=figure,
        alerts=tuple(alert for alert in alerts if alert.state is not State.ENDED),
        ended=_ended(alerts),
        dealt_with=_dealt_with(alerts, {flag["topic"] for flag in flags}),
        changes=_changes(figure),
        answers={item.key: item.options for item in instruments.get(ALSFRS_R).items},
        titles={key: definition.title for key, definition in definitions.items()},
        latest=tuple(
            reversed([record for record in current if record.latest.content.instrument == ALSFRS_R][-2:])
        ),
        well_being=_well_being(series.measures, definitions),
        notes=_notes(series),
        quarantined=sum(record.state is ReportState.QUARANTINED for record in series.reports),
        doubtful=tuple(flag for flag in flags if flag["data_query"]),
        outside=outside_of(series, flags),
    )


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line of the table of all reports.

    Attributes:
        total: of a weight, kilograms.
        digits: decimals of the total.
        codes: of an ALSFRS-R, in the order of the form.
    """

    day: date | None
    title: str
    respondent: str
    total: float | None
    digits: int
    codes: tuple[int | None, ...]
    state: ReportState
    versions: int
    doubtful: bool
    note: str | None
    reason: str | None


def report_rows(series: Series) -> tuple[ReportRow, ...]:
    """Return all reports, the latest observed first."""
    codes = {point.report_id: point.codes for point in series.totals}
    titles = {key: definition.title for key, definition in _definitions(series).items()}
    return tuple(_report_row(record, codes, titles) for record in reversed(series.reports))


def _report_row(
    record: ReportRecord, codes: Mapping[str, tuple[int | None, ...]], titles: Mapping[str, str]
) -> ReportRow:
    content, score = record.latest.content, record.latest.score
    total = None if score is None else score["total"]
    weight = content.instrument == WEIGHT
    return ReportRow(
        day=content.observed_on,
        title=titles.get(content.instrument, content.instrument),
        respondent=content.respondent,
        total=total / GRAMS if weight and total is not None else total,
        digits=1 if weight else 0,
        codes=codes.get(record.id, ()),
        state=record.state,
        versions=len(record.versions),
        doubtful=bool(content.doubts),
        note=content.note,
        reason=record.void_reason,
    )


def _definitions(series: Series) -> dict[str, Definition]:
    """The definitions by which the instruments were answered last, as far as they are known."""
    versions = {
        record.latest.content.instrument: record.latest.content.instrument_version
        for record in series.reports
    }
    found = {key: _definition(series.patient.site_id, key, version) for key, version in versions.items()}
    return {key: definition for key, definition in found.items() if definition is not None}


def _definition(site_id: str, key: str, version: str) -> Definition | None:
    try:
        return catalogue.find(site_id, key, version)
    except (UnknownInstrument, UnknownVersion):
        return None


def _span(definition: Definition) -> tuple[float, float]:
    """The ends of the scale of the main score; a weight has a scale of its own values."""
    main = next((rule for rule in definition.scores if rule.key == definition.main), None)
    if main is None or main.low is None or main.high is None or main.high > 1000:
        return FREE_SCALE
    return (float(main.low), float(main.high))


def _well_being(measures: Sequence[Measure], definitions: Mapping[str, Definition]) -> Latest | None:
    for key in WELL_BEING:
        points = [point for measure in measures if measure.instrument == key for point in measure.points]
        if points and key in definitions:
            last = max(points, key=lambda point: point.day)
            return Latest(definitions[key].title, last, _span(definitions[key])[1] or None)
    return None


def _ended(alerts: Iterable[WorklistLine]) -> tuple[WorklistLine, ...]:
    ended = [alert for alert in alerts if alert.state is State.ENDED and alert.ended_at is not None]
    ended.sort(key=lambda alert: alert.ended_at or alert.opened_at, reverse=True)
    return tuple(ended[:MOST_ENDED])


def _dealt_with(alerts: Sequence[WorklistLine], standing: set[str]) -> tuple[WorklistLine, ...]:
    ended = [alert for alert in alerts if alert.state is State.ENDED and alert.topic in standing]
    latest = {alert.topic: alert for alert in reversed(ended)}  # the latest ended comes first in the list
    return tuple(latest.values())


def _changes(figure: Figure) -> tuple[ItemRow, ...]:
    items = (item for domain in figure.domains for item in domain.items if item.changed_on is not None)
    latest = sorted(items, key=lambda item: item.changed_on or date.min, reverse=True)
    return tuple(latest[:MOST_CHANGES])


def _notes(series: Series) -> tuple[Note, ...]:
    told = [
        record
        for record in series.reports
        if record.latest.content.note and record.state is not ReportState.VOIDED
    ]
    told.sort(key=lambda record: (record.id in series.unread_notes, record.key), reverse=True)
    return tuple(Note(record, record.id in series.unread_notes) for record in told[:MOST_NOTES])
