"""How a site's alerts fare: of a period, month by month, and both as tables for a spreadsheet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.alert_figures import (
    AlertFiguresQuery,
    MonthlyAlertFiguresOut,
    MonthsQuery,
    SiteAlertFiguresOut,
)
from api.views import alert_figures as views
from services import clock
from services.access.permissions import Operation
from services.alerts.figures import months, period
from services.alerts.figures.months import MonthlyFigures

blp = Blueprint("alert_figures", __name__, url_prefix="/v1/sites", description="How a site's alerts fare")

PERIOD = timedelta(days=89)


@blp.route("/<uuid:site_id>/alert-figures")
class SiteAlertFigures(MethodView):
    """Figures of a period."""

    @signed_in(Operation.ALERT_FIGURES)
    @blp.arguments(AlertFiguresQuery(), location="query")
    @blp.response(200, SiteAlertFiguresOut)
    @blp.doc(operationId="get_alert_figures")
    def get(self, query: dict[str, Any], site_id: UUID) -> Any:
        """Return how soon people were told and acted, what ended unseen, came back, is overdue.

        Counted are the alerts that were opened in the period; without one, in the last 90 days.
        """
        now = clock.now()
        until = query.get("until") or now.date()
        since = query.get("since") or until - PERIOD
        return period.of_period(str(site_id), since, until, g.scope, now=now)


@blp.route("/<uuid:site_id>/alert-figures/months")
class MonthlyAlertFigures(MethodView):
    """Figures month by month."""

    @signed_in(Operation.ALERT_FIGURES)
    @blp.arguments(MonthsQuery(), location="query")
    @blp.response(200, MonthlyAlertFiguresOut)
    @blp.doc(operationId="get_monthly_alert_figures")
    def get(self, query: dict[str, Any], site_id: UUID) -> Any:
        """Return the same figures for each month, by when the alerts were opened, and what is overdue now.

        `rules` at the end is of all these months together: a rule whose alerts people call not worth a look
        more than half the time is `doubtful`.
        """
        return _months(site_id, query)


@blp.route("/<uuid:site_id>/alert-figures/months.csv")
class MonthlyAlertFiguresTable(MethodView):
    """Figures month by month, for a spreadsheet."""

    @signed_in(Operation.ALERT_FIGURES)
    @blp.arguments(MonthsQuery(), location="query")
    @blp.table("alert-figures.csv")
    @blp.doc(operationId="download_monthly_alert_figures")
    def get(self, query: dict[str, Any], site_id: UUID) -> str:
        """Return a table with a line for each month, level and topic; `all` stands for all of them together.

        Times are seconds, with a point; what is not known is empty. Topics are for clinicians only.
        """
        return views.monthly(_months(site_id, query))


@blp.route("/<uuid:site_id>/alert-figures/rules.csv")
class AlertRulesTable(MethodView):
    """What people thought of the rules, for a spreadsheet."""

    @signed_in(Operation.ALERT_FIGURES)
    @blp.arguments(MonthsQuery(), location="query")
    @blp.table("alert-rules.csv")
    @blp.doc(operationId="download_alert_rules")
    def get(self, query: dict[str, Any], site_id: UUID) -> str:
        """Return a table with a line for each month and version of a rule; `all` stands for all months.

        For clinicians only: for others it has no line but the first.
        """
        return views.rules(_months(site_id, query))


def _months(site_id: UUID, query: dict[str, date]) -> MonthlyFigures:
    since, until = query.get("since"), query.get("until")
    return months.of_months(str(site_id), since, until, g.scope, now=clock.now())
