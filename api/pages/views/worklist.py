"""The worklist: what needs somebody, what comes first first."""

from __future__ import annotations

from flask import Blueprint, Response, g

from api.pages.guard import signed_in
from api.pages.rendering import page
from services import clock
from services.access.permissions import Operation
from services.alerts import worklist
from services.alerts.worklist import StateWord, Wanted

blp = Blueprint("worklist", __name__)
PER_PAGE = 50


@blp.get("/")
@signed_in(Operation.ALERT_READ)
def show() -> Response:
    """Show the alerts that need somebody."""
    wanted = Wanted(worklist.filter_for(StateWord.CURRENT, reader=g.actor), limit=PER_PAGE)
    found = worklist.page(wanted, g.scope, reader=g.actor, now=clock.now())
    return page("worklist.html", rows=found.lines, following=found.following)
