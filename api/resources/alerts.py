"""The clinicians' worklist, one alert with its evidence, and what a clinician does with it."""

from __future__ import annotations

from typing import Any

from flask import g
from flask.views import MethodView

from api.rest.guard import signed_in
from api.rest.parsing import Blueprint
from api.rest.preconditions import ETAG, IF_MATCH, expected_rev, tag
from api.schemas.alerts import AlertActionIn, AlertOut, AlertPageOut, AlertsQuery
from api.views import alerts as views
from models.alerts.worklists import AlertFilter
from services import clock
from services.access.permissions import Operation
from services.alerts import actions, worklist
from services.alerts.actions import AlertAction

blp = Blueprint("alerts", __name__, url_prefix="/v1/alerts", description="Alerts: what needs a clinician")

_PATIENT = "019ab1c2-0000-7000-8000-0000000000b1"
_REPORT = "7d9f2f0e-4a54-4a44-9d5c-0d3c1e1f0a01"
_CLINICIAN = "019ab1c2-0000-7000-8000-0000000000d1"
_LISTED = {
    "id": f"{_PATIENT}:decline:1",
    "patient": {"id": _PATIENT, "name": "Maria Silva", "study_code": "S-014"},
    "site_id": "019ab1c2-0000-7000-8000-00000000000a",
    "topic": "decline",
    "level": "soon",
    "state": "open",
    "condition": "holds",
    "sentence": "The total fell by 6 points within 62 days, and a second report confirms it.",
    "opened_at": "2026-11-24T09:30:00+00:00",
    "since": "2026-11-24T09:30:00+00:00",
    "assigned_to": None,
    "snoozed_until": None,
    "restricted": False,
    "data_query": False,
    "rev": 1,
}
_OPENED = {
    "at": "2026-11-24T09:30:00+00:00",
    "event": "opened",
    "by": "evaluation",
    "state": "open",
    "note": "",
    "details": {"level": "soon", "raised_by": _REPORT, "entry": "7"},
}
_ALERT = {
    **_LISTED,
    "episode": 1,
    "raised_by": _REPORT,
    "raised_at": "2026-11-24T09:12:00+00:00",
    "met_by": _REPORT,
    "met_at": "2026-11-24T09:12:00+00:00",
    "based_on": 7,
    "handled_at": None,
    "handled_by": None,
    "why_ended": None,
    "superseded": False,
    "flag": {
        "rule": "confirmed_drop",
        "rule_version": "1",
        "level": "soon",
        "kind": "state",
        "sentence": _LISTED["sentence"],
        "clears_when": "Two reports in a row are back within 3 points of the reference.",
        "numbers": {"points": 6, "days": 56},
        "evidence": [_REPORT],
        "raised_by": _REPORT,
        "raised_at": "2026-11-24T09:12:00+00:00",
        "further": [],
    },
    "history": [_OPENED],
    "actions": ["acknowledge", "assign", "snooze", "resolve", "dismiss", "comment"],
}
_STEP = {
    "at": "2026-11-24T10:05:00+00:00",
    "event": "acknowledge",
    "by": _CLINICIAN,
    "state": "acknowledged",
    "note": "Will phone today.",
    "details": {},
}
_ACKNOWLEDGED = {
    **_ALERT,
    "state": "acknowledged",
    "since": _STEP["at"],
    "handled_at": _STEP["at"],
    "handled_by": _CLINICIAN,
    "history": [_OPENED, _STEP],
    "actions": ["assign", "snooze", "resolve", "dismiss", "comment"],
    "rev": 2,
}
_ALERT_ID = {
    "in": "path",
    "name": "alert_id",
    "required": True,
    "description": "patient, topic and episode",
    "schema": {"type": "string", "maxLength": 150},
    "example": _LISTED["id"],
}


@blp.route("")
class Alerts(MethodView):
    """The worklist."""

    @signed_in(Operation.ALERT_READ)
    @blp.arguments(AlertsQuery(), location="query")
    @blp.response(200, AlertPageOut, example={"items": [_LISTED], "next": None})
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List alerts of your sites, the most severe first, then those open longest.

        Without a filter these are the alerts that still need somebody: open, acknowledged and snoozed.
        """
        after, limit = query.pop("after", None), query.pop("limit")
        wanted = AlertFilter(states=worklist.states_of(query.pop("state")), **query)
        items, following = worklist.page(wanted, g.scope, after=after, limit=limit, now=clock.now())
        return {"items": [views.line(item) for item in items], "next": following}


@blp.route("/<string:alert_id>", parameters=[_ALERT_ID])
class Alert(MethodView):
    """One alert."""

    @signed_in(Operation.ALERT_READ)
    @blp.response(200, AlertOut, example=_ALERT, headers=ETAG)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, alert_id: str) -> tuple[Any, dict[str, str]]:
        """Return an alert with its evidence: the rule, the numbers, the reports used, what would clear it."""
        found = actions.read(alert_id, g.scope)
        return views.detail(worklist.shown(found, clock.now())), tag(found.alert.rev)


@blp.route("/<string:alert_id>/actions", parameters=[_ALERT_ID])
class AlertActions(MethodView):
    """What is done with an alert."""

    @signed_in(Operation.ALERT_ACT)
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(AlertActionIn(), example={"action": "acknowledge", "note": "Will phone today."})
    @blp.response(200, AlertOut, example=_ACKNOWLEDGED, headers=ETAG)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    def post(self, content: dict[str, Any], alert_id: str) -> tuple[Any, dict[str, str]]:
        """Do something with an alert that nobody changed since it was read.

        A state that does not allow the action is answered 409, with the actions that it does allow. New
        evidence changes an alert too: whoever acts has seen the latest.
        """
        rev, now = expected_rev(), clock.now()
        done = actions.act(alert_id, AlertAction(**content), rev, g.scope, actor=g.actor, now=now)
        return views.detail(worklist.shown(done, now)), tag(done.alert.rev)
