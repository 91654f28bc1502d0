"""Figures of a site's alerts as tables for a spreadsheet: months, numbers and words."""

from __future__ import annotations

from typing import Any

from api.views.tables import table_of
from services.alerts.figures.months import MonthlyFigures
from services.alerts.figures.period import AlertFigures, Durations, PeriodFigures, RuleFigures

ALL = "all"
_COUNTS = (
    *("opened", "per_patient_month", "looked_at_within_30_days", "ended_unseen", "closed_in_bulk"),
    *("came_back", "returned_worse", "overdue_now"),
)
_TIMES = ("first_attempt", "delivery", "first_action", "acknowledgement", "closing")
_OF_TIMES = ("count", "half_within", "most_within")
_OF_RULES = ("rule", "rule_version", "opened", "asked", "worth_a_look", "doubtful")
MONTHLY = (
    *("month", "is_over", "patient_months", "level", "topic", *_COUNTS),
    *(f"{time}_{name}" for time in _TIMES for name in _OF_TIMES),
)
RULES = ("month", "is_over", *_OF_RULES)


def monthly(found: MonthlyFigures) -> str:
    """Return a table with a line for each month, level and topic."""
    rows = (
        {**_month(month), "patient_months": month.patient_months, **_of_level(entry)}
        for month in found.months
        for entry in (*month.figures, *month.waits)
    )
    return table_of(MONTHLY, rows)


def rules(found: MonthlyFigures) -> str:
    """Return a table with a line for each month and version of a rule, and for all months together."""
    by_month = [{**_month(month), **_of_rule(rule)} for month in found.months for rule in month.rules]
    together = [{"month": ALL, **_of_rule(rule)} for rule in found.rules]
    return table_of(RULES, by_month + together)


def _month(month: PeriodFigures) -> dict[str, Any]:
    return {"month": f"{month.since:%Y-%m}", "is_over": _word(month.is_over)}


def _of_level(one: AlertFigures) -> dict[str, Any]:
    times = {
        f"{time}_{name}": value for time in _TIMES for name, value in _of_time(getattr(one, time)).items()
    }
    counts = {name: getattr(one, name) for name in _COUNTS}
    return {"level": one.level or ALL, "topic": one.topic or ALL, **counts, **times}


def _of_time(time: Durations | None) -> dict[str, float]:
    return {} if time is None else {name: getattr(time, name) for name in _OF_TIMES}


def _of_rule(one: RuleFigures) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _OF_RULES} | {"doubtful": _word(one.doubtful)}


def _word(yes: bool) -> str:
    return "yes" if yes else "no"
