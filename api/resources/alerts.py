"""The clinicians' worklist, one alert with its evidence, and what a clinician does with it."""

from __future__ import annotations

from typing import Any

from flask import g
from flask.views import MethodView
from marshmallow import fields

from api.examples import alerts as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.pages import Page, page_query
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.alerts import PLACE, AlertActionIn, AlertOut, AlertsQuery, ListedAlertOut
from api.views import alerts as views
from models.alerts.worklists import AlertFilter
from services import clock
from services.access.permissions import Operation
from services.alerts import actions, worklist
from services.alerts.actions import AlertAction

blp = Blueprint("alerts", __name__, url_prefix="/v1/alerts", description="Alerts: what needs a clinician")

_PAGE = page_query(fields.String(validate=PLACE), most=200, base=AlertsQuery)
_ALERT_ID = {
    "in": "path",
    "name": "alert_id",
    "required": True,
    "description": "patient, topic and episode",
    "schema": {"type": "string", "maxLength": 150},
    "example": examples.ALERT_ID,
}


@blp.route("")
class Alerts(MethodView):
    """The worklist."""

    @signed_in(Operation.ALERT_READ)
    @blp.page(ListedAlertOut, _PAGE)
    def get(self, query: dict[str, Any], page: Page) -> Any:
        """List alerts of your sites, the most severe first, then those open longest.

        Without a filter these are the alerts that still need somebody: open, acknowledged and snoozed.
        """
        wanted = AlertFilter(states=worklist.states_of(query.pop("state")), **query)
        items, following = worklist.page(wanted, g.scope, after=page.after, limit=page.limit, now=clock.now())
        return [views.line(item) for item in items], following


@blp.route("/<string:alert_id>", parameters=[_ALERT_ID])
class Alert(MethodView):
    """One alert."""

    @signed_in(Operation.ALERT_READ)
    @blp.response(200, AlertOut, headers=ETAG)
    def get(self, alert_id: str) -> tuple[Any, dict[str, str]]:
        """Return an alert with its evidence: the rule, the numbers, the reports used, what would clear it.

        The tag in `ETag` is what `act_on_alert` wants as If-Match.
        """
        found = actions.read(alert_id, g.scope)
        return views.detail(worklist.shown(found, clock.now())), tag(found.alert.rev)


@blp.route("/<string:alert_id>/actions", parameters=[_ALERT_ID])
class AlertActions(MethodView):
    """What is done with an alert."""

    @signed_in(Operation.ALERT_ACT)
    @blp.doc(operationId="act_on_alert", parameters=[IF_MATCH])
    @blp.arguments(AlertActionIn(), example=examples.ACTION)
    @blp.response(200, AlertOut, headers=ETAG)
    @blp.fails(409, "action_not_allowed")
    def post(self, content: dict[str, Any], alert_id: str) -> tuple[Any, dict[str, str]]:
        """Do something with an alert that nobody changed since it was read.

        A state that does not allow the action is answered 409, with the actions that it does allow. New
        evidence changes an alert too: whoever acts has seen the latest.

        Sent twice, the second is refused with 412, because the first has changed the alert. When it
        fails, nothing was done: read the alert again and decide anew.
        """
        rev, now = expected_rev(), clock.now()
        done = actions.act(alert_id, AlertAction(**content), rev, g.scope, actor=g.actor, now=now)
        return views.detail(worklist.shown(done, now)), tag(done.alert.rev)
