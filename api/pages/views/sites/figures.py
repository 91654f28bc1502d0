"""How the alerts of a site fare month by month, in numbers and as drawings."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, g, request

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import plots
from services import clock
from services.access.permissions import Operation
from services.alerts.figures import months

blp = Blueprint("figures", __name__)
SPANS = (6, 12, 24)


@blp.get("/sites/<uuid:site_id>/figures")
@signed_in(Operation.ALERT_FIGURES)
def show(site_id: UUID) -> Response:
    """Show how the alerts of the last months fare."""
    now = clock.now()
    span = next((span for span in SPANS if str(span) == request.args.get("months")), SPANS[0])
    month = now.year * 12 + now.month - span
    since = now.date().replace(year=month // 12, month=month % 12 + 1, day=1)
    found = months.of_months(str(site_id), since, None, g.scope, now=now)
    return page(
        "figures.html",
        site_id=str(site_id),
        found=found,
        opened=plots.opened(found.months),
        acted=plots.acted(found.months),
        of_level=plots.of_level,
        levels=plots.LEVELS,
        height=plots.HEIGHT,
        spans=SPANS,
        span=span,
    )
