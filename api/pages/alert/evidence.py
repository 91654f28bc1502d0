"""The reports that an alert rests on: as a small figure, and as rows of a table.

The figure's points stand in percent of its width, so it fits any window without a script; the table has the
same in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from api.pages.figure.totals import Scale
from scoring.decline.alsfrs.points import ALSFRS_R
from services.reports.histories import ReportRecord, ReportState

WEIGHT = "weight"
GRAMS = 1000
HEIGHT = 120
_MARGIN = 14
_LEAST_RANGE = 6


@dataclass(frozen=True, slots=True)
class UsedReport:
    """A report that an alert rests on.

    Attributes:
        value: the instrument's main score; of a weight, kilograms; None where it has none.
        raised_it: the alert's episode began with it.
        withheld: its answers are not the reader's to see.
        kept_aside: no rule has read it.
    """

    id: str
    on: date
    instrument: str
    respondent: str
    value: float | None
    voided: bool
    raised_it: bool
    withheld: bool = False
    kept_aside: bool = False

    @property
    def digits(self) -> int:
        """Decimals of the value."""
        return 1 if self.instrument == WEIGHT else 0

    @property
    def unit(self) -> str:
        """Of the value, with the space before it."""
        return "\u00a0kg" if self.instrument == WEIGHT else ""


@dataclass(frozen=True, slots=True)
class Point:
    """A report in the figure: x in percent of the width, y in pixels."""

    x: float
    y: float
    report: UsedReport


@dataclass(frozen=True, slots=True)
class Figure:
    """The reports of one instrument over time.

    Attributes:
        low: the value at the lower grid line, `high` that at the upper one.
    """

    instrument: str
    points: tuple[Point, ...]
    low: float
    high: float

    @property
    def low_y(self) -> float:
        """Where the lower grid line is."""
        return HEIGHT - _MARGIN

    @property
    def high_y(self) -> float:
        """Where the upper grid line is."""
        return _MARGIN


def used_reports(records: Iterable[ReportRecord], raised_by: str, hidden: frozenset[str]) -> list[UsedReport]:
    """Return the reports in the order in which they were observed.

    Args:
        records: those that the alert names.
        raised_by: the report that the episode began with.
        hidden: ids of those whose answers the reader may not see.
    """
    return [
        _used(record, raised_by, record.id in hidden) for record in sorted(records, key=lambda one: one.key)
    ]


def figure_of(reports: Sequence[UsedReport]) -> Figure | None:
    """Return the figure of the instrument that most reports are of; None with fewer than two values."""
    names = [report.instrument for report in reports if report.value is not None and not report.voided]
    if not names:
        return None
    instrument = max(set(names), key=lambda name: (names.count(name), name))
    shown = [
        report
        for report in reports
        if report.instrument == instrument and not report.voided and report.value is not None
    ]
    values = [report.value for report in shown if report.value is not None]
    if len(values) < 2:
        return None
    middle, half = (max(values) + min(values)) / 2, max(_LEAST_RANGE, max(values) - min(values)) / 2
    low, high = round(middle - half), round(middle + half)
    if instrument == ALSFRS_R:  # as on the patient's page: a small change does not fill the figure
        scale = Scale.over(values)
        low, high = scale.low, scale.high
    first, last = shown[0].on.toordinal(), shown[-1].on.toordinal()
    points = tuple(
        Point(
            3 + 94 * (report.on.toordinal() - first) / max(1, last - first),
            HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * (value - low) / max(1, high - low),
            report,
        )
        for report, value in zip(shown, values, strict=True)
    )
    return Figure(instrument, points, low, high)


def _used(record: ReportRecord, raised_by: str, withheld: bool) -> UsedReport:
    latest = record.latest
    total = None if latest.score is None else latest.score.get("total")
    if total is not None and latest.content.instrument == WEIGHT:
        total /= GRAMS
    return UsedReport(
        id=record.id,
        on=latest.content.observed_on or latest.received_at.date(),
        instrument=latest.content.instrument,
        respondent=latest.content.respondent,
        value=None if withheld else total,
        voided=record.state is ReportState.VOIDED,
        raised_it=record.id == raised_by,
        withheld=withheld,
        kept_aside=record.state is ReportState.QUARANTINED,
    )
