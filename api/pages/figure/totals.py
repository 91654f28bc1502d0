"""The row of the totals: dots, line, band, bend, the pace that counts as fast, events, alerts.

A point has the same height for every patient (8 px), so slopes compare by eye; the grid is every 6 points,
at least 24 points are shown, never below 0 or above 48. Everything lies on the basis of the line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from api.pages.figure import paths
from api.pages.figure.axis import DAYS_PER_MONTH, Axis
from api.pages.figure.paths import At
from models.alerts.worklists import WorklistLine
from scoring.decline.alsfrs.drawing import Bend
from scoring.trajectory import BandDay
from services import zones
from services.patients.shapes import Assessed, Event, Series, TotalPoint

PIXELS_PER_POINT = 8
GRID, FEWEST, HIGHEST = 6, 24, 48
LANES = 2
"""Labels of events stand in two lanes, so that neighbours do not cover each other."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The part of 0 to 48 that is shown."""

    low: int
    high: int

    @classmethod
    def over(cls, totals: Iterable[float]) -> Scale:
        """The smallest part in steps of the grid that shows these totals with some room."""
        shown = list(totals) or [HIGHEST]
        low = GRID * math.floor((min(shown) - 3) / GRID)
        high = min(HIGHEST, GRID * math.ceil((max(shown) + 1) / GRID))
        low = max(0, min(low, high - FEWEST))
        return cls(low, max(high, low + FEWEST))

    @property
    def height(self) -> int:
        """In pixels."""
        return PIXELS_PER_POINT * (self.high - self.low)

    def at(self, total: float) -> float:
        """Where a total stands, in percent from the top to a tenth; it may lie outside."""
        return round(100 - 100 * (total - self.low) / (self.high - self.low), 1)

    def grid(self) -> tuple[tuple[int, float], ...]:
        """The totals of the grid, and where they stand."""
        return tuple((total, self.at(total)) for total in range(self.low, self.high + 1, GRID))


@dataclass(frozen=True, slots=True)
class Dot:
    """A report; `kind` is its respondent's, `older` for those that the line does not rest on."""

    x: float
    y: float
    kind: str
    point: TotalPoint


@dataclass(frozen=True, slots=True)
class EventMark:
    """An event: a vertical line, for a stay in hospital `width` percent wide."""

    x: float
    width: float
    lane: int
    at_end: bool
    event: Event


@dataclass(frozen=True, slots=True)
class AlertMark:
    """An alert on the day it was opened."""

    x: float
    day: date
    alert: WorklistLine


@dataclass(frozen=True, slots=True)
class BendShape:
    """The bent line, and where the bend may lie; `likely` when there rather is one than none.

    Attributes:
        pace: from the bend on, the loss that counts as fast.
    """

    path: str
    pace: str
    x: float
    low_x: float
    width: float
    day: date
    low_day: date
    high_day: date
    lost_before: float
    probability: float

    @property
    def likely(self) -> bool:
        """Whether a change of pace is more likely than none."""
        return self.probability >= 0.5


@dataclass(frozen=True, slots=True)
class LineShape:
    """The line over the reports used, with its band and its continuation.

    Attributes:
        pace: from the same start, the loss that counts as fast.
        end: where the line stands on the day of the latest report.
    """

    window_x: float
    window_width: float
    band: str
    ahead: str
    line: str
    pace: str
    end: At


@dataclass(frozen=True, slots=True)
class Totals:
    """The row of the totals."""

    scale: Scale
    dots: tuple[Dot, ...]
    line: LineShape | None
    bend: BendShape | None
    events: tuple[EventMark, ...]
    alerts: tuple[AlertMark, ...]


def totals_row(series: Series, axis: Axis) -> Totals:
    """Return the row of the totals."""
    shown = [(point, _height(point)) for point in series.totals]
    placed = [(point, total) for point, total in shown if total is not None]
    assessed = series.assessed
    level = [] if assessed is None or assessed.trend is None else [assessed.trend.level]
    scale = Scale.over([*(total for _, total in placed), *level])
    return Totals(
        scale=scale,
        dots=tuple(
            Dot(axis.at(point.day), scale.at(total), _kind(point, series), point) for point, total in placed
        ),
        line=None if assessed is None else _line(assessed, axis, scale),
        bend=_bend(assessed.bend, assessed.limit_per_month, axis, scale)
        if assessed is not None and assessed.bend
        else None,
        events=_events(series.events, axis),
        alerts=() if assessed is None else _alerts(assessed.alerts, series, axis),
    )


def _height(point: TotalPoint) -> float | None:
    return point.total if point.comparable is None else point.comparable


def _kind(point: TotalPoint, series: Series) -> str:
    if point.respondent != series.respondent:
        return f"{point.respondent} apart"
    with_line = series.assessed is not None and series.assessed.trend is not None
    return f"{point.respondent} older" if with_line and not point.used else point.respondent


def _line(assessed: Assessed, axis: Axis, scale: Scale) -> LineShape | None:
    if not assessed.band:
        return None
    first, last = assessed.band[0], assessed.band[-1]
    lost = assessed.limit_per_month * (last.day - first.day) / DAYS_PER_MONTH
    start = At(axis.of(first.day), scale.at(first.mean))
    end = At(axis.of(last.day), scale.at(last.mean))
    return LineShape(
        window_x=start.x,
        window_width=round(end.x - start.x, 1),
        band=_band(assessed.band, axis, scale),
        ahead=_band(assessed.ahead, axis, scale),
        line=paths.line((start, end)),
        pace=paths.line((start, At(end.x, scale.at(first.mean - lost)))),
        end=end,
    )


def _band(days: Sequence[BandDay], axis: Axis, scale: Scale) -> str:
    return paths.area(
        [At(axis.of(day.day), scale.at(day.high)) for day in days],
        [At(axis.of(day.day), scale.at(day.low)) for day in days],
    )


def _bend(bend: Bend, limit: float, axis: Axis, scale: Scale) -> BendShape:
    turn = bend.line.at(bend.line.day)
    lost = limit * (bend.last_day - bend.line.day) / DAYS_PER_MONTH
    days = sorted({max(bend.first_day, axis.first.toordinal()), bend.line.day, bend.last_day})
    low, high = axis.of(bend.low_day), axis.of(bend.high_day)
    return BendShape(
        path=paths.line([At(axis.of(day), scale.at(bend.line.at(day))) for day in days]),
        pace=paths.line(
            (
                At(axis.of(bend.line.day), scale.at(turn)),
                At(axis.of(bend.last_day), scale.at(turn - lost)),
            )
        ),
        x=axis.of(bend.line.day),
        low_x=low,
        width=round(high - low, 1),
        day=date.fromordinal(bend.line.day),
        low_day=date.fromordinal(bend.low_day),
        high_day=date.fromordinal(bend.high_day),
        lost_before=-bend.line.before,
        probability=bend.probability,
    )


def _events(events: Iterable[Event], axis: Axis) -> tuple[EventMark, ...]:
    return tuple(
        EventMark(
            x=axis.at(event.day),
            width=round(axis.at(event.ends_on) - axis.at(event.day), 1) if event.ends_on else 0.0,
            lane=place % LANES,
            at_end=axis.at(event.day) > 80,
            event=event,
        )
        for place, event in enumerate(events)
    )


def _alerts(alerts: Iterable[WorklistLine], series: Series, axis: Axis) -> tuple[AlertMark, ...]:
    opened = ((zones.day_of(alert.opened_at, series.patient.zone), alert) for alert in alerts)
    shown = [AlertMark(axis.at(day), day, alert) for day, alert in opened if axis.first <= day <= axis.last]
    return tuple(sorted(shown, key=lambda one: one.day))
