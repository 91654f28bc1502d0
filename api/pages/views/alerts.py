"""The page of an alert, and what is done with it there.

Whoever acts names the revision that they read. When somebody else was first, nothing is done: the page shows
what has changed, and what was typed stands in it, to be sent again or not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.alert import gathering, muting
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.pages.views import fields
from services import clock
from services.access.permissions import Operation, scope_for
from services.alerts import actions
from services.alerts.actions import OUTCOMES, Action, AlertAction
from services.alerts.outcomes import Outcome
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid, wrong

blp = Blueprint("alerts", __name__)
_LONGEST_NOTE, _LONGEST_REASON = 2000, 500
CLOSE = "close"
"""What the page sends for an end; its outcome names the action too, as `resolve:called`."""
_SNOOZES = {
    "1h": 1 / 24,
    "2h": 2 / 24,
    "4h": 4 / 24,
    "1d": 1.0,
    "3d": 3.0,
    "7d": 7.0,
    "14d": 14.0,
    "28d": 28.0,
}
"""Spans of a snooze in days; the service says how long an alert may sleep at most."""


@blp.get("/alerts/<uuid:alert_id>")
@signed_in(Operation.ALERT_READ)
def show(alert_id: UUID) -> Response:
    """Show an alert with its evidence, its history and what can be done."""
    return _shown(alert_id, done=request.args.get("done", ""))


@blp.post("/alerts/<uuid:alert_id>/<action>")
@signed_in(Operation.ALERT_ACT)
def act(alert_id: UUID, action: str) -> Any:
    """Do something with the alert as it was read."""
    try:
        wanted = _wanted(_meant(action), clock.now())
        actions.act(str(alert_id), wanted, fields.rev(), g.scope, actor=g.actor, now=clock.now())
    except ValueError:
        return _shown(alert_id, status=404)
    except (ChangedMeanwhile, Conflict) as error:
        return _shown(alert_id, status=409, refused=action, problem=_(error.detail))
    except Invalid as error:
        return _shown(alert_id, status=422, refused=action, problem=_said(error))
    return redirect(url_for("pages.alerts.show", alert_id=alert_id, done=action), 303)


@blp.post("/alerts/<uuid:alert_id>/mute")
@signed_in(Operation.PATIENT_OVERRIDE)
def mute(alert_id: UUID) -> Any:
    """Mute the alert's topic for its patient until a day."""
    try:
        until = fields.day("ends_on"), fields.text("reason", _LONGEST_REASON)
        muting.mute(str(alert_id), fields.rev(), until, g.scope, actor=g.actor, now=clock.now())
    except (ChangedMeanwhile, Conflict) as error:
        return _shown(alert_id, status=409, refused="mute", problem=_(error.detail))
    except Invalid as error:
        return _shown(alert_id, status=422, refused="mute", problem=_said(error))
    return redirect(url_for("pages.alerts.show", alert_id=alert_id, done="mute"), 303)


def _meant(action: str) -> Action:
    """The action; what is closed is resolved or dismissed, as the outcome says."""
    return (
        Action(request.form.get("outcome", "").partition(":")[0] or "resolve")
        if action == CLOSE
        else Action(action)
    )


def _shown(
    alert_id: UUID, *, status: int = 200, done: str = "", refused: str = "", problem: str | None = None
) -> Response:
    found = gathering.gather(str(alert_id), g.scope, actor=g.actor, now=clock.now())
    return page(
        "alert.html",
        status=status,
        shown=found,
        done=done if done in {*Action, "mute", CLOSE} else "",
        refused=refused,
        changed=status == 409,
        problem=problem,
        may_mute=found.found.can_be_muted and _may_mute(found.found.alert.site_id),
        typed=request.form,
        outcomes=OUTCOMES,
        snoozes=_SNOOZES,
        now=clock.now(),
        me=g.actor.account_id,
    )


def _may_mute(site_id: str) -> bool:
    return site_id in scope_for(g.actor, Operation.PATIENT_OVERRIDE).site_ids


def _wanted(action: Action, now: datetime) -> AlertAction:
    form = request.form
    until = None
    if action is Action.SNOOZE:
        span = _SNOOZES.get(form.get("span", ""))
        if span is None:
            raise wrong("/until", "missing", "Say until when.")
        until = now + timedelta(days=span)
    note = fields.text("note", _LONGEST_NOTE)
    if action is Action.COMMENT and not note:
        raise wrong("/note", "missing", "Write something first.")
    outcome = form.get("outcome", "").rpartition(":")[2]
    if action in OUTCOMES and outcome not in set(Outcome):
        raise wrong("/outcome", "missing", "Say what came of it.")
    return AlertAction(
        action,
        note=note,
        until=until,
        outcome=Outcome(outcome) if action in OUTCOMES else None,
        worth_a_look={"yes": True, "no": False}.get(form.get("worth_a_look", "")),
        assigned_to=(form.get("assigned_to") or None) if action is Action.ASSIGN else None,
    )


def _said(error: AppError) -> str:
    return " ".join(_(problem.detail) for problem in error.errors) or _(error.detail)
