"""How a site answers its alerts: response times, who is told after whom; and a dry run of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import escalation, saying
from api.pages.views import fields
from models.alerts.alert import Audience
from models.sites.escalation_policy import EscalationPolicy, Unit
from services import clock
from services.access.permissions import Operation, scope_for
from services.accounts import people
from services.alerts import readers
from services.alerts.escalation import policy
from services.errors import AppError
from services.sites import site_policy

blp = Blueprint("escalation", __name__)


@blp.get("/sites/<uuid:site_id>/escalation")
@signed_in(Operation.SITE_READ)
def show(site_id: UUID) -> Response:
    """Show the policy in force, its dry run, and for whoever may change it the form."""
    return _page(str(site_id), done=request.args.get("done") == "stored")


@blp.post("/sites/<uuid:site_id>/escalation")
@signed_in(Operation.SITE_CHANGE)
def change(site_id: UUID) -> Any:
    """Put another policy in force."""
    wanted = None
    try:
        wanted = escalation.policy_of(request.form)
        policy.change(str(site_id), wanted, fields.rev(), g.scope, actor=g.actor, now=clock.now())
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error, wanted=wanted)
    return redirect(url_for("pages.escalation.show", site_id=site_id, done="stored"), 303)


def _page(
    site_id: str,
    *,
    done: bool = False,
    problem: AppError | None = None,
    wanted: EscalationPolicy | None = None,
) -> Response:
    now, scope = clock.now(), scope_for(g.actor, Operation.SITE_READ)
    found = policy.read(site_id, scope, now=now)
    contact = found.policy.out_of_hours
    return page(
        "escalation.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        found=found,
        shown=wanted or found.policy,
        levels=escalation.LEVELS,
        units=tuple(Unit),
        limits=policy.MOST,
        minutes=policy.MINUTES,
        contacts=readers.readers_at(site_id, Audience.CLINICAL),
        contact_name=contact and people.name_of(contact.account_id),
        changed_by=found.changed_by and people.name_of(found.changed_by.name),
        faults=[saying.by_code(fault.code.value, fault.detail) for fault in found.faults],
        tried=escalation.tried(site_policy.read_site(site_id, scope), now=now),
        may_change=saying.may(Operation.SITE_CHANGE, site_id),
        typed=request.form,
        done=done,
        problems=saying.said(problem, escalation.labels()),
    )
