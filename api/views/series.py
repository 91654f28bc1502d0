"""The shape of a patient's series over HTTP: days as text, what is inside left out; its totals as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from api.views.tables import table_of
from scoring.decline.alsfrs.drawing import Bend
from scoring.trajectory import BandDay
from services.patients.shapes import Assessed, Series

TOTALS = ("patient_id", "observed_on", "respondent", "total")
"""The columns of the totals, by names that `slope` reads."""


def totals_table(series: Series) -> str:
    """Return a table with a line for each ALSFRS-R report; the total is empty where an item is missing."""
    return table_of(
        TOTALS,
        (
            {
                "patient_id": series.patient.id,
                "observed_on": point.day,
                "respondent": point.respondent,
                "total": point.total,
            }
            for point in series.totals
        ),
    )


def series_for(series: Series) -> dict[str, Any]:
    """Return the series as it is sent."""
    names = ("seq", "span", "respondent", "totals", "domains", "items", "measures", "events", "apart")
    return {name: getattr(series, name) for name in names} | {
        "patient_id": series.patient.id,
        "starts_on": series.starts_on,
        "ends_on": series.ends_on,
        "assessed": None if series.assessed is None else _assessed(series.assessed),
    }


def _assessed(given: Assessed) -> dict[str, Any]:
    return {
        "trajectory": given.evaluation.get("trajectory"),
        "stages": given.evaluation.get("stages"),
        "band": _band(given.band),
        "ahead": _band(given.ahead),
        "bend": None if given.bend is None else _bend(given.bend),
        "alerts": given.alerts,
        "limit_per_month": given.limit_per_month,
        "in_step": given.in_step,
    }


def _band(days: Iterable[BandDay]) -> list[dict[str, Any]]:
    return [day._asdict() | {"day": date.fromordinal(day.day)} for day in days]


def _bend(bend: Bend) -> dict[str, Any]:
    return {
        "day": date.fromordinal(bend.line.day),
        "low_on": date.fromordinal(bend.low_day),
        "high_on": date.fromordinal(bend.high_day),
        "level": bend.line.level,
        "before": bend.line.before,
        "after": bend.line.after,
        "first_on": date.fromordinal(bend.first_day),
        "last_on": date.fromordinal(bend.last_day),
        "probability": bend.probability,
    }
