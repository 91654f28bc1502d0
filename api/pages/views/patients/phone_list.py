"""The phone list: who has not been heard from, how to reach them, and what came of the call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.pages.views import fields
from services import clock
from services.access.permissions import Operation, scope_for
from services.accounts import people
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.alerts.outcomes import NOT_ACTED, Outcome
from services.errors import ChangedMeanwhile, Conflict, Invalid
from services.patients import phone_list

blp = Blueprint("phone_list", __name__)
_LONGEST_NOTE = 2000
REACHED, NOT_REACHED = "reached", "not_reached"


@blp.get("/phone-list")
@signed_in(Operation.ALERT_READ)
def show() -> Response:
    """Show who has not been heard from."""
    return _shown(done=request.args.get("done", ""))


@blp.post("/phone-list/<uuid:alert_id>")
@signed_in(Operation.ALERT_ACT)
def called(alert_id: UUID) -> Any:
    """Keep what came of a call; reached, or no call needed, closes the entry."""
    came = request.form.get("came", "")
    note = request.form.get("note", "")
    try:
        wanted = _wanted(came, fields.text("note", _LONGEST_NOTE))
        actions.act(str(alert_id), wanted, fields.rev(), g.scope, actor=g.actor, now=clock.now())
    except ValueError:
        return _shown(status=422, problem=_("Say what came of the call."), typed=(str(alert_id), note))
    except (ChangedMeanwhile, Conflict) as error:
        return _shown(status=409, problem=_(error.detail), typed=(str(alert_id), note))
    except Invalid as error:
        detail = error.errors[0].detail if error.errors else error.detail
        return _shown(status=422, problem=_(detail), typed=(str(alert_id), note))
    done = came if came in (REACHED, NOT_REACHED) else "not_needed"
    return redirect(url_for("pages.phone_list.show", done=done), 303)


def _wanted(came: str, note: str) -> AlertAction:
    if came == REACHED:
        return AlertAction(Action.RESOLVE, note=note, outcome=Outcome.CALLED)
    if came == NOT_REACHED:
        tried = _("Called, not reached.")
        return AlertAction(Action.COMMENT, note=f"{tried} {note}".strip())
    return AlertAction(Action.DISMISS, note=note, outcome=Outcome(came))


def _shown(
    *, status: int = 200, done: str = "", problem: str | None = None, typed: tuple[str, str] = ("", "")
) -> Response:
    found = phone_list.read(
        scope_for(g.actor, Operation.ALERT_READ),
        actor=g.actor,
        now=clock.now(),
        after=request.args.get("after") or None,
    )
    callers = {step.by.account_id for line in found.lines for step in line.tried}
    return page(
        "phone_list.html",
        status=status,
        lines=found.lines,
        following=found.following,
        names={account_id: people.name_of(account_id) or "" for account_id in callers},
        outcomes=NOT_ACTED,
        now=clock.now(),
        done=done,
        problem=problem,
        typed=typed,
    )
