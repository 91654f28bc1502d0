"""How the alerts of a site fare, in numbers and as plots."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, g

from api.pages.guard import signed_in
from api.pages.rendering import page
from services import clock
from services.access.permissions import Operation
from services.alerts.figures import period

blp = Blueprint("figures", __name__)
PERIOD = timedelta(days=89)


@blp.get("/sites/<uuid:site_id>/figures")
@signed_in(Operation.ALERT_FIGURES)
def show(site_id: UUID) -> Response:
    """Show how the alerts that were opened lately fare."""
    now = clock.now()
    found = period.of_period(str(site_id), (now - PERIOD).date(), now.date(), g.scope, now=now)
    return page("figures.html", site_id=str(site_id), figures=found.figures, since=found.since)
