"""The whole figure of a patient's course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from api.pages.figure.axis import Axis, Tick
from api.pages.figure.rows import DomainRow, LineRow, domain_rows, measure_rows
from api.pages.figure.totals import Totals, totals_row
from services.patients.shapes import Series

SHORTEST = timedelta(days=182)
"""Our choice: at least half a year is shown, so that a first month does not fill the page."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What the template draws.

    Attributes:
        today_x: where today stands.
        first, last: days of the first and the last ALSFRS-R that is drawn; None before any.
        respondents: everybody whose reports are drawn, whom the figure follows first.
    """

    axis: Axis
    ticks: tuple[Tick, ...]
    today_x: float
    totals: Totals
    domains: tuple[DomainRow, ...]
    measures: tuple[LineRow, ...]
    first: date | None
    last: date | None
    respondents: tuple[str, ...]


def figure_of(series: Series, spans: dict[str, tuple[float, float]]) -> Figure:
    """Return the figure of a series.

    Args:
        series: of the patient.
        spans: of the scales of other instruments that are shown, by instrument.
    """
    axis = _axis(series)
    days = [point.day for point in series.totals]
    present = dict.fromkeys([series.respondent, *(point.respondent for point in series.totals)])
    return Figure(
        axis=axis,
        ticks=axis.ticks(),
        today_x=axis.at(series.ends_on),
        totals=totals_row(series, axis),
        domains=domain_rows(series, axis),
        measures=measure_rows(series, axis, spans),
        first=min(days, default=None),
        last=max(days, default=None),
        respondents=tuple(respondent for respondent in present if respondent is not None),
    )


def _axis(series: Series) -> Axis:
    days = [point.day for point in series.totals]
    days += [point.day for measure in series.measures for point in measure.points]
    first = min([*days, series.ends_on - SHORTEST])
    last = series.ends_on
    if series.assessed is not None and series.assessed.ahead:
        last = max(last, date.fromordinal(series.assessed.ahead[-1].day))
    return Axis.over(max(first, series.starts_on), last)
