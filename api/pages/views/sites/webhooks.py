"""The webhooks of a site: made, changed, tested, switched off; and what was sent to each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import settings
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import saying
from api.pages.site.words import why_not
from api.pages.texts import gettext as _
from api.pages.texts import mark
from api.pages.views import fields
from models.alerts.alert import Audience
from models.sites import webhooks as stored
from models.store.positions import text_of
from services import clock
from services.access.permissions import Operation, scope_for
from services.accounts import people
from services.delivery.channels.webhook import WebhookChannel
from services.delivery.egress import Egress
from services.delivery.events import OF_ALERTS
from services.delivery.outbound import LONGEST_ADDRESS
from services.delivery.signing import Signing
from services.delivery.subscriptions import Webhooks
from services.errors import AppError, wrong

blp = Blueprint("webhooks", __name__)
EVENTS = sorted(OF_ALERTS.values())
KEEP_HOURS = (24, 72, 0)
PER_PAGE = 20
_SAID = {
    "changed": mark("The webhook was changed."),
    "off": mark("The webhook is switched off: nothing is sent to it."),
    "on": mark("The webhook is switched on."),
    "removed": mark("The webhook and its secrets were removed."),
}


@blp.get("/sites/<uuid:site_id>/webhooks")
@signed_in(Operation.WEBHOOK_READ)
def show(site_id: UUID) -> Response:
    """List the webhooks, with a form for another one."""
    return _list(str(site_id), done=_SAID.get(request.args.get("done", ""), ""))


@blp.post("/sites/<uuid:site_id>/webhooks")
@signed_in(Operation.WEBHOOK_CHANGE)
def add(site_id: UUID) -> Any:
    """Make a webhook, and show its secret, this once."""
    try:
        made, secret = _webhooks(str(site_id)).create({"id": fields.own_id(), **_wanted()})
    except saying.REFUSED as error:
        return _list(str(site_id), problem=error)
    return page("webhook_secret.html", site_id=str(site_id), webhook=made, secret=secret, until=None)


@blp.get("/sites/<uuid:site_id>/webhooks/<uuid:webhook_id>")
@signed_in(Operation.WEBHOOK_READ)
def one(site_id: UUID, webhook_id: UUID) -> Response:
    """Show one webhook: what it is told, what was sent to it, and who changed it."""
    return _one(str(site_id), str(webhook_id), done=_SAID.get(request.args.get("done", ""), ""))


@blp.post("/sites/<uuid:site_id>/webhooks/<uuid:webhook_id>")
@signed_in(Operation.WEBHOOK_CHANGE)
def change(site_id: UUID, webhook_id: UUID) -> Any:
    """Change what it is for, where it is, and what it is told."""
    return _changed(site_id, webhook_id, "changed")


@blp.post("/sites/<uuid:site_id>/webhooks/<uuid:webhook_id>/switch")
@signed_in(Operation.WEBHOOK_CHANGE)
def switch(site_id: UUID, webhook_id: UUID) -> Any:
    """Switch it off, or on again."""
    return _changed(site_id, webhook_id, "on" if request.form.get("active") == "on" else "off")


@blp.post("/sites/<uuid:site_id>/webhooks/<uuid:webhook_id>/test")
@signed_in(Operation.WEBHOOK_CHANGE)
def test(site_id: UUID, webhook_id: UUID) -> Response:
    """Send a test event now, and say what the receiver answered."""
    verdict = _webhooks(str(site_id)).test(str(webhook_id), WebhookChannel(settings()))
    if verdict.delivered:
        return _one(str(site_id), str(webhook_id), done=mark("The test event arrived."))
    return _one(str(site_id), str(webhook_id), failed=verdict.reason)


@blp.post("/sites/<uuid:site_id>/webhooks/<uuid:webhook_id>/secret")
@signed_in(Operation.WEBHOOK_CHANGE)
def rotate(site_id: UUID, webhook_id: UUID) -> Any:
    """Give it a new secret, and show that, this once."""
    hours = request.form.get("keep_hours", "")
    keep = int(hours) if hours in {str(choice) for choice in KEEP_HOURS} else KEEP_HOURS[0]
    try:
        after, secret = _webhooks(str(site_id)).rotate(str(webhook_id), fields.rev(), keep_hours=keep)
    except saying.REFUSED as error:
        return _one(str(site_id), str(webhook_id), problem=error)
    former = next((earlier.until for earlier in after.secrets[1:]), None)
    return page("webhook_secret.html", site_id=str(site_id), webhook=after, secret=secret, until=former)


@blp.post("/sites/<uuid:site_id>/webhooks/<uuid:webhook_id>/remove")
@signed_in(Operation.WEBHOOK_CHANGE)
def remove(site_id: UUID, webhook_id: UUID) -> Any:
    """Remove it and its secrets."""
    try:
        _webhooks(str(site_id)).remove(str(webhook_id), fields.rev())
    except saying.REFUSED as error:
        return _one(str(site_id), str(webhook_id), problem=error)
    return redirect(url_for("pages.webhooks.show", site_id=site_id, done="removed"), 303)


def _changed(site_id: UUID, webhook_id: UUID, what: str) -> Any:
    try:
        wanted = _wanted() if what == "changed" else {"active": what == "on"}
        _webhooks(str(site_id)).change(str(webhook_id), fields.rev(), wanted)
    except saying.REFUSED as error:
        return _one(str(site_id), str(webhook_id), problem=error)
    return redirect(url_for("pages.webhooks.one", site_id=site_id, webhook_id=webhook_id, done=what), 303)


def _wanted() -> dict[str, Any]:
    """What a form asks for."""
    events = [event for event in EVENTS if event in set(request.form.getlist("events"))]
    if not events:
        raise wrong("/events", "missing", mark("Choose at least one kind of event."))
    audience = request.form.get("audience", "")
    return {
        "address": fields.text("address", LONGEST_ADDRESS),
        "audience": audience if audience in set(Audience) else Audience.COORDINATION.value,
        "events": events,
        "description": fields.text("description", 200),
    }


def _webhooks(site_id: str, operation: Operation | None = None) -> Webhooks:
    given = settings()
    scope = g.scope if operation is None else scope_for(g.actor, operation)
    return Webhooks(Signing(given.refresh_secret), Egress.of(given), site_id, scope, g.actor, clock.now())


def _list(site_id: str, *, done: str = "", problem: AppError | None = None) -> Response:
    return page(
        "webhooks.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        webhooks=_webhooks(site_id, Operation.WEBHOOK_READ).all(),
        new=fields.own_id(),
        events=EVENTS,
        audiences=tuple(Audience),
        typed=request.form,
        chosen=request.form.getlist("events") if problem else EVENTS,
        done=_(done) if done else "",
        problems=saying.said(problem),
    )


def _one(
    site_id: str, webhook_id: str, *, done: str = "", failed: str = "", problem: AppError | None = None
) -> Response:
    webhooks = _webhooks(site_id, Operation.WEBHOOK_READ)
    found = webhooks.read(webhook_id)
    deliveries, following = webhooks.deliveries(webhook_id, after=fields.after(), limit=PER_PAGE)
    steps = stored.history(webhook_id)
    problems = saying.said(problem)
    if failed:
        problems = [_("The test event did not arrive: %(why)s.") % {"why": why_not(failed)}]
    return page(
        "webhook.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        webhook=found,
        deliveries=deliveries,
        following=following and text_of(following),
        steps=[(step, people.name_of(step.by.name) or "") for step in reversed(steps)],
        events=EVENTS,
        audiences=tuple(Audience),
        keep_hours=KEEP_HOURS,
        done=_(done) if done else "",
        problems=problems,
    )
